"""What one reader leaves on a change while reading: marks, and words half typed."""

from django.db import models
from django.utils import timezone

from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow
from reviews.models.findings import Finding
from reviews.models.sessions import ReviewSession


class ViewedFile(OrganisationRow):
    """A file that somebody has read, as it was then.

    `digest` is that of the file's patch (`reviews.diffs.digest`): the mark counts on
    a revision just where the file has that digest, so a revision that changes the
    file takes it back, and one that changes it again may bring it back.
    """

    session = models.ForeignKey(
        ReviewSession,
        on_delete=models.CASCADE,
        related_name="viewed_files",
        db_constraint=False,
    )
    member = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    path = models.CharField(max_length=500)
    digest = models.CharField(max_length=32)
    viewed_at = models.DateTimeField(default=timezone.now)

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["session", "member", "path"], name="viewedfile_once"
            ),
            TenantKey(field="session", name="viewedfile_session"),
            TenantKey(field="member", name="viewedfile_member"),
        ]

    def __str__(self) -> str:
        return self.path


class Draft(OrganisationRow):
    """What somebody typed into the form of a finding and has not sent.

    Nobody but its author ever reads it. `key` is the form's own, and becomes the
    `draft_key` of the finding that is made of it; `finding` is the one that is being
    edited. `words` holds the fields as they were typed. `tab` names the page that
    wrote last: the same one may write on whatever became of its answers, another
    only over the `version` that it has seen.
    """

    session = models.ForeignKey(
        ReviewSession,
        on_delete=models.CASCADE,
        related_name="drafts",
        db_constraint=False,
    )
    author = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    finding = models.ForeignKey(
        Finding,
        on_delete=models.CASCADE,
        related_name="drafts",
        null=True,
        db_constraint=False,
    )
    key = models.UUIDField()
    words = models.JSONField(default=dict)
    tab = models.UUIDField(null=True)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta(OrganisationRow.Meta):
        ordering = ["pk"]
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["session", "author", "key"], name="draft_once"
            ),
            TenantKey(field="session", name="draft_session"),
            TenantKey(field="author", name="draft_author"),
            TenantKey(field="finding", name="draft_finding"),
        ]

    def __str__(self) -> str:
        return str(self.words.get("title") or self.key)
