"""What review sessions hold of people, and the files of their export."""

from reviews.models import (
    Action,
    Blob,
    ChangeSuggestion,
    Comment,
    Draft,
    DrawnFile,
    Explanation,
    Finding,
    Impression,
    Lesson,
    Note,
    Placement,
    ReviewSession,
    Revision,
    SittingFile,
    Transcript,
    ViewedFile,
)
from reviews.personal.changes import clean, files, strike
from reviews.personal.sittings import SITTINGS
from reviews.personal.written import WRITTEN

__all__ = ["HELD", "IMPERSONAL", "TEXTS", "clean", "files", "strike"]

HELD = SITTINGS + WRITTEN

TEXTS = {
    ReviewSession: [
        *("title", "link", "account", "claim", "unexplained_because"),
        *("tool", "model"),
    ],
    Transcript: ["name", "tool", "model"],
    Finding: ["path", "title", "text", "suggestion"],
    Placement: ["path"],
    SittingFile: ["path"],
    ViewedFile: ["path"],
    Lesson: ["text"],
    Explanation: [
        *("commit", "evidence", "cause", "test", "rule", "done_well", "to_correct"),
    ],
    Comment: ["text"],
    Action: ["text"],
    Impression: ["word"],
    Note: ["text"],
    Draft: ["words"],
    ChangeSuggestion: ["title", "link", "reason"],
}
"""Paths, too: they are struck alike here and in the changes; see `strike`."""

IMPERSONAL = {
    Blob: ["sha256", "body"],
    Revision: ["sha256"],
    Transcript: ["sha256"],
    Placement: ["path", "file_side"],
    SittingFile: ["path"],
    DrawnFile: ["language", "path", "note", "digest", "body"],
    ViewedFile: ["digest"],
}
"""The changes are code of the organisation. Of who is erased those go that name them,
and in others’ the name is struck: see `clean` and `strike`."""
