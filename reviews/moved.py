"""What is said, in words and with a link, where a block moved out or in."""

from collections import defaultdict
from collections.abc import Iterator

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from reviews.diffs import Change, Side
from reviews.diffs.moves import Move, Span, moves
from reviews.highlighting import visible
from reviews.markup import Anchor, Moved


def moved_lines(change: Change) -> dict[int, Moved]:
    """By the number of a file, what the change moved out of it and into it."""
    lines: dict[int, set[Anchor]] = defaultdict(set)
    links: dict[int, dict[Anchor, str]] = defaultdict(dict)
    for move in moves(change):
        for side, here, there in _ends(move):
            numbers = range(here.first, here.last + 1)
            lines[here.file] |= {Anchor(side, number) for number in numbers}
            links[here.file][Anchor(side, here.first)] = _link(
                _words(change, side, here, there), side, there
            )
    return {at: Moved(frozenset(lines[at]), links[at]) for at in lines}


def _ends(move: Move) -> Iterator[tuple[Side, Span, Span]]:
    yield Side.OLD, move.old, move.new
    yield Side.NEW, move.new, move.old


def _words(change: Change, side: Side, here: Span, there: Span) -> str:
    values = {
        "count": here.last - here.first + 1,
        "path": visible(change.files[there.file - 1].path),
        "line": there.first,
    }
    if here.file == there.file:
        if side is Side.OLD:
            return _("%(count)s lines moved to line %(line)s") % values
        return _("%(count)s lines moved from line %(line)s") % values
    if side is Side.OLD:
        return _("%(count)s lines moved to %(path)s, line %(line)s") % values
    return _("%(count)s lines moved from %(path)s, line %(line)s") % values


def _link(words: str, side: Side, there: Span) -> SafeString:
    other = Side.NEW if side is Side.OLD else Side.OLD
    return format_html(
        '<small class=moved><a href="?from={}#f{}-{}{}">{}</a></small>',
        there.file,
        there.file,
        other[0],
        there.first,
        words,
    )
