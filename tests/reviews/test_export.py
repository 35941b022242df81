"""A session taken along: all that its reader may read, and nothing else."""

import json
from typing import Any

from django.utils import timezone

from preceptor.accounts.models import Membership
from reviews import actions
from reviews.models import Finding, Lesson, ReviewSession
from reviews.templatetags.reviews import fenced, quoted
from tests.cast import Cast
from tests.reviews.conftest import BASE, FINDING, As, finding_of


def data_of(session: ReviewSession, member: Membership, as_: As) -> Any:
    answer = as_(member).get(f"{BASE}{session.pk}/export.json")
    assert (
        answer["Content-Disposition"] == f'attachment; filename="{session.code}.json"'
    )
    return json.loads(answer.content)


def text_of(session: ReviewSession, member: Membership, as_: As) -> str:
    answer = as_(member).get(f"{BASE}{session.pk}/export.md")
    assert answer["Content-Type"] == "text/markdown; charset=utf-8"
    return answer.content.decode()


def test_all_of_a_revealed_session(
    revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    Lesson.objects.create(
        organisation=cast.tidewater, session=revealed, author=cast.ines, text="Ask."
    )
    mine = finding_of(revealed, cast.ines)
    actions.adjudicate(
        actor=cast.tomasz,
        finding=mine,
        version=mine.version,
        adjudication="real",
        now=timezone.now(),
    )
    data = data_of(revealed, cast.tomasz, as_)
    assert data["format"] == {"name": "preceptor-session", "version": 1}
    assert (data["session"]["title"], data["session"]["state"]) == ("Retry", "revealed")
    assert data["provenance"]["model"] == "spring"
    assert [len(one["sha256"]) for one in data["revisions"]] == [64]
    assert [one["safe_to_merge"] for one in data["passes"]] == [0.25, 0.25]
    found = {(one["seen_by"], one["title"]) for one in data["flaws"]}
    assert ("mentor", "A sleep hides a race") in found
    (real,) = [one for one in data["flaws"] if one["adjudication"] == "real"]
    assert real["status"] == "open"
    assert real["findings"][0]["where"] == "delivery.py:4–5"
    assert data["lessons"] == [{"by": "Ines Carvalho", "text": "Ask."}]


def test_markdown_reads_well(revealed: ReviewSession, cast: Cast, as_: As) -> None:
    Finding.objects.filter(title=FINDING["title"], author=cast.ines).update(
        suggestion="post(event, timeout=5)  # ``` & <b>"
    )
    text = text_of(revealed, cast.ines, as_)
    assert text.startswith("# Retry\n\nInes Carvalho with Tomasz Wieczorek")
    assert "### A sleep hides a race" in text
    assert "It **never** connects." in text
    assert "````\npost(event, timeout=5)  # ``` & <b>\n````" in text
    assert "> Safe." in text
    assert "&amp;" not in text
    assert "\n\n\n\n" not in text


def test_before_the_reveal_ones_own_alone(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    for member, title in ((cast.ines, "Hers"), (cast.tomasz, "His")):
        words = {**FINDING, "title": title}
        as_(member).post(f"{BASE}{reading.pk}/findings/new/", words)
    as_(cast.tomasz).post(
        f"{BASE}{reading.pk}/lock/", {"verdict": "reject", "confidence": "10"}
    )
    data = data_of(reading, cast.ines, as_)
    assert [flaw["title"] for flaw in data["flaws"]] == ["Hers"]
    assert [flaw["seen_by"] for flaw in data["flaws"]] == [None]
    assert [one["by"] for one in data["passes"]] == ["Ines Carvalho"]
    assert "His" not in text_of(reading, cast.ines, as_)


def test_private_notes_stay_private(
    revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    actions.keep_note(
        actor=cast.ines,
        session=revealed,
        text="Marmalade",
        version=0,
        now=timezone.now(),
    )
    for member in (cast.ines, cast.tomasz):
        assert "Marmalade" not in text_of(revealed, member, as_)
        assert "Marmalade" not in json.dumps(data_of(revealed, member, as_))


def test_the_record_is_not_exported_to_who_oversees(
    revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    for member in (cast.ruth, cast.olga, cast.lars):
        for ending in ("json", "md"):
            path = f"{BASE}{revealed.pk}/export.{ending}"
            assert as_(member).get(path).status_code == 403


def test_quoted_and_fenced() -> None:
    assert quoted("a\n\nb") == "> a\n>\n> b"
    assert fenced("x") == "```\nx\n```"
    assert fenced("a ```` b") == "`````\na ```` b\n`````"
