"""Whom a junior would like as a mentor: the list to choose from, and what is chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q

from pairings.lists import Filters
from pairings.models import (
    Avoidance,
    Choice,
    Enrolment,
    EnrolmentQuerySet,
    EnrolmentSkill,
    MentorRecord,
)
from pairings.zones import shared_hours
from preceptor.accounts.models import Membership, shown_name


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a junior asked for. Avoidances are for who may read them alone."""

    choices: Sequence[Choice]
    avoidances: Sequence[Avoidance]


def wishes_of(junior: Enrolment) -> Wishes:
    choices = junior.choices.select_related("mentor__membership__user")
    return Wishes(list(choices), list(junior.avoidances.with_people()))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mentor as a junior sees them who chooses."""

    mentor: Enrolment
    shared_skills: Sequence[str]
    shared_hours: float
    rank: int | None
    is_avoided: bool


def candidates(
    junior: Enrolment, wishes: Wishes, on: date, filters: Filters
) -> list[Candidate]:
    """The program's mentors who take juniors: most shared skills and hours first."""
    ranks = {choice.mentor_id: choice.rank for choice in wishes.choices}
    avoided = {one.person_id for one in wishes.avoidances}
    wanted = set(junior.skill_names)
    zone = junior.membership.time_zone
    found = [
        Candidate(
            mentor=mentor,
            shared_skills=[name for name in mentor.skill_names if name in wanted],
            shared_hours=shared_hours(
                zone,
                mentor.membership.time_zone,
                on,
                junior.working_hours,
                mentor.working_hours,
            ),
            rank=ranks.get(mentor.pk),
            is_avoided=mentor.membership_id in avoided,
        )
        for mentor in _mentors(junior, on, filters)
    ]
    return sorted(found, key=_order)


def _order(one: Candidate) -> tuple[int, float, str, int]:
    name = str(one.mentor).casefold()
    return -len(one.shared_skills), -one.shared_hours, name, one.mentor.pk


def _mentors(junior: Enrolment, on: date, filters: Filters) -> EnrolmentQuerySet:
    away = MentorRecord.objects.filter(
        Q(away_until=None) | Q(away_until__gt=on),
        membership=OuterRef("membership"),
        is_available=False,
    )
    rows = junior.program.enrolments.mentors().filter(
        ~Exists(away), membership__is_active=True, membership__user__is_active=True
    )
    rows = rows.with_people().with_skills()
    if not (words := filters.get("q", "").strip()):
        return rows
    skilled = EnrolmentSkill.objects.filter(
        enrolment=OuterRef("pk"), skill__name__icontains=words
    )
    return rows.alias(name=shown_name("membership__")).filter(
        Q(name__icontains=words)
        | Q(team__icontains=words)
        | Q(product_areas__icontains=words)
        | Exists(skilled)
    )


def person_named(junior: Enrolment, pk: int) -> Membership | None:
    """Somebody whom a junior may put on a list or take off it: a mentor, or avoided."""
    rows = Membership.objects.filter(organisation=junior.organisation_id, pk=pk)
    is_mentor = Q(
        enrolments__program=junior.program_id,
        enrolments__side=Enrolment.Side.MENTOR,
    )
    avoided = Q(pk__in=junior.avoidances.values("person"))
    return rows.filter(is_mentor | avoided).distinct().first()
