"""The HTML of a diff, built in Python for speed: `table`, `with_says` and `snippet`.

A page shows one `.file` a file, `{% include "reviews/parts/file.html" %}` with a
`DrawnFile` as `file`. Its contract with `static/diff.js`:

- `.file[data-path]` holds one `table.diff`, whose cells have ids `f1-n12` (file 1,
  new side, line 12) and `f1-o7` (old side); a finding's place is linked by that id.
- A `tbody.fold` holds a checkbox that brings out the `tbody.folded` after it.
- `.moved a` leads to the other place of a moved block: to `#f3-n12` where that file is
  in the page, and to the page with file 3 in it, `?from=3#f3-n12`, where it is not.
- Somewhere on the page `a[data-finding-form]` leads to the form's own page. The script
  adds `?path=&side=old|new&from=&to=` for the selected lines, asks for it with the
  `HX-Request` header and puts what comes (the `<form>`, with its `cancel` link marked
  `data-cancel`) into `<tbody class="says">` after the last selected line.
- `[data-keys]` is the popover that `?` opens.

Rows are many, so their markup is spare: end tags that HTML lets out are left out, and
values that need no quotes have none. A line of HTML ends where a row ends, and only
there, and an id is the last thing in its tag: `with_says` finds its places by that.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reviews.diffs import File, Hunk, Line, LineKind, Side, blocks
from reviews.highlighting import Budget, code, visible
from reviews.words import Blank, blank_change

LONGEST_SECTION = 120  # characters of what git shows behind a hunk's head
MOST_MARKED, AROUND = 60, 2  # lines of a snippet, and what is shown at either end
LONGEST_RUN, KEPT = 12, 3  # unchanged lines before some fold, and left at either end


class Anchor(NamedTuple):
    """A line of one side of a file, by its number there."""

    side: Side
    line: int


class Moved(NamedTuple):
    """Lines of one file that a change moved, and what is said at the first of each."""

    lines: frozenset[Anchor]
    links: Mapping[Anchor, str]


NOTHING_MOVED = Moved(frozenset(), {})


def says(content: str, *, is_small: bool = False) -> SafeString:
    """A block for `with_says` to put after a line: a form, or a small note."""
    return format_html(
        '<tbody class="says{}" role="rowgroup"><tr role="row">'
        '<td colspan="2" role="cell">{}</td></tr></tbody>\n',
        " small" if is_small else "",
        content,
    )


def table(
    file: File, number: int, moved: Moved = NOTHING_MOVED, budget: Budget | None = None
) -> Iterator[str]:
    """The `<table class="diff">` of file `number`; nothing where no line changed.

    One markup serves both views, so roles are written out: the stylesheet takes them
    from the elements in the unified one. It comes in parts, as all of a large file
    would take much room at once.
    """
    if not file.hunks:
        return
    rows = _Rows(f"f{number}", moved)
    yield _opening(file)
    for hunk, coded in zip(file.hunks, code(file, budget=budget), strict=True):
        yield _hunk_head(hunk)
        yield from rows.of(hunk, coded)
    yield "</table>"


def _opening(file: File) -> SafeString:
    return format_html(
        '<table class="diff" role="table">\n'
        '<caption class="unseen">{}</caption>\n'
        '<thead class="unseen" role="rowgroup"><tr role="row">'
        '<th scope="col" role="columnheader">{}</th>'
        '<th scope="col" role="columnheader">{}</th></tr></thead>\n',
        _("%(path)s, before and after") % {"path": visible(file.path)},
        _("Before"),
        _("After"),
    )


def _hunk_head(hunk: Hunk) -> str:
    old = _span(hunk.old_start, hunk.old_count)
    new = _span(hunk.new_start, hunk.new_count)
    section = escape(visible(hunk.section[:LONGEST_SECTION]))
    head = f"@@ \N{MINUS SIGN}{old} +{new} @@ {section}".rstrip()
    return f"{_body('hunk')}<tr role=row><td colspan=2 role=cell>{head}\n"


def _span(start: int, count: int) -> str:
    return f"{start}" if count == 1 else f"{start},{count}"


def _body(css: str = "") -> str:
    return f"<tbody class={css} role=rowgroup>" if css else "<tbody role=rowgroup>"


Row = tuple[int | None, int | None]


class _Rows:
    """Rows of one table.

    One line number is in the tab order, the first that both views show; the script
    moves it from there.
    """

    def __init__(self, prefix: str, moved: Moved) -> None:
        self.prefix = prefix
        self.moved = moved
        self.has_stop = False
        self.no_newline = _small(_("No newline at the end of the file"))
        self.blanks = {
            Blank.SPACE: _small(_("only whitespace changed")),
            Blank.LINE_END: _small(_("only the line ending changed")),
        }

    def of(self, hunk: Hunk, coded: list[str]) -> Iterator[str]:
        for block in blocks(hunk):
            if block.is_change:
                yield _body("change")
                yield from self.changed(hunk.lines, coded, block.rows)
            elif len(block.rows) <= LONGEST_RUN:
                yield _body()
                yield from self.unchanged(hunk.lines, coded, block.rows)
            else:
                yield from self.folded(hunk.lines, coded, block.rows)

    def folded(
        self, lines: tuple[Line, ...], coded: list[str], rows: tuple[Row, ...]
    ) -> Iterator[str]:
        """A long run, its middle behind a checkbox: that needs no script."""
        count = len(rows) - 2 * KEPT
        words = ngettext(
            "Show %(count)s unchanged line", "Show %(count)s unchanged lines", count
        )
        yield _body()
        yield from self.unchanged(lines, coded, rows[:KEPT])
        yield (
            f"{_body('fold')}<tr role=row><td colspan=2 role=cell><label>"
            f"<input type=checkbox> {escape(words % {'count': count})}</label>\n"
        )
        yield _body("folded")
        yield from self.unchanged(lines, coded, rows[KEPT:-KEPT])
        yield _body()
        yield from self.unchanged(lines, coded, rows[-KEPT:])

    def unchanged(
        self, lines: tuple[Line, ...], coded: list[str], rows: tuple[Row, ...]
    ) -> Iterator[str]:
        for at, _same in rows:
            old = self.cell(Side.OLD, lines, coded, at)
            yield f"<tr role=row>{old}{self.cell(Side.NEW, lines, coded, at)}\n"

    def changed(
        self, lines: tuple[Line, ...], coded: list[str], rows: tuple[Row, ...]
    ) -> Iterator[str]:
        """What changed in whitespace alone is said once for such lines in a row."""
        before: Blank | None = None
        for old, new in rows:
            blank = None
            if old is not None and new is not None:
                blank = blank_change(lines[old].text, lines[new].text)
            said = self.blanks[blank] if blank and blank is not before else ""
            before, css = blank, " ws" if blank else ""
            left = self.cell(Side.OLD, lines, coded, old, css)
            right = self.cell(Side.NEW, lines, coded, new, css)
            yield f"<tr role=row>{left}{right}{said}\n"

    def cell(
        self,
        side: Side,
        lines: tuple[Line, ...],
        coded: list[str],
        at: int | None,
        more: str = "",
    ) -> str:
        if at is None:
            return f'<td class="{side} none" role=cell>'
        line = lines[at]
        number = line.old_number if side is Side.OLD else line.new_number
        end = "" if line.has_newline else self.no_newline
        if line.kind is not LineKind.CONTEXT and self.moved.lines and number:
            anchor = Anchor(side, number)
            more += " mv" if anchor in self.moved.lines else ""
            end = self.moved.links.get(anchor, "") + end
        css, tab = _CSS[side, line.kind], " tabindex=-1"
        if not self.has_stop and css != "old":
            self.has_stop, tab = True, ""
        css = f'"{css}{more}"' if more or " " in css else css
        name = f"{self.prefix}-{side[0]}{number}"
        return (
            f"<td class={css} role=cell id={name}><a href=#{name}{tab}>{number}</a>"
            f"<code>{coded[at]}</code>{end}"
        )


_CSS = {
    (Side.OLD, LineKind.CONTEXT): "old",
    (Side.OLD, LineKind.REMOVED): "old del",
    (Side.NEW, LineKind.CONTEXT): "new",
    (Side.NEW, LineKind.ADDED): "new add",
}


def _small(words: str) -> str:
    return f"<small>{escape(words)}</small>"


def with_says(
    html: bytes, number: int, says: Mapping[Anchor, SafeString] | None = None
) -> bytes:
    """The table of file `number` with blocks made by `says()` after their lines.

    A block comes at the end where the diff does not show its line. A run that a block
    parts goes on after it, and a fold that holds one is open for good.
    """
    if not html or not says:
        return html
    ids = {a: f" id=f{number}-{a.side[0]}{a.line}>".encode() for a in says}
    for name in ids.values():
        html = _unfolded(html, html.find(name))
    ends: dict[int, bytes] = {}
    for anchor, block in sorted(says.items(), key=lambda item: item[0].side == "new"):
        at = html.find(ids[anchor])
        end = html.index(b"\n", at) + 1 if at >= 0 else html.rindex(b"</table>")
        ends[end] = ends.get(end, b"") + block.encode()
    start, parts = 0, []
    for end in sorted(ends):
        parts += [html[start:end], ends[end]]
        if html.startswith(b"<tr", end):
            opening = html.rindex(b"<tbody", 0, end)
            parts.append(html[opening : html.index(b">", opening) + 1])
        start = end
    return b"".join([*parts, html[start:]])


def _unfolded(html: bytes, at: int) -> bytes:
    """Without the fold around the place `at`, if it is in one."""
    folded = _body("folded").encode()
    opening = html.rfind(b"<tbody", 0, at) if at >= 0 else -1
    if opening < 0 or not html.startswith(folded, opening):
        return html
    fold = html.rindex(_body("fold").encode(), 0, opening)
    return html[:fold] + _body().encode() + html[opening + len(folded) :]


def snippet(
    file: File, side: Side, first: int, last: int, *, around: int = AROUND
) -> SafeString:
    """Lines `first` to `last` of a side, marked, with some context around them.

    "" where the diff shows none of the lines that should be marked.
    """
    start, end = first - around, min(last, first + MOST_MARKED) + around
    hunks = [hunk for hunk in file.hunks if _reaches(hunk, side, start, end)]
    lines = []
    for hunk, coded in zip(hunks, code(file, hunks), strict=True):
        for line, html in zip(hunk.lines, coded, strict=True):
            number = line.old_number if side is Side.OLD else line.new_number
            if number is not None and start <= number <= end:
                lines.append((number, html))
    return _snippet(file.path, lines, first, last)


def cut_out(
    html: bytes, number: int, path: str, start: Anchor, last: int
) -> SafeString:
    """The same out of the table of file `number`, where that is drawn."""
    (side, first), lines, at = start, [], 0
    for line in range(first - AROUND, min(last, first + MOST_MARKED) + AROUND + 1):
        place = html.find(b" id=f%d-%s%d>" % (number, side[0].encode(), line), at)
        if place >= 0:
            at = html.index(b"<code>", place) + len(b"<code>")
            code_of_line = html[at : html.index(b"</code>", at)].decode()
            lines.append((line, code_of_line))
    return _snippet(path, lines, first, last)


def _snippet(
    path: str, lines: list[tuple[int, str]], first: int, last: int
) -> SafeString:
    if not any(first <= number <= last for number, _html in lines):
        return SafeString("")
    words = {"file": visible(path.rsplit("/", 1)[-1])}
    words |= {"first": str(lines[0][0]), "last": str(lines[-1][0])}
    return format_html(
        '<pre class="snippet" tabindex="0" aria-label="{}">{}</pre>',
        _("%(file)s, lines %(first)s to %(last)s") % words,
        mark_safe(  # noqa: S308 - the code comes escaped
            "\n".join(_snippet_line(*line, first, last) for line in lines)
        ),
    )


def _reaches(hunk: Hunk, side: Side, start: int, end: int) -> bool:
    if side is Side.OLD:
        return hunk.old_start <= end and start < hunk.old_start + hunk.old_count
    return hunk.new_start <= end and start < hunk.new_start + hunk.new_count


def _snippet_line(number: int, html: str, first: int, last: int) -> str:
    line = f'<span class="ln">{number}</span>{html}'
    return f"<mark>{line}</mark>" if first <= number <= last else line
