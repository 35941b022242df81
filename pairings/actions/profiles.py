"""What people say of themselves in a program, and whom juniors would like."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from pairings.actions.skills import set_skills
from pairings.models import Avoidance, Choice, Enrolment
from pairings.models.profiles import MOST_AVOIDANCES, MOST_CHOICES
from preceptor.accounts.models import Membership


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
    fields: Mapping[str, object],
    skills: Sequence[tuple[str, int]],
) -> None:
    """Writes a profile as its form gave it: these skills and no others."""
    row = _locked(enrolment)
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=list(fields))
    set_skills(row.organisation_id, {row.pk: skills})


@transaction.atomic
def wish(
    *, actor: Membership, junior: Enrolment, person: Membership, step: Step
) -> None:
    """One step on a junior's choices or on whom they would rather not have.

    Nobody is on both lists: the later word counts.
    """
    junior = _locked(junior)
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


def _locked(enrolment: Enrolment) -> Enrolment:
    rows = Enrolment.objects.select_for_update(of=("self",), no_key=True)
    return rows.get(pk=enrolment.pk)


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
