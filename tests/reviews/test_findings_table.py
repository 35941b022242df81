from typing import Any

import pytest
from django.test import Client

from reviews.models import Finding, ReviewSession
from tests.cast import Cast
from tests.reviews.conftest import BASE, FINDING, As, finding_of
from tests.reviews.test_deciding import act

QUERIES = 8


@pytest.fixture
def mixed(revealed: ReviewSession, cast: Cast, as_: As) -> ReviewSession:
    """One that Ines fixed, two of Tomasz of which one is no flaw, and a late one."""
    client = as_(cast.ines)
    mine = finding_of(revealed, cast.ines)
    act(client, mine, "adjudicate", adjudication="real")
    act(as_(cast.tomasz), mine, "status", status="fixed", asks="on")
    act(client, finding_of(revealed, cast.tomasz), "adjudicate", adjudication="moot")
    late = {**FINDING, "title": "No log at all", "category": "observability"}
    client.post(f"{BASE}{revealed.pk}/board/late/", late)
    Finding.objects.filter(author=cast.tomasz, title=FINDING["title"]).update(
        title="It never waits"
    )
    return revealed


def listed(client: Client, session: ReviewSession, **query: str) -> set[str]:
    answer = client.get(f"{BASE}{session.pk}/findings/", query)
    assert answer.status_code == 200
    return {flaw.finding.title for flaw in answer.context["flaws"]}


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ({}, {"The timeout is 0", "It never waits", "A sleep hides a race"}),
        ({"adjudication": "real"}, {"The timeout is 0"}),
        ({"adjudication": "moot"}, {"It never waits"}),
        ({"status": "fixed"}, {"The timeout is 0"}),
        ({"status": "asked"}, {"The timeout is 0"}),
        ({"status": "open"}, set()),
        ({"seen": "junior"}, {"The timeout is 0"}),
        ({"seen": "mentor"}, {"It never waits", "A sleep hides a race"}),
        ({"seen": "neither"}, {"No log at all"}),
        ({"severity": "critical"}, {"A sleep hides a race"}),
        ({"category": "concurrency"}, {"A sleep hides a race"}),
        ({"category": "concurrency", "seen": "junior"}, set()),
        ({"category": "nonsense", "severity": "critical"}, {"A sleep hides a race"}),
    ],
)
def test_findings_are_narrowed_by_every_filter(
    query: dict[str, str], titles: set[str], mixed: ReviewSession, cast: Cast, as_: As
) -> None:
    found = listed(as_(cast.ines), mixed, **query)
    assert found == titles | ({"No log at all"} if not query else set())


def test_findings_lead_to_the_board_and_to_the_line(
    mixed: ReviewSession, cast: Cast, as_: As
) -> None:
    page = as_(cast.tomasz).get(f"{BASE}{mixed.pk}/findings/").content.decode()
    mine = finding_of(mixed, cast.ines)
    assert f'{BASE}{mixed.pk}/board/?finding={mine.pk}#detail"' in page
    assert f'{BASE}{mixed.pk}/read/#f1-n5"' in page
    assert "fixed, to be checked" in page
    empty = as_(cast.tomasz).get(f"{BASE}{mixed.pk}/findings/?status=open")
    assert "No finding fits these filters." in empty.content.decode()


def test_findings_ask_as_much_for_three_rows_as_for_one(
    revealed: ReviewSession, cast: Cast, as_: As, django_assert_num_queries: Any
) -> None:
    client, path = as_(cast.ines), f"{BASE}{revealed.pk}/findings/"
    client.get(path)
    with django_assert_num_queries(QUERIES):
        assert client.get(path).content.decode().count('<th scope="row">') == 3
    revealed.findings.exclude(pk=finding_of(revealed, cast.ines).pk).delete()
    with django_assert_num_queries(QUERIES):
        assert client.get(path).content.decode().count('<th scope="row">') == 1


def test_findings_wait_for_the_reveal(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    answer = as_(cast.ines).get(f"{BASE}{reading.pk}/findings/")
    assert answer["Location"] == f"{BASE}{reading.pk}/"
