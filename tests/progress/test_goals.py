import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from preceptor.accounts.models import Membership
from progress.actions import add_goal, begin_plan
from progress.models import Goal, GrowthPlan
from tests.cast import Cast, make_cast

As = Callable[[Membership], Client]


@pytest.fixture
def goals(plan: GrowthPlan, cast: Cast) -> list[Goal]:
    """Three of the junior's own, in the order A, B, C, to which both have agreed."""
    made = [Goal(text=text, mentor_agreed_at=timezone.now()) for text in "ABC"]
    for goal in made:
        add_goal(actor=cast.ines, plan=plan, goal=goal)
    return made


def address(goal: Goal, step: str = "") -> str:
    return f"/o/tidewater/growth/goals/{goal.pk}/{step}"


def order(plan: GrowthPlan) -> str:
    return "".join(plan.goals.values_list("text", flat=True))


@pytest.mark.parametrize("name", ["ines", "tomasz"])
def test_add_goal_by_either_of_the_pair(
    name: str, plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    member = getattr(cast, name)
    fields = {
        "version": "0",
        "text": "Read a diff aloud",
        "why": "Races\r\nand locks",
        "done_when": "Ten times",
        "due_on": "2027-02-01",
    }
    path = f"/o/tidewater/growth/{plan.pk}/goals/add/"
    assert "read this" in as_(member).get(path).content.decode()
    response = as_(member).post(path, fields)
    goal = plan.goals.get()
    assert response.status_code == 303
    assert response["Location"] == address(goal)
    assert (goal.text, goal.why) == ("Read a diff aloud", "Races\nand locks")
    assert (goal.done_when, str(goal.due_on)) == ("Ten times", "2027-02-01")
    assert (goal.competency, goal.target) == (None, None)
    assert goal.proposed_by == member
    agreed = goal.junior_agreed_at, goal.mentor_agreed_at
    now = goal.created_at
    assert agreed == ((now, None) if name == "ines" else (None, now))


def test_add_goal_twice_in_the_same_words_is_one_goal(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    """As a second click on the button sends it."""
    client, path = as_(cast.ines), f"/o/tidewater/growth/{plan.pk}/goals/add/"
    fields = {"version": "0", "text": "Read aloud", "due_on": "2027-02-01"}
    first, again = client.post(path, fields), client.post(path, fields)
    assert first["Location"] == again["Location"] == address(plan.goals.get())
    client.post(path, {**fields, "why": "Races"})
    as_(cast.tomasz).post(path, fields)
    assert plan.goals.count() == 3


def test_an_open_goal_lapses_once_its_day_is_over(
    goals: list[Goal], plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    client, today = as_(cast.ines), timezone.localdate()
    tag = '<span class="tag alert">lapsed</span>'

    def tags() -> tuple[bool, bool]:
        """In the list of the year, and on the page of the goal."""
        listed = client.get(f"/o/tidewater/growth/{plan.pk}/").content.decode()
        row = listed.split(f'<li id="goal-{goals[0].pk}"')[1].split("</li>")[0]
        return tag in row, tag in client.get(address(goals[0])).content.decode()

    mine = Goal.objects.filter(pk=goals[0].pk)
    mine.update(due_on=today + timedelta(days=1))
    assert tags() == (False, False)
    mine.update(due_on=today - timedelta(days=2))
    assert tags() == (True, True)
    mine.update(mentor_agreed_at=None)
    assert tags() == (False, True)
    mine.update(state=Goal.State.DROPPED)
    assert tags() == (False, False)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"text": ""}, "Say the goal in one sentence"),
        ({"text": "x" * 50_000}, "50000 characters long; 200 are the most"),
        (
            {"text": "Kept", "why": "x" * 50_000},
            "50000 characters long; 500 are the most",
        ),
        (
            {"text": "Kept", "done_when": "x" * 50_000},
            "50000 characters long; 500 are the most",
        ),
        ({"text": "Kept", "due_on": "29 February"}, "Give a day, such as 2027-01-31"),
        ({"text": "Kept", "due_on": "2027-02-29"}, "Give a day, such as 2027-01-31"),
        ({"text": "a\x00b"}, "Null characters"),
    ],
)
def test_add_goal_says_what_is_wrong_and_keeps_the_rest(
    fields: dict[str, str], words: str, plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    path = f"/o/tidewater/growth/{plan.pk}/goals/add/"
    sent = {"version": "0", "why": "Because", **fields}
    response = as_(cast.ines).post(path, sent)
    page = response.content.decode()
    assert response.status_code == 422
    assert words in page
    assert sent["why"] in page
    assert sent.get("done_when", "") in page
    assert "maxlength" not in page
    assert not plan.goals.exists()


@pytest.mark.parametrize(
    ("name", "status"),
    [("ruth", 403), ("otis", 403), ("lars", 403), ("olga", 403), ("devon", 404)],
)
def test_goals_are_written_by_the_pair_alone(
    name: str, status: int, goals: list[Goal], cast: Cast, as_: As
) -> None:
    client = as_(getattr(cast, name))
    goal = goals[0]
    for path, fields in [
        (f"/o/tidewater/growth/{goal.plan_id}/goals/add/", {"text": "X"}),
        (address(goal, "edit/"), {"text": "X"}),
        (address(goal, "agree/"), {"version": "1"}),
        (address(goal, "steps/"), {"text": "X"}),
        (address(goal, "mark/"), {"state": "reached"}),
        (address(goal, "shift/"), {"by": "1"}),
        (address(goal, "place/"), {"place": "1"}),
    ]:
        assert client.post(path, fields).status_code == status
    assert client.get(address(goal)).status_code == status
    assert order(goal.plan) == "ABC"


def test_mark_goal_reached_dropped_and_open_again(
    goals: list[Goal], cast: Cast, as_: As
) -> None:
    client = as_(cast.ines)
    for state in ("reached", "dropped", "open"):
        path = address(goals[0], "mark/")
        assert client.post(path, {"state": state}).status_code == 303
        goals[0].refresh_from_db()
        assert goals[0].state == state
        assert goals[0].state_changed_at is not None
        assert client.post(path, {"state": state}).status_code == 409
    assert client.post(address(goals[0], "mark/"), {"state": "x"}).status_code == 400
    assert client.get(address(goals[0], "mark/")).status_code == 405


def test_shift_goal_changes_places_with_its_neighbour(
    goals: list[Goal], plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    client = as_(cast.ines)
    for goal, by, expected in [
        (goals[0], "1", "BAC"),
        (goals[0], "1", "BCA"),
        (goals[0], "1", "BCA"),
        (goals[2], "-1", "CBA"),
        (goals[2], "-1", "CBA"),
    ]:
        response = client.post(address(goal, "shift/"), {"by": by})
        assert response.status_code == 303
        assert order(plan) == expected
    assert client.post(address(goals[0], "shift/"), {"by": "2"}).status_code == 400


def test_shift_goal_passes_over_settled_ones(
    goals: list[Goal], plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    client = as_(cast.ines)
    client.post(address(goals[1], "mark/"), {"state": "reached"})
    client.post(address(goals[0], "shift/"), {"by": "1"})
    open_goals = plan.goals.filter(state=Goal.State.OPEN)
    assert "".join(goal.text for goal in open_goals) == "CA"
    assert client.post(address(goals[1], "shift/"), {"by": "1"}).status_code == 409


def test_place_goal_puts_it_anywhere_in_the_list(
    goals: list[Goal], plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    client = as_(cast.ines)
    for goal, place, expected in [
        (goals[2], "0", "CAB"),
        (goals[2], "1", "ACB"),
        (goals[0], "99", "CBA"),
        (goals[0], "2", "CBA"),
        (goals[2], "9" * 30, "BAC"),
    ]:
        response = client.post(address(goal, "place/"), {"place": place})
        assert response.status_code == 303
        assert order(plan) == expected
    for place in ("-1", "x", ""):
        response = client.post(address(goals[0], "place/"), {"place": place})
        assert response.status_code == 400


def test_place_goal_counts_open_ones_alone(
    goals: list[Goal], plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    client = as_(cast.ines)
    client.post(address(goals[1], "mark/"), {"state": "reached"})
    client.post(address(goals[2], "place/"), {"place": "0"})
    open_goals = plan.goals.filter(state=Goal.State.OPEN)
    assert "".join(goal.text for goal in open_goals) == "CA"
    response = client.post(address(goals[1], "place/"), {"place": "0"})
    assert response.status_code == 409


def test_place_goal_answers_a_fragment_with_the_goals(
    goals: list[Goal], cast: Cast, as_: As
) -> None:
    client = as_(cast.ines)
    path = address(goals[2], "place/")
    response = client.post(path, {"place": "0"}, headers={"HX-Request": "true"})
    fragment = response.content.decode()
    assert response.status_code == 200
    assert fragment.startswith("<section")
    assert re.findall(r"<h3><a [^>]*>(.)</a></h3>", fragment) == ["C", "A", "B"]


@pytest.mark.django_db(transaction=True)
def test_goals_added_at_the_same_moment_get_places_of_their_own() -> None:
    cast = make_cast()
    begin_plan(cast.pairing)
    plan = GrowthPlan.objects.get()

    def add(text: str) -> None:
        add_goal(actor=cast.ines, plan=plan, goal=Goal(text=text))
        connection.close()

    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(add, "ABCDEFGH"))
    positions = plan.goals.values_list("position", flat=True)
    assert list(positions) == list(range(8))
