"""What becomes of milestones when the holidays of an organisation change."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pairings.models import Program
from preceptor.accounts.holidays import HolidayChange
from progress.models import Milestone, MilestoneMove
from progress.models.plans import MilestoneQuerySet
from progress.schedule import lands_on

BATCH = 2000


def would_move(change: HolidayChange) -> str:
    """How many milestones the change moves, of how many juniors."""
    moves = list(_moves(change, _at_stake(change)))
    return _said(change, moves)


def move_for_holidays(change: HolidayChange) -> str:
    """Moves them; a few queries for any number. Says how many of whom.

    What is signed meanwhile stays: a row is looked at again once it is held.
    """
    held = _at_stake(change).select_for_update(of=("self",), no_key=True)
    moves = list(_moves(change, held.order_by("pk")))
    by_days: dict[tuple[date, date | None], list[int]] = defaultdict(list)
    for move in moves:
        to = move.milestone.due_on, move.milestone.nominal_on
        by_days[to].append(move.milestone_id)
    for (due_on, nominal_on), pks in by_days.items():
        rows = Milestone.objects.filter(pk__in=pks)
        rows.update(due_on=due_on, nominal_on=nominal_on)
    MilestoneMove.objects.bulk_create(moves, batch_size=BATCH)
    return _said(change, moves)


def _at_stake(change: HolidayChange) -> MilestoneQuerySet:
    """What nobody has signed and lies ahead, on a new holiday or moved by an old one.

    An archived program is read alone.
    """
    falls = Q(due_on__in=change.added)
    if change.removed:
        falls |= Q(nominal_on__isnull=False)
    rows = (
        Milestone.objects.open()
        .unsigned()
        .filter(
            falls,
            organisation=change.actor.organisation_id,
            due_on__gte=change.today,
        )
    )
    archived = Program.State.ARCHIVED
    rows = rows.exclude(plan__junior__program__state=archived)
    return rows.select_related("plan__junior").only(
        "organisation",
        "due_on",
        "nominal_on",
        "plan__starts_on",
        "plan__junior__ends_on",
    )


def _moves(change: HolidayChange, rows: Iterable[Milestone]) -> Iterator[MilestoneMove]:
    """Of those that move, with the new day in each milestone, unsaved.

    One that was given its day by hand has that for its own, and none moves to a day
    that is over.
    """
    for milestone in rows:
        was, nominal = milestone.due_on, milestone.nominal
        plan = milestone.plan
        end = plan.junior.ends_on
        if lands_on(nominal, change.before, plan.starts_on, end) != was:
            if was not in change.added:
                continue
            nominal = was
        milestone.fall_due(nominal, change.after, end)
        if milestone.due_on != was and milestone.due_on >= change.today:
            yield MilestoneMove(
                organisation_id=milestone.organisation_id,
                milestone=milestone,
                kind=MilestoneMove.Kind.HOLIDAY,
                from_on=was,
                to_on=milestone.due_on,
                moved_by=change.actor,
                moved_at=change.now,
                reason=_reason(change, was, milestone.nominal),
            )


def _reason(change: HolidayChange, was: date, nominal: date) -> str:
    if was in change.added:
        return _("%(name)s is a holiday") % {"name": change.after[was]}
    gone = min(day for day in change.removed if day >= min(nominal, was))
    return _("%(name)s is no holiday any more") % {"name": change.before[gone]}


def _said(change: HolidayChange, moves: Sequence[MilestoneMove]) -> str:
    if not moves:
        return ""
    n, juniors = len(moves), len({move.milestone.plan_id for move in moves})
    whose = ngettext("%(n)s junior", "%(n)s juniors", juniors) % {"n": juniors}
    if change.added:
        text = ngettext(
            "%(n)s milestone of %(juniors)s moves to the next working day.",
            "%(n)s milestones of %(juniors)s move to the next working day.",
            n,
        )
    else:
        text = ngettext(
            "%(n)s milestone of %(juniors)s moves back to its own day.",
            "%(n)s milestones of %(juniors)s move back to their own days.",
            n,
        )
    return text % {"n": n, "juniors": whose}
