"""What a lead reads of a change: whom it concerns, and by how much."""

import pytest

from pairings import reasons
from pairings.matching import Change, MentorIn, Pin, Rule
from pairings.names import Names

NAMES = Names(people={1: "Mai Tran", 11: "Ana Ruiz"})
ANA = MentorIn(11, 111, heads=3, weekly_minutes=270)
PIN = Pin(1, 11)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (Change(11, 1), "Raise Ana Ruiz by 1 to 4 heads"),
        (Change(11, 0, 90), "Raise Ana Ruiz by 1.5 to 6 hours a week"),
        (Change(11, 2, 90), "Raise Ana Ruiz by 2 to 5 heads, and to 6 hours"),
    ],
)
def test_seats_to_raise(change: Change, sentence: str) -> None:
    assert reasons.of_seats(change, ANA, NAMES) == sentence


@pytest.mark.parametrize(
    ("relaxed", "allowed"),
    [
        ((Rule.OVERLAP, 120), "2 shared hours"),
        ((Rule.OVERLAP, 90), "1.5 shared hours"),
        ((Rule.OVERLAP, 60), "one shared hour"),
        ((Rule.OVERLAP, 30), "0.5 shared hours"),
        ((Rule.OVERLAP, 0), "no shared hours"),
        ((Rule.TENURE, 1), "1 month in the organisation"),
        ((Rule.TENURE, 9), "9 months in the organisation"),
        ((Rule.TENURE, 0), "no full month in the organisation"),
        ((Rule.TRAINING, 0), "a mentor without the training"),
        ((Rule.TEAM, 0), "another team"),
        ((Rule.MANAGER, 0), "the line manager"),
        ((Rule.AVOIDED, 0), "somebody they would rather not have"),
    ],
)
def test_a_rule_to_relax_for_one_pair(relaxed: tuple[Rule, int], allowed: str) -> None:
    change = Change(11, relaxed=(relaxed,), pin=PIN)
    assert reasons.of_pin(change, NAMES) == f"Allow {allowed}: pin to Ana Ruiz"


def test_several_rules_and_none() -> None:
    change = Change(11, relaxed=((Rule.OVERLAP, 180), (Rule.TEAM, 0)), pin=PIN)
    assert (
        reasons.of_pin(change, NAMES)
        == "Allow 3 shared hours and another team: pin to Ana Ruiz"
    )
    assert reasons.of_pin(Change(11, pin=PIN), NAMES) == "Pin to Ana Ruiz"
