"""What the junior wants to be able to do, in which order, and by which steps."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from progress.actions.plans import locked
from progress.models import Goal, GoalStep, GrowthPlan


class Stale(Conflict):
    """The goal is no longer as the page showed it; what is typed is to be kept."""


SAID = ("text", "why", "done_when", "competency", "target", "due_on")


@transaction.atomic
def add_goal(*, actor: Membership, plan: GrowthPlan, goal: Goal) -> Goal:
    """Puts a new goal at the end of the plan's list; who proposes it has agreed.

    The same one sent twice, as a second click does, is one.
    """
    locked(plan)
    said = {name: getattr(goal, name) for name in SAID}
    if twin := plan.goals.open().filter(proposed_by=actor, **said).first():
        return twin
    last = plan.goals.aggregate(last=Max("position"))["last"]
    goal.organisation_id = plan.organisation_id
    goal.plan, goal.proposed_by = plan, actor
    goal.position = 0 if last is None else last + 1
    own, _other = _agreements(goal, actor)
    setattr(goal, own, goal.created_at)
    goal.save()
    return goal


@transaction.atomic
def edit_goal(
    *,
    actor: Membership,
    goal: Goal,
    values: Mapping[str, Any],
    version: int,
    now: datetime,
) -> None:
    """Writes over the version that was seen, to which the other then agrees anew.

    Raises `Stale` if it was changed or settled since. Whoever changes nothing
    neither agrees by that nor takes the other's agreement away.
    """
    held = _held(goal)
    if all(getattr(held, name) == value for name, value in values.items()):
        return
    if held.version != version:
        raise Stale(_("The goal was changed while you wrote."))
    if not held.is_open:
        raise Stale(
            _("The goal is no longer open: open it again before you change it.")
        )
    own, other = _agreements(held, actor)
    agreed = {own: now, other: None, "version": version + 1}
    Goal.objects.filter(pk=held.pk).update(**values, **agreed)


@transaction.atomic
def agree_goal(*, actor: Membership, goal: Goal, version: int, now: datetime) -> None:
    """Agrees to the goal as it was read."""
    held = _open(goal)
    if held.version != version:
        raise Conflict(_("The goal was changed since. Read it again first."))
    own, _other = _agreements(held, actor)
    if getattr(held, own) is not None:
        raise Conflict(_("You have agreed to this goal already."))
    Goal.objects.filter(pk=held.pk).update(**{own: now})


@transaction.atomic
def mark_goal(*, goal: Goal, state: str, now: datetime) -> None:
    """Reached, once both have agreed to it; dropped; or open again."""
    held = _held(goal)
    if held.state == state:
        raise Conflict(_("Somebody marked this goal so already."))
    if state == Goal.State.REACHED and not held.is_agreed:
        raise Conflict(_("A goal is reached once both of you have agreed to it."))
    Goal.objects.filter(pk=held.pk).update(state=state, state_changed_at=now)


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
    others.insert(min(place, len(others)), goal)
    for other, position in zip(others, positions, strict=True):
        other.position = position
    Goal.objects.bulk_update(others, ["position"])


@transaction.atomic
def add_step(*, goal: Goal, text: str) -> GoalStep:
    """A further step, after those that there are."""
    held = _open(goal)
    last = held.steps.aggregate(last=Max("position"))["last"]
    return GoalStep.objects.create(
        organisation_id=held.organisation_id,
        goal=held,
        text=text,
        position=0 if last is None else last + 1,
    )


@transaction.atomic
def tick_step(*, step: GoalStep, is_done: bool, now: datetime) -> None:
    """Done, or not done after all."""
    _open(step.goal)
    rows = GoalStep.objects.filter(pk=step.pk, done_at__isnull=is_done)
    if not rows.update(done_at=now if is_done else None):
        raise Conflict(_("Somebody ticked this step so already."))


@transaction.atomic
def remove_step(*, step: GoalStep) -> None:
    """Takes a step away that nobody has done."""
    _open(step.goal)
    if not GoalStep.objects.filter(pk=step.pk, done_at=None).delete()[0]:
        raise Conflict(_("The step is done or gone, so it was not removed."))


def _held(goal: Goal) -> Goal:
    """The row as it is, held: a goal changes one request at a time."""
    rows = Goal.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("plan__junior").get(pk=goal.pk)


def _open(goal: Goal) -> Goal:
    held = _held(goal)
    if not held.is_open:
        raise Conflict(_("The goal is no longer open. Nothing was changed."))
    return held


def _agreements(goal: Goal, actor: Membership) -> tuple[str, str]:
    """Where their own agreement stands, and the other's."""
    sides = ("junior_agreed_at", "mentor_agreed_at")
    is_junior = goal.plan.junior.membership_id == actor.pk
    return sides if is_junior else (sides[1], sides[0])
