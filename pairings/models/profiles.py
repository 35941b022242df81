"""What people offer and want in a program, and what is kept of a mentor beyond one."""

from datetime import date
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from pairings.models.enrolments import Enrolment
from pairings.models.pairings import always
from pairings.models.programs import Program
from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow
from preceptor.history import Kind, tracked

MOST_CHOICES = 5
MOST_AVOIDANCES = 3


class SkillQuerySet(models.QuerySet["Skill"]):
    def with_counts(self) -> Self:
        """With `offers` and `wants`: how many mentors and juniors name it."""
        side = "people__enrolment__side"
        return self.annotate(
            offers=Count("people", filter=Q(**{side: Enrolment.Side.MENTOR})),
            wants=Count("people", filter=Q(**{side: Enrolment.Side.JUNIOR})),
        )

    def unused(self) -> Self:
        return self.filter(people=None)


@tracked("name", kind=Kind.SETTINGS)
class Skill(OrganisationRow):
    """One name of the organisation's own list."""

    name = models.CharField(_("name"), max_length=60)

    objects = SkillQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        ordering = [Lower("name")]
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint("organisation", Lower("name"), name="skill_once"),
        ]

    def __str__(self) -> str:
        return self.name


class EnrolmentSkillManager(models.Manager["EnrolmentSkill"]):
    """Brings the skill along: a row without its name serves no page."""

    def get_queryset(self) -> "models.QuerySet[EnrolmentSkill]":
        return super().get_queryset().select_related("skill")


class EnrolmentSkill(OrganisationRow):
    """A skill that a mentor offers or a junior wants.

    `degree` is a mentor's strength in it, or how much it matters to a junior.
    """

    class Degree(models.IntegerChoices):
        LITTLE = 1
        SOME = 2
        MUCH = 3

    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.CASCADE, related_name="skills", db_constraint=False
    )
    skill = models.ForeignKey(
        Skill, on_delete=models.PROTECT, related_name="people", db_constraint=False
    )
    degree = models.PositiveSmallIntegerField(choices=Degree, default=Degree.SOME)

    objects = EnrolmentSkillManager()

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["enrolment", "skill"], name="enrolmentskill_once"
            ),
            models.CheckConstraint(
                condition=Q(degree__range=(1, 3)), name="enrolmentskill_degree"
            ),
            TenantKey(field="enrolment", name="enrolmentskill_enrolment"),
            TenantKey(field="skill", name="enrolmentskill_skill"),
        ]

    def __str__(self) -> str:
        return f"{self.skill}, {self.degree}"


class MentorRecord(OrganisationRow):
    """What the register keeps of a mentor across programs; none is like an empty one.

    Who is not available is so until `away_until`, the day from which they are again,
    or until somebody says so.
    """

    membership = models.OneToOneField(
        Membership,
        on_delete=models.CASCADE,
        related_name="mentor_record",
        db_constraint=False,
    )
    trained_on = models.DateField(_("training done"), null=True, blank=True)
    employed_since = models.DateField(_("employed since"), null=True, blank=True)
    is_available = models.BooleanField(
        _("takes juniors"), default=True, db_default=True
    )
    away_until = models.DateField(_("takes juniors again from"), null=True, blank=True)

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.CheckConstraint(
                condition=Q(is_available=False) | Q(away_until=None),
                name="mentorrecord_away_is_unavailable",
            ),
            TenantKey(field="membership", name="mentorrecord_membership"),
        ]

    def __str__(self) -> str:
        return str(self.membership)

    def tenure_on(self, day: date) -> int | None:
        """Whole months with the organisation; None if nobody says since when."""
        since = self.employed_since
        if since is None:
            return None
        months = (day.year - since.year) * 12 + day.month - since.month
        return max(months - (day.day < since.day), 0)

    def is_available_on(self, day: date) -> bool:
        return self.is_available or bool(self.away_until and self.away_until <= day)


class Choice(OrganisationRow):
    """A mentor whom a junior would like; rank 1 is the dearest."""

    program = models.ForeignKey(
        Program, on_delete=models.CASCADE, related_name="choices", db_constraint=False
    )
    junior = models.ForeignKey(
        Enrolment, on_delete=models.CASCADE, related_name="choices", db_constraint=False
    )
    mentor = models.ForeignKey(
        Enrolment,
        on_delete=models.CASCADE,
        related_name="chosen_by",
        db_constraint=False,
    )
    rank = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(MOST_CHOICES)]
    )
    junior_side = always(Enrolment.Side.JUNIOR)
    mentor_side = always(Enrolment.Side.MENTOR)

    class Meta(OrganisationRow.Meta):
        ordering = ["junior", "rank"]
        constraints = [
            *OrganisationRow.Meta.constraints,
            # Deferred, so that two ranks can be exchanged.
            models.UniqueConstraint(
                fields=["junior", "rank"],
                name="choice_one_a_rank",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(fields=["junior", "mentor"], name="choice_once"),
            models.CheckConstraint(
                condition=Q(rank__range=(1, MOST_CHOICES)), name="choice_rank"
            ),
            TenantKey(field="program", name="choice_program"),
            TenantKey(
                field="junior",
                also=("organisation", "program", ("junior_side", "side")),
                name="choice_junior_side",
            ),
            TenantKey(
                field="mentor",
                also=("organisation", "program", ("mentor_side", "side")),
                name="choice_mentor_side",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.junior}, {self.rank}: {self.mentor}"


class AvoidanceQuerySet(models.QuerySet["Avoidance"]):
    def with_people(self) -> Self:
        return self.select_related("person__user").order_by("slot")


class Avoidance(OrganisationRow):
    """Somebody whom a junior would rather not have as a mentor; three at most.

    Read by the program's leads, by managers and owners, and by who wrote it: get it
    through `pairings.access` alone. The slot is there to limit them to three.
    """

    program = models.ForeignKey(
        Program, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    junior = models.ForeignKey(
        Enrolment,
        on_delete=models.CASCADE,
        related_name="avoidances",
        db_constraint=False,
    )
    person = models.ForeignKey(
        Membership, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    slot = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(MOST_AVOIDANCES)]
    )
    junior_side = always(Enrolment.Side.JUNIOR)

    objects = AvoidanceQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["junior", "slot"], name="avoidance_one_a_slot"
            ),
            models.UniqueConstraint(fields=["junior", "person"], name="avoidance_once"),
            models.CheckConstraint(
                condition=Q(slot__range=(1, MOST_AVOIDANCES)), name="avoidance_slot"
            ),
            TenantKey(field="program", name="avoidance_program"),
            TenantKey(
                field="junior",
                also=("organisation", "program", ("junior_side", "side")),
                name="avoidance_junior_side",
            ),
            TenantKey(field="person", name="avoidance_person"),
        ]

    def __str__(self) -> str:
        return f"{self.junior}, {self.slot}"
