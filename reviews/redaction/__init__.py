"""Secrets and personal data in what is uploaded: found, and replaced once confirmed.

Bytes come in and are never trusted. Nothing here writes a file, opens a connection or
keeps what it saw: a `Hit` names places, and whoever holds the texts can read them.
"""

from reviews.redaction.hits import Hit, Place, Scan
from reviews.redaction.replacing import occurrences, redacted
from reviews.redaction.scanning import scan
from reviews.redaction.texts import Text, diff_text, plain_text, whereabouts

__all__ = [
    "Hit",
    "Place",
    "Scan",
    "Text",
    "diff_text",
    "occurrences",
    "plain_text",
    "redacted",
    "scan",
    "whereabouts",
]
