"""A junior whose mentor is gone: for the junior, and for the leads to find another."""

from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Value
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pairings.models import Enrolment, Pairing, PairingQuerySet
from pairings.reminders.leads import of_the_program, to_leads
from pairings.reminders.subjects import (
    PAIR,
    of_running,
    pairings,
    rows,
)
from preceptor.http import absolute_url
from preceptor.notifications.kinds import LEADERS, Audience, Kind, Message, Morning
from preceptor.notifications.letters import letter, on_day
from preceptor.notifications.models import Delivery, told
from preceptor.notifications.queries import (
    DaysOn,
    LastMorning,
    LocalDay,
    Rows,
    all_of,
    zone_of,
)

GONE, UNMENTORED = "mentor-gone", "junior-without-mentor"
LATELY = timedelta(days=30)
"""How long after its end a pairing is what a junior without a mentor is told by."""
PATIENCE = timedelta(days=1)
"""How long leads wait for a junior's mail: to look for the next mentor is theirs."""


def gone_due(now: datetime) -> Rows:
    """To the junior, on the morning after."""
    return _due(GONE, "junior__membership", 1, _of_juniors_here(), now)


def unmentored_due(now: datetime) -> Rows:
    """To the leads, once the junior knows it; after three days where a pairing ended.

    Who ended it may have the next in mind already. The junior's digest is waited for
    no longer than a day, in which it stands in their inbox.
    """
    knows = told(
        GONE,
        subject=OuterRef("pk"),
        recipient=OuterRef("junior__membership"),
        before=now,
        patience=PATIENCE,
    )
    known = _of_juniors_here().filter(knows)
    return all_of(
        *(
            _due(UNMENTORED, path, 3, found, now)
            for path, found in to_leads(known).items()
        )
    )


def _due(
    kind: str, recipient: str, days: int, found: PairingQuerySet, now: datetime
) -> Rows:
    """`KIND:ID:DAY:deactivated` and `KIND:ID:DAY:ended`: who goes anew is news again.

    The day that somebody was deactivated is that of Greenwich, or it would be another
    for who moves house.
    """
    zone = zone_of(recipient)
    left_on = LocalDay(Value("UTC"), F("mentor__membership__left_at"))
    today = Morning(zone, LastMorning(zone, Value(now)))
    after = Morning(zone, DaysOn(LocalDay(zone, F("ended_at")), days))
    return all_of(
        rows(_deactivated(found, now), kind, "deactivated", recipient, today, left_on),
        rows(_ended(found, now), kind, "ended", recipient, after, "ends_on"),
    )


def _of_juniors_here() -> PairingQuerySet:
    return of_running().exclude(junior__in=Enrolment.objects.gone())


def _deactivated(found: PairingQuerySet, now: datetime) -> PairingQuerySet:
    """Pairs that stand, with a mentor who can't come any more, and nobody to follow."""
    standing = found.primary().standing().current(now.date())
    return standing.filter(~Exists(_next()), mentor__in=Enrolment.objects.gone())


def _ended(found: PairingQuerySet, now: datetime) -> PairingQuerySet:
    """Pairs that ended lately, of juniors whose year goes on, with nobody to follow."""
    return found.primary().filter(
        ~Exists(_next()),
        state=Pairing.State.ENDED,
        ended_at__gt=now - LATELY,
        junior__ends_on__gt=now.date(),
    )


def _next() -> PairingQuerySet:
    """The junior's later ones: a mentor is found, or asked."""
    later = Pairing.objects.primary().filter(junior=OuterRef("junior"))
    return later.filter(declined_at=None, pk__gt=OuterRef("pk"))


def tell(delivery: Delivery, pairing: Pairing) -> Message:
    """To the junior: that their year goes on, and who looks for the next mentor."""
    words = _words(pairing)
    headline = _("%(mentor)s no longer mentors you") % words
    since = _("%(mentor)s left on %(day)s.") % words
    if pairing.state == Pairing.State.ENDED:
        since = _("Your pairing ended on %(day)s.") % words
    return letter(
        headline=headline,
        lines=[
            since,
            _(
                "The leads of your program see that and look for the next mentor. Your "
                "year goes on, and all that is in it stays."
            ),
        ],
        link=absolute_url(delivery.organisation.slug, "insights:pairing", pairing.pk),
        button=_("Look at the pairing"),
        because=_("You get this because you are the junior."),
        over=pairing.program.name,
        words=words,
    )


def warn(delivery: Delivery, pairing: Pairing) -> Message:
    """To a lead: who has no mentor, since when, and why."""
    words = _words(pairing)
    slug = delivery.organisation.slug
    link = absolute_url(slug, "pairings:pair", pairing.program_id)
    link = f"{link}?junior={pairing.junior_id}"
    line = _(
        "%(mentor)s was deactivated on %(day)s, and since then nobody mentors "
        "%(junior)s."
    )
    if pairing.state == Pairing.State.ENDED:
        line = _("The pairing with %(mentor)s ended on %(day)s, and nobody follows.")
    else:
        link = f"{link}&instead={pairing.pk}"
    return letter(
        headline=_("%(junior)s has no mentor") % words,
        lines=[line % words],
        link=link,
        button=_("Choose the next mentor"),
        because=of_the_program(),
        over=pairing.program.name,
        words=words,
    )


def _words(pairing: Pairing) -> dict[str, str]:
    """With the day on which the mentor was gone, however that came about."""
    gone_on = pairing.over_since or pairing.mentor.membership.left_at
    return {
        "junior": str(pairing.junior),
        "mentor": str(pairing.mentor),
        "day": on_day(gone_on) if gone_on else "",
    }


MENTOR_GONE = Kind(
    name=GONE,
    label=gettext_lazy("Your mentor is gone"),
    about=gettext_lazy("When your mentor has left, while nobody follows."),
    due=gone_due,
    subjects=pairings,
    message=tell,
    thread="pairing",
    audience=frozenset({Audience.JUNIORS}),
    is_record=True,
    urgency=20,
    placeholders={**PAIR, "day": gettext_lazy("since when the mentor is gone")},
)
WITHOUT_MENTOR = Kind(
    name=UNMENTORED,
    label=gettext_lazy("A junior without a mentor"),
    about=gettext_lazy(
        "When a mentor was deactivated, and three days after a pairing ended with "
        "nobody to follow."
    ),
    due=unmentored_due,
    subjects=pairings,
    message=warn,
    thread="pairing",
    audience=LEADERS,
    is_record=True,
    urgency=25,
    for_staff=True,
    placeholders={**PAIR, "day": gettext_lazy("since when the mentor is gone")},
)
