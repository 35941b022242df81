"""A pair that met and named no day for its next session."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, Value
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pairings.models import Pairing, Program
from pairings.reminders.subjects import both_here
from preceptor.http import absolute_url
from preceptor.notifications.kinds import Kind, Message, Morning
from preceptor.notifications.letters import letter, on_day
from preceptor.notifications.models import Delivery, Timing
from preceptor.notifications.queries import (
    DaysOn,
    LastMorning,
    LocalDay,
    Rows,
    all_of,
    reminder,
    zone_of,
)
from reviews.models import ReviewSession, ReviewSessionQuerySet
from reviews.reminders.subjects import sessions
from reviews.reminders.words import NAME, of_the_pair

WITHOUT_DATE = "no-next-date"


def due(now: datetime) -> Rows:
    """Last sessions after which nothing is arranged, on the second morning after.

    Until they should have met again: from then on that is what the two are told.
    """
    return all_of(*(_rows(_left_open(now), side, now) for side in ("junior", "mentor")))


def _left_open(now: datetime) -> ReviewSessionQuerySet:
    of_pair = ReviewSession.objects.filter(pairing=OuterRef("pairing"))
    arranged = of_pair.filter(held_on=None).filter(
        Q(state__in=(ReviewSession.State.READING, ReviewSession.State.REVEALED))
        | Q(state=ReviewSession.State.PLANNED, planned_at__gt=now)
    )
    same_day = of_pair.held().filter(held_on=OuterRef("held_on"))
    said = same_day.filter(Q(next_on__isnull=False) | Q(pk__gt=OuterRef("pk")))
    longest = timedelta(days=max(Program.Cadence.values) + 1)
    return ReviewSession.objects.held().filter(
        ~Exists(arranged),
        ~Exists(said),
        both_here("pairing"),
        next_on=None,
        closed_at__range=(now - longest, now),
        held_on=F("pairing__last_met_on"),
        pairing__kind=Pairing.Kind.PRIMARY,
        pairing__state=Pairing.State.ACTIVE,
        pairing__ends_on__gt=now.date() + timedelta(days=7),
        pairing__program__state=Program.State.RUNNING,
    )


def _rows(found: ReviewSessionQuerySet, side: str, now: datetime) -> Rows:
    """`KIND:ID:after`: a session is closed once."""
    zone = zone_of(side)
    again_on = DaysOn(F("held_on"), F("pairing__program__cadence_days"))
    open_yet = found.annotate(again_on=again_on).filter(
        again_on__gte=LastMorning(zone, Value(now))
    )
    second = Morning(zone, DaysOn(LocalDay(zone, F("closed_at")), 2))
    rows: Rows = open_yet.values(
        "organisation_id",
        program_id=F("pairing__program"),
        **reminder(WITHOUT_DATE, "after", recipient=side, not_before=second),
    )
    return rows


def subjects(ids: Collection[int]) -> Mapping[int, ReviewSession]:
    return sessions(ids)


def message(delivery: Delivery, session: ReviewSession) -> Message:
    """When they met, and how often they mean to."""
    program = session.pairing.program
    name = session.other_than(delivery.recipient).full_name
    words = {"name": name, "plan": program.get_cadence_days_display()}
    if session.held_on:
        words["day"] = on_day(session.held_on)
    met = _(
        "You met on %(day)s and named no day for the next time; the plan is %(plan)s."
    )
    return letter(
        headline=_("No next session with %(name)s is planned") % words,
        lines=[
            met % words,
            _("A day that both know keeps a pair going: plan it while you can."),
        ],
        link=absolute_url(
            delivery.organisation.slug, "reviews:plan", session.pairing_id
        ),
        button=_("Plan the next session"),
        because=of_the_pair(),
        over=program.name,
        words=words,
    )


NO_NEXT_DATE = Kind(
    name=WITHOUT_DATE,
    label=gettext_lazy("No day for the next session"),
    about=gettext_lazy(
        "On the second morning after a session, while none is arranged."
    ),
    due=due,
    subjects=subjects,
    message=message,
    thread="session",
    is_record=True,
    default=Timing.DAILY,
    urgency=60,
    placeholders={
        **NAME,
        "day": gettext_lazy("the day of the last session"),
        "plan": gettext_lazy("how often the program means pairs to meet"),
    },
)
