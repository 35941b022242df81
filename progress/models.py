from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pairings.models import Enrolment, Pairing, ProgramStaff
from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow


class GrowthPlanQuerySet(models.QuerySet["GrowthPlan"]):
    def visible_to(self, member: Membership) -> Self:
        """The record: milestones, their dates and sign-offs."""
        if member.is_manager:
            return self.filter(organisation=member.organisation_id)
        staffed = ProgramStaff.objects.filter(membership=member).values("program")
        mentored = Pairing.objects.filter(mentor__membership=member).values("junior")
        return self.filter(
            Q(junior__membership=member)
            | Q(junior__line_manager=member)
            | Q(junior__in=mentored)
            | Q(junior__program__in=staffed),
            organisation=member.organisation_id,
        )


class GrowthPlan(OrganisationRow):
    """A junior's year in a program. It belongs to the junior and outlives a mentor."""

    junior = models.OneToOneField(
        Enrolment, on_delete=models.CASCADE, related_name="plan", db_constraint=False
    )
    starts_on = models.DateField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = GrowthPlanQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            TenantKey(field="junior", name="growthplan_junior"),
        ]

    def __str__(self) -> str:
        return str(self.junior)


class MilestoneQuerySet(models.QuerySet["Milestone"]):
    def open(self) -> Self:
        return self.filter(signed_at=None)


class Milestone(OrganisationRow):
    """A dated point of the plan, done when mentor and junior both signed."""

    class Kind(models.TextChoices):
        FIRST_MEETING = "first_meeting", _("First meeting")
        NEEDS_ASSESSMENT = "needs_assessment", _("Needs assessment")
        CHECK_IN = "check_in", _("Meeting")
        COMPLETION = "completion", _("Completion review")

    plan = models.ForeignKey(
        GrowthPlan,
        on_delete=models.CASCADE,
        related_name="milestones",
        db_constraint=False,
    )
    kind = models.CharField(max_length=20, choices=Kind)
    name = models.CharField(_("name"), max_length=120)
    about = models.CharField(_("what it is for"), max_length=300, blank=True)
    due_on = models.DateField(_("due"))
    junior_signed_at = models.DateTimeField(null=True)
    mentor_signed_at = models.DateTimeField(null=True)
    mentor_signed_by = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    signed_at = models.DateTimeField(null=True)

    objects = MilestoneQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(
                fields=["due_on"],
                condition=Q(signed_at=None),
                name="milestone_open_by_day",
            )
        ]
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.CheckConstraint(
                condition=Q(
                    signed_at=None,
                )
                | Q(junior_signed_at__isnull=False, mentor_signed_at__isnull=False),
                name="milestone_signed_by_both",
            ),
            models.CheckConstraint(
                condition=Q(mentor_signed_at=None, mentor_signed_by=None)
                | Q(mentor_signed_at__isnull=False, mentor_signed_by__isnull=False),
                name="milestone_mentor_named",
            ),
            TenantKey(field="plan", name="milestone_plan"),
            TenantKey(field="mentor_signed_by", name="milestone_mentor_signed_by"),
        ]

    def __str__(self) -> str:
        return self.name


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
