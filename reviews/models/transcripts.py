"""The conversation with an AI that a session's change came out of."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import OrganisationRow
from reviews.models.changes import Blob
from reviews.models.sessions import ReviewSession


class Transcript(OrganisationRow):
    """One conversation of a session, kept as it was confirmed.

    Its turns are read from the bytes each time. What stands here stays when they are
    purged. `staged_as` is the staged upload that it came from.
    """

    class Form(models.TextChoices):
        CLAUDE_CODE = "claude_code", _("log of Claude Code")
        CODEX = "codex", _("log of the Codex CLI")
        SPECSTORY = "specstory", _("SpecStory history")
        COPILOT = "copilot", _("Copilot chat export")
        AIDER = "aider", _("aider chat history")
        PASTED = "pasted", _("pasted text")

    session = models.ForeignKey(
        ReviewSession,
        on_delete=models.CASCADE,
        related_name="transcripts",
        db_constraint=False,
    )
    blob = models.ForeignKey(
        Blob,
        on_delete=models.PROTECT,
        related_name="transcripts",
        null=True,
        db_constraint=False,
    )
    sha256 = models.BinaryField(max_length=32)
    name = models.CharField(max_length=255, blank=True)
    form = models.CharField(max_length=12, choices=Form)
    tool = models.CharField(max_length=80, blank=True)
    model = models.CharField(max_length=80, blank=True)
    turn_count = models.PositiveIntegerField()
    call_count = models.PositiveIntegerField()
    unknown_count = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=timezone.now)
    staged_as = models.BigIntegerField(null=True, unique=True, editable=False)

    class Meta(OrganisationRow.Meta):
        ordering = ["pk"]
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["session", "sha256"], name="transcript_once"
            ),
            models.UniqueConstraint(
                fields=["id", "organisation", "session"], name="transcript_session_row"
            ),
            TenantKey(field="session", name="transcript_session"),
            TenantKey(field="blob", name="transcript_blob"),
        ]

    def __str__(self) -> str:
        return self.tool or self.get_form_display()
