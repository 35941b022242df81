"""Every write to a junior's year."""

from progress.actions.assessments import (
    Agreed,
    Said,
    discard_assessment,
    hand_in,
    keep_outcomes,
    keep_ratings,
    open_assessment,
    sign_assessment,
    unsign_assessment,
)
from progress.actions.autonomy import (
    ask_autonomy,
    drop_autonomy,
    grant_autonomy,
)
from progress.actions.checkins import (
    answer_checkin,
    change_checkin,
    discard_checkin,
    prepare_checkin,
    tell_hours,
)
from progress.actions.evaluations import evaluate_junior, evaluate_mentor
from progress.actions.goals import (
    add_goal,
    add_step,
    agree_goal,
    edit_goal,
    mark_goal,
    place_goal,
    remove_step,
    shift_goal,
    tick_step,
)
from progress.actions.links import add_link, note_opening, revoke_link
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
    "Agreed",
    "Said",
    "add_goal",
    "add_link",
    "add_step",
    "agree_goal",
    "answer_checkin",
    "ask_autonomy",
    "begin_plan",
    "change_checkin",
    "discard_assessment",
    "discard_checkin",
    "drop_autonomy",
    "edit_goal",
    "evaluate_junior",
    "evaluate_mentor",
    "grant_autonomy",
    "hand_in",
    "keep_outcomes",
    "keep_ratings",
    "locked",
    "mark_goal",
    "milestone_at",
    "move_for_pause",
    "move_milestone",
    "move_to_version",
    "note_opening",
    "open_assessment",
    "place_goal",
    "prepare_checkin",
    "publish_figure",
    "remove_step",
    "revoke_link",
    "shift_goal",
    "sign_assessment",
    "sign_milestone",
    "tell_hours",
    "tick_step",
    "unsign_assessment",
    "withdraw_figure",
    "withdraw_signature",
]
