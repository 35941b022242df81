"""What the other wrote reaches no browser before the reveal, by no route."""

import re
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from pairings.models import Enrolment
from reviews.access import session_to_read
from reviews.actions import store_transcript
from reviews.models import (
    BlindPass,
    Comment,
    Draft,
    Explanation,
    Finding,
    ReviewSession,
)
from reviews.urls import urlpatterns
from tests.cast import Cast
from tests.reviews.conftest import BASE, As

HTMX = {"HX-Request": "true"}
MARK = "Xylophone"
TALK = b"You: why?\nAssistant: because\n"
ROUTES = [str(route.pattern) for route in urlpatterns]


@pytest.fixture
def planted(reading: ReviewSession, cast: Cast) -> Finding:
    """Tomasz's pass: a finding, verdict and confidence that occur nowhere else."""
    other = BlindPass.objects.get(session=reading, side=Enrolment.Side.MENTOR)
    BlindPass.objects.filter(pk=other.pk).update(
        verdict="accept", confidence=Decimal("0.37")
    )
    words: dict[str, Any] = {
        "organisation": cast.tidewater,
        "session": reading,
        "blind_pass": other,
        "author": cast.tomasz,
        "category": "reversal",
        "severity": "critical",
        "title": f"{MARK} title",
        "text": f"{MARK} text",
    }
    talk = store_transcript(
        session=reading, body=TALK, name="talk.md", now=timezone.now()
    )
    Finding.objects.create(**words, transcript=talk, turn=1)
    finding = Finding.objects.create(
        **words, path=f"src/{MARK}.py", line_from=2, line_to=2
    )
    Explanation.objects.create(
        organisation=cast.tidewater, finding=finding, rule=f"{MARK} rule"
    )
    Comment.objects.create(
        organisation=cast.tidewater,
        finding=finding,
        author=cast.tomasz,
        key=uuid4(),
        text=f"{MARK} reply",
    )
    return finding


def paths(finding: Finding) -> list[str]:
    """Every route of the app, and the polls and details that lead furthest."""
    session = finding.session_id
    values: dict[str, int | str] = {"pk": session, "finding": finding.pk}
    values |= {"lesson": 1, "number": 1, "key": "own"}
    values |= {"staged": 1, "pairing": finding.session.pairing_id, "suggestion": 1}
    values |= {"transcript": finding.session.transcripts.get().pk, "turn": 1}
    values |= {"action": 1, "comment": Comment.objects.get().pk}
    found = []
    for route in ROUTES:
        path = re.sub(
            r"<(?:int|slug):(\w+)>", lambda found: str(values[found[1]]), route
        )
        assert "<" not in path
        found.append(BASE + path)
    queries = ("?page=read&version=9", "?page=board&version=9")
    found += [f"{BASE}{session}/changes/{query}" for query in queries]
    found += [f"{BASE}{session}/board/?finding={finding.pk}", "/o/tidewater/"]
    return found


@pytest.mark.parametrize("is_locked", [False, True])
def test_nothing_of_the_other_before_the_reveal(
    is_locked: bool, planted: Finding, cast: Cast, as_: As
) -> None:
    if is_locked:
        as_(cast.tomasz).post(
            f"{BASE}{planted.session_id}/lock/",
            {"verdict": "accept", "confidence": "90"},
        )
        BlindPass.objects.filter(reviewer=cast.tomasz).update(
            confidence=Decimal("0.37")
        )
    key = UUID(int=7)
    Draft.objects.create(
        organisation=cast.tidewater,
        session=planted.session,
        author=cast.tomasz,
        key=key,
        words={"title": f"{MARK} draft"},
    )
    form = f"{BASE}{planted.session_id}/findings/new/?draft={key}"
    client = as_(cast.ines)
    for path in [*paths(planted), form]:
        for headers in ({}, HTMX):
            if "abandon" in path or "lock/" in path:
                answers = [client.get(path, headers=headers)]
            else:
                answers = [
                    client.get(path, headers=headers),
                    client.post(path, {"version": "0", "other": planted.pk}),
                ]
            for answer in answers:
                text = answer.content.decode() + str(answer.headers)
                assert MARK not in text, path
                assert "37 %" not in text, path
                assert "0.37" not in text, path
                assert 'value="accept" checked' not in text, path
                assert "Sycophantic reversal, critical" not in text, path
    planted.refresh_from_db()
    assert planted.title == f"{MARK} title"


def test_the_same_walk_finds_it_after_the_reveal(
    planted: Finding, cast: Cast, as_: As
) -> None:
    words = {"verdict": "accept", "confidence": "90"}
    for member in (cast.ines, cast.tomasz):
        as_(member).post(f"{BASE}{planted.session_id}/lock/", words)
    as_(cast.ines).post(f"{BASE}{planted.session_id}/reveal/")
    pages = [as_(cast.ines).get(path).content.decode() for path in paths(planted)]
    assert sum(f"{MARK} title" in page for page in pages) >= 5


def test_the_walk_is_over_after_the_abandoning_too(
    planted: Finding, cast: Cast, as_: As
) -> None:
    as_(cast.tomasz).post(f"{BASE}{planted.session_id}/abandon/")
    assert ReviewSession.objects.get().state == "abandoned"
    for path in paths(planted):
        assert MARK not in as_(cast.ines).get(path).content.decode(), path


def test_nobody_elses_judgment_comes_with_a_session(
    planted: Finding, cast: Cast
) -> None:
    session = session_to_read(cast.ines, planted.session_id)
    assert session.own_pass
    assert session.own_pass.reviewer_id == cast.ines.pk
    assert not session.own_pass.get_deferred_fields()
    assert [one.get_deferred_fields() for one in session.locks] == [
        {"verdict", "confidence"}
    ] * 2
