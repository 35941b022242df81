from datetime import datetime, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow
from preceptor.history import Kind, tracked


@tracked("days", kind=Kind.SETTINGS)
class RetentionRule(OrganisationRow):
    """For how many days after a session its code and conversations are kept.

    Findings, lessons and counts stay for good. Without a rule everything is kept.
    """

    days = models.PositiveIntegerField(
        _("days after a session"),
        validators=[MinValueValidator(1), MaxValueValidator(3650)],
    )
    set_by = models.ForeignKey(
        Membership,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    set_at = models.DateTimeField(default=timezone.now)

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["organisation"], name="retentionrule_one_each"
            ),
            TenantKey(field="set_by", name="retentionrule_set_by"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.days}"

    def ends_at(self, now: datetime) -> datetime:
        """What was closed before has been kept for long enough."""
        return now - timedelta(days=self.days)
