from django.db import models
from django.db.models import Q
from django.utils import timezone

from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import OrganisationRow
from reviews.models.sessions import ReviewSession
from reviews.sittings import MOST_LINES


class Blob(OrganisationRow):
    """Bytes, stored once per organisation."""

    sha256 = models.BinaryField(max_length=32)
    body = models.BinaryField()

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["organisation", "sha256"], name="blob_once"
            ),
        ]

    def __str__(self) -> str:
        return bytes(self.sha256).hex()

    @property
    def data(self) -> bytes:
        return bytes(self.body)


class Revision(OrganisationRow):
    """One version of a session's change: a unified diff.

    Once its bytes are purged `blob` is None, and their `sha256` is what is left. It is
    also kept where somebody who was erased was struck out of them.
    `staged_as` is the staged upload that it came from, so that confirming twice makes
    one. A page sets `versions`, all of the session in order.
    """

    session = models.ForeignKey(
        ReviewSession,
        on_delete=models.CASCADE,
        related_name="revisions",
        db_constraint=False,
    )
    number = models.PositiveSmallIntegerField(default=1)
    blob = models.ForeignKey(
        Blob,
        on_delete=models.PROTECT,
        related_name="revisions",
        null=True,
        db_constraint=False,
    )
    sha256 = models.BinaryField(max_length=32, null=True)
    added = models.PositiveIntegerField()
    removed = models.PositiveIntegerField()
    file_count = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=timezone.now)
    staged_as = models.BigIntegerField(null=True, unique=True, editable=False)
    versions: "list[Revision]"

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["session", "number"], name="revision_number"
            ),
            models.UniqueConstraint(
                fields=["id", "organisation", "session"], name="revision_session_row"
            ),
            models.CheckConstraint(
                condition=Q(blob__isnull=False) | Q(sha256__isnull=False),
                name="revision_bytes_or_hash",
            ),
            TenantKey(field="session", name="revision_session"),
            TenantKey(field="blob", name="revision_blob"),
        ]

    def __str__(self) -> str:
        return f"{self.session}, {self.number}"

    @property
    def data(self) -> bytes:
        """The bytes; nothing once they are purged."""
        return b"" if self.blob is None else self.blob.data

    @property
    def digest(self) -> str:
        """The hash of the bytes as they came, in hexadecimal; it outlives them."""
        kept = self.blob.sha256 if self.blob and not self.sha256 else self.sha256
        return bytes(kept or b"").hex()

    @property
    def is_large(self) -> bool:
        """Whether reading it at once is more than one sitting holds."""
        return self.lines > MOST_LINES

    @property
    def lines(self) -> int:
        return self.added + self.removed
