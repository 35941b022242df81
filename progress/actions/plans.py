"""The beginning of a junior's year, and what moves all of it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from pairings.models import Pairing, Pause
from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from progress.actions.frameworks import version_to_begin_with
from progress.models import (
    FrameworkVersion,
    GrowthPlan,
    Milestone,
    PlanVersionMove,
)
from progress.moves import moves_of
from progress.schedule import Point, points
from progress.wording import about_of, name_of

BATCH = 1000
"""Rows to an insert."""


@transaction.atomic
def begin_plan(*pairings: Pairing) -> None:
    """Gives the junior of each primary pairing their year, once; a few queries for all.

    It runs from the pairing's first day to the end of the junior's enrolment. A later
    pairing, after a change of mentor, finds the plan and leaves it as it is. The plan
    keeps the version of the framework that it begins with.
    """
    first: dict[int, Pairing] = {}
    for pairing in pairings:
        if pairing.kind == Pairing.Kind.PRIMARY:
            first.setdefault(pairing.junior_id, pairing)
    has = GrowthPlan.objects.filter(junior__in=list(first))
    there = set(has.values_list("junior_id", flat=True))
    new = [one for junior, one in first.items() if junior not in there]
    programs = {one.program_id: one.program for one in new}
    versions = {pk: version_to_begin_with(one) for pk, one in programs.items()}
    plans = GrowthPlan.objects.bulk_create(
        GrowthPlan(
            organisation_id=one.organisation_id,
            junior=one.junior,
            starts_on=one.starts_on,
            version=versions[one.program_id],
        )
        for one in new
    )
    of_all = (milestone for plan in plans for milestone in _milestones(plan))
    Milestone.objects.bulk_create(of_all, batch_size=BATCH)


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


@transaction.atomic
def move_to_version(
    *,
    actor: Membership,
    plan: GrowthPlan,
    version: FrameworkVersion,
    seen: int | None,
    now: datetime,
) -> None:
    """From the version that was looked at, `seen`, to a published one.

    What was said of the year's competencies so far stays with the version of its day.
    """
    rows = GrowthPlan.objects.filter(pk=plan.pk, version=seen)
    if not rows.update(version=version):
        raise Conflict(_("The plan was moved to another version in between."))
    PlanVersionMove.objects.create(
        organisation_id=plan.organisation_id,
        plan=plan,
        from_version_id=seen,
        to_version=version,
        moved_by=actor,
        moved_at=now,
    )


def locked(plan: GrowthPlan) -> None:
    """What hangs on a plan's order or dates is written one request at a time."""
    GrowthPlan.objects.select_for_update().get(pk=plan.pk)
