"""Milestones that somebody adds to a year, and the conditions of all of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from pairings.actions.together import Stale
from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from progress.actions.milestones import held, keep_move
from progress.actions.plans import locked
from progress.models import GrowthPlan, Milestone, MilestoneCondition

MOST = 24
"""Milestones of somebody's own in one year."""

Kind = MilestoneCondition.Kind


@transaction.atomic
def add_milestone(
    *, actor: Membership, plan: GrowthPlan, values: Mapping[str, Any]
) -> Milestone:
    """Adds one of their own. The same one sent twice is one."""
    locked(plan)
    own = plan.milestones.filter(kind=Milestone.Kind.OWN)
    there = own.filter(added_by=actor, **values).first()
    if there:
        return there
    if own.count() >= MOST:
        text = _("There are %(n)s milestones of your own already. Remove one first.")
        raise Conflict(text % {"n": MOST})
    return Milestone.objects.create(
        organisation_id=plan.organisation_id,
        plan=plan,
        kind=Milestone.Kind.OWN,
        added_by=actor,
        **values,
    )


@transaction.atomic
def edit_milestone(
    *,
    actor: Membership,
    milestone: Milestone,
    values: Mapping[str, Any],
    reason: str,
    seen: int,
    now: datetime,
) -> None:
    """Writes over the version that was seen; another date needs its reason.

    Raises `Stale` where it was changed, signed or skipped since.
    """
    row = _own(milestone)
    if all(getattr(row, name) == value for name, value in values.items()):
        return
    if row.version != seen:
        raise Stale(_("The milestone was changed while you wrote."))
    if row.due_on != values["due_on"]:
        day = values["due_on"]
        keep_move(actor=actor, milestone=row, to_on=day, reason=reason, now=now)
        row.nominal_on = None
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    row.save(update_fields=[*values, "nominal_on", "version"])


@transaction.atomic
def remove_milestone(*, milestone: Milestone) -> None:
    """Takes one of somebody's own away that nobody has signed."""
    _own(milestone).delete()


def _own(milestone: Milestone) -> Milestone:
    row = held(milestone)
    if row.kind != Milestone.Kind.OWN:
        raise Conflict(_("This milestone is the program’s. It can be skipped."))
    return _unsigned(row)


def _unsigned(row: Milestone) -> Milestone:
    if row.skipped_at:
        raise Stale(_("It was skipped, so it stays as it is. Take that back first."))
    if row.has_signature:
        raise Stale(
            _("It carries a signature, so it stays as it is. Take that back first.")
        )
    return row


@transaction.atomic
def ask(*, milestone: Milestone, kind: str, wanted: int, text: str) -> None:
    """Adds a condition; of what is counted already, the number is put in its place."""
    row = _unsigned(held(milestone))
    if kind == Kind.TICKED:
        there = row.conditions.filter(kind=kind, text=text)
        if there.exists():
            return
    elif row.conditions.filter(kind=kind).update(wanted=wanted):
        _count_change(row)
        return
    if row.conditions.count() >= MilestoneCondition.MOST:
        most = {"n": MilestoneCondition.MOST}
        raise Stale(_("%(n)s conditions are enough. Remove one first.") % most)
    last = row.conditions.aggregate(last=Max("position"))["last"]
    MilestoneCondition.objects.create(
        organisation_id=row.organisation_id,
        milestone=row,
        position=0 if last is None else last + 1,
        kind=kind,
        wanted=wanted,
        text=text,
    )
    _count_change(row)


@transaction.atomic
def drop_condition(*, condition: MilestoneCondition) -> None:
    """Asks for it no longer."""
    row = _unsigned(held(condition.milestone))
    if not row.conditions.filter(pk=condition.pk).delete()[0]:
        raise Conflict(_("The condition is gone already."))
    _count_change(row)


@transaction.atomic
def tick_condition(
    *, actor: Membership, condition: MilestoneCondition, is_met: bool, now: datetime
) -> None:
    """Met, or not met after all; until both have signed, or the mentor over it."""
    row = held(condition.milestone)
    if not row.is_open or (row.mentor_signed_at and not is_met):
        raise Conflict(
            _("The milestone was signed or skipped in between. Nothing was changed.")
        )
    rows = row.conditions.filter(
        pk=condition.pk, kind=Kind.TICKED, ticked_at__isnull=is_met
    )
    changes: dict[str, Any] = {"ticked_at": None, "ticked_by": None}
    if is_met:
        changes = {"ticked_at": now, "ticked_by": actor}
    if not rows.update(**changes):
        raise Conflict(_("Somebody ticked it so already, or it is gone."))


def _count_change(row: Milestone) -> None:
    """Whoever has the page open signs nothing that they have not read."""
    Milestone.objects.filter(pk=row.pk).update(version=F("version") + 1)
