"""What the milestones of the story ask for, who signed them, and what came after."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import chain
from typing import Any

from django.db.models import OuterRef

from preceptor.accounts.models import Membership
from preceptor.insights.demo.programs import Pair, at
from progress.actions import conditions_of
from progress.asked import with_counts
from progress.models import (
    GrowthPlan,
    Milestone,
    MilestoneAddendum,
    MilestoneCondition,
    MilestoneMove,
)

Story = tuple[GrowthPlan, list[Pair]]
Kind = MilestoneCondition.Kind

# Who let a milestone be, with their mentor's word for it.
SKIPPED = {"Devon Marsh": "Month 2"}
SKIP_REASON = (
    "We were both at the offsite that week and talked all of it through there. Month 4 "
    "looks back on four months instead of two."
)
WHO_ADDS = "Ines Carvalho"
ALTHOUGH = (
    "Two sessions fell to the release freeze. What they were for came up in the "
    "others, and we made up the time in October.",
    "The explanations went deep rather than many: the lock around the ledger alone "
    "took three sittings. The rest comes before the next milestone.",
)
SIGNATURES = (
    "junior_signed_at",
    "mentor_signed_at",
    "mentor_signed_by",
    "signed_at",
)


def write(stories: Sequence[Story], milestones: Sequence[Milestone]) -> None:
    """Saves milestones with what they ask for; signed last, as it then stays."""
    wanted = [[getattr(one, name) for name in SIGNATURES] for one in milestones]
    for one in milestones:
        for name in SIGNATURES:
            setattr(one, name, None)
    Milestone.objects.bulk_create(milestones)
    _ask(milestones)
    missing = _look_back(dict(zip((m.pk for m in milestones), wanted, strict=True)))
    for number, (one, signatures) in enumerate(zip(milestones, wanted, strict=True)):
        for name, value in zip(SIGNATURES, signatures, strict=True):
            setattr(one, name, value)
        if one.mentor_signed_at and one.pk in missing:
            one.although = ALTHOUGH[number % len(ALTHOUGH)]
    Milestone.objects.bulk_update(milestones, [*SIGNATURES, "although"])
    for plan, pairs in stories:
        if pairs[0].plot.junior == WHO_ADDS:
            _add_own(plan, pairs)
            _put_right(plan, pairs[-1].mentor_member)


def skip(milestone: Milestone, pairs: list[Pair]) -> bool:
    """Skips it where the story says so."""
    if SKIPPED.get(pairs[0].plot.junior) != milestone.name:
        return False
    milestone.skipped_at = at(milestone.due_on - timedelta(days=2), 10, 20)
    milestone.skipped_by = pairs[0].mentor_member
    milestone.skip_reason = SKIP_REASON
    return True


def _ask(milestones: Sequence[Milestone]) -> None:
    MilestoneCondition.objects.bulk_create(
        chain.from_iterable(
            conditions_of(one, one.plan.starts_on, one.plan.junior.program.cadence_days)
            for one in milestones
        )
    )


def _look_back(signatures: dict[int, list[Any]]) -> set[int]:
    """Ticks and counts what was signed; returns what of that was not all met."""
    signed = {pk: values for pk, values in signatures.items() if values[-1]}
    rows = MilestoneCondition.objects.filter(milestone__in=signed)
    counted: list[Any] = list(with_counts(rows, OuterRef("milestone__due_on")))
    missing = set()
    for row in counted:
        if row.kind == Kind.TICKED:
            row.ticked_at, row.ticked_by = signed[row.milestone_id][1:3]
            continue
        row.counted = row.so_far
        if row.counted < row.wanted:
            missing.add(row.milestone_id)
    columns = ["counted", "ticked_at", "ticked_by"]
    MilestoneCondition.objects.bulk_update(counted, columns)
    return missing


def _add_own(plan: GrowthPlan, pairs: list[Pair]) -> None:
    """One of the pair's own."""
    mentor, junior = pairs[-1].mentor_member, plan.junior.membership
    *_, last = plan.milestones.filter(signed_at__isnull=False)
    upcoming = plan.milestones.open().order_by("due_on").first()
    own = Milestone.objects.create(
        organisation_id=plan.organisation_id,
        plan=plan,
        kind=Milestone.Kind.OWN,
        added_by=junior,
        name="First week on call",
        about="Ines carries the pager for the billing service, Tomasz shadows.",
        due_on=_weekday((upcoming or last).due_on + timedelta(days=18)),
    )
    texts = ("The runbook was walked through twice", "One alert was handled together")
    for position, text in enumerate(texts):
        MilestoneCondition.objects.create(
            organisation_id=plan.organisation_id,
            milestone=own,
            position=position,
            kind=Kind.TICKED,
            text=text,
            ticked_at=None if position else at(last.due_on, 16, 5),
            ticked_by=None if position else mentor,
        )


def _put_right(plan: GrowthPlan, mentor: Membership) -> None:
    """A date that moved, and something said later."""
    first, *_, last = plan.milestones.filter(signed_at__isnull=False)
    MilestoneMove.objects.create(
        organisation_id=plan.organisation_id,
        milestone=last,
        kind=MilestoneMove.Kind.BY_HAND,
        from_on=_weekday(last.due_on - timedelta(days=7)),
        to_on=last.due_on,
        reason="Tomasz was at a customer’s that week",
        moved_by=mentor,
        moved_at=at(last.due_on - timedelta(days=12), 9, 40),
    )
    MilestoneAddendum.objects.create(
        organisation_id=plan.organisation_id,
        milestone=first,
        author=mentor,
        text="The slot is Tuesdays at 14:00 by now, for planning took Wednesdays.",
        created_at=at(first.due_on + timedelta(days=20), 11, 15),
    )


def _weekday(day: date) -> date:
    return day - timedelta(days=max(day.weekday() - 4, 0))
