"""Unified diffs, as git, diff and mail write them, into files, hunks and lines.

Bytes come in and are never trusted: what is read is bounded by `Limits`, and the time
is linear in the size of the input. A line ends with LF alone, a CR is text; only where
every line of the input ends in CR LF are the CRs taken off, as a web form or a console
put them there.
"""

from reviews.diffs.blocks import Block, blocks
from reviews.diffs.change import (
    DEFAULT_LIMITS,
    STORED,
    Change,
    DiffError,
    File,
    Hunk,
    Kind,
    Limits,
    Line,
    LineKind,
    Reason,
    Side,
    in_words,
)
from reviews.diffs.digest import digest
from reviews.diffs.parser import parse, plain

__all__ = [
    "DEFAULT_LIMITS",
    "STORED",
    "Block",
    "Change",
    "DiffError",
    "File",
    "Hunk",
    "Kind",
    "Limits",
    "Line",
    "LineKind",
    "Reason",
    "Side",
    "blocks",
    "digest",
    "in_words",
    "parse",
    "plain",
]
