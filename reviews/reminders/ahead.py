"""The day before a session for which no change has come; and when that day is."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.db.models import (
    Count,
    DateTimeField,
    ExpressionWrapper,
    F,
    OuterRef,
    Subquery,
)
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pairings.models import Pairing, Program
from pairings.reminders.subjects import both_here
from preceptor.http import absolute_url
from preceptor.notifications.kinds import Kind, Message, Morning
from preceptor.notifications.letters import at_time, letter
from preceptor.notifications.models import Delivery
from preceptor.notifications.queries import (
    DaysOn,
    LocalDay,
    Rows,
    all_of,
    reminder,
    zone_of,
)
from reviews.models import ChangeSuggestion, ReviewSession, ReviewSessionQuerySet
from reviews.reminders.subjects import sessions
from reviews.reminders.words import NAME_AND_DAY, of_the_pair

WITHOUT_CHANGE = "session-without-change"
GRACE = timedelta(hours=2)
"""Who planned a session for tomorrow just now has not forgotten its change."""

SOON = timedelta(days=3)
"""Wherever somebody lives, the day before is not farther off than that."""


def due(now: datetime) -> Rows:
    """Sessions of tomorrow, or sooner, for which nobody has brought a change."""
    return of_planned(ahead(now).planned(), WITHOUT_CHANGE)


def ahead(now: datetime) -> ReviewSessionQuerySet:
    """Sittings of the next days, of pairs that meet."""
    rows = ReviewSession.objects.filter(planned_at__gt=now, planned_at__lt=now + SOON)
    return rows.filter(
        both_here("pairing"),
        pairing__state=Pairing.State.ACTIVE,
        pairing__program__state=Program.State.RUNNING,
    )


def of_planned(found: ReviewSessionQuerySet, kind: str) -> Rows:
    """To both of each, on the morning of the day before."""
    return all_of(*(_rows(found, kind, side) for side in ("junior", "mentor")))


def _rows(found: ReviewSessionQuerySet, kind: str, side: str) -> Rows:
    """`KIND:ID:DAY:day-before`; what came about just now waits a little."""
    zone = zone_of(side)
    day = LocalDay(zone, F("planned_at"))
    morning = Morning(zone, DaysOn(day, -1))
    not_before = Greatest(morning, _after("arranged_at"), _after("opened_at"))
    rows: Rows = found.values(
        "organisation_id",
        program_id=F("pairing__program"),
        **reminder(kind, "day-before", day, recipient=side, not_before=not_before),
    )
    return rows


def _after(field: str) -> "ExpressionWrapper[CombinedExpression]":
    return ExpressionWrapper(F(field) + GRACE, DateTimeField())


def subjects(ids: Collection[int]) -> Mapping[int, ReviewSession]:
    """With `suggested`, the number of changes that wait for a session of the pair."""
    waiting = ChangeSuggestion.objects.filter(pairing=OuterRef("pairing"), session=None)
    count = waiting.values("pairing").annotate(n=Count("pk")).values("n")
    return sessions(ids, suggested=Coalesce(Subquery(count), 0))


def message(delivery: Delivery, session: ReviewSession) -> Message:
    """When they meet, and how many changes were suggested."""
    words = {
        "name": session.other_than(delivery.recipient).full_name,
        "day": at_time(session.starts_at),
    }
    return letter(
        headline=_("No change yet for the session with %(name)s on %(day)s") % words,
        lines=[_what_to_bring(vars(session)["suggested"])],
        facts=[(_("Who leads"), session.led_by_whom.full_name)],
        link=absolute_url(delivery.organisation.slug, "reviews:session", session.pk),
        button=_("Bring a change"),
        because=of_the_pair(),
        over=session.pairing.program.name,
        words=words,
    )


def _what_to_bring(suggested: int) -> str:
    if not suggested:
        return _(
            "Bring one that an AI wrote this week, so that both can read it alone "
            "before you meet. A small one will do."
        )
    text = ngettext(
        "One change is suggested for it. Bring it, or another, so that both can read "
        "it alone before you meet.",
        "%(n)s changes are suggested for it. Bring one of them, or another, so that "
        "both can read it alone before you meet.",
        suggested,
    )
    return text % {"n": suggested}


NO_CHANGE = Kind(
    name=WITHOUT_CHANGE,
    label=gettext_lazy("A session without a change"),
    about=gettext_lazy("The day before a session, while no change is there to read."),
    due=due,
    subjects=subjects,
    message=message,
    thread="session",
    is_record=True,
    urgency=20,
    placeholders=NAME_AND_DAY,
)
