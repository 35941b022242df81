"""The organisation's list of skills, and the skills of people."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.db import connection
from django.db.models import Value
from django.db.models.functions import Lower

from pairings.models import Enrolment, EnrolmentSkill, Program, Skill
from pairings.roster.skills import Degrees, in_order

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
