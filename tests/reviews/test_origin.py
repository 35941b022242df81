"""Where a change comes from: put right by hand, and asked for at the close."""

import pytest
from django.db import IntegrityError, transaction

from reviews import actions
from reviews.models import ReviewSession
from tests.cast import Cast
from tests.reviews.conftest import BASE, As

ORIGIN = {"tool": "Codex CLI", "model": "", "driver": "both", "edited_share": "25"}


def page_of(session: ReviewSession) -> str:
    return f"{BASE}{session.pk}/provenance/"


def mark_of(session: ReviewSession) -> str:
    session.refresh_from_db()
    return session.provenance_mark


def test_edit_provenance(reading: ReviewSession, cast: Cast, as_: As) -> None:
    client = as_(cast.tomasz)
    page = client.get(page_of(reading)).content.decode()
    assert 'value="agent"' in page
    words = {**ORIGIN, "seen": mark_of(reading)}
    assert client.post(page_of(reading), words).status_code == 303
    reading.refresh_from_db()
    assert (reading.tool, reading.model, reading.driver) == ("Codex CLI", "", "both")
    assert str(reading.edited_share) == "0.25"


def test_edit_provenance_refuses_what_is_stale(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    seen = mark_of(reading)
    as_(cast.ines).post(page_of(reading), {**ORIGIN, "seen": seen})
    words = {**ORIGIN, "tool": "Cursor", "seen": seen}
    answer = as_(cast.tomasz).post(page_of(reading), words)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "written down meanwhile" in page
    assert 'value="Cursor"' in page
    assert f'value="{mark_of(reading)}"' in page
    assert reading.tool == "Codex CLI"


def test_edit_provenance_ends_with_the_session(
    revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    seen = mark_of(revealed)
    as_(cast.ines).post(f"{BASE}{revealed.pk}/abandon/")
    client = as_(cast.ines)
    assert client.get(page_of(revealed)).status_code == 303
    answer = client.post(page_of(revealed), {**ORIGIN, "seen": seen})
    assert answer.status_code == 409
    assert mark_of(revealed) == seen


def test_edit_provenance_asks_for_tool_and_driver(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    answer = as_(cast.ines).post(page_of(reading), {"seen": mark_of(reading)})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_tool-e"' in page
    assert 'id="id_driver-e"' in page


CLOSING = {
    "minutes": "40",
    "verdict": "fix",
    "word": "calm",
    "unexplained_because": "No time",
    "action0-text": "",
}


@pytest.fixture
def unknown(revealed: ReviewSession) -> ReviewSession:
    """A session of whose change nobody said where it comes from."""
    ReviewSession.objects.update(tool="", driver="", model="")
    revealed.refresh_from_db()
    return revealed


def test_close_asks_where_the_change_comes_from(
    unknown: ReviewSession, cast: Cast, as_: As
) -> None:
    client = as_(cast.ines)
    page = f"{BASE}{unknown.pk}/close/"
    assert "Nobody has said so yet" in client.get(page).content.decode()
    words = {**CLOSING, "held_on": unknown.opened_at.date().isoformat()}
    answer = client.post(page, words)
    assert answer.status_code == 422
    assert 'id="id_tool-e"' in answer.content.decode()
    closed = client.post(page, {**words, **ORIGIN})
    assert closed.status_code == 303, closed.content.decode()
    unknown.refresh_from_db()
    assert (unknown.state, unknown.tool, unknown.driver) == (
        "closed",
        "Codex CLI",
        "both",
    )


def test_close_without_provenance_is_refused(
    unknown: ReviewSession, cast: Cast
) -> None:
    day = unknown.opened_at.date()
    ending = actions.Ending(
        held_on=day, minutes=30, verdict="fix", unexplained_because="No time"
    )
    with pytest.raises(actions.Unaccounted):
        actions.close(
            actor=cast.ines, session=unknown, ending=ending, now=unknown.opened_at
        )
    unknown.refresh_from_db()
    assert unknown.state == "revealed"


def test_close_does_not_ask_for_what_is_known(
    revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    page = as_(cast.ines).get(f"{BASE}{revealed.pk}/close/").content.decode()
    assert "Nobody has said so yet" not in page


@pytest.mark.parametrize("field", ["tool", "driver"])
def test_the_database_refuses_a_close_without(
    field: str, revealed: ReviewSession
) -> None:
    rows = ReviewSession.objects.filter(pk=revealed.pk)
    at = revealed.opened_at
    rows.update(state="closed", closed_at=at, held_on=at.date())
    with (
        pytest.raises(IntegrityError, match="closed_has_provenance"),
        transaction.atomic(),
    ):
        rows.update(**{field: ""})
    assert rows.update(is_logged=True, tool="", driver="") == 1
