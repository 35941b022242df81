from datetime import date, timedelta
from typing import ClassVar, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pairings.models.enrolments import Enrolment
from pairings.models.staff import ProgramStaff
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
