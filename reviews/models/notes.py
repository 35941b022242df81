from django.db import models
from django.utils import timezone

from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow
from reviews.models.sessions import ReviewSession


class Note(OrganisationRow):
    """What one of the two writes for themselves; nobody else ever reads it."""

    session = models.ForeignKey(
        ReviewSession,
        on_delete=models.CASCADE,
        related_name="notes",
        db_constraint=False,
    )
    author = models.ForeignKey(
        Membership, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    text = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(fields=["session", "author"], name="note_once"),
            TenantKey(field="session", name="note_session"),
            TenantKey(field="author", name="note_author"),
        ]

    def __str__(self) -> str:
        return self.text[:60]
