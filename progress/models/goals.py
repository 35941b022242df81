from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow
from progress.levels import Level
from progress.models.frameworks import Competency
from progress.models.plans import GrowthPlan

SHORT = 200
"""Letters of a goal or a step, which are one sentence."""
LONG = 500


class GoalQuerySet(models.QuerySet["Goal"]):
    def open(self) -> Self:
        return self.filter(state=Goal.State.OPEN)


class Goal(OrganisationRow):
    """Something that the junior wants to be able to do.

    Either of the pair proposes it and has agreed by that; it is agreed once the other
    has, too. Whoever edits it has agreed to the new words alone.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        REACHED = "reached", _("reached")
        DROPPED = "dropped", _("dropped")

    plan = models.ForeignKey(
        GrowthPlan, on_delete=models.CASCADE, related_name="goals", db_constraint=False
    )
    text = models.CharField(_("goal"), max_length=SHORT)
    why = models.CharField(_("why"), max_length=LONG, blank=True)
    done_when = models.CharField(_("done when"), max_length=LONG, blank=True)
    competency = models.ForeignKey(
        Competency,
        on_delete=models.PROTECT,
        null=True,
        related_name="goals",
        db_constraint=False,
    )
    """As the plan's version of that day has it; it stays when the plan moves on."""

    target = models.PositiveSmallIntegerField(choices=Level, null=True)
    due_on = models.DateField(_("by"), null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    position = models.PositiveIntegerField(default=0)
    proposed_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    junior_agreed_at = models.DateTimeField(null=True)
    mentor_agreed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    """Counts its edits: who writes or agrees names the version that they read."""

    created_at = models.DateTimeField(default=timezone.now, editable=False)
    state_changed_at = models.DateTimeField(null=True)

    objects = GoalQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        ordering = [F("position").asc(), "id"]
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["plan", "position"],
                name="goal_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(target=None)
                | Q(competency__isnull=False, target__in=Level.values),
                name="goal_target_of_competency",
            ),
            TenantKey(field="plan", name="goal_plan"),
            TenantKey(field="competency", name="goal_competency"),
            TenantKey(field="proposed_by", name="goal_proposed_by"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def is_agreed(self) -> bool:
        return bool(self.junior_agreed_at and self.mentor_agreed_at)

    @property
    def target_words(self) -> str:
        """What one can observe at the level that it aims at."""
        if self.competency is None or self.target is None:
            return ""
        return self.competency.levels[self.target - 1]


class GoalStep(OrganisationRow):
    """A part of the way to a goal, in the order in which steps were added."""

    goal = models.ForeignKey(
        Goal, on_delete=models.CASCADE, related_name="steps", db_constraint=False
    )
    text = models.CharField(_("step"), max_length=SHORT)
    done_at = models.DateTimeField(null=True)
    position = models.PositiveIntegerField()

    class Meta(OrganisationRow.Meta):
        ordering = [F("position").asc(), "id"]
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["goal", "position"], name="goalstep_position"
            ),
            TenantKey(field="goal", name="goalstep_goal"),
        ]

    def __str__(self) -> str:
        return self.text
