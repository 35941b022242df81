"""What a page shows of evaluations: one's own, what was given, what was released."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise

from pairings.models import Enrolment, Pairing, Program
from preceptor.accounts.models import Membership
from progress.models import (
    Batch,
    JuniorEvaluation,
    MentorEvaluation,
    OccasionName,
    Release,
)
from progress.occasions import Occasion, midpoint, occasions
from progress.questions import ANSWERS, OF_JUNIOR, OF_MENTOR

Own = tuple[Mapping[str, int], str]
"""Somebody's own answers by key, and a mentor's word."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A question with the word that was chosen, empty for "can't say"."""

    question: Promise
    answer: Promise | str


@dataclass(frozen=True, slots=True)
class Turn:
    """One occasion as one of the two sees it.

    `given` is what the mentor gave the junior, which both read.
    """

    occasion: Occasion
    name: str
    may_answer: bool
    is_ahead: bool
    is_answered: bool
    is_released: bool
    given: JuniorEvaluation | None
    given_answers: Sequence[Answered]


@dataclass(frozen=True, slots=True)
class Average:
    question: Promise
    n: int
    mean: Decimal


@dataclass(frozen=True, slots=True)
class Released:
    mentor: Membership
    month: date
    averages: Sequence[Average]


def occasions_of(pairing: Pairing) -> list[Occasion]:
    return occasions(pairing.starts_on, pairing.ends_on)


def _told(pairing: Pairing, answered: Container[str]) -> list[Occasion]:
    """With the half-way that was answered before the pairing ended early."""
    found = occasions_of(pairing)
    middle = midpoint(pairing.starts_on, pairing.ends_on)
    was_asked = middle.name in answered and middle not in found
    return [middle, *found] if was_asked else found


def turns(pairing: Pairing, reader: Membership, today: date) -> list[Turn]:
    """Half-way and completion of a pairing, for one of its two."""
    is_junior = pairing.junior.membership_id == reader.pk
    given = {
        row.occasion: row for row in JuniorEvaluation.objects.filter(pairing=pairing)
    }
    own = MentorEvaluation.objects.by(reader).filter(pairing=pairing)
    closed = dict(own.values_list("occasion", "batch__closed_on"))
    rows = []
    for occasion in _told(pairing, {*given, *closed}):
        by_mentor = given.get(occasion.name)
        is_released = is_junior and bool(closed.get(occasion.name))
        rows.append(
            Turn(
                occasion=occasion,
                name=str(OccasionName(occasion.name).label),
                may_answer=occasion.is_open(today)
                and not is_released
                and not pairing.program.is_archived,
                is_ahead=today < occasion.opens_on,
                is_answered=occasion.name in (closed if is_junior else given),
                is_released=is_released,
                given=by_mentor,
                given_answers=(
                    answered(by_mentor.answers, OF_JUNIOR) if by_mentor else []
                ),
            )
        )
    return rows


def own_answers(pairing: Pairing, author: Membership, occasion: str) -> Own:
    """What the author answered so far."""
    if pairing.junior.membership_id == author.pk:
        own = MentorEvaluation.objects.by(author)
        mine = own.filter(pairing=pairing, occasion=occasion).first()
        return (mine.answers if mine else {}), ""
    given = JuniorEvaluation.objects.filter(pairing=pairing, occasion=occasion).first()
    return (given.answers, given.word) if given else ({}, "")


def is_released(pairing: Pairing, author: Membership, occasion: str) -> bool:
    """Whether the author's answers about a mentor went into averages already."""
    own = MentorEvaluation.objects.by(author).filter(pairing=pairing, occasion=occasion)
    return own.filter(batch__closed_on__isnull=False).exists()


def answered(
    answers: Mapping[str, int], questions: Mapping[str, Promise]
) -> list[Answered]:
    return [
        Answered(question, ANSWERS[answers[key]] if key in answers else "")
        for key, question in questions.items()
    ]


def released_in(program: Program, reader: Membership) -> list[Released]:
    """Of the mentors of a program; what is said of the reader is not among it."""
    mentors = Enrolment.objects.filter(program=program, side=Enrolment.Side.MENTOR)
    batches = Batch.objects.filter(mentor__in=mentors.values("membership"))
    return _released(batches.exclude(mentor=reader))


def released_about(mentor: Membership, today: date) -> list[Released]:
    """What a mentor reads: batches of which every pairing is over."""
    on = MentorEvaluation.objects.filter(batch=OuterRef("pk"))
    is_over = Q(pairing__state=Pairing.State.ENDED) | Q(pairing__ends_on__lte=today)
    standing = on.exclude(is_over)
    return _released(Batch.objects.filter(~Exists(standing), mentor=mentor))


def _released(batches: "QuerySet[Batch]") -> list[Released]:
    rows = batches.filter(closed_on__isnull=False).select_related("mentor__user")
    rows = rows.prefetch_related("releases").order_by("-closed_on", "-pk")
    found = [
        Released(batch.mentor, day.replace(day=1), _averages(batch.releases.all()))
        for batch in rows
        if (day := batch.closed_on)
    ]
    return sorted(found, key=lambda one: str(one.mentor))


def _averages(releases: "QuerySet[Release]") -> list[Average]:
    by_key = {row.question: row for row in releases}
    return [
        Average(question, by_key[key].n, by_key[key].mean)
        for key, question in OF_MENTOR.items()
        if key in by_key
    ]
