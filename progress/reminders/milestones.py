"""Milestones ahead, on their day and lapsed; to a lead what lapsed for long."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pairings.models import Pairing
from preceptor.accounts.models import Membership
from preceptor.http import absolute_url
from preceptor.notifications.kinds import LEADERS, Kind, Message
from preceptor.notifications.letters import day_of
from preceptor.notifications.models import Delivery, told
from progress.asked import Asked, asked_of_many, unmet
from progress.models import Milestone
from progress.models.plans import MilestoneQuerySet
from progress.reminders.steps import (
    JUNIOR,
    LEAD,
    MANAGERS,
    MENTOR,
    Rows,
    key_of,
    mentors_on,
    of_juniors,
    of_leads,
    of_managers,
    of_mentors,
    stepped,
)

NAME, TO_LEAD = "milestone", "milestone-to-lead"
STEPS = {"two-weeks": -14, "three-days": -3, "day": 0, "lapsed": 1, "week": 7}
LEAD_STEPS = {"lead": 10}

LATE_DAYS = 60
"""How long after its day a lapsed milestone is worth a message."""
MENTORS = "mentor__membership"
HEARD = timedelta(days=1)
"""How long the pair has had its own message before a lead gets one."""


def due(now: datetime) -> Rows:
    """What the junior and the mentor of today are to hear of what they have not signed.

    One row for each person and milestone: the latest step whose morning has come where
    they live.
    """
    standing = _standing(now, min(STEPS.values()))
    juniors = of_juniors(standing.filter(junior_signed_at=None), now)
    mentors = of_mentors(standing.filter(mentor_signed_at=None), now)
    return _rows(juniors, JUNIOR, now).union(_rows(mentors, MENTOR, now), all=True)


def lead_due(now: datetime) -> Rows:
    """What lapsed ten days ago, once all who have not signed know that it did."""
    unheard = Pairing.objects.primary().filter(
        ~_heard(OuterRef(OuterRef("pk")), OuterRef(OuterRef("due_on")), MENTORS, now),
        junior=OuterRef("plan__junior"),
        state=Pairing.State.ACTIVE,
        starts_on__lte=now.date(),
        ends_on__gt=now.date(),
        mentor__membership__is_active=True,
        mentor__membership__user__is_active=True,
    )
    hears = _heard(OuterRef("pk"), OuterRef("due_on"), JUNIOR, now)
    rows = _standing(now, min(LEAD_STEPS.values())).filter(
        Q(junior_signed_at__isnull=False) | hears,
        Q(mentor_signed_at__isnull=False) | ~Q(Exists(unheard)),
    )
    led = _lead_rows(of_leads(rows, now), LEAD, now)
    return led.union(_lead_rows(of_managers(rows, now), MANAGERS, now), all=True)


def _lead_rows(rows: "QuerySet[Milestone]", recipient: str, now: datetime) -> Rows:
    return stepped(
        rows,
        recipient,
        now,
        steps=LEAD_STEPS,
        day=F("due_on"),
        matter=[TO_LEAD, F("pk"), F("due_on")],
        until=LATE_DAYS,
    )


def _standing(now: datetime, first_step: int) -> MilestoneQuerySet:
    """Open ones of the days on which some step may have come."""
    # Everywhere on earth the date is at most a day away from that in UTC.
    first = now.date() - timedelta(days=LATE_DAYS + 1)
    last = now.date() + timedelta(days=1 - first_step)
    return Milestone.objects.open().filter(due_on__range=(first, last))


def _rows(milestones: "QuerySet[Milestone]", recipient: str, now: datetime) -> Rows:
    """`milestone:ID:DUE:STEP`, so that a moved date is a new matter."""
    return stepped(
        milestones,
        recipient,
        now,
        steps=STEPS,
        day=F("due_on"),
        matter=[NAME, F("pk"), F("due_on")],
        until=LATE_DAYS,
    )


def _heard(pk: OuterRef, due_on: OuterRef, recipient: str, now: datetime) -> Q:
    """Whether somebody has known since yesterday that this very date has come."""
    somebody, known = OuterRef(recipient), now - HEARD
    rows = Delivery.objects.inbox().filter(
        kind=NAME,
        subject=pk,
        recipient=somebody,
        matter=key_of(NAME, pk, due_on),
        not_before__gte=due_on,
        planned_at__lte=known,
    )
    return Q(Exists(rows)) & told(NAME, subject=pk, recipient=somebody, before=known)


@dataclass(frozen=True)
class Stone:
    """A milestone as its reminders tell of it; `mentor` is the one of today."""

    milestone: Milestone
    asked: Sequence[Asked]
    mentor: Membership | None

    @cached_property
    def junior(self) -> Membership:
        return self.milestone.plan.junior.membership

    @property
    def words(self) -> dict[str, str]:
        """What its placeholders stand for."""
        return {
            "name": self.milestone.name,
            "junior": self.junior.full_name,
            "mentor": self.mentor.full_name if self.mentor else _("nobody yet"),
            "day": formats.date_format(self.milestone.due_on, "l, j F"),
        }

    @property
    def met(self) -> str:
        """How much of what it asks for is there, in a sentence, or nothing."""
        if not self.asked:
            return ""
        count, missing = len(self.asked), len(unmet(self.asked))
        if not missing:
            return _("What it asks for is met.")
        sentence = ngettext(
            "What it asks for is not met yet.",
            "%(n)d of the %(count)d things that it asks for are met.",
            count,
        )
        return sentence % {"n": count - missing, "count": count}


def stones(ids: Collection[int]) -> dict[int, Stone]:
    """Milestones by their ids, in three queries."""
    today = timezone.localdate()
    rows = Milestone.objects.select_related(
        "plan__junior__program", "plan__junior__membership__user"
    ).in_bulk(ids)
    mentors = mentors_on({row.plan.junior_id for row in rows.values()}, today)
    asked = asked_of_many(rows, today)
    return {
        pk: Stone(row, asked.get(pk, []), mentors.get(row.plan.junior_id))
        for pk, row in rows.items()
    }


def message(delivery: Delivery, stone: Stone) -> Message:
    """How a milestone's reminder reads on the day that it leaves."""
    milestone, today = stone.milestone, day_of(delivery)
    slug = delivery.organisation.slug
    is_junior = milestone.is_of(delivery.recipient)
    headline = (_own_headline if is_junior else _headline)(stone, today)
    is_ahead = milestone.due_on > today
    state = _state(stone, today, is_junior=is_junior)
    return Message(
        subject=headline,
        template="milestone",
        link=absolute_url(
            slug, f"progress:{'milestone' if is_ahead else 'sign'}", milestone.pk
        ),
        button=_("Look at it") if is_ahead else _("Look at it and sign"),
        context={
            "headline": headline,
            "milestone": milestone,
            "is_junior": is_junior,
            "state": state,
            "met": stone.met,
            "next_on": _next_on(milestone, today),
            "plan_link": absolute_url(slug, "progress:plan", milestone.plan_id),
        },
        detail=" ".join(filter(None, [state, stone.met])),
        words=stone.words,
    )


def _headline(stone: Stone, today: date) -> str:
    """To the mentor: whose milestone it is, and when."""
    due_on = stone.milestone.due_on
    if due_on < today:
        return _("%(name)s of %(junior)s lapsed on %(day)s") % stone.words
    if due_on == today:
        return _("%(name)s of %(junior)s is due today, %(day)s") % stone.words
    return _("%(name)s of %(junior)s is due on %(day)s") % stone.words


def _own_headline(stone: Stone, today: date) -> str:
    """The same to the junior, whose own it is."""
    due_on = stone.milestone.due_on
    if due_on < today:
        return _("Your milestone %(name)s lapsed on %(day)s") % stone.words
    if due_on == today:
        return _("Your milestone %(name)s is due today, %(day)s") % stone.words
    return _("Your milestone %(name)s is due on %(day)s") % stone.words


def _state(stone: Stone, today: date, *, is_junior: bool) -> str:
    """Who has signed, and what is left to do."""
    milestone = stone.milestone
    if milestone.has_signature and is_junior:
        return _("Your mentor has signed it. Your signature is what is left.")
    if milestone.has_signature:
        return (
            _("%(junior)s has signed it. Your signature is what is left.") % stone.words
        )
    if stone.mentor is None:
        return _(
            "Nobody is your mentor today. Sign your side; your next mentor signs the "
            "other, or ask the lead of the program for another date."
        )
    if milestone.is_lapsed(today):
        return _(
            "It is still open, and neither of you has signed. Meet and sign it late, "
            "or ask the lead of the program for another date."
        )
    return _("Neither of you has signed it. Meet, and then both sign.")


def _next_on(milestone: Milestone, today: date) -> date | None:
    """The day of the next step, if one is to come."""
    days = (milestone.due_on + timedelta(days=after) for after in STEPS.values())
    return next((day for day in days if day > today), None)


def message_to_lead(delivery: Delivery, stone: Stone) -> Message:
    """For how long it has been open, who has signed, and that both know."""
    milestone = stone.milestone
    days = (day_of(delivery) - milestone.due_on).days
    headline = _("%(name)s of %(junior)s lapsed %(days)d days ago") % {
        **stone.words,
        "days": days,
    }
    state = _state_for_lead(stone)
    return Message(
        subject=headline,
        template="milestone_to_lead",
        link=absolute_url(
            delivery.organisation.slug, "progress:milestone", milestone.pk
        ),
        button=_("Look at the milestone"),
        context={
            "headline": headline,
            "milestone": milestone,
            "mentor": stone.mentor,
            "state": state,
            "met": stone.met,
        },
        detail=" ".join(filter(None, [state, stone.met])),
        words={**stone.words, "days": str(days)},
    )


def _state_for_lead(stone: Stone) -> str:
    milestone, words = stone.milestone, stone.words
    due = _("It was due on %(day)s.") % words
    if milestone.junior_signed_at:
        signed = _("%(junior)s has signed it, the mentor has not.")
    elif milestone.mentor_signed_at:
        signed = _("The mentor has signed it, %(junior)s has not.")
    else:
        signed = _("Neither of the two has signed it.")
    parts = [due, signed % words]
    if stone.mentor is None:
        parts.append(_("Nobody is the mentor of %(junior)s today.") % words)
    return " ".join(parts)


PLACEHOLDERS = {
    "name": gettext_lazy("the milestone’s name"),
    "junior": gettext_lazy("the junior’s name"),
    "mentor": gettext_lazy("the name of the mentor of today"),
    "day": gettext_lazy("the day on which it is due"),
}

MILESTONE = Kind(
    name=NAME,
    label=gettext_lazy("Milestone ahead, due or lapsed"),
    about=gettext_lazy(
        "Two weeks and three days before a milestone that you have not signed, on its "
        "day, and a day and a week after it."
    ),
    due=due,
    subjects=stones,
    message=message,
    thread="milestone",
    urgency=40,
    is_record=True,
    placeholders=PLACEHOLDERS,
)
MILESTONE_TO_LEAD = Kind(
    name=TO_LEAD,
    label=gettext_lazy("Milestone lapsed for long"),
    about=gettext_lazy(
        "Ten days after a milestone of a program that you lead, where the pair knows "
        "that it lapsed and has not signed it."
    ),
    due=lead_due,
    subjects=stones,
    message=message_to_lead,
    thread="milestone",
    audience=LEADERS,
    urgency=55,
    is_record=True,
    for_staff=True,
    placeholders={
        **PLACEHOLDERS,
        "days": gettext_lazy("how many days ago it was due"),
    },
)
