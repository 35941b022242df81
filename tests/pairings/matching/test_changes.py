from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pairings.matching import (
    Aim,
    Change,
    Inputs,
    JuniorIn,
    MentorIn,
    Pin,
    Rule,
    Rules,
    Weights,
    run,
    smallest_changes,
    solved,
)
from tests.pairings.matching.cohorts import (
    Cohort,
    cohorts,
    forbidden,
    free,
    minutes,
)
from tests.pairings.matching.test_switching import inputs


def places(junior: int, given_: Inputs) -> bool:
    """By a run of its own, from the inputs alone."""
    outcome = run(
        given_.juniors,
        given_.mentors,
        given_.rules,
        given_.weights,
        given_.aim,
        pins=given_.pins,
    )
    return junior in {pair.junior for pair in outcome.pairs}


def seated(cohort: Cohort, more: int) -> Iterator[Change]:
    """Every raise by so many seats, of every mentor, as the order has them."""
    found = []
    limited = cohort.rules.heads or cohort.rules.hours
    for mentor in cohort.mentors if limited else ():
        held = sum(pin.mentor == mentor.id for pin in cohort.pins)
        heads = minutes_ = 0
        while free(cohort.rules, grown(mentor, heads, minutes_)) < (
            max(free(cohort.rules, mentor), held) + more
        ):
            if cohort.rules.heads and mentor.heads + heads - mentor.taken < (
                max(free(cohort.rules, mentor), held) + more
            ):
                heads += 1
            else:
                minutes_ += 1
        if heads or minutes_:
            found.append(Change(mentor.id, heads, minutes_))
    yield from sorted(
        found, key=lambda one: (bool(one.add_heads) + bool(one.add_minutes), one.mentor)
    )


def grown(mentor: MentorIn, heads: int, more: int) -> MentorIn:
    return replace(
        mentor, heads=mentor.heads + heads, weekly_minutes=mentor.weekly_minutes + more
    )


def first_steps(cohort: Cohort, one: JuniorIn) -> Iterator[Change]:
    """The changes of steps 1 to 3, slowly and without a shortcut."""
    for more in range(1, len(cohort.juniors) + 1):
        yield from seated(cohort, more)
    barred = [(forbidden(cohort.rules, one, other), other) for other in cohort.mentors]
    overlaps = {minutes(one, other) for by, other in barred if by == {Rule.OVERLAP}}
    tenures = {other.tenure_months for by, other in barred if by == {Rule.TENURE}}
    for value in sorted(overlaps, reverse=True):
        yield Change(relaxed=((Rule.OVERLAP, value),))
    for value in sorted(tenures, reverse=True):
        yield Change(relaxed=((Rule.TENURE, value),))
    for rule in (Rule.TEAM, Rule.TRAINING, Rule.MANAGER, Rule.AVOIDED):
        if any(by == {rule} for by, _other in barred):
            yield Change(relaxed=((rule, 0),))


@settings(max_examples=60, deadline=None)
@given(cohorts(), st.sampled_from(list(Aim)))
def test_the_smallest_change_places_and_nothing_smaller_does(
    cohort: Cohort, aim: Aim
) -> None:
    given_ = inputs(cohort, aim)
    outcome, problem = solved(given_)
    by_id = {one.id: one for one in cohort.juniors}
    found = smallest_changes(problem, outcome)
    assert found.keys() == {one.junior for one in outcome.unplaced}
    for junior, change in found.items():
        smaller = first_steps(cohort, by_id[junior])
        first = next(
            (one for one in smaller if places(junior, one.apply(given_))), None
        )
        if first is not None:
            assert change == first
        elif change is None:
            always = {Rule.SELF, Rule.UNAVAILABLE}
            for other in cohort.mentors:
                assert forbidden(cohort.rules, by_id[junior], other) & always
        else:
            assert places(junior, change.apply(given_))


ONE = JuniorIn(1, 101, {1: 1}, team="a", work=((540, 1020),))
ANA = MentorIn(11, 111, {1: 3}, team="a", weekly_minutes=120, tenure_months=20)


@pytest.mark.parametrize(
    ("mentor", "junior", "rules", "change"),
    [
        (replace(ANA, taken=1, weekly_minutes=600), ONE, {}, Change(11, 1, 0)),
        (replace(ANA, heads=5, weekly_minutes=90), ONE, {}, Change(11, 0, 30)),
        (replace(ANA, taken=1), ONE, {}, Change(11, 1, 120)),
        (
            replace(ANA, work=((900, 1320),)),
            ONE,
            {"min_overlap_minutes": 240},
            Change(relaxed=((Rule.OVERLAP, 120),)),
        ),
        (ANA, ONE, {"min_tenure_months": 24}, Change(relaxed=((Rule.TENURE, 20),))),
        (
            replace(ANA, team="b"),
            ONE,
            {"same_team": True},
            Change(relaxed=((Rule.TEAM, 0),)),
        ),
        (
            replace(ANA, is_trained=False),
            ONE,
            {"training": True},
            Change(relaxed=((Rule.TRAINING, 0),)),
        ),
        (ANA, replace(ONE, manager=111), {}, Change(relaxed=((Rule.MANAGER, 0),))),
        (ANA, replace(ONE, avoids=(111,)), {}, Change(relaxed=((Rule.AVOIDED, 0),))),
        (
            replace(ANA, team="b", heads=0),
            replace(ONE, manager=111),
            {"same_team": True},
            Change(11, 1, 0, ((Rule.MANAGER, 0), (Rule.TEAM, 0))),
        ),
        (replace(ANA, is_available=False), ONE, {}, None),
        (ANA, replace(ONE, person=111), {}, None),
    ],
)
def test_each_kind_of_change(
    mentor: MentorIn, junior: JuniorIn, rules: dict[str, int], change: Change | None
) -> None:
    given_ = Inputs((junior,), (mentor,), Rules(**rules), Weights(), Aim.TOTAL)  # type: ignore[arg-type] # switches and numbers
    outcome, problem = solved(given_)
    assert smallest_changes(problem, outcome) == {1: change}


def test_one_mentor_and_many_juniors() -> None:
    juniors = tuple(JuniorIn(n, 1000 + n, {1: 1}) for n in range(1, 41))
    mentors = (replace(ANA, heads=2, weekly_minutes=6000),)
    pins = (Pin(40, 11),)
    given_ = Inputs(juniors, mentors, Rules(), Weights(), Aim.TOTAL, pins)
    outcome, problem = solved(given_)
    found = smallest_changes(problem, outcome)
    heads = [change.add_heads for change in found.values() if change]
    assert sorted(heads) == list(range(1, 39))
    assert smallest_changes(problem, outcome, [40, 999]) == {}
