"""Search and filters show nothing that the reader could not read anyway."""

from decimal import Decimal

import pytest

from reviews.models import BlindPass, Finding, Lesson, ReviewSession
from reviews.search import in_category, matching
from tests.cast import Cast
from tests.reviews.conftest import BASE, As, open_as


@pytest.fixture
def spoken(revealed: ReviewSession, cast: Cast, as_: As) -> ReviewSession:
    Lesson.objects.create(
        organisation=cast.tidewater,
        session=revealed,
        author=cast.ines,
        text="Ask what happens when nobody answers",
    )
    return revealed


@pytest.mark.parametrize(
    "words",
    ["retry", "etr", "timeouts", "sleep race", '"hides a race"', "nobody answered"],
)
def test_titles_findings_and_lessons_match(
    words: str, spoken: ReviewSession, cast: Cast
) -> None:
    assert list(matching(words, cast.ines)) == [spoken]
    assert list(matching(words, cast.tomasz)) == [spoken]
    for stranger in (cast.ruth, cast.olga, cast.anjali, cast.otto):
        assert list(matching(words, stranger)) == []


@pytest.mark.parametrize("words", ["zeppelin", "'; --", "&|!:*", "\\"])
def test_other_words_match_nothing(
    words: str, spoken: ReviewSession, cast: Cast
) -> None:
    assert list(matching(words, cast.ines)) == []


def test_a_blind_finding_is_found_by_its_author_alone(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    theirs = BlindPass.objects.get(session=reading, reviewer=cast.tomasz)
    BlindPass.objects.filter(pk=theirs.pk).update(confidence=Decimal("0.5"))
    Finding.objects.create(
        organisation=cast.tidewater,
        session=reading,
        blind_pass=theirs,
        author=cast.tomasz,
        path="src/xylophone.py",
        line_from=1,
        line_to=1,
        category="reversal",
        severity="major",
        title="Xylophone",
    )
    assert list(matching("xylophone", cast.tomasz)) == [reading]
    assert list(matching("xylophone", cast.ines)) == []
    assert list(in_category("reversal", cast.tomasz)) == [reading]
    assert list(in_category("reversal", cast.ines)) == []
    page = f"/o/tidewater/pairings/{cast.pairing.pk}/"
    for query in ("?q=xylophone", "?category=reversal"):
        assert "No session fits" in as_(cast.ines).get(page + query).content.decode()
        assert "Retry" in as_(cast.tomasz).get(page + query).content.decode()
        assert "Retry" not in as_(cast.ines).get(BASE + query).content.decode()


def test_filters_on_the_page_of_the_pair(
    spoken: ReviewSession, cast: Cast, as_: As
) -> None:
    other = open_as(cast.ines, as_, cast, title="Cache the rates", model="winter")
    page = f"/o/tidewater/pairings/{cast.pairing.pk}/"

    def titles(query: str) -> list[str]:
        text = as_(cast.ines).get(page + query).content.decode()
        return [title for title in ("Retry", "Cache the rates") if f">{title}<" in text]

    assert titles("") == ["Retry", "Cache the rates"]
    assert titles("?state=revealed") == ["Retry"]
    assert titles("?state=reading") == ["Cache the rates"]
    assert titles("?category=concurrency") == ["Retry"]
    assert titles(f"?model={other.model}") == ["Cache the rates"]
    assert titles("?state=nonsense&q=cache") == ["Cache the rates"]


def test_overseers_filter_the_record_by_state_alone(
    spoken: ReviewSession, cast: Cast, as_: As
) -> None:
    page = f"/o/tidewater/pairings/{cast.pairing.pk}/"
    for query in ("", "?q=zeppelin", "?category=injection", "?model=winter"):
        text = as_(cast.ruth).get(page + query).content.decode()
        assert spoken.code in text, query
        assert 'name="q"' not in text
    assert (
        "No session fits" in as_(cast.ruth).get(f"{page}?state=closed").content.decode()
    )
