"""Every write to a junior's year."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Case, DateTimeField, Max, Q, Value, When
from django.utils.translation import gettext as _

from pairings.models import Pairing, Pause
from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from progress.models import Goal, GrowthPlan, Milestone
from progress.moves import moves_of
from progress.schedule import Point, points
from progress.wording import about_of, name_of


@transaction.atomic
def begin_plan(pairing: Pairing) -> None:
    """Gives the junior of a primary pairing their year, once.

    It runs from the pairing's first day to the end of the junior's enrolment. A later
    pairing, after a change of mentor, finds the plan and leaves it as it is.
    """
    if pairing.kind != Pairing.Kind.PRIMARY:
        return
    plan, is_new = GrowthPlan.objects.get_or_create(
        junior=pairing.junior,
        defaults={
            "organisation_id": pairing.organisation_id,
            "starts_on": pairing.starts_on,
        },
    )
    if is_new:
        Milestone.objects.bulk_create(_milestones(plan))


def _milestones(plan: GrowthPlan) -> list[Milestone]:
    template = plan.junior.program.template
    wanted = points(template, plan.starts_on, plan.junior.ends_on)
    return [milestone_at(plan, point) for point in wanted]


def milestone_at(plan: GrowthPlan, point: Point) -> Milestone:
    """A milestone of a template, unsaved."""
    return Milestone(
        organisation_id=plan.organisation_id,
        plan=plan,
        kind=point.kind,
        month=point.month,
        name=name_of(point),
        about=about_of(point),
        due_on=point.due_on,
    )


def sign_milestone(*, actor: Membership, milestone: Milestone, now: datetime) -> None:
    """Signs as the junior whose plan it is, or else as the mentor.

    Whoever signs second signs the milestone off. Two who sign at the same moment
    wait for each other at the row, so one of them is the second.
    """
    row = Milestone.objects.filter(pk=milestone.pk)
    if milestone.is_of(actor):
        changed = row.filter(junior_signed_at=None).update(
            junior_signed_at=now,
            signed_at=_if(Q(mentor_signed_at__isnull=False), now),
        )
    else:
        changed = row.filter(mentor_signed_at=None).update(
            mentor_signed_at=now,
            mentor_signed_by=actor,
            signed_at=_if(Q(junior_signed_at__isnull=False), now),
        )
    if not changed:
        raise Conflict(_("This side of the milestone was signed already."))


def _if(other_signed: Q, now: datetime) -> Case:
    """`now` where the other side has signed, else nothing."""
    moment = When(other_signed, then=Value(now))
    return Case(moment, default=None, output_field=DateTimeField())


def withdraw_signature(*, actor: Membership, milestone: Milestone) -> None:
    """Takes back one's own signature, as long as the other has not signed."""
    still_open = Milestone.objects.open().filter(pk=milestone.pk)
    if milestone.is_of(actor):
        mine = still_open.filter(junior_signed_at__isnull=False)
        changed = mine.update(junior_signed_at=None)
    else:
        mine = still_open.filter(mentor_signed_by=actor)
        changed = mine.update(mentor_signed_at=None, mentor_signed_by=None)
    if not changed:
        raise Conflict(
            _(
                "There is no signature of yours to take back: the milestone was signed "
                "by both of you, or you had not signed it."
            )
        )


def move_milestone(*, milestone: Milestone, due_on: date) -> None:
    """Gives a milestone that is not signed off another date."""
    still_open = Milestone.objects.open().filter(pk=milestone.pk)
    if not still_open.update(due_on=due_on):
        raise Conflict(_("The milestone was signed off in between; its date stays."))


@transaction.atomic
def move_for_pause(pause: Pause) -> None:
    """Moves what is not signed off by the days that a pause is worth."""
    plan = GrowthPlan.objects.filter(junior=pause.pairing.junior_id).first()
    if plan is None:
        return
    _locked(plan)
    for move in moves_of(pause, pause.moved_days):
        move.save()
        Milestone.objects.open().filter(pk=move.milestone_id).update(due_on=move.to_on)


@transaction.atomic
def add_goal(*, actor: Membership, plan: GrowthPlan, goal: Goal) -> None:
    """Puts a new goal at the end of the plan's list."""
    _locked(plan)
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
    _locked(goal.plan)
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
    _locked(goal.plan)
    goals = list(goal.plan.goals.filter(state=Goal.State.OPEN))
    positions = [other.position for other in goals]
    others = [other for other in goals if other.pk != goal.pk]
    if len(others) == len(goals):
        raise Conflict(_("The goal is no longer open, so it has no place in the list."))
    others.insert(place, goal)
    for other, position in zip(others, positions, strict=True):
        other.position = position
    Goal.objects.bulk_update(others, ["position"])


def _locked(plan: GrowthPlan) -> None:
    """Goals of a plan are placed one request at a time."""
    GrowthPlan.objects.select_for_update().get(pk=plan.pk)
