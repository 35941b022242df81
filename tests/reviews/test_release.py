"""A blind pass that never came holds the other no longer than the program says."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from pairings.models import Program
from preceptor.accounts.models import Membership
from reviews.models import ReviewSession
from tests.cast import Cast
from tests.reviews.conftest import BASE, FINDING, VERDICT, As


def wait(session: ReviewSession, days: int) -> None:
    past = timezone.now() - timedelta(days=days)
    ReviewSession.objects.filter(pk=session.pk).update(opened_at=past)


@pytest.fixture
def waiting(reading: ReviewSession, cast: Cast, as_: As) -> ReviewSession:
    """Tomasz has locked; Ines has written a finding and gone quiet."""
    page = f"{BASE}{reading.pk}/"
    as_(cast.ines).post(f"{page}findings/new/", {**FINDING, "title": "Her draft"})
    as_(cast.tomasz).post(f"{page}findings/new/", {**FINDING, "title": "His finding"})
    as_(cast.tomasz).post(f"{page}lock/", VERDICT)
    return reading


def test_release_waits_for_the_days_of_the_program(
    waiting: ReviewSession, cast: Cast, as_: As
) -> None:
    Program.objects.update(pass_timeout_days=7)
    page = f"{BASE}{waiting.pk}/release/"
    wait(waiting, 6)
    assert "it may go on without" in as_(cast.tomasz).get(page).content.decode()
    assert as_(cast.tomasz).post(page).status_code == 409
    wait(waiting, 7)
    assert "Go on without it" in as_(cast.tomasz).get(page).content.decode()
    reading = as_(cast.tomasz).get(f"{BASE}{waiting.pk}/read/").content.decode()
    assert "Go on without the missing pass" in reading
    for _twice in range(2):
        assert as_(cast.tomasz).post(page).status_code == 303
    waiting.refresh_from_db()
    assert (waiting.state, waiting.is_blind) == ("revealed", False)
    assert waiting.released_by == cast.tomasz


def test_the_lead_releases_and_reads_nothing(
    waiting: ReviewSession, cast: Cast, as_: As
) -> None:
    wait(waiting, 5)
    client, page = as_(cast.ruth), f"{BASE}{waiting.pk}/"
    assert "A blind pass did not come in time" in client.get(page).content.decode()
    answer = client.post(f"{page}release/", follow=True)
    assert "His finding" not in answer.content.decode()
    waiting.refresh_from_db()
    assert (waiting.state, waiting.released_by) == ("revealed", cast.ruth)
    assert client.get(f"{page}board/").status_code == 403


def test_a_draft_stays_its_authors_until_they_bring_it_in(
    waiting: ReviewSession, cast: Cast, as_: As
) -> None:
    wait(waiting, 5)
    page = f"{BASE}{waiting.pk}/"
    as_(cast.tomasz).post(f"{page}release/")

    def board(member: Membership) -> str:
        return as_(member).get(f"{page}board/").content.decode()

    for step in ("board/", "read/", ""):
        seen = as_(cast.tomasz).get(f"{page}{step}", follow=True).content.decode()
        assert "Her draft" not in seen, step
    assert "His finding" in board(cast.ines)
    assert "You had written one finding" in board(cast.ines)
    assert "You had written" not in board(cast.tomasz)
    as_(cast.ines).post(f"{page}drafts/")
    assert "Her draft" in board(cast.tomasz)
    assert waiting.findings.get(title="Her draft").blind_pass is None


def test_two_locked_passes_are_for_the_pair_to_reveal(
    waiting: ReviewSession, cast: Cast, as_: As
) -> None:
    as_(cast.ines).post(f"{BASE}{waiting.pk}/lock/", VERDICT)
    wait(waiting, 9)
    assert as_(cast.ruth).post(f"{BASE}{waiting.pk}/release/").status_code == 409
    waiting.refresh_from_db()
    assert (waiting.state, waiting.is_blind) == ("reading", True)


def test_a_draft_left_behind_is_no_part_of_the_board(
    waiting: ReviewSession, cast: Cast, as_: As
) -> None:
    """Neither decided nor explained nor counted, though somebody knows its number."""
    wait(waiting, 5)
    page, client = f"{BASE}{waiting.pk}/", as_(cast.tomasz)
    client.post(f"{page}release/")
    draft = waiting.findings.get(title="Her draft")
    sound = waiting.findings.get(title="His finding")
    words = {
        "version": draft.version,
        "adjudication": "real",
        "other": sound.pk,
        "key": uuid4(),
        "text": "Well",
    }
    for step in ("adjudicate", "join", "comments", "card", "lesson"):
        answer = client.post(f"{page}board/{draft.pk}/{step}/", words)
        assert answer.status_code == 404, step
    draft.refresh_from_db()
    assert draft.adjudication == "undecided"
    assert list(waiting.findings.undecided()) == [sound]
    close = client.get(f"{page}close/").content.decode()
    assert "One finding is still undecided" in close
