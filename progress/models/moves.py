from datetime import date

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pairings.models import Pause
from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow
from progress.models.frameworks import FrameworkVersion
from progress.models.plans import GrowthPlan, Milestone


class MilestoneMove(OrganisationRow):
    """That a milestone got another date: from which, to which, and why.

    The moves of a pause are one row a milestone, from where it stood before, and one
    without the pause where it got shorter after a holiday moved the milestone; both
    days are the nominal ones, which holidays leave alone. Who moves one by hand says
    why in `reason`; the other kinds are a reason by themselves, to which it may add a
    name, such as that of a holiday.
    """

    LONGEST_REASON = 200

    class Kind(models.TextChoices):
        BY_HAND = "by_hand", _("by hand")
        PAUSE = "pause", _("a pause")
        PROGRAM = "program", _("new dates of the program")
        HOLIDAY = "holiday", _("a holiday")

    milestone = models.ForeignKey(
        Milestone, on_delete=models.CASCADE, related_name="moves", db_constraint=False
    )
    kind = models.CharField(max_length=10, choices=Kind)
    from_on = models.DateField()
    to_on = models.DateField()
    pause = models.ForeignKey(
        Pause,
        on_delete=models.CASCADE,
        null=True,
        related_name="moves",
        db_constraint=False,
    )
    moved_by = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    moved_at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=LONGEST_REASON, blank=True, db_default="")

    class Meta(OrganisationRow.Meta):
        ordering = ["moved_at", "id"]
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["milestone", "pause"], name="milestonemove_once_a_pause"
            ),
            models.CheckConstraint(
                condition=~Q(kind="by_hand", reason=""),
                name="milestonemove_by_hand_says_why",
            ),
            models.CheckConstraint(
                condition=Q(pause=None) | Q(kind="pause"),
                name="milestonemove_pause_is_one",
            ),
            TenantKey(field="milestone", name="milestonemove_milestone"),
            TenantKey(field="pause", name="milestonemove_pause"),
            TenantKey(field="moved_by", name="milestonemove_moved_by"),
        ]

    lands_on: date
    """Where `to_on` falls among the holidays: no column, set by `moves_of`."""

    def __str__(self) -> str:
        return f"{self.milestone}, {self.from_on} to {self.to_on}"

    @property
    def moves(self) -> bool:
        """Whether the milestone's date is another after it."""
        return self.lands_on != self.milestone.due_on


class PlanVersionMove(OrganisationRow):
    """That a plan got another version of its framework, or its first one."""

    plan = models.ForeignKey(
        GrowthPlan,
        on_delete=models.CASCADE,
        related_name="version_moves",
        db_constraint=False,
    )
    from_version = models.ForeignKey(
        FrameworkVersion,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    to_version = models.ForeignKey(
        FrameworkVersion,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
    )
    moved_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    moved_at = models.DateTimeField(default=timezone.now)

    class Meta(OrganisationRow.Meta):
        ordering = ["moved_at", "id"]
        constraints = [
            *OrganisationRow.Meta.constraints,
            TenantKey(field="plan", name="planversionmove_plan"),
            TenantKey(field="from_version", name="planversionmove_from"),
            TenantKey(field="to_version", name="planversionmove_to"),
            TenantKey(field="moved_by", name="planversionmove_moved_by"),
        ]

    def __str__(self) -> str:
        return f"{self.plan} to {self.to_version}"
