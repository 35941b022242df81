from collections.abc import Sequence
from typing import Any

import pytest

from reviews.flaws import Flaw
from reviews.likeness import Meeting, meet, proposed
from reviews.models import BlindPass, Finding, Placement


def finding(
    pk: int = 1, side: str = "", places: Sequence[Placement] = (), **more: Any
) -> Finding:
    words = {"path": "a.py", "file_side": "new", "line_from": 4, "line_to": 6}
    words |= {"category": "logic", "severity": "minor", "revision_id": 1, **more}
    row = Finding(pk=pk, blind_pass=BlindPass(side=side) if side else None, **words)
    row.placed = places
    return row


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({}, Meeting.LINES),
        ({"line_from": 6, "line_to": 9}, Meeting.LINES),
        ({"line_from": 7, "line_to": 9}, None),
        ({"category": "edge_case"}, Meeting.LINES),
        ({"category": "secrets"}, None),
        ({"path": "b.py"}, None),
        ({"file_side": "old"}, None),
        ({"revision_id": 2}, None),
        ({"line_from": None, "line_to": None}, Meeting.FILE),
        ({"line_from": None, "line_to": None, "category": "edge_case"}, None),
        ({"path": "", "line_from": None, "line_to": None}, None),
    ],
)
def test_meet_asks_for_place_and_category(
    other: dict[str, Any], expected: Meeting | None
) -> None:
    assert meet(finding(), finding(**other)) == expected
    assert meet(finding(**other), finding()) == expected


def test_meet_on_the_revision_to_which_a_finding_was_carried() -> None:
    later = {"finding_id": 1, "revision_id": 2, "path": "b.py", "file_side": "new"}
    carried = finding(places=[Placement(**later, line_from=20, line_to=22)])
    written = finding(2, path="b.py", line_from=21, line_to=21, revision_id=2)
    assert meet(carried, written) == Meeting.LINES
    gone = Placement(**later, line_from=20, line_to=22, is_outdated=True)
    assert meet(finding(places=[gone]), written) is None
    shown = finding(path="b.py", line_from=20, line_to=22)
    shown.stands_on = 2
    assert meet(shown, written) == Meeting.LINES


def test_meet_on_the_change_as_a_whole() -> None:
    general: dict[str, Any] = {"path": "", "line_from": None, "line_to": None}
    assert meet(finding(**general), finding(**general)) == Meeting.CHANGE
    other = finding(**general, category="edge_case")
    assert meet(finding(**general), other) is None


def test_meet_on_a_turn_of_the_conversation() -> None:
    turn: dict[str, Any] = {
        "path": "",
        "line_from": None,
        "line_to": None,
        "transcript_id": 1,
    }
    mine = finding(**turn, turn=4, category="reversal")
    assert meet(mine, finding(**turn, turn=4, category="misread")) == Meeting.TURN
    assert meet(mine, finding(**turn, turn=5, category="reversal")) is None
    general = finding(path="", line_from=None, line_to=None, category="reversal")
    assert meet(mine, general) is None


def test_proposed_takes_each_flaw_once_and_the_likeliest_first() -> None:
    mine = [Flaw(finding(1, "junior")), Flaw(finding(2, "junior", category="logic"))]
    theirs = [Flaw(finding(3, "mentor", category="edge_case"))]
    exact = Flaw(finding(4, "mentor"))
    found = proposed([*mine, *theirs, exact])
    pairs = [(p.one.pk, p.other.pk, p.is_same_category) for p in found]
    assert pairs == [(1, 4, True), (2, 3, False)]
    again = proposed([*mine, *theirs, exact], {(1, 4)})
    assert [(p.one.pk, p.other.pk) for p in again] == [(2, 4), (1, 3)]


def test_proposed_leaves_alone_what_both_saw_or_neither() -> None:
    both = Flaw(finding(1, "junior"), [finding(2, "mentor")])
    late = Flaw(finding(3))
    assert proposed([both, late, Flaw(finding(4, "mentor"))]) == []
