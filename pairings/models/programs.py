from datetime import date, timedelta
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, FilteredRelation, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from pairings.models.staff import ProgramStaff
from pairings.roster.skills import Degrees, in_order
from pairings.seats import Seats
from pairings.zones import DAY, Hours
from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow
from preceptor.history import Kind, tracked

WIDEST_RATIO = 5


class ProgramQuerySet(models.QuerySet["Program"]):
    def visible_to(self, member: Membership) -> Self:
        """Every program to managers; to others those they staff or take part in.

        A draft is for who runs it: who takes part sees it once it has started.
        """
        if member.is_manager:
            return self.filter(organisation=member.organisation_id)
        people = Enrolment.objects.filter(Q(membership=member) | Q(line_manager=member))
        staffed = ProgramStaff.objects.filter(membership=member)
        in_open = people.exclude(program__state=Program.State.DRAFT)
        return self.filter(
            Q(pk__in=staffed.values("program")) | Q(pk__in=in_open.values("program")),
            organisation=member.organisation_id,
        )

    def in_state(self, state: str) -> Self:
        """Those of a state, of any with "all", and else all but the archived ones."""
        if state in Program.State.values:
            return self.filter(state=state)
        return self if state == "all" else self.exclude(state=Program.State.ARCHIVED)


@tracked(
    "name",
    "state",
    "template",
    "starts_on",
    "ends_on",
    "cadence_days",
    "juniors_per_mentor",
    "junior_hours",
    "mentor_hours",
    "pass_timeout_days",
    "min_tenure_months",
    "autonomy_weeks",
    "approval",
    kind=Kind.PROGRAMS,
    program="id",
)
class Program(OrganisationRow):
    """One run of a preceptorship. Runs from `starts_on` to the day before `ends_on`.

    A draft is set up and peopled by its staff, who alone see it. In a running one pairs
    begin and reminders go. In a closed one nothing begins, and what is open may be
    finished. An archived one is read.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        RUNNING = "running", _("running")
        CLOSED = "closed", _("closed")
        ARCHIVED = "archived", _("archived")

    class Template(models.TextChoices):
        PRECEPTORSHIP_YEAR = "preceptorship-year", _("Preceptorship year")
        HALF_YEAR = "half-year", _("Half-year preceptorship")

    MONTHS: ClassVar[dict[str, int]] = {
        Template.PRECEPTORSHIP_YEAR: 12,
        Template.HALF_YEAR: 6,
    }
    """How long the program is that each template is made for."""

    class Cadence(models.IntegerChoices):
        WEEKLY = 7, _("every week")
        FORTNIGHTLY = 14, _("every two weeks")
        MONTHLY = 28, _("every four weeks")

    class Approval(models.TextChoices):
        LEAD = "lead", _("a lead")
        BOTH = "both", _("a lead, then mentor and junior")

    name = models.CharField(_("name"), max_length=120)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    template = models.CharField(
        _("template"),
        max_length=40,
        choices=Template,
        default=Template.PRECEPTORSHIP_YEAR,
    )
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("ends before"))
    cadence_days = models.PositiveSmallIntegerField(
        _("sessions"), choices=Cadence, default=Cadence.WEEKLY
    )
    juniors_per_mentor = models.PositiveSmallIntegerField(
        _("juniors a mentor, at most"),
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(20)],
    )
    junior_hours = models.DecimalField(
        _("protected hours a week, junior"),
        max_digits=4,
        decimal_places=1,
        default=4,
        validators=[MinValueValidator(0), MaxValueValidator(40)],
    )
    mentor_hours = models.DecimalField(
        _("protected hours a week, mentor, for each junior"),
        max_digits=4,
        decimal_places=1,
        default=2,
        validators=[MinValueValidator(0), MaxValueValidator(40)],
    )
    pass_timeout_days = models.PositiveSmallIntegerField(
        _("days that a session waits for a blind pass"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    min_tenure_months = models.PositiveSmallIntegerField(
        _("months in the organisation before somebody mentors"),
        default=12,
        validators=[MaxValueValidator(120)],
    )
    autonomy_weeks = models.PositiveSmallIntegerField(
        _("weeks without evidence until autonomy is confirmed again"),
        default=12,
        validators=[MinValueValidator(4), MaxValueValidator(52)],
    )
    approval = models.CharField(
        _("who approves a pairing"),
        max_length=10,
        choices=Approval,
        default=Approval.LEAD,
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ProgramQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        ordering = ["-starts_on", "name", "id"]
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["organisation", "name"], name="program_name"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")), name="program_has_days"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_wide_ratio(self) -> bool:
        """Beyond the three to five of doi 10.1145/3779312."""
        return self.juniors_per_mentor > WIDEST_RATIO

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_running(self) -> bool:
        return self.state == self.State.RUNNING

    @property
    def is_archived(self) -> bool:
        return self.state == self.State.ARCHIVED

    @property
    def takes_people(self) -> bool:
        """Whether people may be enrolled and dates and settings may change."""
        return self.is_draft or self.is_running

    def week_of(self, on: date) -> int:
        """The number of the week, 1 in the first; below 1 before the start."""
        return (on - self.starts_on).days // 7 + 1

    @property
    def weeks(self) -> int:
        return -((self.starts_on - self.ends_on).days // 7)

    @property
    def last_on(self) -> date:
        return self.ends_on - timedelta(days=1)


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def mentors(self) -> Self:
        return self.filter(side=Enrolment.Side.MENTOR)

    def juniors(self) -> Self:
        return self.filter(side=Enrolment.Side.JUNIOR)

    def gone(self) -> Self:
        """Of members who were deactivated. An index names these; others it does not."""
        return self.filter(membership__is_active=False)

    def visible_to(self, member: Membership) -> Self:
        """Everybody to staff; to others themselves, their reports and their juniors."""
        if member.is_manager:
            return self.filter(organisation=member.organisation_id)
        staffed = ProgramStaff.objects.filter(membership=member).values("program")
        juniors = Enrolment.objects.filter(
            pairings_as_junior__mentor__membership=member,
            pairings_as_junior__state__in=["active", "paused"],
        )
        mine = Q(membership=member) | Q(line_manager=member)
        return self.filter(
            (mine & ~Q(program__state=Program.State.DRAFT))
            | Q(program__in=staffed)
            | Q(pk__in=juniors.values("pk")),
            organisation=member.organisation_id,
        )

    def with_people(self) -> Self:
        return self.select_related(
            "program",
            "membership__user",
            "membership__organisation",
            "line_manager__user",
        )

    def with_skills(self) -> Self:
        """With what `Enrolment.skill_names` needs, in one query."""
        return self.prefetch_related("skills")

    def unpaired(self, on: date) -> Self:
        """Juniors without a primary mentor on a day."""
        # Those whom the first pairing that stands does not cover, by an index: few.
        uncovered = Q(mentored_until=None) | Q(mentored_until__lte=on)
        uncovered |= Q(mentored_from__gt=on)
        return self.with_paired(on).filter(uncovered, paired=None)

    def with_paired(self, on: date) -> Self:
        """Juniors, with `paired`: the primary pairing of a day, or nothing."""
        current = Q(
            pairings_as_junior__kind="primary",
            pairings_as_junior__state__in=["active", "paused"],
            pairings_as_junior__starts_on__lte=on,
            pairings_as_junior__ends_on__gt=on,
        )
        paired = FilteredRelation("pairings_as_junior", condition=current)
        return self.juniors().alias(paired=paired)


@tracked(
    "side",
    "team",
    "heads",
    "hours",
    "line_manager",
    "ends_on",
    kind=Kind.ENROLMENTS,
    program="program",
    person="membership",
)
class Enrolment(OrganisationRow):
    """A person in a program, on one side of it."""

    class Side(models.TextChoices):
        MENTOR = "mentor", _("Mentor")
        JUNIOR = "junior", _("Junior")

    program = models.ForeignKey(
        Program,
        on_delete=models.CASCADE,
        related_name="enrolments",
        db_constraint=False,
    )
    membership = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        related_name="enrolments",
        db_constraint=False,
    )
    side = models.CharField(_("side"), max_length=10, choices=Side)
    team = models.CharField(_("team"), max_length=80, blank=True)
    product_areas: "models.Field[list[str], list[str]]" = ArrayField(
        models.CharField(max_length=60),
        default=list,
        blank=True,
        verbose_name=_("product areas"),
    )
    works_from = models.TimeField(_("works from"), null=True, blank=True)
    works_until = models.TimeField(_("works until"), null=True, blank=True)
    """By their own clock; past midnight if earlier. None: nine to five is assumed."""
    languages: "models.Field[list[str], list[str]]" = ArrayField(
        models.CharField(max_length=8),
        default=list,
        blank=True,
        verbose_name=_("languages"),
    )
    """Codes of `pairings.languages`."""
    about = models.TextField(_("about"), max_length=2000, blank=True)
    heads = models.PositiveSmallIntegerField(
        _("juniors at most"), default=3, validators=[MaxValueValidator(20)]
    )
    hours = models.DecimalField(
        _("hours a week"),
        max_digits=4,
        decimal_places=1,
        default=6,
        validators=[MinValueValidator(0), MaxValueValidator(40)],
    )
    line_manager = models.ForeignKey(
        Membership,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="reports",
        db_constraint=False,
        verbose_name=_("line manager"),
    )
    ends_on = models.DateField(_("ends before"))
    mentored_from = models.DateField(null=True, editable=False)
    mentored_until = models.DateField(null=True, editable=False)
    """The days of the first primary pairing of theirs that stands; by a trigger."""

    objects = EnrolmentQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        indexes = [
            models.Index(
                fields=["organisation", "mentored_until"],
                condition=Q(side="junior"),
                name="enrolment_by_mentored_until",
            ),
            models.Index(
                fields=["organisation", "mentored_from"],
                condition=Q(side="junior"),
                name="enrolment_by_mentored_from",
            ),
        ]
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["program", "membership"], name="enrolment_once"
            ),
            models.UniqueConstraint(
                fields=["id", "organisation", "program", "side"],
                name="enrolment_side_row",
            ),
            models.CheckConstraint(
                condition=Q(works_from=None, works_until=None)
                | Q(works_from__isnull=False, works_until__isnull=False)
                & ~Q(works_from=F("works_until")),
                name="enrolment_whole_day",
            ),
            TenantKey(field="program", name="enrolment_program"),
            TenantKey(field="membership", name="enrolment_membership"),
            TenantKey(field="line_manager", name="enrolment_line_manager"),
        ]

    def __str__(self) -> str:
        return str(self.membership)

    @property
    def last_on(self) -> date:
        return self.ends_on - timedelta(days=1)

    @property
    def is_mentor(self) -> bool:
        return self.side == self.Side.MENTOR

    @property
    def degrees(self) -> Degrees:
        """Their skills with the degree of each, in order; see `with_skills`."""
        return in_order((one.skill.name, one.degree) for one in self.skills.all())

    @property
    def skill_names(self) -> list[str]:
        return [name for name, _degree in self.degrees]

    @cached_property
    def seats(self) -> int:
        """How many juniors a mentor takes: heads, or hours over hours a junior.

        The program's own ratio bounds both.
        """
        return self.seating.count

    @property
    def seating(self) -> Seats:
        """What their seats come from."""
        return Seats(
            heads=self.heads,
            hours=self.hours,
            each=self.program.mentor_hours,
            most=self.program.juniors_per_mentor,
        )

    @property
    def working_hours(self) -> Hours:
        """By their own clock; nine to five where they do not say."""
        if self.works_from is None or self.works_until is None:
            return DAY
        return self.works_from, self.works_until
