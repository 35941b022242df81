from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow
from progress.models.plans import GrowthPlan


class Goal(OrganisationRow):
    """Something that the junior wants to be able to do."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        REACHED = "reached", _("reached")
        DROPPED = "dropped", _("dropped")

    plan = models.ForeignKey(
        GrowthPlan, on_delete=models.CASCADE, related_name="goals", db_constraint=False
    )
    text = models.CharField(_("goal"), max_length=200)
    why = models.CharField(_("why"), max_length=500, blank=True)
    due_on = models.DateField(_("by"), null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    position = models.PositiveIntegerField(default=0)
    added_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    state_changed_at = models.DateTimeField(null=True)

    class Meta(OrganisationRow.Meta):
        ordering = [F("position").asc(), "id"]
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["plan", "position"],
                name="goal_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
            TenantKey(field="plan", name="goal_plan"),
            TenantKey(field="added_by", name="goal_added_by"),
        ]

    def __str__(self) -> str:
        return self.text
