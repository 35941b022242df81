"""A session's change as its page shows it, with what was said on its lines."""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from preceptor.accounts.models import Membership
from preceptor.prepared import Prepared
from reviews.batches import batches, drawn_first
from reviews.conversations import excerpt
from reviews.coverage import sittings_in
from reviews.diffs import STORED, Change, File, Side, parse
from reviews.drawing import Drawing, Notes
from reviews.markup import Anchor, cut_out, says, snippet
from reviews.models import DrawnFile, Finding, ReviewSession, Revision
from reviews.placing import stand
from reviews.sittings import sitting_called
from reviews.suggestions import replaced


@dataclass(frozen=True, slots=True)
class Batch:
    """Files in a row that come in one request, `reviews:files` from first to last."""

    files: list[DrawnFile]

    @property
    def first(self) -> int:
        return self.files[0].number

    @property
    def last(self) -> int:
        return self.files[-1].number

    @property
    def lines(self) -> int:
        return sum(file.lines for file in self.files)


def revision_of(session: ReviewSession, number: int = 0) -> Revision | None:
    """The version of that number, else the newest; with all `versions` beside it.

    A session logged afterwards has none.
    """
    versions = VERSIONS(session=session.pk)
    if not versions:
        return None
    found = next((one for one in versions if one.number == number), versions[-1])
    found.versions = versions
    return found


def _versions(session: int) -> QuerySet[Revision]:
    rows = Revision.objects.filter(session=session).order_by("number")
    return rows.select_related("blob").defer("blob__body")


VERSIONS = Prepared(_versions, session=int)


def drawing_of(revision: Revision | None, first: int = 1) -> Drawing:
    """The change as pages show it, or an empty one; `first` as in `page_of`."""
    return Drawing(revision.blob if revision else None, first)


def change_in(revision: Revision | None) -> Change:
    """The change as it was stored, or an empty one."""
    data = revision.data if revision else b""
    return parse(data, STORED) if data else Change((), 0, 0)


def page_of(
    drawing: Drawing,
    notes: Notes,
    first: int = 1,
    only: Container[int] | None = None,
) -> list[DrawnFile | Batch]:
    """In order: file `first` (the first one where there is no such file) and small ones
    after it drawn, the others waiting; of all files, or `only` of those.
    """
    files = [file for file in drawing.files if only is None or file.number in only]
    if not files:
        return []
    rows = [file.rows for file in files]
    at = next((at for at, file in enumerate(files) if file.number == first), 0)
    drawn = drawn_first(rows, at)
    numbers = files[drawn.start].number, files[drawn.stop - 1].number
    parts: dict[int, list[DrawnFile | Batch]] = {
        drawn.start: [*drawing.shown(*numbers, notes, only)]
    }
    for batch in batches(rows, drawn):
        parts[batch.start] = [Batch(files[batch.start : batch.stop])]
    return [part for start in sorted(parts) for part in parts[start]]


def notes_on(
    findings: Iterable[Finding], context: dict[str, object]
) -> dict[str, dict[Anchor, SafeString]]:
    """A small block for each finding that points at lines, by path and line."""
    notes: dict[str, dict[Anchor, SafeString]] = defaultdict(dict)
    for finding in findings:
        if not (finding.is_here and finding.path and finding.line_to):
            continue
        anchor = Anchor(Side(finding.file_side), finding.line_to)
        place = notes[finding.path]
        place[anchor] = place.get(anchor, SafeString("")) + note(finding, context)
    return notes


def note(finding: Finding, context: dict[str, object]) -> SafeString:
    words = render_to_string("reviews/parts/note.html", {**context, "finding": finding})
    return says(words, is_small=True)


class HasFiles(Protocol):
    """A change, or the drawing of one."""

    @property
    def files(self) -> Sequence[File | DrawnFile]: ...


def places(
    change: HasFiles,
    findings: Iterable[Finding],
    only: Container[int] | None = None,
) -> None:
    """Gives each finding its `place`, the id of its last line in the page.

    Where the page shows `only` some files, `beyond` is the way to the others.
    """
    numbers: dict[str, int] = {}
    for number, file in enumerate(change.files, 1):
        numbers.setdefault(file.path, number)
    for finding in findings:
        at = numbers.get(finding.path)
        finding.place = _place(finding, at)
        is_out = bool(at and only is not None and at not in only)
        finding.beyond = f"?from={at}" if is_out else ""


def _place(finding: Finding, file_number: int | None) -> str:
    line = f"-{finding.file_side[0]}{finding.line_to}" if finding.line_to else ""
    return f"f{file_number}{line}" if file_number and finding.is_here else ""


def replacements(change: Callable[[], Change], findings: Iterable[Finding]) -> None:
    """Gives each finding its `replacement`: its lines, and what is suggested instead.

    The change is asked for, and so parsed, only where something is suggested.
    """
    for finding in findings:
        finding.replacement = SafeString("")
        if not (finding.suggestion and finding.is_here):
            continue
        if finding.line_from and finding.line_to:
            finding.replacement = replaced(
                change(),
                finding.path,
                finding.line_from,
                finding.line_to,
                finding.suggestion,
            )


def numbered(findings: Iterable[Finding]) -> list[Finding]:
    """In the order of writing, each with its `number`."""
    rows = sorted(findings, key=lambda finding: finding.pk)
    for number, finding in enumerate(rows, 1):
        finding.number = number
    return rows


def own_findings(
    member: Membership,
    session: ReviewSession,
    revision: Revision | None,
    sitting: int | None = None,
) -> list[Finding]:
    """Somebody's own blind findings, numbered, and placed on that revision.

    `sitting` is what the address of the page calls the one that alone it shows.
    """
    rows = session.findings.filter(author=member, blind_pass__isnull=False)
    found = numbered(rows)
    stand(found, revision)
    drawing, shown = drawing_of(revision), None
    if sitting is not None:
        shown = sitting_called(sitting, sittings_in(session, drawing.files, {}))
    places(drawing, found, shown.numbers if shown else None)
    return found


def quoted(revision: Revision | None, finding: Finding) -> SafeString:
    """The lines that a finding points at, with some around them, or its turn.

    Gives it its `place`. Where its file is drawn, the change is not parsed for it.
    """
    finding.place = ""
    if finding.turn is not None:
        return excerpt(finding)
    if revision is None or not finding.path:
        return SafeString("")
    start = Anchor(Side(finding.file_side), finding.line_from or 0)
    last = finding.line_to or 0
    drawn = drawing_of(revision).drawn(finding.path)
    if drawn is not None:
        finding.place = _place(finding, drawn.number)
        return cut_out(drawn.html, drawn.number, finding.path, start, last)
    for number, file in enumerate(change_in(revision).files, 1):
        if file.path == finding.path:
            finding.place = _place(finding, number)
            return snippet(file, *start, last)
    return SafeString("")
