"""The drawing of a change: made when it is first looked at, and kept with the blob."""

import re
from collections.abc import Container, Iterable, Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Case, F, QuerySet, When
from django.http import HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from preceptor.prepared import Prepared
from reviews.batches import FIRST_FILES
from reviews.diffs import STORED, Change, File, Kind, digest, parse
from reviews.highlighting import Budget, visible
from reviews.markup import NOTHING_MOVED, Anchor, table, with_says
from reviews.models import Blob, DrawnFile
from reviews.moved import moved_lines

# To be raised with every change of the markup, of the colours or of the words in it.
VERSION = 1

Notes = Mapping[str, Mapping[Anchor, SafeString]]


class Drawing:
    """The files of a change, drawn as far as somebody has looked at them."""

    def __init__(self, blob: Blob | None, first: int = 1) -> None:
        """`first` is the file that a page will start with."""
        self.blob = blob
        self.near = (first, first + FIRST_FILES - 1)
        self._tables: dict[bytes, bytes] = {}

    @cached_property
    def files(self) -> list[DrawnFile]:
        """Every file in order, the first of the page with what is drawn of them."""
        if self.blob is None:
            return []
        files: list[DrawnFile] = []
        first, last = self.near
        for file in OUTLINES(**self._drawing_of(self.blob), first=first, last=last):
            if self.near[0] <= file.number <= self.near[1]:
                file.body = file.near
            files.append(file)
        return files or outlines(self.change, self.blob)

    @cached_property
    def change(self) -> Change:
        """The change itself, which costs as much as to parse it."""
        return parse(self.blob.data, STORED) if self.blob else Change((), 0, 0)

    def shown(
        self, first: int, last: int, notes: Notes, only: Container[int] | None = None
    ) -> list[DrawnFile]:
        """Files `first` to `last`, counted from 1, as far as there are such files, and
        of them `only` those.

        Each marks the place of its table, which `filled` puts into what was rendered,
        with the notes on its path between the lines.
        """
        files: list[DrawnFile] = []
        if first < self.near[0] or last > self.near[1] or "files" not in vars(self):
            files = list(self._stored.filter(number__range=(first, last)))
        files = files or self.files[first - 1 : last]
        files = [file for file in files if only is None or file.number in only]
        self._draw([file for file in files if file.body is None])
        for file in files:
            html = with_says(file.html, file.number, notes.get(file.path))
            self._tables[b"%d" % file.number] = html
            file.table = place_of(file) if html else SafeString("")
        return files

    def drawn(self, path: str) -> DrawnFile | None:
        """One file, drawn now if nobody has looked at it; none without its bytes."""
        if self.blob is None:
            return None
        found = FILE(**self._drawing_of(self.blob), path=path)
        file = (
            found[0]
            if found
            else next((one for one in self.files if one.path == path), None)
        )
        if file and file.body is None:
            self._draw([file])
        return file if file and file.body else None

    def filled(self, response: HttpResponse) -> HttpResponse:
        """Puts the tables of the shown files into their places.

        They are large, and a template copies what it is given several times over.
        """
        parts = _PLACE.split(response.content)
        parts[1::2] = [self._tables[number] for number in parts[1::2]]
        response.content = b"".join(parts)
        return response

    @property
    def _stored(self) -> QuerySet[DrawnFile]:
        if self.blob is None:
            return DrawnFile.objects.none()
        return _drawn(**self._drawing_of(self.blob))

    def _drawing_of(self, blob: Blob) -> dict[str, Any]:
        """The drawings of this reader: of today's markup, in their language."""
        language = get_language() or ""
        return {"blob": blob.pk, "version": VERSION, "language": language}

    def _draw(self, files: list[DrawnFile]) -> None:
        """Two who look at once both draw, and what comes second is dropped."""
        if not files:
            return
        draw(self.change, files)
        # The blob was purged meanwhile, or two were in each other's way: it is shown
        # all the same, and drawn again if need be.
        with suppress(IntegrityError, OperationalError), transaction.atomic():
            if files[0].pk:
                DrawnFile.objects.bulk_update(files, ["body"])
            else:
                earlier = DrawnFile.objects.filter(blob=self.blob)
                earlier.filter(version__lt=VERSION).delete()
                DrawnFile.objects.bulk_create(self.files, ignore_conflicts=True)


def _drawn(blob: int, version: int, language: str) -> QuerySet[DrawnFile]:
    # A stand-in is larger than the column holds, which an equality would look at.
    rows = DrawnFile.objects.filter(blob=blob, language=language)
    return rows.filter(version__in=[version])


def _outlines(
    blob: int, version: int, language: str, first: int, last: int
) -> QuerySet[DrawnFile]:
    near = {"near": Case(When(number__range=(first, last), then=F("body")))}
    return _drawn(blob, version, language).defer("body").annotate(**near)


def _file(blob: int, version: int, language: str, path: str) -> QuerySet[DrawnFile]:
    return _drawn(blob, version, language).filter(path=path)[:1]


OUTLINES = Prepared(_outlines, blob=int, version=int, language=str, first=int, last=int)
FILE = Prepared(_file, blob=int, version=int, language=str, path=str)

# No text gets into a page with a bare “<”: this cannot be written by anybody.
_PLACE = re.compile(rb"<!--table (\d+)-->")


def place_of(file: DrawnFile) -> SafeString:
    return format_html("<!--table {}-->", file.number)


def outlines(change: Change, blob: Blob) -> list[DrawnFile]:
    """A row for each file, not saved and not drawn."""
    return [
        DrawnFile(
            organisation_id=blob.organisation_id,
            blob=blob,
            version=VERSION,
            language=get_language() or "",
            number=number,
            path=file.path,
            note=note(file),
            added=file.added,
            removed=file.removed,
            rows=sum(len(hunk.lines) for hunk in file.hunks),
            digest=digest(file),
        )
        for number, file in enumerate(change.files, 1)
    ]


def draw(change: Change, files: Iterable[DrawnFile]) -> None:
    """Gives each of the files its body."""
    moved = moved_lines(change)
    budget = Budget()
    for file in files:
        what = change.files[file.number - 1]
        places = moved.get(file.number, NOTHING_MOVED)
        file.take(table(what, file.number, places, budget))


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
