"""Why a pair is good, and why somebody has none."""

from collections import Counter

import numpy as np

from pairings.matching.columns import Columns, Ints
from pairings.matching.outcome import Barrier, Facts, Figures, Pair, Part, Unplaced
from pairings.matching.people import JuniorIn, MentorIn
from pairings.matching.problem import NOBODY, Problem
from pairings.matching.rules import CAPACITY, Criterion, Rule, Rules
from pairings.matching.scoring import FULL, LEFT_OUT, Values, scores


def pairs(problem: Problem, mentors: Ints) -> tuple[Pair, ...]:
    """Each placed junior with their mentor, explained."""
    people, inputs = problem.people, problem.inputs
    js = np.flatnonzero(mentors != NOBODY)
    found = problem.scorer.values(js, mentors[js])
    score = scores(found, inputs.weights)
    over = _over(problem, js, mentors[js], score)
    made, bends = [], inputs.rules.relax_last is not None
    for place, j in enumerate(js.tolist()):
        m = int(mentors[j])
        is_pinned = bool(problem.pinned[j] != NOBODY)
        broken = broken_rules(problem, j, m) if is_pinned or bends else ()
        if over[place] and inputs.rules.relax_last:
            broken = (*broken, inputs.rules.relax_last)
        made.append(
            Pair(
                junior=people.juniors[j].id,
                mentor=people.mentors[m].id,
                score=int(score[place]),
                is_pinned=is_pinned,
                relaxed=broken[0] if broken and not is_pinned else None,
                broken=broken,
                parts=_parts(problem, found, place),
                facts=_facts(people, inputs.rules, j, m),
            )
        )
    return tuple(made)


def broken_rules(problem: Problem, junior: int, mentor: int) -> tuple[Rule, ...]:
    """The hard rules about the two that the pair does not keep, capacity aside."""
    marks = int(problem.barriers.marks(junior, junior + 1)[0, mentor])
    return tuple(rule for rule in Rule if marks & rule.bit)


def _over(problem: Problem, js: Ints, ms: Ints, score: Ints) -> list[bool]:
    """Which pairs take an extra seat: of each mentor's, those that score lowest.

    Pins take the first seats; among equals the later id goes over.
    """
    seats = problem.seats.tolist()
    over = [False] * len(js)
    for place in np.lexsort((js, -score)).tolist():
        if problem.pinned[js[place]] == NOBODY:
            m = int(ms[place])
            over[place] = seats[m] <= 0
            seats[m] -= 1
    return over


def _parts(problem: Problem, found: Values, place: int) -> tuple[Part, ...]:
    weights, row = problem.inputs.weights, found[place].tolist()
    return tuple(
        Part(one, None if value == LEFT_OUT else value / FULL, weights.of(one))
        for one, value in zip(Criterion, row, strict=True)
    )


def _facts(people: Columns, rules: Rules, j: int, m: int) -> Facts:
    junior, mentor = people.juniors[j], people.mentors[m]
    seats = rules.seats(mentor.heads, mentor.weekly_minutes)
    days = people.junior_days[j], people.mentor_days[m]
    return Facts(
        skills=tuple(
            (skill, priority, mentor.offers.get(skill, 0))
            for skill, priority in sorted(junior.wants.items())
        ),
        is_same_team=bool(junior.team) and junior.team == mentor.team,
        areas=_common(junior.areas, mentor.areas),
        shared_minutes=int(people.shared[days]),
        languages=_common(junior.languages, mentor.languages),
        rank=_rank(junior, mentor),
        free_seats=None if seats is None else max(0, seats - mentor.taken),
        seats=seats,
        completed=max(
            (mentor.completed.get(one, 0) for one in junior.wants), default=0
        ),
    )


def _common(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(one) & set(other)))


def _rank(junior: JuniorIn, mentor: MentorIn) -> int | None:
    chosen = junior.choices
    return chosen.index(mentor.id) + 1 if mentor.id in chosen else None


def figures(problem: Problem, mentors: Ints) -> Figures:
    """An outcome in numbers."""
    js = np.flatnonzero(mentors != NOBODY)
    ms = mentors[js]
    score = problem.scorer.scores(js, ms)
    counts = np.bincount(score, minlength=101)
    return Figures(
        placed=len(js),
        relaxed=_relaxed(problem, js, ms),
        total=int(score.sum()),
        lowest=int(score.min()) if len(score) else None,
        counts=tuple(counts.tolist()),
    )


def _relaxed(problem: Problem, js: Ints, ms: Ints) -> int:
    """How many pairs, pins aside, stand only because a rule gave way."""
    free = problem.pinned[js] == NOBODY
    key = js[free] * len(problem.seats) + ms[free]
    keys = problem.juniors * len(problem.seats) + problem.mentors
    gave_way = np.isin(key, keys[problem.relaxed])
    load = Counter(ms[free].tolist())
    over = sum(max(0, n - int(problem.seats[m])) for m, n in load.items())
    return int(gave_way.sum()) + over


def unplaced(problem: Problem, mentors: Ints) -> tuple[Unplaced, ...]:
    """Everybody without a mentor, with the reason."""
    alone = np.flatnonzero(mentors == NOBODY).tolist()
    return tuple(_why(problem, junior) for junior in alone)


def _why(problem: Problem, j: int) -> Unplaced:
    marks = problem.barriers.marks(j, j + 1)[0].astype(np.int64)
    found = tuple(
        _barrier(problem, j, marks, rule)
        for rule in Rule
        if rule not in CAPACITY and (marks & rule.bit).any()
    )
    eligible = problem.mentors[problem.between(j)]
    if len(eligible):
        reason: Rule | None = _scarce(problem, eligible)
    else:
        worst = max(found, key=lambda one: (one.alone, one.removes), default=None)
        reason = worst.rule if worst else None
    return Unplaced(problem.people.juniors[j].id, reason, len(eligible), found)


def _scarce(problem: Problem, eligible: Ints) -> Rule:
    """Whether heads or hours hold more of these mentors back; heads on a tie."""
    rules = problem.inputs.rules
    by_hours = 0
    for m in eligible.tolist():
        mentor = problem.people.mentors[m]
        by_time = mentor.weekly_minutes // rules.minutes_per_junior
        is_short = rules.hours and (not rules.heads or by_time < mentor.heads)
        by_hours += is_short
    return Rule.HOURS if 2 * by_hours > len(eligible) else Rule.HEADS


def _barrier(problem: Problem, j: int, marks: Ints, rule: Rule) -> Barrier:
    people = problem.people
    alone = np.flatnonzero(marks == rule.bit)
    best, value = None, None
    if len(alone):
        js = np.full(len(alone), j, np.int64)
        score = problem.scorer.scores(js, alone)
        has = _has(people, j, alone, rule)
        first = int(np.lexsort((alone, -score, -has))[0])
        best = people.mentors[alone[first]].id
        if rule in (Rule.OVERLAP, Rule.TENURE):
            value = int(has[first])
    removes = int(np.count_nonzero(marks & rule.bit))
    return Barrier(rule, removes, len(alone), best, value)


def _has(people: Columns, j: int, mentors: Ints, rule: Rule) -> Ints:
    """What the rule asks a number of; the same for all where it asks for none."""
    if rule is Rule.OVERLAP:
        row: Ints = people.shared[people.junior_days[j]]
        return row[people.mentor_days[mentors]]
    return people.tenures[mentors] if rule is Rule.TENURE else np.zeros_like(mentors)
