import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from progress.actions import (
    add_goal,
    add_step,
    begin_plan,
    edit_goal,
    mark_goal,
    move_to_version,
)
from progress.actions.drafts import remove_competency
from progress.actions.frameworks import adopt_starter, begin_draft, publish
from progress.frameworks.changes import fingerprint
from progress.models import (
    Competency,
    FrameworkVersion,
    Goal,
    GoalStep,
    GrowthPlan,
)
from tests.cast import Cast, make_cast

As = Callable[[Membership], Client]
TEXTS = {"text": "Find the race", "why": "", "done_when": "", "due_on": ""}


@pytest.fixture
def goal(plan: GrowthPlan, cast: Cast) -> Goal:
    """Proposed by the junior; the mentor has not agreed yet."""
    goal = Goal(text="Read a diff aloud")
    add_goal(actor=cast.ines, plan=plan, goal=goal)
    return goal


@pytest.fixture
def cause(plan: GrowthPlan) -> Competency:
    assert plan.version
    return plan.version.competencies.get(name="Finding the cause")


def address(goal: Goal, step: str = "") -> str:
    return f"/o/tidewater/growth/goals/{goal.pk}/{step}"


def at_step(step: GoalStep, verb: str) -> str:
    return f"/o/tidewater/growth/goals/steps/{step.pk}/{verb}/"


def agreed(goal: Goal) -> tuple[bool, bool]:
    """By the junior, by the mentor."""
    goal.refresh_from_db()
    return goal.junior_agreed_at is not None, goal.mentor_agreed_at is not None


def settle(goal: Goal) -> None:
    mark_goal(goal=goal, state="dropped", now=timezone.now())


def test_the_other_agrees_once_to_what_was_read(
    goal: Goal, cast: Cast, as_: As
) -> None:
    ines, tomasz = as_(cast.ines), as_(cast.tomasz)
    assert "Waits for Tomasz" in ines.get(address(goal)).content.decode()
    assert "I agree to this" in tomasz.get(address(goal)).content.decode()
    assert "I agree to this" not in ines.get(address(goal)).content.decode()
    assert agreed(goal) == (True, False)
    assert ines.post(address(goal, "agree/"), {"version": "1"}).status_code == 409
    assert tomasz.post(address(goal, "agree/"), {"version": "2"}).status_code == 409
    assert tomasz.post(address(goal, "agree/"), {"version": "x"}).status_code == 400
    assert agreed(goal) == (True, False)
    assert tomasz.post(address(goal, "agree/"), {"version": "1"}).status_code == 303
    assert agreed(goal) == (True, True)
    assert tomasz.post(address(goal, "agree/"), {"version": "1"}).status_code == 409
    assert "Agreed by both" in ines.get(address(goal)).content.decode()


def test_a_change_by_either_is_agreed_to_anew(
    goal: Goal, plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    other = Goal(text="Stays between its neighbours")
    add_goal(actor=cast.ines, plan=plan, goal=other)
    sent = {**TEXTS, "version": "1"}
    answer = as_(cast.tomasz).post(address(goal, "edit/"), sent)
    assert (answer.status_code, answer["Location"]) == (303, address(goal))
    assert agreed(goal) == (False, True)
    assert (goal.text, goal.version, goal.position) == ("Find the race", 2, 0)
    assert goal.proposed_by == cast.ines
    page = as_(cast.ines).get(f"/o/tidewater/growth/{plan.pk}/").content.decode()
    assert page.count("waits for your word") == 1
    assert page.count("waits for Tomasz") == 1
    sent = {**TEXTS, "why": "They cost us a night", "version": "2"}
    assert as_(cast.ines).post(address(goal, "edit/"), sent).status_code == 303
    assert agreed(goal) == (True, False)
    assert goal.version == 3


def test_saving_what_stands_changes_nothing(goal: Goal, cast: Cast, as_: As) -> None:
    sent = {**TEXTS, "text": goal.text, "version": "1"}
    assert as_(cast.tomasz).post(address(goal, "edit/"), sent).status_code == 303
    assert agreed(goal) == (True, False)
    assert goal.version == 1


def test_a_stale_edit_shows_what_stands_and_keeps_what_was_typed(
    goal: Goal, cast: Cast, as_: As
) -> None:
    ines, tomasz = as_(cast.ines), as_(cast.tomasz)
    first = {**TEXTS, "why": "From the mentor", "version": "1"}
    assert tomasz.post(address(goal, "edit/"), first).status_code == 303
    second = {**TEXTS, "text": "Mine", "done_when": "Ten times", "version": "1"}
    answer = ines.post(address(goal, "edit/"), second)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "changed while you wrote" in page
    for words in ("Find the race", "From the mentor", 'value="Mine"', "Ten times"):
        assert words in page
    assert '<input type="hidden" name="version" value="2"' in page
    assert agreed(goal) == (False, True)
    assert goal.text == "Find the race"
    answer = ines.post(address(goal, "edit/"), {**second, "version": "2"})
    assert answer.status_code == 303
    assert agreed(goal) == (True, False)
    assert (goal.text, goal.why, goal.version) == ("Mine", "", 3)


def test_an_edit_of_what_was_settled_meanwhile_is_kept_on_the_page(
    goal: Goal, cast: Cast, as_: As
) -> None:
    settle(goal)
    sent = {**TEXTS, "text": "Typed before", "version": "1"}
    answer = as_(cast.ines).post(address(goal, "edit/"), sent)
    assert answer.status_code == 409
    assert 'value="Typed before"' in answer.content.decode()
    assert "no longer open" in answer.content.decode()
    agree = as_(cast.tomasz).post(address(goal, "agree/"), {"version": "1"})
    assert agree.status_code == 409
    assert agreed(goal) == (True, False)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_the_same_moment_one_is_told() -> None:
    cast = make_cast()
    begin_plan(cast.pairing)
    goal = Goal(text="Read a diff aloud")
    add_goal(actor=cast.ines, plan=GrowthPlan.objects.get(), goal=goal)

    def edit(actor: Membership) -> str:
        try:
            edit_goal(
                actor=actor,
                goal=goal,
                values={"text": f"By {actor}"},
                version=1,
                now=timezone.now(),
            )
        except Conflict:
            return "told"
        finally:
            connection.close()
        return f"By {actor}"

    with ThreadPoolExecutor(max_workers=2) as pool:
        answers = sorted(pool.map(edit, [cast.ines, cast.tomasz]))
    goal.refresh_from_db()
    assert answers == sorted(["told", goal.text])
    assert goal.version == 2


def test_a_goal_is_reached_once_both_have_agreed(
    goal: Goal, cast: Cast, as_: As
) -> None:
    ines = as_(cast.ines)
    assert 'value="reached"' not in ines.get(address(goal)).content.decode()
    sent = {"state": "reached"}
    assert ines.post(address(goal, "mark/"), sent).status_code == 409
    as_(cast.tomasz).post(address(goal, "agree/"), {"version": "1"})
    assert 'value="reached"' in ines.get(address(goal)).content.decode()
    assert ines.post(address(goal, "mark/"), sent).status_code == 303
    assert as_(cast.tomasz).post(address(goal, "mark/"), sent).status_code == 403


def test_a_competency_and_a_level_of_it(
    goal: Goal, cause: Competency, cast: Cast, as_: As
) -> None:
    ines = as_(cast.ines)
    form = ines.get(address(goal, "edit/")).content.decode()
    assert form.count("<optgroup") == 6
    assert '<optgroup label="Debugging and testing">' in form
    sent = {**TEXTS, "version": "1", "competency": str(cause.pk), "target": "3"}
    assert ines.post(address(goal, "edit/"), sent).status_code == 303
    goal.refresh_from_db()
    assert (goal.competency, goal.target) == (cause, 3)
    for step in ("", "edit/"):
        page = ines.get(address(goal, step)).content.decode()
        assert cause.levels[2] in page
        assert cause.levels[3] not in page


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"target": "3"}, "Choose the competency that this level is of"),
        ({"competency": "999999"}, "no longer has this one"),
        ({"competency": "x"}, "no longer has this one"),
        ({"competency": "1", "target": "6"}, "Select a valid choice"),
    ],
)
def test_a_level_without_a_competency_is_sent_back(
    answers: dict[str, str], words: str, goal: Goal, cast: Cast, as_: As
) -> None:
    sent = {**TEXTS, "version": "1", **answers}
    answer = as_(cast.ines).post(address(goal, "edit/"), sent)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_the_database_refuses_a_level_of_nothing(goal: Goal) -> None:
    with pytest.raises(IntegrityError, match="goal_target"), transaction.atomic():
        Goal.objects.filter(pk=goal.pk).update(target=3)


def test_levels_are_shown_while_one_chooses(
    plan: GrowthPlan, cause: Competency, cast: Cast, as_: As
) -> None:
    path = f"/o/tidewater/growth/{plan.pk}/goals/levels/"

    def shown(**query: str) -> str:
        return as_(cast.tomasz).get(path, query).content.decode()

    assert shown(competency="", target="3").strip() == ""
    every = shown(competency=str(cause.pk), target="")
    assert [words in every for words in cause.levels] == [True] * 5
    one = shown(competency=str(cause.pk), target="2")
    assert [words in one for words in cause.levels] == [0, 1, 0, 0, 0]
    gone = as_(cast.tomasz).get(path, {"competency": "999999"})
    assert gone.status_code == 404
    assert as_(cast.ruth).get(path, {"competency": cause.pk}).status_code == 403


def test_a_goal_keeps_its_competency_when_the_plan_moves_on(
    goal: Goal, plan: GrowthPlan, cause: Competency, cast: Cast, as_: As
) -> None:
    Goal.objects.filter(pk=goal.pk).update(competency=cause, target=3)
    now = timezone.now()
    version = second_version(plan, cast.olga, now)
    move_to_version(
        actor=cast.ines, plan=plan, version=version, seen=plan.version_id, now=now
    )
    ines = as_(cast.ines)
    form = ines.get(address(goal, "edit/")).content.decode()
    assert '<optgroup label="Debugging and testing, in version 1">' in form
    sent = {"version": "1", "competency": str(cause.pk), "target": "4"}
    assert ines.post(address(goal, "edit/"), {**TEXTS, **sent}).status_code == 303
    goal.refresh_from_db()
    assert (goal.competency, goal.target) == (cause, 4)


def test_a_goal_says_of_which_framework_its_competency_is(
    goal: Goal, plan: GrowthPlan, cause: Competency, cast: Cast, as_: As
) -> None:
    Goal.objects.filter(pk=goal.pk).update(competency=cause)
    now = timezone.now()
    other = adopt_starter(organisation_id=cast.tidewater.pk, now=now)
    move_to_version(
        actor=cast.ines, plan=plan, version=other, seen=plan.version_id, now=now
    )
    form = as_(cast.ines).get(address(goal, "edit/")).content.decode()
    labels = re.findall(r'<optgroup label="([^"]+)">', form)
    assert labels == [
        *(area.name for area in other.areas.all()),
        "Debugging and testing, in Engineering with AI, version 1",
    ]


def second_version(
    plan: GrowthPlan, actor: Membership, now: datetime
) -> FrameworkVersion:
    """One without the competency that the tests choose."""
    assert plan.version
    draft = begin_draft(actor=actor, framework=plan.version.framework, now=now)
    remove_competency(competency=draft.competencies.get(name="Finding the cause"))
    seen = fingerprint(draft.content())
    publish(actor=actor, draft=draft, note="", seen=seen, now=now)
    return draft


def test_a_plan_without_a_framework_asks_for_no_competency(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    GrowthPlan.objects.update(version=None)
    path = f"/o/tidewater/growth/{plan.pk}/goals/add/"
    assert "Competency" not in as_(cast.ines).get(path).content.decode()
    sent = {**TEXTS, "version": "0", "competency": "1", "target": "9"}
    assert as_(cast.ines).post(path, sent).status_code == 303


@pytest.mark.parametrize("name", ["ines", "tomasz"])
def test_either_adds_steps_and_ticks_them(
    name: str, goal: Goal, cast: Cast, as_: As
) -> None:
    client = as_(getattr(cast, name))
    for text in ("Draw it", "Say it", "Show it"):
        answer = client.post(address(goal, "steps/"), {"text": text})
        assert (answer.status_code, answer["Location"]) == (
            303,
            f"{address(goal)}#steps",
        )
    draw, say, show = goal.steps.all()
    assert client.post(at_step(draw, "tick"), {"done": "1"}).status_code == 303
    assert client.post(at_step(draw, "tick"), {"done": "1"}).status_code == 409
    assert client.post(at_step(draw, "tick"), {"done": "2"}).status_code == 400
    assert client.post(at_step(draw, "remove")).status_code == 409
    assert "Say it" in client.get(at_step(say, "remove")).content.decode()
    assert client.post(at_step(say, "remove")).status_code == 303
    assert client.post(at_step(say, "tick"), {"done": "1"}).status_code == 404
    assert "1 of 2 steps" in client.get(address(goal)).content.decode()
    plan = client.get(f"/o/tidewater/growth/{goal.plan_id}/").content.decode()
    assert "1 of 2 steps" in plan
    assert '<progress max="2" value="1">' in plan
    assert client.post(at_step(draw, "tick"), {"done": "0"}).status_code == 303
    assert not goal.steps.exclude(done_at=None).exists()
    assert list(goal.steps.values_list("text", flat=True)) == ["Draw it", "Show it"]
    settle(goal)
    for path, sent in [
        (address(goal, "steps/"), {"text": "Late"}),
        (at_step(show, "tick"), {"done": "1"}),
        (at_step(show, "remove"), {}),
    ]:
        assert client.post(path, sent).status_code == 409
    assert goal.steps.filter(done_at=None).count() == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Say the step in a few words"),
        ("x" * 50_000, "50000 characters long; 200 are the most"),
    ],
)
def test_a_step_that_is_none_is_sent_back(
    text: str, words: str, goal: Goal, cast: Cast, as_: As
) -> None:
    answer = as_(cast.ines).post(address(goal, "steps/"), {"text": text})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert text in answer.content.decode()
    assert not goal.steps.exists()


def test_a_step_typed_while_its_goal_was_settled_is_kept_on_the_page(
    goal: Goal, cast: Cast, as_: As
) -> None:
    settle(goal)
    answer = as_(cast.ines).post(address(goal, "steps/"), {"text": "Draw it"})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert 'value="Draw it"' in html
    assert "no longer open" in html
    assert not goal.steps.exists()


def test_steps_are_written_by_the_pair_alone(goal: Goal, cast: Cast, as_: As) -> None:
    step = add_step(goal=goal, text="Draw it")
    for name, status in (("ruth", 403), ("lars", 403), ("devon", 404)):
        client = as_(getattr(cast, name))
        assert client.get(address(goal)).status_code == status
        assert client.post(at_step(step, "tick"), {"done": "1"}).status_code == status
        assert client.get(at_step(step, "remove")).status_code == status
        assert client.post(at_step(step, "remove")).status_code == status
    assert goal.steps.get().done_at is None


@pytest.mark.parametrize("count", [1, 3])
def test_goal_asks_as_much_for_three_steps_as_for_one(
    count: int,
    goal: Goal,
    cast: Cast,
    as_: As,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(count):
        add_step(goal=goal, text=f"Step {number}")
    client = as_(cast.tomasz)
    # One of them tells the junior of this opening.
    with django_assert_num_queries(11):
        page = client.get(address(goal)).content.decode()
    assert page.count("Not done") == 0
    assert page.count("Step ") == count * 3
    with django_assert_num_queries(6):
        client.get(address(goal, "edit/"))


def test_a_mentor_takes_a_proposal_back_until_the_junior_agrees(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    goal = Goal(text="Draw every lock")
    add_goal(actor=cast.tomasz, plan=plan, goal=goal)
    tomasz, mark = as_(cast.tomasz), address(goal, "mark/")
    assert "Take it back" in tomasz.get(address(goal)).content.decode()
    assert tomasz.post(mark, {"state": "reached"}).status_code == 409
    assert tomasz.post(mark, {"state": "dropped"}).status_code == 303
    assert tomasz.post(mark, {"state": "open"}).status_code == 303
    assert tomasz.post(address(goal, "place/"), {"place": "0"}).status_code == 403
    as_(cast.ines).post(address(goal, "agree/"), {"version": "1"})
    assert "Take it back" not in tomasz.get(address(goal)).content.decode()
    assert tomasz.post(mark, {"state": "dropped"}).status_code == 403
