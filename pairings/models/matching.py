"""Runs of the matcher, kept with all that they came from, and what they propose."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pairings.matching import VERSION, Aim
from pairings.models.enrolments import Enrolment
from pairings.models.pairings import always
from pairings.models.programs import Program
from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow


class MatchRunQuerySet(models.QuerySet["MatchRun"]):
    def open(self) -> Self:
        """Those that a worker has, or will take."""
        return self.filter(state__in=[MatchRun.State.QUEUED, MatchRun.State.RUNNING])

    def done(self) -> Self:
        return self.filter(state=MatchRun.State.DONE)

    def light(self) -> Self:
        """Without the documents, which are large."""
        return self.defer("inputs", "result", "guide")


class MatchRun(OrganisationRow):
    """One run of the matcher over a program, which nothing changes once it is done.

    `inputs` and `result` are the matcher's documents, deflated: read them through
    `pairings.runs`. `rules` and `weights` say the same as the inputs in short;
    `version` is that of the algorithm. `guide` makes questions about the result quick,
    and no answer depends on it.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        CANCELLED = "cancelled", _("cancelled")
        FAILED = "failed", _("failed")

    class Aim(models.TextChoices):
        TOTAL = Aim.TOTAL.value, _("the highest total")
        FAIR = Aim.FAIR.value, _("fair: as few low scores as can be")

    program = models.ForeignKey(
        Program, on_delete=models.CASCADE, related_name="runs", db_constraint=False
    )
    number = models.PositiveIntegerField()
    """Counted from 1 in each program."""
    created_by = models.ForeignKey(
        Membership,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    done_steps = models.PositiveIntegerField(default=0)
    all_steps = models.PositiveIntegerField(default=0)
    aim = models.CharField(_("aim"), max_length=10, choices=Aim, default=Aim.TOTAL)
    rules = models.JSONField(default=dict)
    weights = models.JSONField(default=dict)
    pins: "models.Field[list[tuple[int, int]], list[list[int]]]" = models.JSONField(
        default=list, db_default=models.Value([], models.JSONField())
    )
    """The junior and the mentor, as enrolments, of each pair that was asked for."""
    version = models.PositiveSmallIntegerField(default=VERSION)
    juniors = models.PositiveIntegerField(default=0)
    mentors = models.PositiveIntegerField(default=0)
    placed = models.PositiveIntegerField(null=True)
    total = models.PositiveIntegerField(null=True)
    """The sum of the scores of all pairs."""
    inputs = models.BinaryField(default=b"")
    """Empty until a worker takes up a large run."""
    result = models.BinaryField(null=True)
    guide = models.BinaryField(null=True)
    failure = models.CharField(max_length=500, blank=True, default="", db_default="")
    """What is to be changed before another run; empty after an error of ours."""
    published_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    is_reproduced = models.BooleanField(null=True)
    """Whether the same inputs gave the same result when that was last tried."""

    objects = MatchRunQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        ordering = ["-number"]
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["program", "number"], name="matchrun_number"
            ),
            models.UniqueConstraint(
                fields=["id", "organisation", "program"], name="matchrun_program_row"
            ),
            models.CheckConstraint(
                condition=~Q(state="done")
                | Q(result__isnull=False, placed__isnull=False, total__isnull=False),
                name="matchrun_done_has_result",
            ),
            TenantKey(field="program", name="matchrun_program"),
            TenantKey(field="created_by", name="matchrun_created_by"),
        ]

    def __str__(self) -> str:
        return f"{self.program}, {self.number}"

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.QUEUED, self.State.RUNNING)

    @property
    def is_done(self) -> bool:
        return self.state == self.State.DONE

    @property
    def unplaced(self) -> int:
        return self.juniors - (self.placed or 0)


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def open(self) -> Self:
        """Those that a lead can still choose or leave."""
        return self.filter(state__in=[Proposal.State.DRAFT, Proposal.State.APPROVED])

    def approved(self) -> Self:
        return self.filter(state=Proposal.State.APPROVED)

    def pinned(self) -> Self:
        return self.filter(is_fixed=True)


class Proposal(OrganisationRow):
    """A pair that a run proposes. `is_fixed` keeps it together in the next run."""

    class State(models.TextChoices):
        DRAFT = "draft", _("not chosen")
        APPROVED = "approved", _("chosen")
        DROPPED = "dropped", _("dropped")
        PUBLISHED = "published", _("published")

    program = models.ForeignKey(
        Program, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    run = models.ForeignKey(
        MatchRun,
        on_delete=models.CASCADE,
        related_name="proposals",
        db_constraint=False,
    )
    junior = models.ForeignKey(
        Enrolment, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    mentor = models.ForeignKey(
        Enrolment, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    score = models.PositiveSmallIntegerField()
    is_fixed = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    junior_side = always(Enrolment.Side.JUNIOR)
    mentor_side = always(Enrolment.Side.MENTOR)

    objects = ProposalQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        ordering = ["run", "-score", "id"]
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(fields=["run", "junior"], name="proposal_once"),
            models.CheckConstraint(
                condition=Q(score__lte=100), name="proposal_score_of_100"
            ),
            TenantKey(field="program", name="proposal_program"),
            TenantKey(
                field="run", also=("organisation", "program"), name="proposal_run"
            ),
            TenantKey(
                field="junior",
                also=("organisation", "program", ("junior_side", "side")),
                name="proposal_junior_side",
            ),
            TenantKey(
                field="mentor",
                also=("organisation", "program", ("mentor_side", "side")),
                name="proposal_mentor_side",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.junior} with {self.mentor}, {self.score}"

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.DRAFT, self.State.APPROVED)
