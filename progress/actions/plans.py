"""The beginning of a junior's year, and what moves all of it."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import chain
from typing import cast

from django.db import transaction
from django.utils.translation import gettext as _

from pairings.models import Pairing, Pause
from preceptor.accounts.holidays import held_holidays
from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from progress.actions.frameworks import version_to_begin_with
from progress.default_conditions import wanted
from progress.models import (
    FrameworkVersion,
    GrowthPlan,
    Milestone,
    MilestoneCondition,
    PlanVersionMove,
)
from progress.moves import moves_of
from progress.schedule import Kind, Point, points
from progress.wording import about_of, name_of, reason_of, tick_of

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
    of_all = chain.from_iterable(_milestones(plans))
    made = Milestone.objects.bulk_create(of_all, batch_size=BATCH)
    MilestoneCondition.objects.bulk_create(
        chain.from_iterable(
            conditions_of(one, one.plan.starts_on, one.plan.junior.program.cadence_days)
            for one in made
        ),
        batch_size=BATCH,
    )


def _milestones(plans: Sequence[GrowthPlan]) -> Iterator[Sequence[Milestone]]:
    """Those of each plan; the plans are of one organisation."""
    holidays = held_holidays(plans[0].organisation_id) if plans else {}
    for plan in plans:
        template = plan.junior.program.template
        wanted = points(template, plan.starts_on, plan.junior.ends_on)
        made = [milestone_at(plan, point) for point in wanted]
        for one in made:
            one.fall_due(one.due_on, holidays, plan.junior.ends_on)
        yield made


def milestone_at(plan: GrowthPlan, point: Point) -> Milestone:
    """A milestone of a template, unsaved, on its day in a year without holidays."""
    return Milestone(
        organisation_id=plan.organisation_id,
        plan=plan,
        kind=point.kind,
        month=point.month,
        name=name_of(point),
        about=about_of(point),
        due_on=point.due_on,
    )


def conditions_of(
    milestone: Milestone, starts_on: date, cadence_days: int
) -> list[MilestoneCondition]:
    """What a milestone of a template asks for by itself, unsaved."""
    days = (milestone.nominal - starts_on).days
    kind = cast("Kind", milestone.kind)
    return [
        MilestoneCondition(
            organisation_id=milestone.organisation_id,
            milestone=milestone,
            position=position,
            kind=one.of,
            wanted=one.least,
            text=tick_of(milestone.kind) if one.of == "ticked" else "",
        )
        for position, one in enumerate(
            wanted(kind, milestone.month, days, cadence_days)
        )
    ]


@transaction.atomic
def move_for_pause(pause: Pause) -> None:
    """Moves what is not signed off by the days that a pause is worth."""
    plan = GrowthPlan.objects.filter(junior=pause.pairing.junior_id).first()
    if plan is None:
        return
    locked(plan)
    holidays = held_holidays(pause.organisation_id)
    # What is signed or moved meanwhile has that in its history, and not the pause.
    list(plan.milestones.unsigned().order_by("pk").select_for_update(no_key=True))
    for move in moves_of(pause, pause.moved_days, holidays):
        milestone = move.milestone
        milestone.stand(move.to_on, move.lands_on)
        move.reason = reason_of(holidays, move.to_on, milestone.due_on)
        move.save()
        unsigned = Milestone.objects.unsigned().filter(pk=milestone.pk)
        unsigned.update(due_on=milestone.due_on, nominal_on=milestone.nominal_on)


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
