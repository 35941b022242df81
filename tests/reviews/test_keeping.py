"""Private notes, and code that is kept for a time only."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from reviews import actions
from reviews.models import (
    Blob,
    Draft,
    DrawnFile,
    Finding,
    Note,
    RetentionRule,
    ReviewSession,
    Transcript,
)
from reviews.tasks import purge_code
from tests.cast import Cast
from tests.reviews.conftest import BASE, DIFF, FINDING, As, finding_of, open_as

HTMX = {"HX-Request": "true"}
MARK = "quokka7141"


def test_a_note_is_its_authors_alone(
    revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    page = f"{BASE}{revealed.pk}/note/"
    words = {"text": "Ask about <b>retries</b>", "version": "0"}
    assert as_(cast.ines).post(page, words).status_code == 303
    text = as_(cast.ines).get(page).content.decode()
    assert "Ask about &lt;b&gt;retries" in text
    for path in ("note/", "", "board/", "read/"):
        answer = as_(cast.tomasz).get(f"{BASE}{revealed.pk}/{path}", follow=True)
        assert "Ask about" not in answer.content.decode(), path


def test_a_note_is_saved_as_typed_and_never_over_another_tab(
    revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    client, page = as_(cast.ines), f"{BASE}{revealed.pk}/note/"
    first = client.post(page, {"text": "One", "version": "0"}, headers=HTMX)
    assert 'name="version" value="1"' in first.content.decode()
    assert "Saved at" in first.content.decode()
    client.post(page, {"text": "Two", "version": "1"}, headers=HTMX)
    stale = client.post(page, {"text": "Mine", "version": "1"}, headers=HTMX)
    assert stale.status_code == 422
    assert "changed in another tab" in stale.content.decode()
    assert "Two" in stale.content.decode()
    assert "Mine" in stale.content.decode()
    assert Note.objects.get().text == "Two"
    assert client.post(page, {"text": "Mine", "version": "2"}).status_code == 303
    assert Note.objects.get().text == "Mine"


def test_the_same_note_sent_twice_is_one(
    revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    page = f"{BASE}{revealed.pk}/note/"
    for _twice in range(2):
        answer = as_(cast.ines).post(page, {"text": "One", "version": "0"})
        assert answer.status_code == 303
    assert Note.objects.get().version == 1


def test_retention_says_what_goes_before_it_does(
    revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    end(revealed, days=40)
    page = f"{BASE}retention/"
    asked = as_(cast.olga).post(page, {"days": "30"})
    assert asked.status_code == 200
    assert "the code of one session goes" in asked.content.decode()
    assert RetentionRule.objects.count() == 0
    as_(cast.olga).post(page, {"days": "30", "is_sure": "1"})
    assert RetentionRule.objects.get().days == 30
    assert as_(cast.olga).post(page, {"days": "50"}).status_code == 303
    assert as_(cast.olga).post(page, {"days": "0"}).status_code == 422
    assert as_(cast.olga).post(page, {"days": ""}).status_code == 303
    assert RetentionRule.objects.count() == 0


def end(session: ReviewSession, *, days: int) -> None:
    at = timezone.now() - timedelta(days=days)
    ReviewSession.objects.filter(pk=session.pk).update(
        state="closed", closed_at=at, revealed_at=at, held_on=at.date()
    )


def dump() -> str:
    """Every value of every table, as a dump of the database holds them."""
    values = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename)"
            " FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT * FROM {table}")  # noqa: S608 # from the catalogue
            for row in cursor.fetchall():
                values += [_text(value) for value in row]
    return "\n".join(values)


def _text(value: object) -> str:
    if isinstance(value, memoryview | bytes):
        return bytes(value).decode("utf-8", "replace")
    return str(value)


def kept_in_cache() -> str:
    """Every key of the cache with its bytes."""
    client = cache._cache.get_client()  # type: ignore[attr-defined] # of the Redis backend
    return "\n".join(f"{key!r} {client.dump(key)!r}" for key in client.scan_iter())


@pytest.fixture
def marked(cast: Cast, as_: As) -> ReviewSession:
    """A session with the mark in its diff, its conversation and a suggestion."""
    diff = DIFF.replace("import time", f"import time  # {MARK}")
    session = open_as(cast.ines, as_, cast, diff=diff)
    now = timezone.now()
    actions.store_transcript(
        session=session, body=f"User: say {MARK}".encode(), name="t.txt", now=now
    )
    page = f"{BASE}{session.pk}/"
    as_(cast.ines).post(
        f"{page}findings/new/", {**FINDING, "suggestion": f"post({MARK})"}
    )
    Draft.objects.create(
        organisation=cast.tidewater,
        session=session,
        author=cast.ines,
        key="5f3a8c1e-72b4-4d0a-9c56-1e8d3b7f2a90",
        words={"suggestion": MARK},
    )
    for member in (cast.ines, cast.tomasz):
        as_(member).get(f"{page}read/")
    return session


def test_what_is_purged_is_nowhere(marked: ReviewSession, cast: Cast, as_: As) -> None:
    assert dump().count(MARK) >= 4
    actions.set_retention(actor=cast.olga, days=30, now=timezone.now())
    end(marked, days=31)
    purge_code()
    assert MARK not in dump()
    assert MARK not in kept_in_cache()
    assert (Blob.objects.count(), DrawnFile.objects.count()) == (0, 0)


def test_what_was_found_stays_readable(
    marked: ReviewSession, cast: Cast, as_: As
) -> None:
    revision = marked.revisions.get()
    digest = revision.digest
    end(marked, days=31)
    assert (
        actions.purge(cast.tidewater, before=timezone.now() - timedelta(days=30)) == 1
    )
    revision.refresh_from_db()
    assert (revision.digest, revision.added) == (digest, 3)
    finding = finding_of(marked, cast.ines)
    assert (finding.where, finding.text) == (
        "delivery.py:4–5",
        "It **never** connects.",
    )
    read = as_(cast.ines).get(f"{BASE}{marked.pk}/read/")
    assert read.status_code == 200
    assert "The code is no longer here" in read.content.decode()
    assert digest in read.content.decode()
    for path in (
        "",
        "board/",
        "files/",
        f"conversations/{Transcript.objects.get().pk}/",
    ):
        answer = as_(cast.ines).get(f"{BASE}{marked.pk}/{path}", follow=True)
        assert answer.status_code in (200, 404), path


def test_purge_leaves_open_and_young_sessions_and_shared_bytes(
    marked: ReviewSession, cast: Cast, as_: As
) -> None:
    diff = DIFF.replace("import time", f"import time  # {MARK}")
    other = open_as(cast.ines, as_, cast, diff=diff, title="Again")
    assert actions.purge(cast.tidewater, before=timezone.now()) == 0
    end(marked, days=31)
    before = timezone.now() - timedelta(days=30)
    assert actions.purge(cast.tidewater, before=before) == 1
    assert marked.revisions.get().data == b""
    assert MARK.encode() in other.revisions.get().data
    assert actions.purge(cast.tidewater, before=before) == 0
    assert Finding.objects.exclude(suggestion="").count() == 0


@given(days=st.integers(1, 3650), age=st.integers(0, 4000))
def test_a_rule_keeps_exactly_its_days(days: int, age: int) -> None:
    now = timezone.now()
    rule = RetentionRule(days=days)
    assert (now - timedelta(days=age) < rule.ends_at(now)) == (age > days)
