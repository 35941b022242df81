"""Pairs that do not meet as their program means them to: who hears of it, and when."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat, Greatest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pairings.models import (
    Enrolment,
    Pairing,
    PairingQuerySet,
    Pause,
    Program,
)
from pairings.reminders.leads import of_the_program, to_leads
from pairings.reminders.subjects import both_here
from preceptor.http import absolute_url
from preceptor.notifications.kinds import LEADERS, Kind, Message, Morning
from preceptor.notifications.letters import day_of, letter, on_day, step_of
from preceptor.notifications.models import Delivery, Timing, told
from preceptor.notifications.queries import (
    DaysBetween,
    DaysOn,
    LastMorning,
    Rows,
    all_of,
    reminder,
    zone_of,
)
from reviews.models import ReviewSession, ReviewSessionQuerySet
from reviews.reminders.words import NAME, PAIR, of_the_pair

NO_SESSION, STALLED = "no-session", "pair-stalled"
SOON = timedelta(days=14)
"""A session that is planned within these days, or was opened within them, is one."""

SIDES = ("junior__membership", "mentor__membership")


def due(now: datetime) -> Rows:
    """Pairs without a session for longer than the cadence; again after twice as long.

    `KIND:ID:SINCE:STEP`: the next session makes it another.
    """
    steps = {1: "once", 2: "twice"}
    return all_of(
        *(_rows(_quiet(now, 1), NO_SESSION, side, steps, now) for side in SIDES)
    )


def stalled_due(now: datetime) -> Rows:
    """Pairs without a session for twice the cadence, and for four times, to the leads.

    Only once both have known of it for a day.
    """
    found = _quiet(now, 2).filter(*(_told(side, now) for side in SIDES))
    steps = {2: "twice", 4: "four-times"}
    return all_of(
        *(
            _rows(rows, STALLED, path, steps, now)
            for path, rows in to_leads(found).items()
        )
    )


def _told(side: str, now: datetime) -> Q:
    """Whether one of the pair has known of this stretch for a day."""
    matter = (Value(f"{NO_SESSION}:"), _text("pk"), Value(":"), _text("since"))
    return told(
        NO_SESSION,
        subject=OuterRef("pk"),
        recipient=OuterRef(side),
        before=now - timedelta(days=1),
        matter=Concat(*matter),
    )


def _text(field: str) -> Cast:
    return Cast(OuterRef(field), CharField())


def meeting(now: datetime) -> PairingQuerySet:
    """Primary pairs that are to meet: active in a running program, both there."""
    rows = Pairing.objects.primary().current(now.date())
    return rows.filter(
        both_here(), state=Pairing.State.ACTIVE, program__state=Program.State.RUNNING
    )


def _quiet(now: datetime, turns: int) -> PairingQuerySet:
    """Those without a session for so many times the cadence, and none near at hand."""
    over = F("program__cadence_days") * turns
    met_on = Coalesce("last_met_on", "starts_on")
    # What rests on indices comes first: pauses are asked of the few that are left.
    rows = meeting(now).alias(over_on=DaysOn(met_on, over), since=_since())
    return rows.filter(
        ~Exists(_open_lately(now)),
        ~Exists(_named_ahead(now)),
        over_on__lte=now.date(),
    ).exclude(pk__in=_planned_soon(now).values("pairing"))


def _planned_soon(now: datetime) -> ReviewSessionQuerySet:
    return ReviewSession.objects.planned().filter(planned_at__range=(now, now + SOON))


def _open_lately(now: datetime) -> ReviewSessionQuerySet:
    """Sessions without a day yet, which an index names by their pair."""
    rows = ReviewSession.objects.open().filter(pairing=OuterRef("pk"), held_on=None)
    return rows.filter(opened_at__gt=now - SOON)


def _since() -> Greatest:
    """The last session, the first day, or the day they came back from a pause."""
    over = Pause.objects.taken().filter(resumed_on__isnull=False).order_by()
    own = over.filter(pairing=OuterRef("pk")).order_by("-resumed_on")
    # Asked of those alone who ever paused, whom one look at all pauses names.
    back_on = Case(
        When(pk__in=over.values("pairing"), then=Subquery(own.values("resumed_on")[:1]))
    )
    return Greatest(Coalesce("last_met_on", "starts_on"), back_on)


def _named_ahead(now: datetime) -> ReviewSessionQuerySet:
    """The last session, if the day that it named for the next is yet to come."""
    return ReviewSession.objects.held().filter(
        pairing=OuterRef("pk"),
        held_on=OuterRef("last_met_on"),
        next_on__range=(now.date(), (now + SOON).date()),
    )


def _rows(
    found: PairingQuerySet,
    kind: str,
    recipient: str,
    steps: Mapping[int, str],
    now: datetime,
) -> Rows:
    """The latest of the steps, which come after so many times the cadence."""
    zone, cadence = zone_of(recipient), F("program__cadence_days")
    today = LastMorning(zone, Value(now))
    passed = (DaysBetween(today, F("since")) - 1) / cadence
    come = found.annotate(passed=passed).filter(passed__gte=min(steps))
    (first, name), *later = steps.items()
    turns = Case(
        *(When(passed__gte=turn, then=turn) for turn, _name in reversed(later)),
        default=first,
    )
    step = Case(
        *(When(passed__gte=turn, then=Value(text)) for turn, text in reversed(later)),
        default=Value(name),
    )
    morning = Morning(zone, DaysOn(F("since"), cadence * turns + 1))
    rows: Rows = come.values(
        "organisation_id",
        "program_id",
        **reminder(kind, step, "since", recipient=recipient, not_before=morning),
    )
    return rows


def subjects(ids: Collection[int]) -> Mapping[int, Pairing]:
    """Pairs with their people and `since`, the day from which it is counted."""
    rows = Pairing.objects.with_people().select_related("organisation")
    return rows.annotate(since=_since()).in_bulk(list(ids))


def remind(delivery: Delivery, pairing: Pairing) -> Message:
    """To one of the pair: since when, and what the plan is."""
    is_mentor = pairing.side_of(delivery.recipient) == Enrolment.Side.MENTOR
    other = pairing.junior if is_mentor else pairing.mentor
    words = {"name": str(other), **_words(delivery, pairing)}
    headline = _("No session with %(name)s for %(days)s") % words
    if pairing.last_met_on is None:
        headline = _("No session with %(name)s yet, after %(days)s") % words
    lines = [_history(pairing), _next_step()]
    if step_of(delivery) == "twice":
        lines.append(_("The leads of the program are told of it, by days alone."))
    return letter(
        headline=headline,
        lines=lines,
        link=absolute_url(delivery.organisation.slug, "reviews:plan", pairing.pk),
        button=_("Plan a session"),
        because=of_the_pair(),
        over=pairing.program.name,
        words=words,
    )


def warn(delivery: Delivery, pairing: Pairing) -> Message:
    """To a lead: how long, and since when."""
    people = {"junior": str(pairing.junior), "mentor": str(pairing.mentor)}
    words = {**people, **_words(delivery, pairing)}
    headline = _("%(junior)s and %(mentor)s: no session for %(days)s") % words
    if pairing.last_met_on is None:
        headline = (
            _("%(junior)s and %(mentor)s: no session yet, after %(days)s") % words
        )
    return letter(
        headline=headline,
        lines=[_history(pairing), _("Both have been told. A word from you may help.")],
        link=absolute_url(delivery.organisation.slug, "insights:pairing", pairing.pk),
        button=_("Open the pairing"),
        because=of_the_program(),
        over=pairing.program.name,
        words=words,
    )


def _words(delivery: Delivery, pairing: Pairing) -> dict[str, str]:
    since = _since_of(pairing)
    count = (day_of(delivery) - since).days
    days = ngettext("%(n)s day", "%(n)s days", count) % {"n": count}
    return {"days": days, "day": on_day(since)}


def _since_of(pairing: Pairing) -> date:
    since: date = vars(pairing)["since"]
    return since


def _history(pairing: Pairing) -> str:
    since, met_on = _since_of(pairing), pairing.last_met_on
    words = {"plan": pairing.program.get_cadence_days_display(), "day": on_day(since)}
    if since not in (met_on, pairing.starts_on):
        return _("The pause ended on %(day)s; the plan is %(plan)s.") % words
    if met_on is None:
        return _("The pair began on %(day)s; the plan is %(plan)s.") % words
    return _("The last session was on %(day)s; the plan is %(plan)s.") % words


def _next_step() -> str:
    return _(
        "Nothing is planned for the next two weeks. A change that an AI wrote this "
        "week is enough to meet over, and a small one will do."
    )


DAYS = {
    "days": gettext_lazy("how many days it has been"),
    "day": gettext_lazy("the day since when"),
}
UNMET = Kind(
    name=NO_SESSION,
    label=gettext_lazy("No session for too long"),
    about=gettext_lazy(
        "When you have not met within the program’s cadence, and once more after twice "
        "as long."
    ),
    due=due,
    subjects=subjects,
    message=remind,
    thread="pairing",
    is_record=True,
    urgency=40,
    placeholders={**NAME, **DAYS},
)
PAIR_STALLED = Kind(
    name=STALLED,
    label=gettext_lazy("A pair that does not meet"),
    about=gettext_lazy(
        "When a pair has not met for twice its cadence, and for four times; both were "
        "told before."
    ),
    due=stalled_due,
    subjects=subjects,
    message=warn,
    thread="pairing",
    audience=LEADERS,
    is_record=True,
    default=Timing.DAILY,
    urgency=45,
    for_staff=True,
    placeholders={**PAIR, **DAYS},
)
