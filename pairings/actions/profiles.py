"""What people say of themselves in a program, and whom juniors would like."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from pairings.actions.skills import set_skills
from pairings.models import Avoidance, Choice, Enrolment
from pairings.models.profiles import MOST_AVOIDANCES, MOST_CHOICES
from preceptor.accounts.models import Membership
from preceptor.seen import Seen, Values, changed


class Step(StrEnum):
    """What a junior does with somebody on the list of mentors."""

    CHOOSE = "choose"
    DROP = "drop"
    UP = "up"
    DOWN = "down"
    AVOID = "avoid"
    ALLOW = "allow"


@transaction.atomic
def edit_profile(
    *,
    actor: Membership,
    enrolment: Enrolment,
    sent: Values,
    seen: Seen,
) -> None:
    """Writes what its form changed; with `skills`, these and no others.

    Raises `Stale` where somebody else changed the same since the page showed it.
    """
    row = locked_place(enrolment)
    write_place(row, changed(seen, sent, place_of(row, sent)))


def place_of(row: Enrolment, names: Iterable[str]) -> dict[str, Any]:
    """Fields of a place as they stand; `skills` are those with their degrees."""
    return {
        name: row.degrees if name == "skills" else getattr(row, name) for name in names
    }


def write_place(row: Enrolment, fields: Values) -> None:
    """Writes fields of a place that its caller holds, `skills` among them."""
    own = dict(fields)
    skills = own.pop("skills", None)
    for name, value in own.items():
        setattr(row, name, value)
    row.save(update_fields=list(own))
    if skills is not None:
        set_skills(row.organisation_id, {row.pk: skills})


@transaction.atomic
def wish(
    *, actor: Membership, junior: Enrolment, person: Membership, step: Step
) -> None:
    """One step on a junior's choices or on whom they would rather not have.

    Nobody is on both lists: the later word counts.
    """
    junior = locked_place(junior)
    chosen = list(junior.choices.values_list("mentor", flat=True))
    if step in (Step.AVOID, Step.ALLOW):
        _avoid(junior, person, avoids=step == Step.AVOID)
        _choose(junior, [pk for pk in chosen if pk != _place(junior, person)])
    else:
        mentor = _place(junior, person)
        if mentor is None:
            text = _("%(person)s is no longer a mentor in this program.")
            raise ValidationError(text % {"person": person})
        _choose(junior, _after(chosen, mentor, step))
        _avoid(junior, person, avoids=False)


def drop_wishes(enrolments: Iterable[int]) -> None:
    """Takes back what was wished by or for people who change sides."""
    rows = list(enrolments)
    Choice.objects.filter(Q(junior__in=rows) | Q(mentor__in=rows)).delete()
    Avoidance.objects.filter(junior__in=rows).delete()


def locked_place(enrolment: Enrolment) -> Enrolment:
    """The enrolment as it is now, held until the transaction ends."""
    rows = Enrolment.objects.select_for_update(of=("self",), no_key=True)
    return rows.with_people().get(pk=enrolment.pk)


def _place(junior: Enrolment, person: Membership) -> int | None:
    mentors = Enrolment.objects.mentors().filter(program=junior.program_id)
    return mentors.filter(membership=person).values_list("pk", flat=True).first()


def _after(chosen: Sequence[int], mentor: int, step: Step) -> list[int]:
    """The order of choices after a step; a step that leads nowhere changes nothing."""
    ranked = list(chosen)
    if step == Step.CHOOSE:
        if mentor in ranked:
            return ranked
        if len(ranked) == MOST_CHOICES:
            raise ValidationError(
                _("Five mentors at most can be chosen. Take one off the list first.")
            )
        return [*ranked, mentor]
    if mentor not in ranked:
        return ranked
    at = ranked.index(mentor)
    ranked.remove(mentor)
    if step != Step.DROP:
        ranked.insert(max(at - 1, 0) if step == Step.UP else at + 1, mentor)
    return ranked


def _choose(junior: Enrolment, ranked: Sequence[int]) -> None:
    junior.choices.all().delete()
    Choice.objects.bulk_create(
        Choice(
            organisation_id=junior.organisation_id,
            program_id=junior.program_id,
            junior=junior,
            mentor_id=mentor,
            rank=rank,
        )
        for rank, mentor in enumerate(ranked, start=1)
    )


def _avoid(junior: Enrolment, person: Membership, *, avoids: bool) -> None:
    if not avoids:
        junior.avoidances.filter(person=person).delete()
        return
    slots = dict(junior.avoidances.values_list("person", "slot"))
    if person.pk in slots:
        return
    free = set(range(1, MOST_AVOIDANCES + 1)) - set(slots.values())
    if not free:
        raise ValidationError(
            _("Three people at most can be on this list. Take one off it first.")
        )
    Avoidance.objects.create(
        organisation_id=junior.organisation_id,
        program_id=junior.program_id,
        junior=junior,
        person=person,
        slot=min(free),
    )
