"""Every write to a junior's year."""

from progress.actions.evaluations import evaluate_junior, evaluate_mentor
from progress.actions.goals import add_goal, mark_goal, place_goal, shift_goal
from progress.actions.milestones import (
    move_milestone,
    sign_milestone,
    withdraw_signature,
)
from progress.actions.plans import (
    begin_plan,
    locked,
    milestone_at,
    move_for_pause,
    move_to_version,
)
from progress.actions.publishing import publish_figure, withdraw_figure

__all__ = [
    "add_goal",
    "begin_plan",
    "evaluate_junior",
    "evaluate_mentor",
    "locked",
    "mark_goal",
    "milestone_at",
    "move_for_pause",
    "move_milestone",
    "move_to_version",
    "place_goal",
    "publish_figure",
    "shift_goal",
    "sign_milestone",
    "withdraw_figure",
    "withdraw_signature",
]
