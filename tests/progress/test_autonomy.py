"""What the evidence speaks for, by counts alone."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from progress import levels
from progress.autonomy import (
    ALONE,
    BARS,
    LEADS,
    OBSERVE,
    PHASES,
    TOGETHER,
    Facts,
    Reach,
    Standing,
    checks,
    lapses_on,
    proposed,
    reach,
)

PLENTY = Facts(evidence=9, met=9, caught=9, explained=9, led=9, level=5)
EXACTLY = {
    TOGETHER: Facts(evidence=1),
    LEADS: Facts(evidence=2, met=4, caught=2, explained=1, level=2),
    ALONE: Facts(evidence=4, met=8, caught=6, explained=2, led=3, level=3),
}
counts = st.integers(0, 12)
facts = st.builds(
    lambda met, share, **rest: Facts(met=met, caught=round(met * share), **rest),
    met=counts,
    share=st.floats(0, 1),
    evidence=counts,
    explained=counts,
    led=counts,
    level=st.none() | st.integers(1, 5),
    has_categories=st.booleans(),
)
steps = st.integers(OBSERVE, ALONE)
days = st.dates(date(2024, 1, 1), date(2030, 1, 1))


def test_the_steps_are_those_of_the_product() -> None:
    named = [(one.name, one.value) for one in levels.Autonomy]
    assert named == [
        ("OBSERVE", OBSERVE),
        ("TOGETHER", TOGETHER),
        ("LEADS", LEADS),
        ("ALONE", ALONE),
    ]


@pytest.mark.parametrize("step", EXACTLY)
def test_a_step_is_proposed_at_its_bar_and_not_below(step: int) -> None:
    assert proposed(step - 1, EXACTLY[step]) == step
    for name in ("evidence", "met", "explained", "led", "level"):
        wanted = getattr(BARS[step], name)
        if wanted:
            lacking = replace(EXACTLY[step], **{name: wanted - 1})
            assert proposed(step - 1, lacking) is None
    if BARS[step].caught:
        missed = replace(EXACTLY[step], caught=EXACTLY[step].caught - 1)
        assert proposed(step - 1, missed) is None


def test_too_few_flaws_say_nothing_of_the_share() -> None:
    two = replace(PLENTY, met=2, caught=2)
    caught = {one.kind: one for one in checks(LEADS, two)}["caught"]
    assert (caught.had, caught.is_met) == (None, False)


def test_no_flaws_at_all_can_be_no_share() -> None:
    none = replace(PLENTY, met=0, caught=0)
    assert proposed(TOGETHER, none) is None


def test_who_has_no_level_yet_leads_nothing() -> None:
    assert proposed(OBSERVE, replace(PLENTY, level=None)) == TOGETHER
    assert proposed(TOGETHER, replace(PLENTY, level=None)) is None


def test_where_no_category_belongs_to_it_flaws_are_not_asked_for() -> None:
    talk = Facts(evidence=4, led=3, level=3, has_categories=False)
    assert [one.kind for one in checks(ALONE, talk)] == ["evidence", "led", "level"]
    assert proposed(LEADS, talk) == ALONE


def test_there_is_no_step_beyond_the_last() -> None:
    assert proposed(ALONE, PLENTY) is None
    assert checks(OBSERVE, PLENTY) == []


@given(steps, facts)
def test_never_more_than_one_step_up_and_never_down(stands: int, known: Facts) -> None:
    assert proposed(stands, known) in (None, stands + 1)


@given(steps, facts)
def test_what_is_proposed_is_what_every_check_says(stands: int, known: Facts) -> None:
    asked = checks(stands + 1, known)
    is_whole = bool(asked) and all(one.is_met for one in asked)
    assert (proposed(stands, known) is not None) == is_whole


@given(steps, facts, st.sampled_from(["evidence", "explained", "led"]))
def test_more_never_takes_a_proposal_away(stands: int, known: Facts, name: str) -> None:
    if proposed(stands, known):
        more = replace(known, **{name: getattr(known, name) + 1})
        assert proposed(stands, more) == stands + 1


@given(days, st.none() | days, st.integers(4, 52))
def test_evidence_puts_off_the_day_and_never_brings_it_near(
    granted_on: date, last_on: date | None, weeks: int
) -> None:
    day = lapses_on(granted_on, last_on, weeks)
    assert day >= granted_on + timedelta(weeks=weeks)
    assert day - timedelta(weeks=weeks) in (granted_on, last_on)


def test_it_is_confirmed_again_on_the_day_and_not_before() -> None:
    day = lapses_on(date(2028, 2, 29), None, 12)
    stands = Standing(LEADS, day)
    assert day == date(2028, 5, 23)
    assert not stands.is_lapsed(day - timedelta(days=1))
    assert stands.is_lapsed(day)
    assert (stands.holds(day - timedelta(days=1)), stands.holds(day)) == (LEADS, 1)


def test_the_first_step_needs_no_confirming() -> None:
    assert not Standing(OBSERVE, date(2026, 1, 1)).is_lapsed(date(2027, 1, 1))
    assert not Standing().is_lapsed(date(2027, 1, 1))


def test_a_phase_counts_what_holds_its_step_or_beyond() -> None:
    held = [LEADS] * 8 + [ALONE] * 4 + [TOGETHER] * 6 + [OBSERVE] * 6
    assert reach("junior_leads", held) == Reach("junior_leads", 12, 24)
    assert reach("independent", held) == Reach("independent", 4, 24)
    assert reach("mentor_leads", held) is None


@pytest.mark.parametrize(
    ("phase", "of", "needed"),
    [
        ("junior_leads", 24, 12),
        ("junior_leads", 23, 12),
        ("junior_leads", 1, 1),
        ("independent", 24, 16),
        ("independent", 9, 6),
        ("independent", 10, 7),
    ],
)
def test_it_takes_the_share_of_a_phase_and_no_less(
    phase: str, of: int, needed: int
) -> None:
    assert Reach(phase, 0, of).needed == needed
    assert Reach(phase, needed, of).is_ready
    assert not Reach(phase, needed - 1, of).is_ready


def test_nothing_is_ready_of_nothing() -> None:
    assert not Reach("junior_leads", 0, 0).is_ready


@given(st.lists(steps, max_size=60), st.sampled_from(sorted(PHASES)))
def test_more_autonomy_never_takes_readiness_away(held: list[int], phase: str) -> None:
    before, after = reach(phase, held), reach(phase, [min(n + 1, ALONE) for n in held])
    assert before
    assert after
    assert after.reached >= before.reached
    assert after.is_ready or not before.is_ready
