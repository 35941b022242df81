"""Lines of a diff as HTML: colours of the language, changed words, indentation.

All text is escaped. Characters that a browser would swallow, or that reorder text
(as in the attack known as Trojan Source), are written out. A long line and a huge file
stay plain, as does what comes after a `Budget` is spent; what is left out of an endless
line is counted at its end.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from html import escape
from time import thread_time

from pygments.lexer import Lexer
from pygments.lexers import find_lexer_class_for_filename
from pygments.token import STANDARD_TYPES, Comment, Name, Number, Token, _TokenType

from reviews.diffs import File, Hunk, LineKind, blocks
from reviews.words import Marks, changed_words

LONGEST_SHOWN = 20_000  # characters of a line
LONGEST_LINE = 400  # characters that a lexer gets to see of one line
LARGEST_FILE = 400_000  # characters in all the hunks of a coloured file
LARGEST_CHANGE = 1_500_000  # characters in all the files that are coloured at once
BASE_SECONDS, SECONDS_A_LINE = 0.3, 0.0003  # of processor time for one hunk
FILE_SECONDS, CHANGE_SECONDS = 2.0, 5.0  # for all hunks of a file, for all files
MOST_BOXES = 200  # of hidden characters in one piece of a line

# The classes that the stylesheet colours, and where other kinds of token go.
CLASSES = frozenset(
    [
        *("k", "kn", "kd", "kr", "kc", "kt", "ow", "nf", "fm", "nc", "nb", "bp", "ne"),
        *("s", "s1", "s2", "sb", "sd", "sa", "si", "se", "sr", "mi", "mf", "mh", "nd"),
        *("c", "c1", "cm", "ch"),
    ]
)
INSTEAD = {
    Comment.Preproc: "kn",
    Comment.PreprocFile: "s",
    Name.Tag: "k",
    Name.Attribute: "nb",
    Number: "mi",
}

Piece = tuple[str, str]  # class or "", text


@dataclass(slots=True)
class Budget:
    """What may still be spent on colours and changed words, over several files."""

    seconds: float = CHANGE_SECONDS  # of processor time
    characters: int = LARGEST_CHANGE

    def takes(self, size: int) -> bool:
        """Whether a file of so many characters is coloured; they are spent then."""
        is_taken = size <= min(LARGEST_FILE, self.characters) and self.seconds > 0
        self.characters -= size if is_taken else 0
        return is_taken


def code(
    file: File, hunks: Sequence[Hunk] | None = None, budget: Budget | None = None
) -> Iterator[list[str]]:
    """What goes inside `<code>` for every line, by hunk (all of them unless given)."""
    budget = budget or Budget()
    size = sum(len(line.text) for hunk in file.hunks for line in hunk.lines)
    lexer = _lexer(file.path) if budget.takes(size) else None
    hides_cr = _ends_in_cr_throughout(file)
    seconds = min(FILE_SECONDS, budget.seconds)
    for hunk in file.hunks if hunks is None else hunks:
        started = thread_time()
        yield _hunk_code(hunk, lexer, hides_cr, started + seconds)
        spent = thread_time() - started
        seconds -= spent
        budget.seconds -= spent


def _ends_in_cr_throughout(file: File) -> bool:
    """Where every line ends in CR the CRs say nothing; in a mixture they are shown."""
    return all(line.text.endswith("\r") for hunk in file.hunks for line in hunk.lines)


def _hunk_code(
    hunk: Hunk, lexer: Lexer | None, hides_cr: bool, deadline: float
) -> list[str]:
    texts = [_shown(line.text, hides_cr) for line in hunk.lines]
    pieces = _coloured(hunk, texts, lexer, deadline)
    marks = _marks(hunk, texts, deadline)
    return [
        _html(
            _edged(pieces[at], texts[at], line.kind),
            marks.get(at, []),
            "del" if line.kind is LineKind.REMOVED else "ins",
        )
        for at, line in enumerate(hunk.lines)
    ]


def _marks(hunk: Hunk, texts: list[str], deadline: float) -> dict[int, Marks]:
    """The changed words of each line that stands beside another one."""
    marks: dict[int, Marks] = {}
    rows = [row for block in blocks(hunk) if block.is_change for row in block.rows]
    for count, (old, new) in enumerate(rows):
        if count % 8 == 0 and thread_time() > deadline:
            break
        if old is not None and new is not None:
            marks[old], marks[new] = changed_words(texts[old], texts[new])
    return marks


def _shown(text: str, hides_cr: bool) -> str:
    if hides_cr:
        text = text.removesuffix("\r")
    more = len(text) - LONGEST_SHOWN
    return text if more <= 0 else f"{text[:LONGEST_SHOWN]}… +{more}"


def _coloured(
    hunk: Hunk, texts: list[str], lexer: Lexer | None, deadline: float
) -> list[list[Piece]]:
    """Each side is lexed as one text, so that strings run over lines; new wins."""
    result = [[("", text)] for text in texts]
    if lexer is None or thread_time() > deadline:
        return result
    kinds = [line.kind for line in hunk.lines]
    sides = [LineKind.ADDED] if LineKind.REMOVED in kinds else []
    for absent in (*sides, LineKind.REMOVED):
        places = [at for at, kind in enumerate(kinds) if kind is not absent]
        rows = _lexed(lexer, [texts[at] for at in places], deadline)
        for at, row in zip(places, rows, strict=True):
            result[at] = row
    return result


def _lexer(path: str) -> Lexer | None:
    """A lexer of our own, as some keep state; PHP starts without its `<?php`."""
    lexer_class = _lexer_class(path.rsplit("/", 1)[-1])
    return lexer_class(startinline=True) if lexer_class else None


@lru_cache(1024)
def _lexer_class(name: str) -> type[Lexer] | None:
    return find_lexer_class_for_filename(name)


def _lexed(lexer: Lexer, lines: Sequence[str], deadline: float) -> list[list[Piece]]:
    """The pieces of each line; a line that the lexer did not give back is plain."""
    text = "\n".join(line if len(line) <= LONGEST_LINE else "" for line in lines) + "\n"
    rows: list[list[Piece]] = [[]]
    own = thread_time() + BASE_SECONDS + SECONDS_A_LINE * len(lines)
    deadline = min(own, deadline)
    for count, (_, kind, value) in enumerate(lexer.get_tokens_unprocessed(text)):
        if count % 4 == 0 and thread_time() > deadline:
            break
        css = _css(kind)
        for at, part in enumerate(value.split("\n")):
            if at:
                rows.append([])
            if part:
                _append(rows[-1], css, part)
    rows += [[]] * (len(lines) - len(rows))
    return [
        row if "".join(part for _, part in row) == line else [("", line)]
        for row, line in zip(rows, lines, strict=False)
    ]


def _append(row: list[Piece], css: str, text: str) -> None:
    if row and row[-1][0] == css:
        row[-1] = (css, row[-1][1] + text)
    else:
        row.append((css, text))


@cache
def _css(kind: _TokenType) -> str:
    """The class of a token, or of the nearest kind above it that has a colour."""
    at: _TokenType | None = kind
    while at is not None and at is not Token:
        if at in INSTEAD:
            return INSTEAD[at]
        name = STANDARD_TYPES.get(at, "")
        if name in CLASSES:
            return name
        at = at.parent
    return ""


def _edged(pieces: list[Piece], text: str, kind: LineKind) -> list[Piece]:
    """Indentation, and blanks at the end of an added line, as pieces of their own."""
    tail = len(text.rstrip(" \t")) if kind is LineKind.ADDED else len(text)
    indent = min(len(text) - len(text.lstrip(" \t")), tail)
    if not indent and tail == len(text):
        return pieces
    inner: list[Piece] = []
    position = 0
    for piece in _cut(pieces, [indent, tail]):
        if indent <= position < tail:
            inner.append(piece)
        position += len(piece[1])
    head = [("in", text[:indent])] if indent else []
    end = [("tail", text[tail:])] if tail < len(text) else []
    return [*head, *inner, *end]


def _cut(pieces: Sequence[Piece], places: Sequence[int]) -> Iterator[Piece]:
    """The same text in pieces that end at each of the sorted places at least."""
    position, waiting = 0, list(reversed(places))
    for css, text in pieces:
        start, end = 0, position + len(text)
        while waiting and waiting[-1] < end:
            place = waiting.pop() - position
            if place > start:
                yield css, text[start:place]
                start = place
        if start < len(text):
            yield css, text[start:]
        position = end


def _html(pieces: list[Piece], marks: Marks, tag: str) -> str:
    if not marks:
        return "".join(_span(css, text) for css, text in pieces)
    opens, closes = {start for start, _ in marks}, {end for _, end in marks}
    html, position = [], 0
    for css, text in _cut(pieces, sorted(opens | closes)):
        if position in opens:
            html.append(f"<{tag}>")
        html.append(_span(css, text))
        position += len(text)
        if position in closes:
            html.append(f"</{tag}>")
    return "".join(html)


def _span(css: str, text: str) -> str:
    html, boxes = _ODD.subn(_boxed, escape(text, quote=False), count=MOST_BOXES)
    if boxes == MOST_BOXES:
        html = visible(html)
    return f"<i class={css}>{html}</i>" if css else html


_ODD = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]+"
)


def _boxed(found: re.Match[str]) -> str:
    return f"<i class=odd>{visible(found[0])}</i>"


def visible(text: str) -> str:
    """Text with controls and invisible characters as escapes: \\r, \\x00, \\u202e."""
    return _ODD.sub(lambda found: repr(found[0])[1:-1], text)
