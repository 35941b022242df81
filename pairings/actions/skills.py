"""The organisation's list of skills, and the skills of people."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Greatest, Lower
from django.utils.translation import gettext as _

from pairings.models import Enrolment, EnrolmentSkill, Program, Skill
from pairings.roster.skills import Degrees, in_order
from preceptor.accounts.models import Membership
from preceptor.http import Conflict

BATCH = 1000


def hold_list(organisation_id: int, *, alone: bool = False) -> None:
    """Keeps the list as it is until the transaction ends.

    Who writes skills of people holds it together; who merges, renames or removes
    holds it alone, so that no skill goes while somebody takes it up.
    """
    shared = "" if alone else "_shared"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT pg_advisory_xact_lock{shared}(hashtext('skills'), %s)",
            [organisation_id],
        )


def set_skills(
    organisation_id: int, wanted: Mapping[int, Sequence[tuple[str, int]]]
) -> None:
    """Gives enrolments, by id, these skills and no others. Inside a transaction.

    A name that the organisation's list does not hold becomes part of it.
    """
    hold_list(organisation_id)
    rows = Enrolment.objects.filter(organisation=organisation_id, pk__in=wanted)
    list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    skills = listed(organisation_id, [n for one in wanted.values() for n, _ in one])
    degrees = {
        (enrolment, skills[name.casefold()]): degree
        for enrolment, one in wanted.items()
        for name, degree in one
    }
    _drop_others(organisation_id, wanted, degrees)
    EnrolmentSkill.objects.bulk_create(
        [
            EnrolmentSkill(
                organisation_id=organisation_id,
                enrolment_id=enrolment,
                skill_id=skill,
                degree=degree,
            )
            for (enrolment, skill), degree in degrees.items()
        ],
        batch_size=BATCH * 5,
        update_conflicts=True,
        unique_fields=["enrolment", "skill"],
        update_fields=["degree"],
    )


def _drop_others(
    organisation_id: int,
    wanted: Iterable[int],
    degrees: Mapping[tuple[int, int], int],
) -> None:
    rows = EnrolmentSkill.objects.filter(organisation=organisation_id)
    now = rows.filter(enrolment__in=wanted).values_list("pk", "enrolment", "skill")
    gone = [pk for pk, enrolment, skill in now if (enrolment, skill) not in degrees]
    rows.filter(pk__in=gone).delete()


def degrees_in(program: Program) -> dict[int, Degrees]:
    """The skills of everybody in a program, by enrolment; nothing where none."""
    found = defaultdict(list)
    rows = EnrolmentSkill.objects.filter(enrolment__program=program)
    for enrolment, name, degree in rows.values_list(
        "enrolment", "skill__name", "degree"
    ):
        found[enrolment].append((name, degree))
    return defaultdict(tuple, {key: in_order(one) for key, one in found.items()})


def listed(organisation_id: int, names: Iterable[str]) -> dict[str, int]:
    """The skills of the list by casefolded name; those that it lacked are added.

    The database may hold two names for one that Python tells apart, or the other way
    round: it is asked for what it refused as a double and Python's key does not find.
    """
    asked: dict[str, str] = {}
    for name in names:
        asked.setdefault(name.casefold(), name)
    found = _found(organisation_id, asked.values())
    missing = [name for key, name in asked.items() if key not in found]
    if missing:
        Skill.objects.bulk_create(
            [Skill(organisation_id=organisation_id, name=name) for name in missing],
            batch_size=BATCH,
            ignore_conflicts=True,
        )
        found |= _found(organisation_id, missing)
    for key in asked.keys() - found.keys():
        rows = Skill.objects.filter(organisation=organisation_id)
        low = Lower(Value(asked[key]))
        found[key] = rows.alias(low=Lower("name")).get(low=low).pk
    return found


def _found(organisation_id: int, names: Iterable[str]) -> dict[str, int]:
    rows = Skill.objects.filter(organisation=organisation_id).alias(low=Lower("name"))
    found = rows.filter(low__in=[name.lower() for name in names])
    return {name.casefold(): pk for name, pk in found.values_list("name", "pk")}


@dataclass(frozen=True, slots=True)
class Merge:
    """What a merge would do: `people` name the skill that goes, `both` name the two."""

    skill: Skill
    into: Skill
    people: int
    both: int


def merge_of(skill: Skill, into: Skill) -> Merge:
    named = EnrolmentSkill.objects.filter(skill=skill)
    also = EnrolmentSkill.objects.filter(skill=into).values("enrolment")
    both = named.filter(enrolment__in=also).count()
    return Merge(skill, into, named.count(), both)


def namesake(skill: Skill, name: str) -> Skill | None:
    """Another skill of the list that already has a name, whatever its capitals."""
    rows = Skill.objects.filter(organisation=skill.organisation_id)
    same = rows.alias(low=Lower("name")).filter(
        Q(low=Lower(Value(name))) | Q(low=name.lower())
    )
    return same.exclude(pk=skill.pk).first()


@transaction.atomic
def rename_skill(*, actor: Membership, skill: Skill, name: str) -> None:
    """Gives a skill another name; refuses one that the list has: that is a merge."""
    hold_list(skill.organisation_id, alone=True)
    if namesake(skill, name):
        raise Conflict(
            _("“%(name)s” came into the list in between. Look once more.")
            % {"name": name}
        )
    if not Skill.objects.filter(pk=skill.pk).update(name=name):
        raise Conflict(_gone(skill))


@transaction.atomic
def merge_skills(*, actor: Membership, skill: Skill, into: Skill) -> None:
    """Who named `skill` names `into` instead, in the higher degree where both."""
    hold_list(skill.organisation_id, alone=True)
    found = Skill.objects.filter(pk__in=[skill.pk, into.pk]).count()
    if found < 2:
        raise Conflict(_gone(skill))
    rows = EnrolmentSkill.objects.filter(organisation=skill.organisation_id)
    moved, kept = rows.filter(skill=skill), rows.filter(skill=into)
    degree = moved.filter(enrolment=OuterRef("enrolment")).values("degree")[:1]
    kept.filter(enrolment__in=moved.values("enrolment")).update(
        degree=Greatest("degree", Subquery(degree))
    )
    moved.filter(enrolment__in=kept.values("enrolment")).delete()
    moved.update(skill=into)
    Skill.objects.filter(pk=skill.pk).delete()


@transaction.atomic
def remove_skills(*, actor: Membership, skills: Iterable[int]) -> int:
    """Takes those off the list that nobody names by now; how many they were."""
    hold_list(actor.organisation_id, alone=True)
    rows = Skill.objects.filter(organisation=actor.organisation_id, pk__in=skills)
    unused = list(rows.unused().values_list("pk", flat=True))
    Skill.objects.filter(pk__in=unused).delete()
    return len(unused)


def _gone(skill: Skill) -> str:
    text = _("“%(name)s” is no longer in the list: somebody merged or removed it.")
    return text % {"name": skill}
