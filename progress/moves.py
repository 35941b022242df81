"""What a pause does to the dates of a junior's year."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from pairings.models import Pause
from progress.models import Milestone, MilestoneMove
from progress.schedule import lands_on, later


def moves_of(
    pause: Pause, days: int, holidays: Mapping[date, str]
) -> list[MilestoneMove]:
    """The moves of a pause worth `days`, of what is open then; nothing is written.

    Open is what falls due on its first day or later and carries no signature: what was
    due before was due, pause or not. Reckoned from where each stood before the pause,
    which need not be saved yet. One that somebody gave another date in between stays,
    and what a holiday moved since moves by a row of its own: history goes on. What is
    back where somebody put it stands there again, be it a holiday.
    """
    made = {move.milestone_id: move for move in _made(pause)} if pause.pk else {}
    is_open = Q(due_on__gte=pause.starts_on) | Q(pk__in=list(made))
    unsigned = Milestone.objects.unsigned().filter(is_open)
    junior = pause.pairing.junior
    of_junior = unsigned.filter(plan__junior=junior).select_related("plan")
    end = junior.ends_on + timedelta(days=days - pause.moved_days)
    moves = []
    for milestone in of_junior if days or made else ():
        move = made.get(milestone.pk) or _move(milestone, pause)
        if move.to_on in (None, milestone.nominal):
            to_on = later(move.from_on, days)
            is_put_back = not days and _was_by_hand(move, milestone)
            if getattr(move, "is_followed", False):
                if to_on == move.to_on:
                    continue
                move = _correction(move)
            move.milestone, move.to_on = milestone, to_on
            first_on, closed = milestone.plan.starts_on, () if is_put_back else holidays
            move.lands_on = lands_on(move.to_on, closed, first_on, end)
            moves.append(move)
    return moves


def _made(pause: Pause) -> QuerySet[MilestoneMove]:
    """What it moved, with `is_followed`: whether the milestone moved again since.

    And with `kind_before`: how it had got the day on which it stood, None if it never
    moved.
    """
    others = MilestoneMove.objects.filter(milestone=OuterRef("milestone"))
    before = others.filter(pk__lt=OuterRef("pk")).exclude(from_on=F("to_on"))
    return MilestoneMove.objects.filter(pause=pause.pk).annotate(
        is_followed=Exists(others.filter(pk__gt=OuterRef("pk"))),
        kind_before=Subquery(before.order_by("-pk").values("kind")[:1]),
    )


def _was_by_hand(move: MilestoneMove, milestone: Milestone) -> bool:
    """Whether the day that it moved from is one that somebody gave it."""
    by_hand = MilestoneMove.Kind.BY_HAND
    if milestone.kind == Milestone.Kind.OWN:
        return getattr(move, "kind_before", None) in (None, by_hand)
    return getattr(move, "kind_before", None) == by_hand


def _correction(move: MilestoneMove) -> MilestoneMove:
    """That the pause was not as long as had been thought, from where it moved to."""
    return MilestoneMove(
        organisation_id=move.organisation_id,
        kind=MilestoneMove.Kind.PAUSE,
        from_on=move.to_on,
    )


def _move(milestone: Milestone, pause: Pause) -> MilestoneMove:
    return MilestoneMove(
        organisation_id=milestone.organisation_id,
        kind=MilestoneMove.Kind.PAUSE,
        from_on=milestone.nominal,
        pause=pause if pause.pk else None,
        moved_by_id=pause.created_by_id,
    )
