from collections.abc import Container
from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pairings.models import Enrolment, Pairing, Program, ProgramStaff
from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow
from preceptor.history import Kind, tracked
from progress.models.frameworks import FrameworkVersion
from progress.schedule import lands_on


class GrowthPlanQuerySet(models.QuerySet["GrowthPlan"]):
    def visible_to(self, member: Membership) -> Self:
        """The record: milestones, their dates and sign-offs."""
        if member.is_manager:
            return self.filter(organisation=member.organisation_id)
        staffed = ProgramStaff.objects.filter(membership=member).values("program")
        mentored = Pairing.objects.begun().filter(mentor__membership=member)
        return self.filter(
            Q(junior__membership=member)
            | Q(junior__line_manager=member)
            | Q(junior__in=mentored.values("junior"))
            | Q(junior__program__in=staffed),
            organisation=member.organisation_id,
        )

    def with_junior(self) -> Self:
        return self.select_related(
            "organisation", "junior__program", "junior__membership__user"
        )

    def out_of_archive(self, reader: Membership) -> Self:
        """Without the plans of archived programs, but one's own year stays."""
        archived = Q(junior__program__state=Program.State.ARCHIVED)
        return self.exclude(archived & ~Q(junior__membership=reader))

    def listed(self, today: date) -> Self:
        """With milestones and today's mentors; running years first, most due first."""
        mentors = Pairing.objects.primary().standing().current(today)
        open_ones = Milestone.objects.open().filter(plan=OuterRef("pk"))
        return (
            self.with_junior()
            .prefetch_related(
                "milestones",
                Prefetch(
                    "junior__pairings_as_junior",
                    mentors.select_related("mentor__membership__user"),
                    to_attr="standing_pairings",
                ),
            )
            .annotate(
                is_over=Q(junior__ends_on__lte=today),
                next_on=Subquery(open_ones.order_by("due_on").values("due_on")[:1]),
            )
            .order_by("is_over", F("next_on").asc(nulls_last=True), "pk")
        )


class GrowthPlan(OrganisationRow):
    """A junior's year in a program. It belongs to the junior and outlives a mentor."""

    junior = models.OneToOneField(
        Enrolment, on_delete=models.CASCADE, related_name="plan", db_constraint=False
    )
    starts_on = models.DateField()
    version = models.ForeignKey(
        FrameworkVersion,
        on_delete=models.PROTECT,
        null=True,
        related_name="plans",
        db_constraint=False,
    )
    """What it grows in, until it moves on; None for a plan from before frameworks."""

    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = GrowthPlanQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            TenantKey(field="junior", name="growthplan_junior"),
            TenantKey(field="version", name="growthplan_version"),
        ]

    def __str__(self) -> str:
        return str(self.junior)

    def is_mentored_by(self, member: Membership, today: date) -> bool:
        """Whether somebody is a mentor of the junior on a day; one query."""
        pairs = Pairing.objects.filter(junior=self.junior_id, mentor__membership=member)
        return pairs.standing().current(today).exists()

    @property
    def next_milestone(self) -> "Milestone | None":
        """The first that is neither signed off nor skipped."""
        return next((m for m in self.milestones.all() if m.is_open), None)

    @property
    def signed_count(self) -> int:
        return sum(m.signed_at is not None for m in self.milestones.all())


class MilestoneQuerySet(models.QuerySet["Milestone"]):
    def open(self) -> Self:
        """Neither signed off nor skipped."""
        return self.filter(signed_at=None, skipped_at=None)

    def unsigned(self) -> Self:
        """Open, by either: a signature is given for the milestone as it is."""
        return self.open().filter(junior_signed_at=None, mentor_signed_at=None)


@tracked(
    "kind",
    "month",
    "due_on",
    "junior_signed_at",
    "mentor_signed_at",
    "skipped_at",
    kind=Kind.MILESTONES,
    program="plan__junior__program",
    person="plan__junior__membership",
    together="plan",
)
class Milestone(OrganisationRow):
    """A dated point of the plan, done when mentor and junior both signed.

    `month` tells the meetings of a template apart: months from the plan's first day.
    One of the pair's own names who added it. A skipped one is neither open nor done,
    and says why. `although` is why the mentor signed while conditions were not met.
    `version` counts what was written of it: a signature is given for the version that
    was read.
    """

    LONGEST_REASON = 1000

    class Kind(models.TextChoices):
        FIRST_MEETING = "first_meeting", _("First meeting")
        NEEDS_ASSESSMENT = "needs_assessment", _("Needs assessment")
        CHECK_IN = "check_in", _("Meeting")
        MIDPOINT = "midpoint", _("Midpoint")
        COMPLETION = "completion", _("Completion review")
        OWN = "own", _("Own milestone")

    plan = models.ForeignKey(
        GrowthPlan,
        on_delete=models.CASCADE,
        related_name="milestones",
        db_constraint=False,
    )
    kind = models.CharField(max_length=20, choices=Kind)
    month = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(_("name"), max_length=120)
    about = models.CharField(_("what it is for"), max_length=300, blank=True)
    due_on = models.DateField(_("due"))
    nominal_on = models.DateField(null=True)
    """The holiday that it would be due on; None where no holiday moved it."""

    sequence = models.PositiveIntegerField(default=0, db_default=0)
    """How often its day moved. A trigger keeps it, and when the row last changed."""

    changed_at = models.DateTimeField(default=timezone.now, db_default=Now())
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
    although = models.CharField(max_length=LONGEST_REASON, blank=True, default="")
    skipped_at = models.DateTimeField(null=True)
    skipped_by = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    skip_reason = models.CharField(max_length=LONGEST_REASON, blank=True, default="")
    added_by = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    version = models.PositiveIntegerField(default=1)

    objects = MilestoneQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(
                fields=["due_on"],
                condition=Q(signed_at=None),
                name="milestone_open_by_day",
            ),
            models.Index(
                fields=["organisation", "due_on"],
                condition=Q(signed_at=None),
                name="milestone_open_by_org",
            ),
            models.Index(
                fields=["organisation", "nominal_on"],
                condition=Q(nominal_on__isnull=False),
                name="milestone_off_holiday",
            ),
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
            models.CheckConstraint(
                condition=Q(skipped_at=None, skipped_by=None, skip_reason="")
                | Q(
                    skipped_at__isnull=False,
                    skipped_by__isnull=False,
                    junior_signed_at=None,
                    mentor_signed_at=None,
                )
                & ~Q(skip_reason=""),
                name="milestone_skipped_says_why",
            ),
            models.CheckConstraint(
                condition=Q(although="") | Q(mentor_signed_at__isnull=False),
                name="milestone_although_is_signed",
            ),
            models.CheckConstraint(
                condition=Q(kind="own", added_by__isnull=False)
                | ~Q(kind="own") & Q(added_by=None),
                name="milestone_own_names_who_added",
            ),
            TenantKey(field="skipped_by", name="milestone_skipped_by"),
            TenantKey(field="added_by", name="milestone_added_by"),
            TenantKey(field="plan", name="milestone_plan"),
            TenantKey(field="mentor_signed_by", name="milestone_mentor_signed_by"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def nominal(self) -> date:
        """Its day but for holidays."""
        return self.nominal_on or self.due_on

    def fall_due(self, nominal: date, holidays: Container[date], end: date) -> None:
        """Sets its day, unsaved: this one, or off a holiday inside the year."""
        self.stand(nominal, lands_on(nominal, holidays, self.plan.starts_on, end))

    def stand(self, nominal: date, due_on: date) -> None:
        """Sets its day, unsaved, and where it would be but for holidays."""
        self.due_on = due_on
        self.nominal_on = None if due_on == nominal else nominal

    def is_of(self, member: Membership) -> bool:
        """Whether somebody is the junior whose milestone it is."""
        return self.plan.junior.membership_id == member.pk

    def is_signed_by(self, member: Membership) -> bool:
        """Whether their own side is signed; a mentor's by any mentor."""
        own = self.junior_signed_at if self.is_of(member) else self.mentor_signed_at
        return own is not None

    def can_withdraw(self, member: Membership) -> bool:
        """Whether a signature of their own waits for the other's; no query."""
        if not self.is_open:
            return False
        if self.is_of(member):
            return self.junior_signed_at is not None
        return self.mentor_signed_by_id == member.pk

    @property
    def has_signature(self) -> bool:
        """Whether either side has signed."""
        return bool(self.junior_signed_at or self.mentor_signed_at)

    @property
    def is_open(self) -> bool:
        """Neither signed off nor skipped."""
        return self.signed_at is None and self.skipped_at is None

    def is_lapsed(self, today: date) -> bool:
        return self.is_open and self.due_on < today
