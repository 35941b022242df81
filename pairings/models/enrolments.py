from datetime import date, timedelta
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, FilteredRelation, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from pairings.models.staff import ProgramStaff
from pairings.roster.skills import Degrees, in_order
from pairings.seats import Seats
from pairings.zones import DAY, Hours
from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow
from preceptor.history import Kind, tracked


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
            (mine & ~Q(program__state="draft"))
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
        "pairings.Program",
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
