"""How much of a competency's work a mentor leaves to a junior, step by step."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow
from progress.levels import Autonomy
from progress.models.frameworks import Competency
from progress.models.plans import GrowthPlan

LONGEST_REASON = 300


class AutonomyGrantQuerySet(models.QuerySet["AutonomyGrant"]):
    def standing(self) -> Self:
        """The newest of each competency, the same one through all versions."""
        rows = self.order_by("plan", "competency__key", "-pk")
        return rows.distinct("plan", "competency__key")


class AutonomyGrant(OrganisationRow):
    """What a mentor granted, took back or confirmed on a day; triggers keep each row.

    The newest of a competency stands, by the competency's key. `proposed` is the step
    that the evidence spoke for then, None where it spoke for no further one, and
    `stood` has the counts of that moment, by the names of `progress.autonomy.Facts`.
    """

    plan = models.ForeignKey(
        GrowthPlan,
        on_delete=models.CASCADE,
        related_name="autonomy_grants",
        db_constraint=False,
    )
    competency = models.ForeignKey(
        Competency, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    """As the plan's version of that day has it; it stays when the plan moves on."""

    level = models.PositiveSmallIntegerField(_("step"), choices=Autonomy)
    proposed = models.PositiveSmallIntegerField(choices=Autonomy, null=True)
    stood = models.JSONField(default=dict)
    reason = models.CharField(_("reason"), max_length=LONGEST_REASON, blank=True)
    granted_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    granted_at = models.DateTimeField(default=timezone.now)

    objects = AutonomyGrantQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.CheckConstraint(
                condition=Q(level__gte=1, level__lte=4), name="autonomygrant_level"
            ),
            TenantKey(field="plan", name="autonomygrant_plan"),
            TenantKey(field="competency", name="autonomygrant_competency"),
            TenantKey(field="granted_by", name="autonomygrant_granted_by"),
        ]

    def __str__(self) -> str:
        return f"{self.competency}: {self.get_level_display()}"


class AutonomyRequestQuerySet(models.QuerySet["AutonomyRequest"]):
    def open(self) -> Self:
        return self.filter(answer=None)


class AutonomyRequest(OrganisationRow):
    """The junior asks for a step, with a word. The mentor's next grant answers it."""

    plan = models.ForeignKey(
        GrowthPlan,
        on_delete=models.CASCADE,
        related_name="autonomy_requests",
        db_constraint=False,
    )
    competency = models.ForeignKey(
        Competency, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    level = models.PositiveSmallIntegerField(_("step"), choices=Autonomy)
    word = models.CharField(_("why"), max_length=LONGEST_REASON)
    asked_at = models.DateTimeField(default=timezone.now)
    answer = models.ForeignKey(
        AutonomyGrant,
        on_delete=models.RESTRICT,
        null=True,
        related_name="answers",
        db_constraint=False,
    )

    objects = AutonomyRequestQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.CheckConstraint(
                condition=Q(level__gte=1, level__lte=4), name="autonomyrequest_level"
            ),
            models.UniqueConstraint(
                fields=["plan", "competency"],
                condition=Q(answer=None),
                name="autonomyrequest_one_open",
            ),
            TenantKey(field="plan", name="autonomyrequest_plan"),
            TenantKey(field="competency", name="autonomyrequest_competency"),
            TenantKey(field="answer", name="autonomyrequest_answer"),
        ]

    def __str__(self) -> str:
        return f"{self.competency}: {self.get_level_display()}"
