"""Small cohorts to pair, and the slow way of pairing them that needs no solver."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from hypothesis import strategies as st

from pairings.matching import (
    Aim,
    Criterion,
    JuniorIn,
    MentorIn,
    Pin,
    Rule,
    Rules,
    Weights,
)

DAYS = (
    ((540, 1020),),
    ((480, 960),),
    ((0, 240), (1200, 1440)),
    ((720, 1200),),
)
CAPACITY = (Rule.HEADS, Rule.HOURS)


@dataclass(frozen=True)
class Cohort:
    juniors: list[JuniorIn]
    mentors: list[MentorIn]
    rules: Rules
    weights: Weights
    pins: tuple[Pin, ...] = ()


degrees = st.dictionaries(st.integers(1, 3), st.integers(1, 3), max_size=2)
days = st.sampled_from(DAYS)
words = st.lists(st.sampled_from("xyz"), max_size=2, unique=True).map(tuple)
teams = st.sampled_from(["", "a", "b"])


@st.composite
def juniors(draw: st.DrawFn, number: int, mentors: int) -> JuniorIn:
    people = st.integers(100, 108)
    chosen = st.lists(st.integers(1, mentors), max_size=3, unique=True)
    return JuniorIn(
        id=number * 7,
        person=100 + number,
        wants=draw(degrees),
        team=draw(teams),
        areas=draw(words),
        languages=draw(words),
        work=draw(days),
        manager=draw(st.none() | people),
        avoids=tuple(draw(st.lists(people, max_size=1))),
        choices=tuple(11 * one for one in draw(chosen)) if mentors else (),
    )


@st.composite
def mentors(draw: st.DrawFn, number: int) -> MentorIn:
    return MentorIn(
        id=number * 11,
        person=103 + number,  # the first juniors may stand on both sides
        offers=draw(degrees),
        team=draw(teams),
        areas=draw(words),
        languages=draw(words),
        work=draw(days),
        heads=draw(st.integers(0, 3)),
        weekly_minutes=60 * draw(st.integers(0, 5)),
        taken=draw(st.integers(0, 1)),
        tenure_months=draw(st.sampled_from([3, 12, 40])),
        is_trained=draw(st.booleans()),
        is_available=draw(st.sampled_from([True, True, True, False])),
        completed=draw(degrees),
    )


@st.composite
def cohorts(draw: st.DrawFn) -> Cohort:
    few = draw(st.integers(0, 3))
    weights = [draw(st.integers(0, 3)) for _one in Criterion]
    yes = st.booleans()
    rules = Rules(
        heads=draw(yes),
        hours=draw(yes),
        manager=draw(yes),
        avoided=draw(yes),
        min_overlap_minutes=draw(st.sampled_from([0, 0, 240, 421])),
        min_tenure_months=draw(st.sampled_from([0, 12])),
        training=draw(yes),
        same_team=draw(st.sampled_from([False, False, True])),
        relax_last=draw(st.none() | st.sampled_from(list(Rule)[2:])),
    )
    return Cohort(
        [draw(juniors(n, few)) for n in range(1, 1 + draw(st.integers(0, 5)))],
        [draw(mentors(n)) for n in range(1, 1 + few)],
        rules,
        Weights(*weights) if any(weights) else Weights(),
    )


def minutes(one: JuniorIn, other: MentorIn) -> int:
    return sum(
        max(0, min(end, until) - max(start, since))
        for start, end in one.work
        for since, until in other.work
    )


def forbidden(rules: Rules, one: JuniorIn, other: MentorIn) -> set[Rule]:
    """The rules about the two that the pair breaks."""
    found = {
        Rule.SELF: one.person == other.person,
        Rule.UNAVAILABLE: not other.is_available,
        Rule.MANAGER: rules.manager and one.manager == other.person,
        Rule.AVOIDED: rules.avoided and other.person in one.avoids,
        Rule.OVERLAP: minutes(one, other) < rules.min_overlap_minutes,
        Rule.TENURE: other.tenure_months < rules.min_tenure_months,
        Rule.TRAINING: rules.training and not other.is_trained,
        Rule.TEAM: rules.same_team and (not one.team or one.team != other.team),
    }
    return {rule for rule, is_broken in found.items() if is_broken}


def free(rules: Rules, mentor: MentorIn, without: Rule | None = None) -> int:
    """Free seats, with one of the capacities switched off."""
    limits = [99]
    if rules.heads and without is not Rule.HEADS:
        limits.append(mentor.heads - mentor.taken)
    if rules.hours and without is not Rule.HOURS:
        seats = mentor.weekly_minutes // rules.minutes_per_junior
        limits.append(seats - mentor.taken)
    return max(0, min(limits))


def score(cohort: Cohort, one: JuniorIn, other: MentorIn) -> int:
    """100 times the weighted mean in exact fractions of 1/10,000, halves up."""
    rules, weights = cohort.rules, cohort.weights
    shares: dict[str, Fraction] = {}
    if one.wants:
        met = sum(d * other.offers.get(skill, 0) for skill, d in one.wants.items())
        shares["skills"] = Fraction(met, 3 * sum(one.wants.values()))
        best = max(other.completed.get(skill, 0) for skill in one.wants)
        shares["completed"] = Fraction(min(best, 3), 3)
    if one.team or one.areas:
        known = set(one.areas)
        part = Fraction(len(known & set(other.areas)), len(known)) if known else 0
        shares["team"] = Fraction(1 if one.team and one.team == other.team else part)
    shares["overlap"] = min(Fraction(1), Fraction(minutes(one, other), 480))
    if one.languages:
        shares["language"] = Fraction(bool(set(one.languages) & set(other.languages)))
    if one.choices:
        chosen = other.id in one.choices
        rank = one.choices.index(other.id) if chosen else 5
        shares["choice"] = Fraction(5 - rank, 5)
    shares["spare"] = spare(rules, other)
    counted = [
        (getattr(weights, name), half_up(10_000 * s)) for name, s in shares.items()
    ]
    below = 10_000 * sum(weight for weight, _share in counted)
    above = sum(weight * share for weight, share in counted)
    return half_up(Fraction(100 * above, below)) if below else 0


def spare(rules: Rules, mentor: MentorIn) -> Fraction:
    """The share of the seats that is free before the run."""
    seats = [mentor.heads] if rules.heads else []
    if rules.hours:
        seats.append(mentor.weekly_minutes // rules.minutes_per_junior)
    of = min(seats) if seats else mentor.heads
    return Fraction(max(0, of - mentor.taken), of) if of else Fraction(0)


def half_up(value: Fraction) -> int:
    return int(value + Fraction(1, 2))


def every_way(cohort: Cohort) -> Iterator[dict[int, int]]:
    """All outcomes that the rules allow, the last to give way included."""
    rules, pinned = cohort.rules, {pin.junior: pin.mentor for pin in cohort.pins}
    by_id = {mentor.id: mentor for mentor in cohort.mentors}
    options: list[list[int | None]] = []
    for one in cohort.juniors:
        allowed: list[int | None] = [
            mentor.id
            for mentor in cohort.mentors
            if forbidden(rules, one, mentor) <= {rules.relax_last} - {Rule.SELF}
        ]
        options.append([pinned[one.id]] if one.id in pinned else [*allowed, None])
    last = rules.relax_last if rules.relax_last in CAPACITY else None
    for way in product(*options):
        load = Counter(one for one in way if one is not None)
        if all(n <= free(rules, by_id[m], last) for m, n in load.items()):
            yield {
                one.id: mentor
                for one, mentor in zip(cohort.juniors, way, strict=True)
                if mentor is not None
            }


def worth(cohort: Cohort, way: dict[int, int], aim: Aim) -> tuple[int, ...]:
    """What the aim compares; the lowest is best."""
    rules, pinned = cohort.rules, {pin.junior for pin in cohort.pins}
    by_junior = {one.id: one for one in cohort.juniors}
    by_mentor = {one.id: one for one in cohort.mentors}
    pairs = [(by_junior[j], by_mentor[m]) for j, m in way.items()]
    relaxed = sum(
        bool(forbidden(rules, one, other))
        for one, other in pairs
        if one.id not in pinned
    )
    load = Counter(way.values())
    held = Counter(pin.mentor for pin in cohort.pins)
    relaxed += sum(
        max(0, n - max(free(rules, by_mentor[m]), held[m])) for m, n in load.items()
    )
    got = Counter(score(cohort, one, other) for one, other in pairs)
    first = (relaxed - len(way), -len(way))
    if aim is Aim.TOTAL:
        return (*first, -sum(value * n for value, n in got.items()))
    return (*first, *(got[value] for value in range(101)))
