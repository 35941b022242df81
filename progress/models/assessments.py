"""Where a junior stands, as the two see it apart and as they then agree."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow
from progress.levels import Level
from progress.models.frameworks import Competency, FrameworkVersion
from progress.models.plans import GrowthPlan

BOTH_IN = Q(self_in_at__isnull=False, mentor_in_at__isnull=False)
LONGEST_NOTE = 2_000


class Side(models.TextChoices):
    """Who rates: the junior of themselves, or the mentor of the junior."""

    SELF = "self", _("self")
    MENTOR = "mentor", _("mentor")


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def open(self) -> Self:
        return self.filter(signed_at=None)

    def revealed(self) -> Self:
        """Both are in, so both see both."""
        return self.filter(BOTH_IN)

    def newest_first(self) -> Self:
        return self.order_by("-opened_at", "-pk")


class Assessment(OrganisationRow):
    """A snapshot of a junior against the version that the plan had when it began.

    Both rate apart; once both are in they agree on an outcome and sign it. Triggers
    keep ratings from the moment that their side is in, outcomes from the first
    signature, and all of it once both have signed.
    """

    class Occasion(models.TextChoices):
        NEEDS = "needs", _("needs assessment")
        MIDPOINT = "midpoint", _("midpoint")
        COMPLETION = "completion", _("completion")
        OWN = "own", _("in between")

    plan = models.ForeignKey(
        GrowthPlan,
        on_delete=models.CASCADE,
        related_name="assessments",
        db_constraint=False,
    )
    version = models.ForeignKey(
        FrameworkVersion,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
    )
    occasion = models.CharField(max_length=10, choices=Occasion)
    opened_at = models.DateTimeField(default=timezone.now)
    opened_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    mentor = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    """Whose the mentor's ratings are, from the first that is kept."""

    self_in_at = models.DateTimeField(null=True)
    mentor_in_at = models.DateTimeField(null=True)
    self_edits = models.PositiveIntegerField(default=0)
    mentor_edits = models.PositiveIntegerField(default=0)
    outcome_edits = models.PositiveIntegerField(default=0)
    """Count the times that each was saved: a form says which state it was made of."""

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

    objects = AssessmentQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["plan"], condition=Q(signed_at=None), name="assessment_one_open"
            ),
            models.UniqueConstraint(
                fields=["plan", "occasion"],
                condition=~Q(occasion="own"),
                name="assessment_occasion_once",
            ),
            models.UniqueConstraint(
                fields=["id", "organisation", "version"], name="assessment_of_version"
            ),
            models.CheckConstraint(
                condition=Q(junior_signed_at=None, mentor_signed_at=None) | BOTH_IN,
                name="assessment_signed_once_in",
            ),
            models.CheckConstraint(
                condition=Q(mentor_signed_at=None, mentor_signed_by=None)
                | Q(mentor_signed_at__isnull=False, mentor_signed_by__isnull=False),
                name="assessment_signer_named",
            ),
            models.CheckConstraint(
                condition=Q(signed_at=None)
                | Q(junior_signed_at__isnull=False, mentor_signed_at__isnull=False),
                name="assessment_signed_by_both",
            ),
            TenantKey(field="plan", name="assessment_plan"),
            TenantKey(field="version", name="assessment_version"),
            TenantKey(field="opened_by", name="assessment_opened_by"),
            TenantKey(field="mentor", name="assessment_mentor"),
            TenantKey(field="mentor_signed_by", name="assessment_mentor_signed_by"),
        ]

    def __str__(self) -> str:
        return f"{self.plan}, {self.occasion}"

    @property
    def is_revealed(self) -> bool:
        return bool(self.self_in_at and self.mentor_in_at)

    @property
    def has_signature(self) -> bool:
        return bool(self.junior_signed_at or self.mentor_signed_at)

    def side_of(self, member: Membership) -> Side:
        """The junior rates themselves; whoever else may rate does so as the mentor."""
        is_own = self.plan.junior.membership_id == member.pk
        return Side.SELF if is_own else Side.MENTOR

    def is_in(self, side: Side) -> bool:
        return getattr(self, f"{side}_in_at") is not None

    def edits_of(self, side: Side) -> int:
        edits: int = getattr(self, f"{side}_edits")
        return edits

    def is_signed_by(self, side: Side) -> bool:
        own = self.junior_signed_at if side == Side.SELF else self.mentor_signed_at
        return own is not None


class RatingQuerySet(models.QuerySet["Rating"]):
    def readable_by(self, member: Membership) -> Self:
        """One's own; the other's only once both are in. Every page reads through it.

        The junior's side is the junior's, the mentor's that of who gave it.
        """
        own = Q(side=Side.SELF, assessment__plan__junior__membership=member) | Q(
            side=Side.MENTOR, assessment__mentor=member
        )
        both_in = Q(
            assessment__self_in_at__isnull=False, assessment__mentor_in_at__isnull=False
        )
        return self.filter(own | both_in, organisation=member.organisation_id)


class Rating(OrganisationRow):
    """What one of the two says of a competency.

    `is_said` with no level is "can't say"; without it the row is a draft's note.
    """

    class Method(models.TextChoices):
        OBSERVED = "observed", _("observed")
        DEMONSTRATED = "demonstrated", _("demonstrated")
        DISCUSSED = "discussed", _("discussed")
        REVIEWS = "reviews", _("from review evidence")

    version = models.ForeignKey(
        FrameworkVersion,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
    )
    assessment = models.ForeignKey(
        Assessment,
        on_delete=models.CASCADE,
        related_name="ratings",
        db_constraint=False,
    )
    competency = models.ForeignKey(
        Competency, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    side = models.CharField(max_length=6, choices=Side)
    is_said = models.BooleanField(default=False)
    level = models.PositiveSmallIntegerField(choices=Level, null=True)
    method = models.CharField(max_length=12, choices=Method, blank=True)
    note = models.TextField(blank=True, max_length=LONGEST_NOTE)

    objects = RatingQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["assessment", "side", "competency"], name="rating_once"
            ),
            models.CheckConstraint(
                condition=Q(is_said=True) | Q(level=None), name="rating_level_said"
            ),
            models.CheckConstraint(
                condition=Q(level=None) | Q(level__gte=1, level__lte=5),
                name="rating_level",
            ),
            TenantKey(field="version", name="rating_version"),
            TenantKey(
                field="assessment",
                name="rating_assessment",
                also=("organisation", "version"),
            ),
            TenantKey(
                field="competency",
                name="rating_competency",
                also=("organisation", "version"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.competency_id}, {self.side}: {self.level}"


class OutcomeQuerySet(models.QuerySet["Outcome"]):
    def stateless(self) -> Self:
        """Those with a level for which the mentor has set no state yet."""
        return self.filter(level__isnull=False, state=Outcome.State.NOT_YET)


class Outcome(OrganisationRow):
    """What the two agreed on for a competency, and the state that the mentor set."""

    class State(models.TextChoices):
        NOT_YET = "not_yet", _("not yet assessed")
        NEEDS = "needs", _("needs development")
        IMPROVING = "improving", _("improving")
        INDEPENDENT = "independent", _("independent")
        NOT_APPLICABLE = "none", _("not applicable")

    version = models.ForeignKey(
        FrameworkVersion,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
    )
    assessment = models.ForeignKey(
        Assessment,
        on_delete=models.CASCADE,
        related_name="outcomes",
        db_constraint=False,
    )
    competency = models.ForeignKey(
        Competency, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    level = models.PositiveSmallIntegerField(choices=Level, null=True)
    state = models.CharField(max_length=12, choices=State, default=State.NOT_YET)
    note = models.TextField(blank=True, max_length=LONGEST_NOTE)

    objects = OutcomeQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["assessment", "competency"], name="outcome_once"
            ),
            models.CheckConstraint(
                condition=Q(level=None) | Q(level__gte=1, level__lte=5),
                name="outcome_level",
            ),
            TenantKey(field="version", name="outcome_version"),
            TenantKey(
                field="assessment",
                name="outcome_assessment",
                also=("organisation", "version"),
            ),
            TenantKey(
                field="competency",
                name="outcome_competency",
                also=("organisation", "version"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.competency_id}: {self.level}, {self.state}"
