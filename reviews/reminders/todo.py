"""Actions of sessions on the day that they are due, and three days over it.

They are told by their number: the words of an action are the room's.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from django.db.models import F, Prefetch, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pairings.models import Pairing, Program
from pairings.reminders.subjects import both_here
from preceptor.accounts.models import Membership
from preceptor.http import absolute_url
from preceptor.notifications.kinds import Kind, Message, Morning
from preceptor.notifications.letters import Fact, day_of, letter, on_day
from preceptor.notifications.models import Delivery
from preceptor.notifications.queries import DaysOn, Rows, all_of, reminder, zone_of
from reviews.models import Action, ReviewSession

DUE = "action-due"
STEPS = {"day": 0, "late": 3}
KEPT = timedelta(days=60)
"""How long after its day an action is still worth a first message."""


def due(now: datetime) -> Rows:
    """Open actions to who took them on, those of a session and day as one.

    `KIND:SESSION:DAY:STEP`: another day is another.
    """
    first, last = now.date() - KEPT, now.date() + timedelta(days=1)
    found = Action.objects.open().filter(
        both_here("session__pairing"),
        due_on__range=(first, last),
        session__pairing__state=Pairing.State.ACTIVE,
        session__pairing__program__state=Program.State.RUNNING,
    )
    return all_of(*(_rows(found, step, days) for step, days in STEPS.items()))


def _rows(found: "QuerySet[Action]", step: str, days: int) -> Rows:
    morning = Morning(zone_of("owner"), DaysOn(F("due_on"), days))
    rows: Rows = found.values(
        "organisation_id",
        program_id=F("session__pairing__program"),
        **reminder(
            DUE,
            step,
            "due_on",
            recipient="owner",
            subject="session",
            not_before=morning,
        ),
    )
    return rows.distinct()


def subjects(ids: Collection[int]) -> Mapping[int, ReviewSession]:
    """Sessions with the days of their open actions, and none of their words."""
    days = Action.objects.open().only("session", "owner", "due_on").order_by("due_on")
    rows = ReviewSession.objects.with_people().select_related("pairing__program")
    named = rows.prefetch_related(Prefetch("actions", days))
    return named.in_bulk(list(ids))


def message(delivery: Delivery, session: ReviewSession) -> Message:
    """How many are due, since when, and of which session."""
    today = day_of(delivery)
    days = _days(session, delivery.recipient, today)
    count = len(days)
    words = {
        "n": str(count),
        "name": session.other_than(delivery.recipient).full_name,
        "session": session.code,
    }
    if days:
        words["day"] = on_day(days[0])
    text = ngettext(
        "An action of yours from %(session)s with %(name)s is due",
        "%(n)s actions of yours from %(session)s with %(name)s are due",
        count,
    )
    return letter(
        headline=text % words,
        lines=[_when(days, today)],
        facts=_facts(session),
        link=absolute_url(delivery.organisation.slug, "reviews:session", session.pk)
        + "#actions",
        button=_("See what it is") if count == 1 else _("See what they are"),
        because=_("You get this because you took it on."),
        over=session.pairing.program.name,
        words=words,
    )


def _days(session: ReviewSession, owner: Membership, today: date) -> list[date]:
    """Those of what somebody has to do by today, the first to come first."""
    own = (one for one in session.actions.all() if one.owner_id == owner.pk)
    return [one.due_on for one in own if one.due_on <= today]


def _when(days: list[date], today: date) -> str:
    late = [day for day in days if day < today]
    if not late:
        return _("Due today.")
    if len(days) == 1:
        return _("Due on %(day)s.") % {"day": on_day(late[0])}
    return _("The first was due on %(day)s.") % {"day": on_day(late[0])}


def _facts(session: ReviewSession) -> list[Fact]:
    if session.held_on is None:
        return []
    return [(_("Session of"), on_day(session.held_on))]


ACTION_DUE = Kind(
    name=DUE,
    label=gettext_lazy("An action is due"),
    about=gettext_lazy(
        "On the day by which you took something on, and three days after it."
    ),
    due=due,
    subjects=subjects,
    message=message,
    thread="session",
    urgency=45,
    placeholders={
        "name": gettext_lazy("the other of the pair"),
        "session": gettext_lazy("the session’s number"),
        "n": gettext_lazy("how many"),
        "day": gettext_lazy("the first of their days"),
    },
)
