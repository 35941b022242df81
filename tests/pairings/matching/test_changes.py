import dataclasses
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from pairings.matching import (
    Aim,
    Change,
    Inputs,
    JuniorIn,
    MentorIn,
    Pin,
    PinnedOver,
    Rule,
    Rules,
    Weights,
    run,
    smallest_changes,
    solved,
)
from tests.pairings.matching.cohorts import (
    CAPACITY,
    Cohort,
    cohorts,
    forbidden,
    free,
    minutes,
    score,
    spare,
)
from tests.pairings.matching.test_switching import inputs

LAST = (
    Rule.OVERLAP,
    Rule.TENURE,
    Rule.TEAM,
    Rule.TRAINING,
    Rule.MANAGER,
    Rule.AVOIDED,
)


def placed(given_: Inputs) -> set[int]:
    """By a run of its own, from the inputs alone."""
    outcome = run(
        given_.juniors,
        given_.mentors,
        given_.rules,
        given_.weights,
        given_.aim,
        pins=given_.pins,
    )
    return {pair.junior for pair in outcome.pairs}


def one_seat(rules: Rules, mentor: MentorIn) -> Change:
    """One free seat more, counted up; what gives way last is no limit."""
    last = rules.relax_last if rules.relax_last in CAPACITY else None
    more = free(rules, mentor, last) + 1
    heads = minutes_ = 0
    while free(rules, grown := raised(mentor, heads, minutes_), last) < more:
        by_heads = rules.heads and last is not Rule.HEADS
        if by_heads and grown.heads - mentor.taken < more:
            heads += 1
        else:
            minutes_ += 1
    return Change(mentor.id, heads, minutes_)


def raised(mentor: MentorIn, heads: int, more: int) -> MentorIn:
    return replace(
        mentor, heads=mentor.heads + heads, weekly_minutes=mentor.weekly_minutes + more
    )


def kinds(change: Change) -> int:
    return (change.add_heads > 0) + (change.add_minutes > 0)


def by_seat(cohort: Cohort, given_: Inputs, junior: int) -> Change | None:
    """Step 1, by a run for each mentor."""
    limited = {Rule.HEADS: cohort.rules.heads, Rule.HOURS: cohort.rules.hours}
    limited.pop(cohort.rules.relax_last or Rule.SELF, None)
    tried = []
    for mentor in cohort.mentors if any(limited.values()) else ():
        change = one_seat(cohort.rules, mentor)
        after = raised(mentor, change.add_heads, change.add_minutes)
        is_same = spare(cohort.rules, mentor) == spare(cohort.rules, after)
        if is_same or not cohort.weights.spare:
            tried.append(change)
    tried.sort(key=lambda one: (kinds(one), one.mentor))
    found = (one for one in tried if junior in placed(one.apply(given_)))
    return next(found, None)


def by_pin(cohort: Cohort, given_: Inputs, one: JuniorIn) -> Change | None:
    """Step 2, by a run for each mentor with a seat more and without."""
    before, offers = len(placed(given_)), []
    gives_way = {cohort.rules.relax_last} - {Rule.SELF}
    for mentor in cohort.mentors:
        broken = forbidden(cohort.rules, one, mentor)
        if broken & {Rule.SELF, Rule.UNAVAILABLE}:
            continue
        broken -= gives_way
        has = {Rule.OVERLAP: minutes(one, mentor), Rule.TENURE: mentor.tenure_months}
        relaxed = tuple((rule, has.get(rule, 0)) for rule in LAST if rule in broken)
        change = Change(mentor.id, relaxed=relaxed, pin=Pin(one.id, mentor.id))
        try:
            fits = len(placed(change.apply(given_))) > before
        except PinnedOver:
            fits = False
        if not fits:
            seat = one_seat(cohort.rules, mentor)
            change = dataclasses.replace(seat, relaxed=relaxed, pin=change.pin)
            assert len(placed(change.apply(given_))) == before + 1
        order = tuple((LAST.index(rule), -value) for rule, value in relaxed)
        value = -score(cohort, one, mentor)
        offers.append((len(broken), kinds(change), order, value, mentor.id, change))
    return min(offers, key=lambda offer: offer[:-1])[-1] if offers else None


def alters_scores(cohort: Cohort, change: Change) -> bool:
    (mentor,) = (one for one in cohort.mentors if one.id == change.mentor)
    shares = (spare(cohort.rules, one) for one in (mentor, change.raised(mentor)))
    return cohort.weights.spare > 0 and len(set(shares)) == 2


@settings(max_examples=250, deadline=None)
@given(cohorts(), st.sampled_from(list(Aim)), st.booleans())
def test_the_smallest_change_is_the_first_that_places(
    cohort: Cohort, aim: Aim, is_pinned: bool
) -> None:
    given_ = inputs(cohort, aim)
    outcome, problem = solved(given_)
    if is_pinned and outcome.pairs:
        held = outcome.pairs[-1]
        given_ = replace(given_, pins=(Pin(held.junior, held.mentor),))
        outcome, problem = solved(given_)
    by_id = {one.id: one for one in cohort.juniors}
    found = smallest_changes(problem, outcome)
    assert found.keys() == {one.junior for one in outcome.unplaced}
    for junior, change in found.items():
        first = by_seat(cohort, given_, junior)
        assert change == first or by_pin(cohort, given_, by_id[junior]) == change
        assert first is None or change == first
        if change:
            after = placed(change.apply(given_))
            before = {one.junior for one in outcome.pairs}
            assert junior in after
            assert len(after) == len(before) + 1
            assert after > before or alters_scores(cohort, change)


ONE = JuniorIn(1, 101, {1: 1}, team="a", work=((540, 1020),))
ANA = MentorIn(11, 111, {1: 3}, team="a", weekly_minutes=120, tenure_months=20)
PIN = Pin(1, 11)


def breaking(*rules: tuple[Rule, int]) -> Change:
    return Change(11, relaxed=rules, pin=PIN)


@pytest.mark.parametrize(
    ("mentor", "junior", "rules", "change"),
    [
        (replace(ANA, taken=1, weekly_minutes=600), ONE, {}, Change(11, 1, 0, (), PIN)),
        (replace(ANA, heads=5, weekly_minutes=90), ONE, {}, Change(11, 0, 30, (), PIN)),
        (replace(ANA, taken=1), ONE, {}, Change(11, 1, 120, (), PIN)),
        (replace(ANA, taken=1), ONE, {"relax_last": Rule.HEADS}, Change(11, 0, 120)),
        (
            replace(ANA, taken=1, weekly_minutes=600),
            ONE,
            {"relax_last": Rule.HOURS},
            Change(11, 1, 0, (), PIN),
        ),
        (
            replace(ANA, work=((900, 1320),)),
            ONE,
            {"min_overlap_minutes": 240},
            breaking((Rule.OVERLAP, 120)),
        ),
        (ANA, ONE, {"min_tenure_months": 24}, breaking((Rule.TENURE, 20))),
        (replace(ANA, team="b"), ONE, {"same_team": True}, breaking((Rule.TEAM, 0))),
        (
            replace(ANA, is_trained=False),
            ONE,
            {"training": True},
            breaking((Rule.TRAINING, 0)),
        ),
        (ANA, replace(ONE, manager=111), {}, breaking((Rule.MANAGER, 0))),
        (
            replace(ANA, team="b", taken=1, weekly_minutes=600),
            ONE,
            {"same_team": True, "relax_last": Rule.HEADS},
            breaking((Rule.TEAM, 0)),
        ),
        (ANA, replace(ONE, avoids=(111,)), {}, breaking((Rule.AVOIDED, 0))),
        (
            replace(ANA, team="b", heads=0),
            replace(ONE, manager=111),
            {"same_team": True},
            Change(11, 1, 0, ((Rule.TEAM, 0), (Rule.MANAGER, 0)), PIN),
        ),
        (replace(ANA, is_available=False), ONE, {}, None),
        (ANA, replace(ONE, person=111), {}, None),
    ],
)
def test_each_kind_of_change(
    mentor: MentorIn, junior: JuniorIn, rules: dict[str, Any], change: Change | None
) -> None:
    given_ = Inputs((junior,), (mentor,), Rules(**rules), Weights(), Aim.TOTAL)
    outcome, problem = solved(given_)
    assert smallest_changes(problem, outcome) == {1: change}


def test_one_more_seat_is_for_whom_the_run_gives_it() -> None:
    juniors = tuple(JuniorIn(n, 1000 + n, {1: 1}) for n in range(1, 41))
    mentors = (replace(ANA, heads=2, weekly_minutes=6000),)
    pins = (Pin(40, 11),)
    given_ = Inputs(juniors, mentors, Rules(), Weights(), Aim.TOTAL, pins)
    outcome, problem = solved(given_)
    found = smallest_changes(problem, outcome)
    assert len(found) == 38
    (first,) = (one for one, change in found.items() if change == Change(11, 1))
    assert first in placed(Change(11, 1).apply(given_))
    del found[first]
    assert all(
        change == Change(11, 1, pin=Pin(junior, 11)) for junior, change in found.items()
    )
    assert smallest_changes(problem, outcome, [40, 999]) == {}


def test_a_seat_places_nobody_where_more_would_break_the_rule_that_gives_way() -> None:
    ana = replace(ANA, weekly_minutes=600)
    ben = replace(ana, id=10, person=110, team="c", heads=0)
    one = replace(ONE, team="b", avoids=(110,))
    other = replace(ONE, id=2, person=102)
    rules = Rules(same_team=True, relax_last=Rule.TEAM)
    weights = Weights(spare=0)
    given_ = Inputs((one, other), (ben, ana), rules, weights, Aim.TOTAL)
    outcome, problem = solved(given_)
    assert placed(Change(10, 1).apply(given_)) == {2}
    assert smallest_changes(problem, outcome) == {1: Change(11, 1)}


def test_a_rule_gives_way_by_as_little_as_possible() -> None:
    near = replace(ANA, work=((840, 1320),))
    far = replace(ANA, id=10, person=110, work=((900, 1380),))
    rules = Rules(min_overlap_minutes=240)
    given_ = Inputs((ONE,), (far, near), rules, Weights(), Aim.TOTAL)
    outcome, problem = solved(given_)
    change = breaking((Rule.OVERLAP, 180))
    assert smallest_changes(problem, outcome) == {1: change}


def test_a_pair_is_fixed_without_a_seat_where_others_can_move_on() -> None:
    """Over two others, for nobody but the last of them has room to move to."""
    ana = replace(ANA, weekly_minutes=600)
    ben, eva = (replace(ana, id=n, person=100 + n) for n in (12, 13))
    first = JuniorIn(2, 102, team="a", choices=(11,), avoids=(113,))
    second = JuniorIn(3, 103, team="a", choices=(12,), avoids=(111,))
    other = replace(ONE, team="b", avoids=(112, 113))
    given_ = Inputs(
        (other, first, second),
        (ana, ben, eva),
        Rules(same_team=True),
        Weights(spare=0),
        Aim.TOTAL,
    )
    outcome, problem = solved(given_)
    assert [(one.junior, one.mentor) for one in outcome.pairs] == [(2, 11), (3, 12)]
    change = breaking((Rule.TEAM, 0))
    assert smallest_changes(problem, outcome) == {1: change}
    assert placed(change.apply(given_)) == {1, 2, 3}


def test_a_pinned_pair_takes_the_seat_that_it_has_and_no_other() -> None:
    ana = replace(ANA, heads=2, weekly_minutes=600)
    held, other = JuniorIn(2, 102, team="a"), replace(ONE, team="b")
    given_ = Inputs(
        (other, held),
        (ana,),
        Rules(same_team=True),
        Weights(),
        Aim.TOTAL,
        (Pin(2, 11),),
    )
    outcome, problem = solved(given_)
    assert smallest_changes(problem, outcome) == {1: breaking((Rule.TEAM, 0))}


def test_nobody_loses_their_place_to_two_who_would_have_to_break_a_rule() -> None:
    """A run relaxes for two only where it places two by it."""
    ana = replace(ANA, weekly_minutes=600)
    ben = replace(ana, id=12, person=112, team="b")
    eva = replace(ana, id=13, person=113, team="c")
    first = JuniorIn(2, 102, team="a", avoids=(113,))
    second = JuniorIn(3, 103, team="b", avoids=(111,))
    other = replace(ONE, manager=111, avoids=(112, 113))
    rules = Rules(same_team=True, relax_last=Rule.TEAM)
    given_ = Inputs(
        (other, first, second), (ana, ben, eva), rules, Weights(), Aim.TOTAL
    )
    outcome, problem = solved(given_)
    assert placed(breaking((Rule.MANAGER, 0)).apply(given_)) == {1, 3}
    change = Change(12, relaxed=((Rule.AVOIDED, 0),), pin=Pin(1, 12))
    assert smallest_changes(problem, outcome) == {1: change}
    assert placed(change.apply(given_)) == {1, 2, 3}
