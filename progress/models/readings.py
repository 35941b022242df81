from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow
from progress.models.plans import GrowthPlan


class PlanReading(OrganisationRow):
    """That somebody opened a junior's year on a day, for its junior to see.

    `day` is by the junior's clock. Openings within an hour of each other count as one,
    so that a day holds two dozen at most.
    """

    plan = models.ForeignKey(
        GrowthPlan,
        on_delete=models.CASCADE,
        related_name="readings",
        db_constraint=False,
    )
    reader = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    day = models.DateField(_("day"))
    opened_at: "models.Field[list[object], list[object]]" = ArrayField(
        models.DateTimeField(), default=list
    )

    class Meta(OrganisationRow.Meta):
        ordering = ["-day", "-id"]
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["plan", "day", "reader"], name="planreading_once_a_day"
            ),
            TenantKey(field="plan", name="planreading_plan"),
            TenantKey(field="reader", name="planreading_reader"),
        ]

    def __str__(self) -> str:
        return f"{self.reader}, {self.day}"
