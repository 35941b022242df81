"""The HTML of a diff, built in Python for speed: `table`, `says` and `snippet`.

A page shows one `.file` a file, `{% include "reviews/parts/file.html" %}` with a
`ShownFile` as `file`. Its contract with `static/diff.js`:

- `.file[data-path]` holds one `table.diff`, whose cells have ids `f1-n12` (file 1,
  new side, line 12) and `f1-o7` (old side); a finding's place is linked by that id.
- Somewhere on the page `a[data-finding-form]` leads to the form's own page. The script
  adds `?path=&side=old|new&from=&to=` for the selected lines, asks for it with the
  `HX-Request` header and puts what comes (the `<form>`, with its `cancel` link marked
  `data-cancel`) into `<tbody class="says">` after the last selected line.
- `[data-keys]` is the popover that `?` opens.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from reviews.diffs import File, Hunk, Kind, Line, LineKind, Side, blocks
from reviews.highlighting import code, visible

LONGEST_SECTION = 120  # characters of what git shows behind a hunk's head
MOST_MARKED = 60  # lines of a snippet


class Anchor(NamedTuple):
    """A line of one side of a file, by its number there."""

    side: Side
    line: int


@dataclass(frozen=True, slots=True)
class ShownFile:
    """What the template of one file needs. `prefix` starts every id in its table."""

    prefix: str
    path: str
    added: int
    removed: int
    note: str
    is_unified: bool
    table: SafeString

    @property
    def label(self) -> str:
        return visible(self.path)

    @property
    def name(self) -> str:
        return self.label.rsplit("/", 1)[-1]


def shown(
    file: File, *, prefix: str, says: Mapping[Anchor, SafeString] | None = None
) -> ShownFile:
    return ShownFile(
        prefix=prefix,
        path=file.path,
        added=file.added,
        removed=file.removed,
        note=note(file),
        is_unified=opens_unified(file),
        table=table(file, prefix=prefix, says=says or {}),
    )


def opens_unified(file: File) -> bool:
    """A file that mostly adds, or mostly removes, would leave one side empty."""
    less, more = sorted([file.added, file.removed])
    return less * 10 <= more > 0


def note(file: File) -> str:
    """What happened to the file beside its lines, in words; often nothing."""
    parts = []
    names = {"path": visible(file.old_path or "")}
    match file.kind:
        case Kind.ADDED:
            parts.append(_("new"))
        case Kind.DELETED:
            parts.append(_("deleted"))
        case Kind.RENAMED:
            parts.append(_("renamed from %(path)s") % names)
        case Kind.COPIED:
            parts.append(_("copied from %(path)s") % names)
    if file.old_mode and file.new_mode and file.old_mode != file.new_mode:
        modes = {"old": file.old_mode, "new": file.new_mode}
        parts.append(_("mode changed from %(old)s to %(new)s") % modes)
    if file.is_binary:
        parts.append(_("binary, not shown"))
    elif not file.hunks:
        parts.append(_("no line changed"))
    return ", ".join(parts)


def says(content: str, *, is_small: bool = False) -> SafeString:
    """A block for `table` to put after a line: a form, or a small note."""
    return format_html(
        '<tbody class="says{}" role="rowgroup"><tr role="row">'
        '<td colspan="2" role="cell">{}</td></tr></tbody>\n',
        " small" if is_small else "",
        content,
    )


def table(
    file: File, *, prefix: str, says: Mapping[Anchor, SafeString] | None = None
) -> SafeString:
    """The file's `<table class="diff">`, or "" where no line changed.

    `says` holds blocks made by `says()`; each comes after its line, and at the end
    where the diff does not show that line. One markup serves both views, so roles are
    written out: the stylesheet takes them from the elements in the unified one.
    """
    if not file.hunks:
        return SafeString("")
    html: list[str] = [_opening(file)]
    rows = _Rows(escape(prefix), dict(says or {}))
    for hunk, coded in zip(file.hunks, code(file), strict=True):
        html.append(_hunk_head(hunk))
        html.extend(rows.of(hunk, coded))
    html.extend(rows.says.values())
    html.append("</table>")
    return mark_safe("".join(html))  # noqa: S308 - every part is escaped where made


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


def _hunk_head(hunk: Hunk) -> SafeString:
    old = _span(hunk.old_start, hunk.old_count)
    new = _span(hunk.new_start, hunk.new_count)
    section = visible(hunk.section[:LONGEST_SECTION])
    return format_html(
        '<tbody class="hunk" role="rowgroup"><tr role="row">'
        '<td colspan="2" role="cell">{}</td></tr></tbody>\n',
        f"@@ \N{MINUS SIGN}{old} +{new} @@ {section}".rstrip(),
    )


def _span(start: int, count: int) -> str:
    return f"{start}" if count == 1 else f"{start},{count}"


class _Rows:
    """Rows of one table; `says` are the blocks that wait for their line.

    One line number is in the tab order, the first that both views show; the script
    moves it from there.
    """

    def __init__(self, prefix: str, says: dict[Anchor, SafeString]) -> None:
        self.prefix = prefix
        self.says = says
        self.has_stop = False
        self.no_newline = format_html(
            "<small>{}</small>", _("No newline at the end of the file")
        )

    def of(self, hunk: Hunk, coded: list[str]) -> Iterator[str]:
        for block in blocks(hunk):
            css = ' class="change"' if block.is_change else ""
            is_open = False
            for old, new in block.rows:
                if not is_open:
                    yield f'<tbody{css} role="rowgroup">\n'
                yield '<tr role="row">'
                yield self.cell(Side.OLD, hunk.lines, coded, old)
                yield self.cell(Side.NEW, hunk.lines, coded, new)
                yield "</tr>\n"
                said = self.said(hunk, old, new) if self.says else ""
                if said:
                    yield "</tbody>\n" + said
                is_open = not said
            if is_open:
                yield "</tbody>\n"

    def cell(
        self, side: Side, lines: tuple[Line, ...], coded: list[str], at: int | None
    ) -> str:
        if at is None:
            return f'<td class="{side} none" role="cell"></td>'
        line = lines[at]
        number = line.old_number if side is Side.OLD else line.new_number
        name = f"{self.prefix}-{side[0]}{number}"
        css, tab = _CSS[side, line.kind], ' tabindex="-1"'
        if not self.has_stop and css != "old":
            self.has_stop, tab = True, ""
        end = "" if line.has_newline else self.no_newline
        return (
            f'<td class="{css}" role="cell" id="{name}"><a href="#{name}"{tab}>'
            f"{number}</a><code>{coded[at]}</code>{end}</td>"
        )

    def said(self, hunk: Hunk, old: int | None, new: int | None) -> str:
        """Take out the blocks that belong to either line of a row."""
        anchors = []
        if old is not None and (number := hunk.lines[old].old_number):
            anchors.append(Anchor(Side.OLD, number))
        if new is not None and (number := hunk.lines[new].new_number):
            anchors.append(Anchor(Side.NEW, number))
        return "".join(self.says.pop(anchor, "") for anchor in anchors)


_CSS = {
    (Side.OLD, LineKind.CONTEXT): "old",
    (Side.OLD, LineKind.REMOVED): "old del",
    (Side.NEW, LineKind.CONTEXT): "new",
    (Side.NEW, LineKind.ADDED): "new add",
}


def snippet(
    file: File, side: Side, first: int, last: int, *, around: int = 2
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
    if not any(first <= number <= last for number, _html in lines):
        return SafeString("")
    words = {"file": visible(file.path.rsplit("/", 1)[-1])}
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
