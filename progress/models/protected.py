from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import OrganisationRow
from progress.models.plans import GrowthPlan


class ProtectedWeek(OrganisationRow):
    """How many protected hours a junior had in the week from `monday` on.

    A week without a row is one of which they said nothing.
    """

    plan = models.ForeignKey(
        GrowthPlan,
        on_delete=models.CASCADE,
        related_name="protected_weeks",
        db_constraint=False,
    )
    monday = models.DateField()
    hours = models.DecimalField(
        _("hours"),
        max_digits=4,
        decimal_places=1,
        validators=[MinValueValidator(0), MaxValueValidator(41)],
    )

    class Meta(OrganisationRow.Meta):
        ordering = ["monday"]
        indexes = [models.Index(fields=["monday"], name="protectedweek_by_monday")]
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["plan", "monday"], name="protectedweek_once"
            ),
            models.CheckConstraint(
                condition=Q(monday__iso_week_day=1), name="protectedweek_monday"
            ),
            models.CheckConstraint(
                condition=Q(hours__gte=0, hours__lte=41), name="protectedweek_hours"
            ),
            TenantKey(field="plan", name="protectedweek_plan"),
        ]

    def __str__(self) -> str:
        return f"{self.plan}, {self.monday}: {self.hours}"
