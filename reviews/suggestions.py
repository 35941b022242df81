"""A suggested replacement beside the lines that it would replace."""

from collections.abc import Iterator
from difflib import SequenceMatcher

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from reviews.diffs import Change, File
from reviews.highlighting import visible

# Comparing takes time in the square of the lines: beyond these they are just listed.
MOST_COMPARED = 400


def replaced(change: Change, path: str, first: int, last: int, text: str) -> SafeString:
    """Lines `first` to `last` of a file after the change, and what takes their place.

    What takes it alone where the diff shows none of the lines; "" for no text.
    """
    if not text:
        return SafeString("")
    file = next((file for file in change.files if file.path == path), None)
    before = _lines(file, first, last) if file else []
    return format_html(
        '<pre class="snippet suggested" tabindex="0" aria-label="{}">{}</pre>',
        _("Suggested replacement of lines %(first)s to %(last)s")
        % {"first": first, "last": last},
        mark_safe("".join(_compared(before, text.split("\n")))),  # noqa: S308 - escaped
    )


def _lines(file: File, first: int, last: int) -> list[str]:
    return [
        line.text
        for hunk in file.hunks
        for line in hunk.lines
        if line.new_number is not None and first <= line.new_number <= last
    ]


def _compared(before: list[str], after: list[str]) -> Iterator[str]:
    if len(before) + len(after) > MOST_COMPARED:
        yield from _marked("del", before)
        yield from _marked("ins", after)
        return
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            yield from (f"<span>{_code(line)}</span>" for line in before[start:end])
            continue
        yield from _marked("del", before[start:end])
        yield from _marked("ins", after[new_start:new_end])


def _marked(tag: str, lines: list[str]) -> Iterator[str]:
    return (f"<{tag}>{_code(line)}</{tag}>" for line in lines)


def _code(line: str) -> str:
    return escape(visible(line.removesuffix("\r"))) + "\n"
