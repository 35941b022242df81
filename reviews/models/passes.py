from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pairings.models import Enrolment
from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow
from reviews.calibration import Judged


class BlindPassQuerySet(models.QuerySet["BlindPass"]):
    def of(self, member: Membership) -> Self:
        return self.filter(reviewer=member, locked_at__isnull=False)

    def closed(self) -> Self:
        """Of sessions that came to their close."""
        return self.filter(session__state="closed")

    def calibrating(self) -> Self:
        """Those that can be held against what came out, with the session."""
        found = self.closed().filter(session__was_safe__isnull=False)
        return found.select_related("session")


class BlindPass(OrganisationRow):
    """One reviewer's own reading, final once locked.

    `confidence` is a fraction: how likely the change is safe to merge as it is.
    `revision` is the one that was newest when the pass was locked.
    """

    class Verdict(models.TextChoices):
        ACCEPT = "accept", _("As it is")
        FIX = "fix", _("With changes")
        REJECT = "reject", _("No")

    session = models.ForeignKey(
        "reviews.ReviewSession",
        on_delete=models.CASCADE,
        related_name="passes",
        db_constraint=False,
    )
    reviewer = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    revision = models.ForeignKey(
        "reviews.Revision",
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        db_constraint=False,
    )
    side = models.CharField(max_length=10, choices=Enrolment.Side)
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True)
    confidence = models.DecimalField(
        max_digits=3,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )
    opened_at = models.DateTimeField(default=timezone.now)
    locked_at = models.DateTimeField(null=True)

    objects = BlindPassQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(fields=["session", "side"], name="blindpass_side"),
            models.CheckConstraint(
                condition=Q(locked_at=None)
                | ~Q(verdict="") & Q(confidence__isnull=False),
                name="blindpass_locked_whole",
            ),
            TenantKey(field="session", name="blindpass_session"),
            TenantKey(field="reviewer", name="blindpass_reviewer"),
            TenantKey(
                field="revision",
                also=("organisation", "session"),
                name="blindpass_revision",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reviewer}: {self.session}"

    @property
    def is_locked(self) -> bool:
        return self.locked_at is not None

    @property
    def judged(self) -> Judged | None:
        """Its confidence beside what came out, where the session counts."""
        was_safe = self.session.was_safe
        if self.confidence is None or was_safe is None or not self.is_locked:
            return None
        return Judged(float(self.confidence), was_safe)
