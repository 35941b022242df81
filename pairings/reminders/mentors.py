"""A junior whose mentor is gone: for the junior, and for the leads to find another."""

from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Value
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pairings.models import Enrolment, Pairing, PairingQuerySet, ProgramStaff
from pairings.reminders.subjects import (
    PAIR,
    of_the_program,
    pairings,
    rows,
    running,
)
from preceptor.http import absolute_url
from preceptor.notifications.kinds import Kind, Message, Morning
from preceptor.notifications.letters import letter, on_day
from preceptor.notifications.models import Delivery
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


def gone_due(now: datetime) -> Rows:
    """To the junior, on the morning after."""
    return _due(GONE, "junior__membership", 1, running(), now)


def unmentored_due(now: datetime) -> Rows:
    """To the leads: at once who can't come any more, after three days who has none.

    Who ended the pairing may have the next in mind already.
    """
    led = running().filter(program__staff__role=ProgramStaff.Role.LEAD)
    return _due(UNMENTORED, "program__staff__membership", 3, led, now)


def _due(
    kind: str, recipient: str, days: int, found: PairingQuerySet, now: datetime
) -> Rows:
    """`KIND:ID:deactivated`, and `KIND:ID:DAY:ended`."""
    zone = zone_of(recipient)
    today = Morning(zone, LastMorning(zone, Value(now)))
    after = Morning(zone, DaysOn(LocalDay(zone, F("ended_at")), days))
    return all_of(
        rows(_deactivated(found, now), kind, "deactivated", recipient, today),
        rows(_ended(found, now), kind, "ended", recipient, after, "ends_on"),
    )


def _deactivated(found: PairingQuerySet, now: datetime) -> PairingQuerySet:
    """Pairs that stand, with a mentor who can't come any more, and nobody to follow."""
    left = Enrolment.objects.filter(membership__is_active=False)
    standing = found.primary().standing().current(now.date())
    return standing.filter(~Exists(_next()), mentor__in=left)


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
    since = ""
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
    line = _("%(mentor)s is deactivated, so nobody mentors %(junior)s.")
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
    ended_at = pairing.ended_at
    return {
        "junior": str(pairing.junior),
        "mentor": str(pairing.mentor),
        "day": on_day(timezone.localtime(ended_at)) if ended_at else "",
    }


MENTOR_GONE = Kind(
    name=GONE,
    label=gettext_lazy("Your mentor is gone"),
    about=gettext_lazy("When your mentor has left, while nobody follows."),
    due=gone_due,
    subjects=pairings,
    message=tell,
    is_record=True,
    urgency=30,
    placeholders=PAIR,
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
    is_record=True,
    urgency=20,
    for_staff=True,
    placeholders=PAIR,
)
