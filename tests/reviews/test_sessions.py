from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from reviews.models import ReviewSession
from tests.cast import Cast
from tests.reviews.conftest import BASE, CLOSE, FINDING, As, open_as


def test_sessions_teach_where_there_are_none(cast: Cast, as_: As) -> None:
    page = as_(cast.ines).get(BASE).content.decode()
    assert "No sessions yet" in page
    assert f'class="button primary" href="{BASE}new/"' in page


def test_sessions_lists_open_ones_with_whose_turn_it_is(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    words = {"verdict": "fix", "confidence": "50"}
    as_(cast.tomasz).post(f"{BASE}{reading.pk}/lock/", words)
    assert "your turn to read" in as_(cast.ines).get(BASE).content.decode()
    waiting = as_(cast.tomasz).get(BASE).content.decode()
    assert "locked, waiting for the other" in waiting
    as_(cast.ines).post(f"{BASE}{reading.pk}/lock/", words)
    assert "ready to reveal" in as_(cast.tomasz).get(BASE).content.decode()


def test_sessions_filter_by_pair_and_state(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    client = as_(cast.ines)
    assert "Retry" in client.get(f"{BASE}?state=reading").content.decode()
    for query in ("?state=closed", "?pair=0", "?pair=99999999999999999999"):
        page = client.get(BASE + query).content.decode()
        assert ">Retry<" not in page, query
    assert "Retry" in client.get(f"{BASE}?pair={cast.pairing.pk}").content.decode()


@pytest.mark.parametrize("name", ["olga", "mark", "ruth", "otis", "lars"])
def test_others_see_the_record_alone(
    name: str, revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    client = as_(getattr(cast, name))
    as_(cast.ines).post(f"{BASE}{revealed.pk}/lessons/", {"text": "Timeouts."})
    as_(cast.ines).post(
        f"{BASE}{revealed.pk}/close/",
        {**CLOSE, "held_on": timezone.localdate().isoformat(), "minutes": "47"},
    )
    for path in (BASE, f"{BASE}{revealed.pk}/"):
        page = client.get(path).content.decode()
        assert "Ines Carvalho with Tomasz Wieczorek" in page
        assert "47" in page
        for secret in ("Retry", "timeout", "race", "Timeouts.", "agent", "spring"):
            assert secret not in page.replace("Preceptorship, spring", ""), secret
    for step in ("read/", "board/", "close/", "files/", "findings/new/", "changes/"):
        assert client.get(f"{BASE}{revealed.pk}/{step}").status_code == 403


@pytest.mark.parametrize("name", ["devon", "anjali", "mei", "otto"])
def test_strangers_find_nothing(
    name: str, reading: ReviewSession, cast: Cast, as_: As
) -> None:
    client = as_(getattr(cast, name))
    for step in ("", "read/", "board/", "close/", "changes/"):
        assert client.get(f"{BASE}{reading.pk}/{step}").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_query_counts(
    count: int,
    cast: Cast,
    as_: As,
    django_assert_num_queries: Any,
) -> None:
    for at in range(count):
        session = open_as(cast.ines, as_, cast, title=f"Retry {at}")
        for member in (cast.ines, cast.tomasz):
            for one in range(count):
                words = {**FINDING, "title": f"{one}"}
                as_(member).post(f"{BASE}{session.pk}/findings/new/", words)
    client = as_(cast.ines)
    client.get(BASE)
    with django_assert_num_queries(LIST):
        client.get(BASE)
    with django_assert_num_queries(FIRST_READ):
        client.get(f"{BASE}{session.pk}/read/")
    with django_assert_num_queries(READ):
        client.get(f"{BASE}{session.pk}/read/")
    with django_assert_num_queries(FILES):
        client.get(f"{BASE}{session.pk}/files/", headers={"HX-Request": "true"})
    lead = as_(cast.ruth)
    lead.get(BASE)
    with django_assert_num_queries(RECORD):
        lead.get(BASE)
    ReviewSession.objects.update(state="revealed", revealed_at=timezone.now())
    for at in range(count):
        path = f"{BASE}{session.pk}/lessons/"
        client.post(path, {"text": f"Lesson {at}"})
    with django_assert_num_queries(BOARD):
        client.get(f"{BASE}{session.pk}/board/")


LIST, RECORD, BOARD = 14, 10, 8
FIRST_READ, READ, FILES = 13, 8, 5


def test_helpers_for_other_pages(cast: Cast, as_: As) -> None:
    open_as(cast.ines, as_, cast)
    today = timezone.localdate()
    for days in (9, 2):
        day = (today - timedelta(days=days)).isoformat()
        words = {"pairing": cast.pairing.pk, "held_on": day, "change": f"{days}"}
        as_(cast.ines).post(f"{BASE}log/", words)
    sessions = ReviewSession.objects.of(cast.tomasz)
    assert sessions.open().count() == 1
    assert [one.title for one in sessions.last_held()] == ["2"]
    days_held = [(cast.pairing.pk, today - timedelta(days=n)) for n in (9, 2)]
    assert list(sessions.held_days()) == days_held
    assert sessions.open().with_locks().get().turn_of(cast.tomasz) == "read"
