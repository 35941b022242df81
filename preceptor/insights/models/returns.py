"""What an organisation believes of a program's cost and return, as ranges."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pairings.models import Program, ProgramStaff
from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow
from preceptor.history import Kind, tracked
from preceptor.insights.returns.model import Answers


class ScenarioQuerySet(models.QuerySet["Scenario"]):
    def visible_to(self, member: Membership) -> Self:
        """All to managers; to others those of the programs that they lead or observe.

        What is of the whole organisation is for its managers.
        """
        mine = self.filter(organisation=member.organisation_id)
        if member.is_manager:
            return mine
        staffed = ProgramStaff.objects.filter(membership=member)
        return mine.filter(program__in=staffed.values("program"))


@tracked("name", "currency", "inputs", kind=Kind.SETTINGS, program="program")
class Scenario(OrganisationRow):
    """One set of inputs of `preceptor.insights.returns.model`, under a name.

    `inputs` holds by an input's name its low, likely and high value, as text so that
    none is rounded, and in words where they come from. What is not in it is empty.
    """

    program = models.ForeignKey(
        Program,
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    """None: of the whole organisation."""
    name = models.CharField(_("name"), max_length=80)
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    inputs: "models.Field[Answers, Answers]" = models.JSONField(default=dict)
    created_by = models.ForeignKey(
        Membership,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    saved_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ScenarioQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        ordering = ["name", "id"]
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["organisation", "program", "name"],
                nulls_distinct=False,
                name="scenario_name",
            ),
            models.CheckConstraint(
                condition=Q(currency__regex="^[A-Z]{3}$"), name="scenario_currency"
            ),
            TenantKey(field="program", name="scenario_program"),
            TenantKey(field="created_by", name="scenario_created_by"),
        ]

    def __str__(self) -> str:
        return self.name
