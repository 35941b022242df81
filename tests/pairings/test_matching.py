"""Runs of the matcher: from the roster to proposals, and what a lead does with them."""

from collections.abc import Callable
from typing import Any

from django.test import Client

from pairings.match_forms import answers, sent
from pairings.models import MatchRun, Program
from preceptor.accounts.models import Membership
from preceptor.http import url
from tests.cast import Cast
from tests.factories import give_skills

As = Callable[[Membership], Client]


def asked(program: Program, **changed: Any) -> dict[str, Any]:
    """The form as it stands when the page is opened, with some answers changed."""
    return dict(sent({**answers(program), **changed}))


def start(client: Client, program: Program, **changed: Any) -> MatchRun:
    path = url("tidewater", "pairings:matching", program.pk)
    response = client.post(path, asked(program, **changed))
    assert response.status_code == 303, response.context["form"].errors
    return program.runs.latest("number")


def page(client: Client, run: MatchRun, **query: Any) -> Any:
    return client.get(url("tidewater", "pairings:match_run", run.pk), query)


def pairs(run: MatchRun) -> dict[str, str]:
    rows = run.proposals.select_related(
        "junior__membership__user", "mentor__membership__user"
    )
    return {str(one.junior): str(one.mentor) for one in rows}


def test_matching_proposes_a_mentor_for_everybody_who_waits(
    cast: Cast, as_: As
) -> None:
    run = start(as_(cast.ruth), cast.program)
    assert run.state == MatchRun.State.DONE
    assert set(pairs(run)) == {"Devon Marsh", "Mai Tran"}
    assert pairs(run)["Mai Tran"] == "Anjali Mehta"
    assert run.number == 1
    assert (run.juniors, run.mentors, run.placed) == (2, 2, 2)


def test_match_run_says_why_each_pair_and_states_the_optimum(
    cast: Cast, as_: As
) -> None:
    give_skills(cast.mai_enrolled, python=3, postgresql=1)
    run = start(as_(cast.ruth), cast.program)
    shown = page(as_(cast.ruth), run).content.decode()
    assert (
        "Wants python and postgresql; Anjali has both. 8 shared hours. Same team."
        in shown
    )
    assert f"Best total under the rules: {run.total} of 200, proved" in shown
    assert "In order of the list it would have been" in shown
    assert "Next best: Tomasz Wieczorek." in shown
