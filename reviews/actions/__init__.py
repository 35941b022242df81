"""Every write of a review session."""

from reviews.actions.board import (
    add_late,
    add_lesson,
    adjudicate,
    join,
    remove_lesson,
    split,
)
from reviews.actions.endings import abandon, close, log_session
from reviews.actions.opening import PURPOSE, confirm_change, stage_change
from reviews.actions.passes import (
    add_finding,
    edit_finding,
    keep_draft,
    lock_pass,
    remove_finding,
    reveal,
)

__all__ = [
    "PURPOSE",
    "abandon",
    "add_finding",
    "add_late",
    "add_lesson",
    "adjudicate",
    "close",
    "confirm_change",
    "edit_finding",
    "join",
    "keep_draft",
    "lock_pass",
    "log_session",
    "remove_finding",
    "remove_lesson",
    "reveal",
    "split",
    "stage_change",
]
