from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow
from reviews.models.findings import Finding
from reviews.models.sessions import ReviewSession


class Decision(OrganisationRow):
    """One step in the history of a flaw, kept with the finding that stood for it."""

    class Step(models.TextChoices):
        REAL = "real", _("called it a real flaw")
        MOOT = "moot", _("called it no flaw")
        UNDECIDED = "undecided", _("called it undecided")
        JOINED = "joined", _("joined it with another finding")
        PARTED = "parted", _("parted it from another finding")
        DISTINCT = "distinct", _("called it another flaw than a similar one")
        FIXED = "fixed", _("marked it as fixed")
        ASKED = "asked", _("marked it as fixed and asked for a check")
        VERIFIED = "verified", _("checked the fix")
        DROPPED = "dropped", _("dropped it")
        REOPENED = "reopened", _("opened it again")

    finding = models.ForeignKey(
        Finding,
        on_delete=models.CASCADE,
        related_name="decisions",
        db_constraint=False,
    )
    step = models.CharField(max_length=10, choices=Step)
    by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta(OrganisationRow.Meta):
        ordering = ["at", "id"]
        constraints = [
            *OrganisationRow.Meta.constraints,
            TenantKey(field="finding", name="decision_finding"),
            TenantKey(field="by", name="decision_by"),
        ]

    def __str__(self) -> str:
        return f"{self.by} {self.get_step_display()}"


class Distinction(OrganisationRow):
    """Two findings that the pair calls two flaws; `one` has the lower number.

    They are not proposed as the same again.
    """

    session = models.ForeignKey(
        ReviewSession,
        on_delete=models.CASCADE,
        related_name="distinctions",
        db_constraint=False,
    )
    one = models.ForeignKey(
        Finding, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    other = models.ForeignKey(
        Finding, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(fields=["one", "other"], name="distinction_once"),
            TenantKey(field="session", name="distinction_session"),
            TenantKey(
                field="one", also=("organisation", "session"), name="distinction_one"
            ),
            TenantKey(
                field="other",
                also=("organisation", "session"),
                name="distinction_other",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.one_id}, {self.other_id}"
