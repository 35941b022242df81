"""What becomes of a flaw after it is called real, and what a stale page is told."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from reviews.models import Decision, Finding, ReviewSession
from tests.cast import Cast
from tests.reviews.conftest import BASE, CLOSE, FINDING, As, finding_of

HTMX = {"HX-Request": "true"}
Step = Decision.Step


@pytest.fixture
def real(revealed: ReviewSession, cast: Cast, as_: As) -> Finding:
    """Ines's finding, which she called a real flaw."""
    mine = finding_of(revealed, cast.ines)
    act(as_(cast.ines), mine, "adjudicate", adjudication="real")
    mine.refresh_from_db()
    return mine


def act(client: Client, finding: Finding, what: str, **words: Any) -> Any:
    """Posts on the board, at the version that is given or that stands."""
    now = Finding.objects.get(pk=finding.pk).version
    path = f"{BASE}{finding.session_id}/board/{finding.pk}/{what}/"
    headers = words.pop("headers", {})
    return client.post(path, {"version": now, **words}, headers=headers)


def steps(finding: Finding) -> list[tuple[str, str]]:
    rows = finding.decisions.select_related("by__user")
    return [(str(row.by).split()[0], row.step) for row in rows]


def close(session: ReviewSession, client: Client) -> None:
    today = timezone.localdate().isoformat()
    words = {**CLOSE, "held_on": today, "minutes": "40", "lesson": ""}
    answer = client.post(f"{BASE}{session.pk}/close/", words)
    assert answer.status_code == 303, answer.content.decode()
    session.refresh_from_db()


def test_set_status_goes_from_open_to_fixed_and_back(
    real: Finding, cast: Cast, as_: As
) -> None:
    client = as_(cast.ines)
    for status, stands in (
        ("fixed", "fixed"),
        ("reopened", "reopened"),
        ("dropped", "dropped"),
        ("reopened", "reopened"),
    ):
        answer = act(client, real, "status", status=status)
        assert answer.status_code == 303
        real.refresh_from_db()
        assert real.status == stands
    assert steps(real) == [
        ("Ines", step) for step in ("real", "fixed", "reopened", "dropped", "reopened")
    ]
    page = client.get(f"{BASE}{real.session_id}/board/?finding={real.pk}")
    assert "Ines opened it again" in page.content.decode()


def test_set_status_refuses_what_cannot_follow(
    real: Finding, cast: Cast, as_: As
) -> None:
    client = as_(cast.ines)
    assert act(client, real, "status", status="reopened").status_code == 409
    assert act(client, real, "status", status="gone").status_code == 422
    act(client, real, "adjudicate", adjudication="moot")
    assert act(client, real, "status", status="fixed").status_code == 409
    real.refresh_from_db()
    assert (real.status, real.adjudication) == ("open", "moot")


def test_adjudicate_takes_the_status_back_with_the_flaw(
    real: Finding, cast: Cast, as_: As
) -> None:
    act(as_(cast.tomasz), real, "status", status="fixed", asks="on")
    act(as_(cast.tomasz), real, "adjudicate", adjudication="undecided")
    real.refresh_from_db()
    assert (real.status, real.asks_verification) == ("open", False)


def test_verify_is_for_an_author_who_did_not_fix_it(
    real: Finding, cast: Cast, as_: As
) -> None:
    ines, tomasz = as_(cast.ines), as_(cast.tomasz)
    board = f"{BASE}{real.session_id}/board/?finding={real.pk}"
    assert "Ask Ines to check the fix" in tomasz.get(board).content.decode()
    assert "to check the fix" not in ines.get(board).content.decode()
    act(tomasz, real, "status", status="fixed", asks="on")
    assert act(tomasz, real, "verify").status_code == 409
    assert "I checked" not in tomasz.get(board).content.decode()
    assert "I checked: it is fixed" in ines.get(board).content.decode()
    assert act(ines, real, "verify").status_code == 303
    real.refresh_from_db()
    assert (real.verified_by, real.asks_verification) == (cast.ines, False)
    assert real.verified_at is not None
    assert steps(real)[1:] == [("Tomasz", Step.ASKED), ("Ines", Step.VERIFIED)]
    assert "fixed and checked" in tomasz.get(board).content.decode()
    assert act(ines, real, "verify").status_code == 409


def test_verify_refused_opens_it_again(real: Finding, cast: Cast, as_: As) -> None:
    act(as_(cast.tomasz), real, "status", status="fixed", asks="on")
    act(as_(cast.ines), real, "status", status="reopened")
    real.refresh_from_db()
    assert (real.status, real.asks_verification) == ("reopened", False)


def test_set_status_asks_nobody_of_ones_own_finding(
    real: Finding, cast: Cast, as_: As
) -> None:
    act(as_(cast.ines), real, "status", status="fixed", asks="on")
    real.refresh_from_db()
    assert (real.status, real.asks_verification) == ("fixed", False)


def test_set_status_of_a_stale_page_is_refused_with_what_changed(
    real: Finding, cast: Cast, as_: As
) -> None:
    stale = {"version": real.version, "status": "fixed"}
    act(as_(cast.tomasz), real, "status", status="dropped")
    for headers in ({}, HTMX):
        answer = act(as_(cast.ines), real, "status", headers=headers, **stale)
        assert answer.status_code == (200 if headers else 409)
        page = answer.content.decode()
        assert "In between, Tomasz Wieczorek dropped it." in page
        assert "You chose “fixed”" in page
    real.refresh_from_db()
    assert real.status == "dropped"


def test_set_status_goes_on_after_the_close(real: Finding, cast: Cast, as_: As) -> None:
    close(real.session, as_(cast.ines))
    assert act(as_(cast.tomasz), real, "status", status="fixed").status_code == 303
    assert (
        act(as_(cast.tomasz), real, "adjudicate", adjudication="moot").status_code
        == 409
    )
    real.refresh_from_db()
    assert (real.status, real.adjudication) == ("fixed", "real")


def test_distinguish_ends_the_proposal_for_both(
    revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    mine, theirs = (finding_of(revealed, one) for one in (cast.ines, cast.tomasz))
    board = f"{BASE}{revealed.pk}/board/"
    for _ in range(2):
        answer = act(as_(cast.ines), mine, "distinguish", other=theirs.pk)
        assert answer.status_code == 303
    assert revealed.distinctions.count() == 1
    page = as_(cast.tomasz).get(board).content.decode()
    assert "Is this one flaw or two?" not in page
    act(as_(cast.ines), mine, "join", other=theirs.pk)
    act(as_(cast.ines), mine, "split", other=theirs.pk)
    page = as_(cast.tomasz).get(board).content.decode()
    assert "Is this one flaw or two?" not in page


def test_join_and_split_leave_the_decision_to_who_took_it(
    revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    mine, other = (finding_of(revealed, one) for one in (cast.ines, cast.tomasz))
    client = as_(cast.tomasz)
    page = f"{BASE}{revealed.pk}/board/?finding={mine.pk}"
    assert act(client, mine, "join", other=other.pk).status_code == 303
    assert "set by" not in client.get(page).content.decode()
    act(as_(cast.ines), mine, "adjudicate", adjudication="real")
    assert act(client, mine, "split", other=other.pk).status_code == 303
    assert "“A real flaw”, set by Ines." in client.get(page).content.decode()
    act(client, other, "adjudicate", adjudication="moot")
    assert act(as_(cast.ines), mine, "join", other=other.pk).status_code == 303
    assert "“Undecided”, set by Ines." in client.get(page).content.decode()


def test_split_is_not_proposed_again(
    revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    mine, theirs = (finding_of(revealed, one) for one in (cast.ines, cast.tomasz))
    act(as_(cast.ines), mine, "join", other=theirs.pk)
    act(as_(cast.tomasz), mine, "split", other=theirs.pk)
    page = as_(cast.ines).get(f"{BASE}{revealed.pk}/board/").content.decode()
    assert "Is this one flaw or two?" not in page
    assert steps(theirs) == [("Tomasz", Step.PARTED)]


def test_late_finding_of_a_closed_session_keeps_its_text(
    revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    close(revealed, as_(cast.tomasz))
    late = {**FINDING, "title": "No log at all", "text": "A long thought."}
    answer = as_(cast.ines).post(f"{BASE}{revealed.pk}/board/late/", late)
    assert answer.status_code == 409
    page = answer.content.decode()
    for kept in ("A long thought.", "No log at all", "closed by now"):
        assert kept in page
    assert "Copy what you wrote" in page
    assert not revealed.findings.filter(title="No log at all").exists()


@pytest.mark.parametrize(
    "case",
    [
        ("real", "real", False, "You were right."),
        ("moot", "moot", True, "You were wrong."),
        ("real", "undecided", None, "was undecided at the close"),
        ("moot", "undecided", None, "was undecided at the close"),
    ],
)
def test_close_holds_the_confidence_against_what_came_out(
    case: tuple[str, str, bool | None, str],
    revealed: ReviewSession,
    cast: Cast,
    as_: As,
) -> None:
    """Each gave 25 %; the second finding of Tomasz is critical, the others major."""
    mine, theirs, was_safe, said = case
    own = finding_of(revealed, cast.ines)
    for finding in revealed.findings.all():
        verdict = mine if finding == own else theirs
        act(as_(cast.ines), finding, "adjudicate", adjudication=verdict)
    close(revealed, as_(cast.ines))
    assert revealed.was_safe is was_safe
    page = as_(cast.ines).get(f"{BASE}{revealed.pk}/").content.decode()
    assert said in page


def test_close_leaves_out_what_was_not_blind(
    revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    ReviewSession.objects.filter(pk=revealed.pk).update(
        is_blind=False, released_by=cast.ruth
    )
    for finding in revealed.findings.all():
        act(as_(cast.ines), finding, "adjudicate", adjudication="real")
    close(revealed, as_(cast.ines))
    assert revealed.was_safe is None
    page = as_(cast.ines).get(f"{BASE}{revealed.pk}/").content.decode()
    assert "this session was not read blind" in page
    calibration = as_(cast.ines).get(f"{BASE}calibration/").content.decode()
    assert "One closed session is left out" in calibration


def test_calibration_shows_ones_own_sessions_alone(
    revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    for finding in revealed.findings.all():
        act(as_(cast.ines), finding, "adjudicate", adjudication="real")
    revealed.passes.filter(reviewer=cast.tomasz).update(confidence="0.90")
    close(revealed, as_(cast.ines))
    own = as_(cast.ines).get(f"{BASE}calibration/").content.decode()
    other = as_(cast.tomasz).get(f"{BASE}calibration/").content.decode()
    assert "21 % to 49 %" in own
    assert "80 % to 100 %" not in own
    assert "80 % to 100 %" in other
    assert "21 % to 49 %" not in other
    lead = as_(cast.ruth).get(f"{BASE}calibration/").content.decode()
    assert "Nothing to hold yourself against yet" in lead
