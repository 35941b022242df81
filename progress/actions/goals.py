"""What the junior wants to be able to do, and in which order."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from progress.actions.plans import locked
from progress.models import Goal, GrowthPlan


@transaction.atomic
def add_goal(*, actor: Membership, plan: GrowthPlan, goal: Goal) -> None:
    """Puts a new goal at the end of the plan's list."""
    locked(plan)
    last = plan.goals.aggregate(last=Max("position"))["last"]
    goal.organisation_id = plan.organisation_id
    goal.plan, goal.added_by = plan, actor
    goal.position = 0 if last is None else last + 1
    goal.save()


def mark_goal(*, goal: Goal, state: str, now: datetime) -> None:
    """Reached, dropped, or open again."""
    others = Goal.objects.filter(pk=goal.pk).exclude(state=state)
    if not others.update(state=state, state_changed_at=now):
        raise Conflict(_("Somebody marked this goal so already."))


@transaction.atomic
def shift_goal(*, goal: Goal, by: int) -> None:
    """Changes places with the open goal before (-1) or after (1), if there is one."""
    locked(goal.plan)
    goals = list(goal.plan.goals.filter(state=Goal.State.OPEN))
    place = next((n for n, other in enumerate(goals) if other.pk == goal.pk), None)
    if place is None:
        raise Conflict(_("The goal is no longer open, so it has no place in the list."))
    if 0 <= place + by < len(goals):
        mine, theirs = goals[place], goals[place + by]
        mine.position, theirs.position = theirs.position, mine.position
        Goal.objects.bulk_update([mine, theirs], ["position"])


@transaction.atomic
def place_goal(*, goal: Goal, place: int) -> None:
    """Puts an open goal where `place` of the open ones stand before it, or last."""
    locked(goal.plan)
    goals = list(goal.plan.goals.filter(state=Goal.State.OPEN))
    positions = [other.position for other in goals]
    others = [other for other in goals if other.pk != goal.pk]
    if len(others) == len(goals):
        raise Conflict(_("The goal is no longer open, so it has no place in the list."))
    others.insert(place, goal)
    for other, position in zip(others, positions, strict=True):
        other.position = position
    Goal.objects.bulk_update(others, ["position"])
