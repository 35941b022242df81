"""Conversations with an AI, in the forms that tools write, as one form.

Bytes come in and are never trusted: what is read is bounded by `Limits`, time and
memory are linear in the size of the input. Records of types that are not known are
kept and counted; a last line that breaks off is left out, for a log may still be
being written.
"""

from reviews.transcripts.conversation import (
    DEFAULT_LIMITS,
    Form,
    Limits,
    Reason,
    Record,
    Role,
    ToolCall,
    Transcript,
    TranscriptError,
    Turn,
)
from reviews.transcripts.provenance import Provenance, provenance_of
from reviews.transcripts.reader import read

__all__ = [
    "DEFAULT_LIMITS",
    "Form",
    "Limits",
    "Provenance",
    "Reason",
    "Record",
    "Role",
    "ToolCall",
    "Transcript",
    "TranscriptError",
    "Turn",
    "provenance_of",
    "read",
]
