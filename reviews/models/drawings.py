import zlib
from collections.abc import Iterable

from django.db import models
from django.utils.safestring import SafeString

from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import OrganisationRow
from reviews.highlighting import visible
from reviews.models.changes import Blob


class DrawnFile(OrganisationRow):
    """One file of a change as pages show it, coloured once for all who read it.

    Nothing in it is anybody's: it can be drawn again from the blob, and goes with it.
    Rows of all files are made together, each with its `body` only when it is first
    looked at: the compressed HTML of its table. A template shows `table`, which
    marks the place of that and of what was said between its lines, in the `view` that
    its reader wants. `near` is the body where it was asked for with the outlines.
    """

    blob = models.ForeignKey(
        Blob, on_delete=models.CASCADE, related_name="drawn_files", db_constraint=False
    )
    version = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=20)
    number = models.PositiveIntegerField()
    path = models.CharField(max_length=500)
    note = models.TextField(blank=True)
    added = models.PositiveIntegerField()
    removed = models.PositiveIntegerField()
    rows = models.PositiveIntegerField()
    digest = models.CharField(max_length=32)
    body = models.BinaryField(null=True)
    near: bytes | None
    table: SafeString
    view = "file"

    class Meta(OrganisationRow.Meta):
        ordering = ["number"]
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["blob", "version", "language", "number"], name="drawnfile_once"
            ),
            TenantKey(field="blob", name="drawnfile_blob"),
        ]

    def __str__(self) -> str:
        return self.path

    @property
    def html(self) -> bytes:
        """Its table in UTF-8: as text, one rare letter makes it four times as large."""
        return zlib.decompress(self.body) if self.body else b""

    def take(self, parts: Iterable[str]) -> None:
        """Keeps a table that comes in parts, and never holds the whole of it."""
        packer = zlib.compressobj(1)
        packed = [packer.compress(part.encode()) for part in parts]
        self.body = b"".join([*packed, packer.flush()])

    @property
    def prefix(self) -> str:
        """What every id in its table starts with."""
        return f"f{self.number}"

    @property
    def label(self) -> str:
        return visible(self.path)

    @property
    def name(self) -> str:
        return self.label.rsplit("/", 1)[-1]

    @property
    def lines(self) -> int:
        return self.added + self.removed

    @property
    def is_unified(self) -> bool:
        """As its reader wants all files, or else as it fits this one.

        What mostly adds, or mostly removes, would leave one side empty.
        """
        if self.view != "file":
            return self.view == "unified"
        less, more = sorted([self.added, self.removed])
        return less * 10 <= more > 0
