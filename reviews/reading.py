"""A session's change as its page shows it, with what was said on its lines."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from preceptor.accounts.models import Membership
from reviews.batches import batches, drawn_first
from reviews.diffs import Change, File, Side, parse
from reviews.highlighting import visible
from reviews.markup import Anchor, ShownFile, says, shown, snippet
from reviews.models import Finding, ReviewSession, Revision

Notes = dict[str, dict[Anchor, SafeString]]


@dataclass(frozen=True, slots=True)
class WaitingFile:
    """A file that the page asks for; without script a link leads to it."""

    number: int
    path: str
    added: int
    removed: int

    @property
    def lines(self) -> int:
        return self.added + self.removed


@dataclass(frozen=True, slots=True)
class Batch:
    """Files in a row that come in one request, `reviews:files` from first to last."""

    files: tuple[WaitingFile, ...]

    @property
    def first(self) -> int:
        return self.files[0].number

    @property
    def last(self) -> int:
        return self.files[-1].number

    @property
    def lines(self) -> int:
        return sum(file.lines for file in self.files)


def revision_of(session: ReviewSession) -> Revision | None:
    """The version under review; a session logged afterwards has none."""
    rows = session.revisions.select_related("blob").order_by("-number")
    return rows.first()


def change_in(revision: Revision | None) -> Change:
    """The change as it was stored, or an empty one."""
    return parse(revision.blob.data) if revision else Change((), 0, 0)


def page_of(change: Change, notes: Notes, first: int = 1) -> list[ShownFile | Batch]:
    """In order: file `first` (1 where there is no such file) and small ones after it
    drawn, the others waiting.
    """
    rows = [sum(len(hunk.lines) for hunk in file.hunks) for file in change.files]
    if not rows:
        return []
    drawn = drawn_first(rows, first - 1 if 1 <= first <= len(rows) else 0)
    parts: dict[int, list[ShownFile | Batch]] = {
        drawn.start: [*shown_range(change, notes, drawn.start + 1, drawn.stop)]
    }
    for batch in batches(rows, drawn):
        parts[batch.start] = [_waiting(change, batch)]
    return [part for start in sorted(parts) for part in parts[start]]


def _waiting(change: Change, batch: range) -> Batch:
    return Batch(
        tuple(
            WaitingFile(at + 1, visible(file.path), file.added, file.removed)
            for at in batch
            for file in [change.files[at]]
        )
    )


def shown_range(
    change: Change, notes: Notes, first: int, last: int
) -> Iterator[ShownFile]:
    """Files `first` to `last`, counted from 1."""
    for number in range(first, last + 1):
        yield shown_file(change.files[number - 1], number, notes)


def shown_file(file: File, number: int, notes: Notes) -> ShownFile:
    return shown(file, prefix=f"f{number}", says=notes.get(file.path, {}))


def notes_on(findings: Iterable[Finding], context: dict[str, object]) -> Notes:
    """A small block for each finding that points at lines, by path and line."""
    notes: Notes = defaultdict(dict)
    for finding in findings:
        if not finding.path or finding.line_to is None:
            continue
        anchor = Anchor(Side(finding.file_side), finding.line_to)
        place = notes[finding.path]
        place[anchor] = place.get(anchor, SafeString("")) + note(finding, context)
    return notes


def note(finding: Finding, context: dict[str, object]) -> SafeString:
    words = render_to_string("reviews/parts/note.html", {**context, "finding": finding})
    return says(words, is_small=True)


def places(change: Change, findings: Iterable[Finding]) -> None:
    """Gives each finding its `place`, the id of its last line in the page."""
    numbers: dict[str, int] = {}
    for number, file in enumerate(change.files, 1):
        numbers.setdefault(file.path, number)
    for finding in findings:
        file_number = numbers.get(finding.path)
        line = f"-{finding.file_side[0]}{finding.line_to}" if finding.line_to else ""
        finding.place = f"f{file_number}{line}" if file_number else ""


def numbered(findings: Iterable[Finding]) -> list[Finding]:
    """In the order of writing, each with its `number`."""
    rows = sorted(findings, key=lambda finding: finding.pk)
    for number, finding in enumerate(rows, 1):
        finding.number = number
    return rows


def own_findings(
    member: Membership, session: ReviewSession, change: Change
) -> list[Finding]:
    """Somebody's own blind findings, numbered and placed."""
    rows = session.findings.filter(author=member, blind_pass__isnull=False)
    found = numbered(rows)
    places(change, found)
    return found


def code_of(change: Change, finding: Finding) -> SafeString:
    """The lines that a finding points at, with some around them."""
    if finding.line_from is None or finding.line_to is None:
        return SafeString("")
    for file in change.files:
        if file.path == finding.path:
            side = Side(finding.file_side)
            return snippet(file, side, finding.line_from, finding.line_to)
    return SafeString("")
