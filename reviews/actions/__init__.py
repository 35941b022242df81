"""Every write of a review session."""

from reviews.actions.apart import (
    add_action,
    add_comment,
    edit_comment,
    edit_lesson,
    explain,
    make_lesson,
    mark_action,
    remove_action,
    remove_comment,
    say_impression,
)
from reviews.actions.board import add_late, add_lesson, remove_lesson
from reviews.actions.deciding import (
    adjudicate,
    distinguish,
    join,
    set_status,
    split,
    verify,
)
from reviews.actions.drafts import discard_words, keep_words
from reviews.actions.endings import (
    Ending,
    Unexplained,
    abandon,
    close,
    log_session,
)
from reviews.actions.handover import acknowledge_handover, release_handover
from reviews.actions.notes import keep_note
from reviews.actions.opening import PURPOSE, confirm_change, stage_change
from reviews.actions.origin import Unaccounted, set_provenance
from reviews.actions.passes import (
    Sent,
    add_finding,
    edit_finding,
    keep_draft,
    lock_pass,
    remove_finding,
    reveal,
)
from reviews.actions.planning import (
    call_off_all,
    call_off_beyond,
    call_off_outside,
    call_off_paused,
    cancel,
    move,
    plan,
    sessions_outside,
    suggest,
)
from reviews.actions.release import bring_in_drafts, release
from reviews.actions.retention import (
    purge,
    purge_kept_too_long,
    set_retention,
    to_purge,
)
from reviews.actions.revisions import (
    STAGED_REVISION,
    confirm_revision,
    stage_revision,
)
from reviews.actions.sittings import assign_sittings
from reviews.actions.transcripts import (
    STAGED_TRANSCRIPT,
    confirm_transcript,
    remove_transcript,
    stage_transcript,
    store_transcript,
)
from reviews.actions.viewing import mark_viewed

__all__ = [
    "PURPOSE",
    "STAGED_REVISION",
    "STAGED_TRANSCRIPT",
    "Ending",
    "Sent",
    "Unaccounted",
    "Unexplained",
    "abandon",
    "acknowledge_handover",
    "add_action",
    "add_comment",
    "add_finding",
    "add_late",
    "add_lesson",
    "adjudicate",
    "assign_sittings",
    "bring_in_drafts",
    "call_off_all",
    "call_off_beyond",
    "call_off_outside",
    "call_off_paused",
    "cancel",
    "close",
    "confirm_change",
    "confirm_revision",
    "confirm_transcript",
    "discard_words",
    "distinguish",
    "edit_comment",
    "edit_finding",
    "edit_lesson",
    "explain",
    "join",
    "keep_draft",
    "keep_note",
    "keep_words",
    "lock_pass",
    "log_session",
    "make_lesson",
    "mark_action",
    "mark_viewed",
    "move",
    "plan",
    "purge",
    "purge_kept_too_long",
    "release",
    "release_handover",
    "remove_action",
    "remove_comment",
    "remove_finding",
    "remove_lesson",
    "remove_transcript",
    "reveal",
    "say_impression",
    "sessions_outside",
    "set_provenance",
    "set_retention",
    "set_status",
    "split",
    "stage_change",
    "stage_revision",
    "stage_transcript",
    "store_transcript",
    "suggest",
    "to_purge",
    "verify",
]
