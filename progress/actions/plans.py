"""The beginning of a junior's year, and what moves all of it."""

from django.db import transaction

from pairings.models import Pairing, Pause
from progress.actions.frameworks import version_to_begin_with
from progress.models import GrowthPlan, Milestone
from progress.moves import moves_of
from progress.schedule import Point, points
from progress.wording import about_of, name_of


@transaction.atomic
def begin_plan(pairing: Pairing) -> None:
    """Gives the junior of a primary pairing their year, once.

    It runs from the pairing's first day to the end of the junior's enrolment. A later
    pairing, after a change of mentor, finds the plan and leaves it as it is. The plan
    keeps the version of the framework that it begins with.
    """
    if pairing.kind != Pairing.Kind.PRIMARY:
        return
    plan, is_new = GrowthPlan.objects.get_or_create(  # type: ignore[misc] # callables
        junior=pairing.junior,
        defaults={
            "organisation_id": pairing.organisation_id,
            "starts_on": pairing.starts_on,
            "version": lambda: version_to_begin_with(pairing.program),
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


@transaction.atomic
def move_for_pause(pause: Pause) -> None:
    """Moves what is not signed off by the days that a pause is worth."""
    plan = GrowthPlan.objects.filter(junior=pause.pairing.junior_id).first()
    if plan is None:
        return
    locked(plan)
    for move in moves_of(pause, pause.moved_days):
        move.save()
        unsigned = Milestone.objects.unsigned().filter(pk=move.milestone_id)
        unsigned.update(due_on=move.to_on)


def locked(plan: GrowthPlan) -> None:
    """What hangs on a plan's order or dates is written one request at a time."""
    GrowthPlan.objects.select_for_update().get(pk=plan.pk)
