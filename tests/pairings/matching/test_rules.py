"""A case for each hard rule that only this rule forbids, and for odd input."""

from typing import Any

import pytest
from msgspec.structs import replace

from pairings.matching import (
    Aim,
    BadNumber,
    Cancelled,
    CannotMatch,
    CannotRelax,
    JuniorIn,
    MentorIn,
    NoWeights,
    Outcome,
    Pin,
    PinnedOver,
    PinnedTwice,
    Rule,
    Rules,
    SelfPin,
    TwiceIn,
    UnknownPin,
    Unplaced,
    Weights,
    run,
)

ONE = JuniorIn(1, 101, {1: 1}, team="a")
ANA = MentorIn(11, 111, {1: 3}, team="a", heads=5, weekly_minutes=600)
OPEN = Rules(heads=False, hours=False, manager=False, avoided=False)


def ran(
    juniors: list[JuniorIn], mentors: list[MentorIn], rules: Rules, *pins: Pin
) -> Outcome:
    return run(juniors, mentors, rules, Weights(), Aim.TOTAL, pins=pins)


CASES: list[tuple[Rule, dict[str, Any], dict[str, Any], Rules]] = [
    (Rule.MANAGER, {"manager": 111}, {}, replace(OPEN, manager=True)),
    (Rule.AVOIDED, {"avoids": (111,)}, {}, replace(OPEN, avoided=True)),
    (
        Rule.OVERLAP,
        {},
        {"work": ((781, 1261),)},
        replace(OPEN, min_overlap_minutes=240),
    ),
    (Rule.TENURE, {}, {"tenure_months": 11}, replace(OPEN, min_tenure_months=12)),
    (Rule.TRAINING, {}, {"is_trained": False}, replace(OPEN, training=True)),
    (Rule.TEAM, {}, {"team": "b"}, replace(OPEN, same_team=True)),
    (Rule.HEADS, {}, {"heads": 2, "taken": 2}, replace(OPEN, heads=True)),
    (Rule.HOURS, {}, {"weekly_minutes": 119}, replace(OPEN, hours=True)),
]


@pytest.mark.parametrize(("rule", "of_one", "of_ana", "rules"), CASES)
def test_a_rule_forbids_what_only_it_forbids(
    rule: Rule, of_one: dict[str, Any], of_ana: dict[str, Any], rules: Rules
) -> None:
    one, ana = replace(ONE, **of_one), replace(ANA, **of_ana)
    (alone,) = ran([one], [ana], rules).unplaced
    assert alone.reason is rule
    if rule not in (Rule.HEADS, Rule.HOURS):
        (barrier,) = alone.barriers
        assert (barrier.rule, barrier.removes, barrier.alone) == (rule, 1, 1)
        assert barrier.nearest == 11
        value = {Rule.OVERLAP: 239, Rule.TENURE: 11}.get(rule)
        assert barrier.value == value
    assert ran([one], [ana], rules.without(rule)).figures.placed == 1
    (pair,) = ran([one], [ana], replace(rules, relax_last=rule)).pairs
    assert (pair.relaxed, pair.broken) == (rule, (rule,))


@pytest.mark.parametrize(
    ("rule", "of_one", "of_ana"),
    [
        (Rule.SELF, {"person": 111}, {}),
        (Rule.UNAVAILABLE, {}, {"is_available": False}),
    ],
)
def test_what_no_switch_allows(
    rule: Rule, of_one: dict[str, Any], of_ana: dict[str, Any]
) -> None:
    outcome = ran([replace(ONE, **of_one)], [replace(ANA, **of_ana)], OPEN)
    assert [one.reason for one in outcome.unplaced] == [rule]
    assert outcome.both_sides == ((111,) if rule is Rule.SELF else ())
    with pytest.raises(CannotRelax):
        ran([ONE], [ANA], replace(OPEN, relax_last=rule))


def test_what_gives_way_last_never_takes_the_place_of_what_keeps_all_rules() -> None:
    rules = replace(OPEN, heads=True, same_team=True, relax_last=Rule.TEAM)
    near = replace(ONE, wants={}, team="a")
    far = replace(ONE, id=2, person=102, team="b", choices=(11,))
    full = ran([near, far], [replace(ANA, heads=1)], rules)
    assert [(pair.junior, pair.relaxed) for pair in full.pairs] == [(1, None)]
    both = ran([near, far], [replace(ANA, heads=2)], rules)
    assert [(one.junior, one.relaxed) for one in both.pairs] == [
        (1, None),
        (2, Rule.TEAM),
    ]


def test_the_pair_over_a_mentors_heads_is_the_one_that_scores_lowest() -> None:
    rules = replace(OPEN, heads=True, relax_last=Rule.HEADS)
    other = replace(ONE, id=2, person=102, wants={2: 1})
    outcome = ran([other, ONE], [replace(ANA, heads=1)], rules)
    assert [pair.relaxed for pair in outcome.pairs] == [None, Rule.HEADS]
    assert outcome.figures.relaxed == outcome.greedy.relaxed == 1


def test_a_pin_is_kept_whatever_its_score_and_takes_a_seat() -> None:
    worse = replace(ANA, id=12, person=112, offers={}, team="z", heads=1)
    other = replace(ONE, id=2, person=102)
    outcome = ran([ONE, other], [worse], Rules(same_team=True), Pin(1, 12))
    (pair,) = outcome.pairs
    assert (pair.junior, pair.mentor, pair.is_pinned) == (1, 12, True)
    assert (pair.broken, pair.relaxed) == ((Rule.TEAM,), None)
    assert [one.junior for one in outcome.unplaced] == [2]


@pytest.mark.parametrize(
    ("pins", "error"),
    [
        ((Pin(9, 11),), UnknownPin(Pin(9, 11))),
        ((Pin(1, 99),), UnknownPin(Pin(1, 99))),
        ((Pin(1, 11), Pin(1, 12)), PinnedTwice(1, (11, 12))),
        ((Pin(1, 12), Pin(2, 12)), PinnedOver(12, 2, 1)),
        ((Pin(3, 11),), SelfPin(Pin(3, 11))),
    ],
)
def test_pins_that_contradict_are_named(
    pins: tuple[Pin, ...], error: CannotMatch
) -> None:
    juniors = [replace(ONE, id=n, person=100 + n) for n in (1, 2)]
    juniors.append(replace(ONE, id=3, person=111))
    mentors = [ANA, replace(ANA, id=12, person=112, heads=1)]
    with pytest.raises(type(error)) as caught:
        ran(juniors, mentors, Rules(), *pins)
    assert caught.value == error


def test_numbers_and_ids_that_cannot_be_are_named() -> None:
    bad: list[tuple[list[JuniorIn], list[MentorIn], Rules, CannotMatch]] = [
        ([ONE, ONE], [], OPEN, TwiceIn(1)),
        ([], [ANA, ANA], OPEN, TwiceIn(11)),
        ([replace(ONE, wants={1: 4})], [], OPEN, BadNumber(1, "wants")),
        ([replace(ONE, choices=(1,) * 6)], [], OPEN, BadNumber(1, "choices")),
        ([replace(ONE, work=((60, 60),))], [], OPEN, BadNumber(1, "work")),
        ([], [replace(ANA, heads=-1)], OPEN, BadNumber(11, "heads")),
        ([], [replace(ANA, offers={1: 0})], OPEN, BadNumber(11, "offers")),
        (
            [],
            [],
            replace(OPEN, minutes_per_junior=0),
            BadNumber(None, "minutes_per_junior"),
        ),
    ]
    for juniors, mentors, rules, error in bad:
        with pytest.raises(type(error)) as caught:
            ran(juniors, mentors, rules)
        assert caught.value == error


@pytest.mark.parametrize("weight", [0, -1])
def test_without_any_weight_no_pair_is_better(weight: int) -> None:
    weights = Weights(weight, 0, 0, 0, 0, 0, 0)
    with pytest.raises(NoWeights):
        run([ONE], [ANA], OPEN, weights, Aim.TOTAL)


@pytest.mark.parametrize("aim", list(Aim))
def test_odd_cohorts_end_in_an_answer(aim: Aim) -> None:
    many = [JuniorIn(n, 1000 + n) for n in range(1, 301)]
    outcome = run(many, [ANA], Rules(), Weights(), aim)
    assert (outcome.figures.placed, len(outcome.unplaced)) == (5, 295)
    assert {one.reason for one in outcome.unplaced} == {Rule.HEADS}
    nobody = run(many, [replace(ANA, heads=0)], Rules(), Weights(), aim)
    assert (nobody.figures.placed, nobody.figures.lowest) == (0, None)
    assert run([], [ANA], Rules(), Weights(), aim).pairs == ()
    assert run([ONE], [], Rules(), Weights(), aim).unplaced[0].reason is None
    round_ = [replace(ONE, manager=111), JuniorIn(2, 111, manager=101)]
    circle = run(
        round_, [ANA, replace(ANA, id=12, person=101)], Rules(), Weights(), aim
    )
    assert {one.junior for one in circle.unplaced} == {1, 2}


def test_a_run_tells_how_far_it_is_and_stops_when_told() -> None:
    juniors = [JuniorIn(n, 1000 + n) for n in range(1, 1100)]
    told: list[tuple[int, int]] = []
    run(
        juniors,
        [ANA],
        Rules(),
        Weights(),
        Aim.FAIR,
        progress=lambda *at: told.append(at),
    )
    assert told == sorted(told)
    assert {steps for _done, steps in told} == {told[-1][0]}
    assert len(told) > 4
    for stop in range(len(told)):
        left = iter([True] * stop + [False])
        with pytest.raises(Cancelled):
            run(
                juniors,
                [ANA],
                Rules(),
                Weights(),
                Aim.FAIR,
                progress=lambda *_at, left=left: next(left),
            )


def why_alone(mentors: list[MentorIn], rules: Rules, one: JuniorIn = ONE) -> Unplaced:
    (alone,) = ran([one], mentors, rules).unplaced
    return alone


def test_hours_are_the_reason_only_where_they_hold_more_mentors_back() -> None:
    by_heads = replace(ANA, heads=1, taken=1)
    by_hours = replace(ANA, id=12, person=112, weekly_minutes=120, taken=1)
    both = replace(ANA, id=13, person=113, heads=1, weekly_minutes=120, taken=1)
    third = replace(by_hours, id=14, person=114)
    assert why_alone([by_heads, by_hours], Rules()).reason is Rule.HEADS
    assert why_alone([both], Rules()).reason is Rule.HEADS
    assert why_alone([by_heads, by_hours, third], Rules()).reason is Rule.HOURS


def test_the_nearest_is_who_misses_least_then_who_scores_best() -> None:
    rules = replace(OPEN, min_overlap_minutes=240)
    far = replace(ANA, work=((900, 1380),))
    near = replace(ANA, id=12, person=112, work=((840, 1320),), offers={})
    better = replace(near, id=13, person=113, offers={1: 1})
    (wall,) = why_alone([far, near, better], rules).barriers
    assert (wall.nearest, wall.value, wall.removes, wall.alone) == (13, 180, 3, 3)


def test_the_reason_is_the_rule_that_alone_removes_most() -> None:
    rules = replace(OPEN, training=True, same_team=True, min_tenure_months=12)
    young = replace(ANA, tenure_months=20, is_trained=False)
    others = [
        replace(ANA, id=n, person=100 + n, team="b", tenure_months=9) for n in (12, 13)
    ]
    alone = why_alone([young, *others], rules)
    assert alone.reason is Rule.TRAINING
    assert [(one.rule, one.removes, one.alone) for one in alone.barriers] == [
        (Rule.TENURE, 2, 0),
        (Rule.TRAINING, 1, 1),
        (Rule.TEAM, 2, 0),
    ]
    apart = replace(ANA, id=14, person=114, team="b", tenure_months=20)
    also = replace(apart, id=15, person=115)
    assert why_alone([young, *others, apart, also], rules).reason is Rule.TEAM


def test_among_equals_the_later_id_goes_over_the_heads() -> None:
    rules = replace(OPEN, heads=True, relax_last=Rule.HEADS)
    others = [replace(ONE, id=n, person=100 + n) for n in (2, 3)]
    pinned = Pin(3, 11)
    outcome = ran([ONE, *others], [replace(ANA, heads=2)], rules, pinned)
    assert [pair.relaxed for pair in outcome.pairs] == [None, Rule.HEADS, None]
    assert outcome.figures.relaxed == 1


def test_pins_over_the_heads_take_of_the_hours_that_are_left() -> None:
    rules = Rules(relax_last=Rule.HEADS)
    four = [replace(ONE, id=n, person=100 + n) for n in range(1, 5)]
    ana = replace(ANA, heads=1, weekly_minutes=360)
    outcome = ran(four, [ana], rules, Pin(1, 11), Pin(2, 11))
    assert outcome.figures.placed == 3
