"""Later versions of a change: findings keep their lines, passes keep their locks."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils.html import strip_tags

from preceptor.accounts.models import StagedUpload
from reviews.models import BlindPass, Finding, ReviewSession
from tests.cast import Cast
from tests.reviews.conftest import BASE, DIFF, FINDING, VERDICT, As, open_as
from tests.traces import traces_of

MOVED = """diff --git a/src/delivery.py b/src/delivery.py
--- a/src/delivery.py
+++ b/src/delivery.py
@@ -1,3 +1,6 @@
 import logging
+import os
+import time
 def deliver(event):
-    return post(event)
+    time.sleep(2)
+    return post(event, timeout=0)
"""
FIXED = MOVED.replace("timeout=0", "timeout=9")
LAST = {**FINDING, "line_from": "5", "line_to": "5"}
KEY = "AKIA" + "QYLPMN5HHHFPZAM2"


def revise(client: Client, session: ReviewSession, diff: str, **more: str) -> Any:
    """Brings a revision and confirms it; the answer to the last step."""
    page = f"{BASE}{session.pk}/revisions/new/"
    answer = client.post(page, {"diff": diff})
    assert answer.status_code == 303, answer.content.decode()
    return client.post(answer["Location"], more)


def add(client: Client, session: ReviewSession, **more: str) -> Finding:
    answer = client.post(f"{BASE}{session.pk}/findings/new/", {**LAST, **more})
    assert answer.status_code == 303, answer.content.decode()
    return session.findings.latest("pk")


def page_of(client: Client, session: ReviewSession, query: str = "") -> str:
    return client.get(f"{BASE}{session.pk}/read/{query}").content.decode()


def test_a_finding_moves_with_its_lines(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    ines = as_(cast.ines)
    finding = add(ines, reading)
    assert finding.revision == reading.revisions.get()
    assert revise(as_(cast.tomasz), reading, MOVED).status_code == 303
    placement = finding.placements.get()
    assert placement.revision.number == 2
    assert (placement.line_from, placement.line_to) == (6, 6)
    assert not placement.is_outdated
    page = page_of(ines, reading)
    assert 'href="#f1-n6"' in page
    assert "delivery.py:6" in page
    old = page_of(ines, reading, "?revision=1")
    assert 'href="#f1-n5"' in old
    assert "You are looking at revision 1, which is not the newest." in old


def test_a_finding_is_outdated_where_its_lines_are_gone(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    ines = as_(cast.ines)
    finding = add(ines, reading)
    revise(ines, reading, FIXED)
    assert finding.placements.get().is_outdated
    page = page_of(ines, reading)
    assert "outdated" in page
    assert f'href="{BASE}{reading.pk}/read/?revision=1"' in page
    assert FINDING["title"] in page
    revise(ines, reading, MOVED)
    third = finding.placements.get(revision__number=3)
    assert (third.line_from, third.is_outdated) == (6, False)


def test_findings_on_files_and_on_the_whole_stay(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    ines = as_(cast.ines)
    whole = add(ines, reading, path="", line_from="", line_to="", title="All of it")
    file = add(ines, reading, line_from="", line_to="", title="The file")
    revise(ines, reading, FIXED.replace("delivery.py", "sending.py"))
    assert whole.placements.count() == 0
    assert file.placements.get().path == "src/sending.py"
    assert "outdated" not in page_of(ines, reading)


def test_a_finding_is_written_on_the_revision_that_was_read(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    ines = as_(cast.ines)
    revise(as_(cast.tomasz), reading, MOVED)
    finding = add(ines, reading, revision="1")
    assert finding.revision is not None
    assert finding.revision.number == 1
    assert finding.placements.get().line_from == 6
    newest = add(ines, reading, title="Another", line_from="6", line_to="6")
    assert newest.revision is not None
    assert newest.revision.number == 2
    assert newest.placements.count() == 0
    assert "made on revision 2" in page_of(ines, reading, "?revision=1")


def test_an_edited_finding_is_placed_anew(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    ines = as_(cast.ines)
    finding = add(ines, reading)
    revise(ines, reading, MOVED)
    words = {**LAST, "line_from": "4", "line_to": "5", "version": "0"}
    edited = ines.post(f"{BASE}{reading.pk}/findings/{finding.pk}/", words)
    assert edited.status_code == 303
    placement = finding.placements.get()
    assert (placement.line_from, placement.line_to) == (5, 6)


def test_a_revision_keeps_locks_and_says_what_was_read(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    ines, tomasz = as_(cast.ines), as_(cast.tomasz)
    hidden = add(tomasz, reading, title="Only Tomasz knows")
    ines.post(f"{BASE}{reading.pk}/lock/", VERDICT)
    revise(tomasz, reading, FIXED)
    own = BlindPass.objects.get(reviewer=cast.ines)
    assert own.is_locked
    assert own.revision == reading.revisions.get(number=1)
    assert hidden.placements.get().is_outdated
    page = page_of(ines, reading)
    assert "You locked on revision 1." in page
    assert "Only Tomasz knows" not in page
    tomasz.post(f"{BASE}{reading.pk}/lock/", VERDICT)
    other = BlindPass.objects.get(reviewer=cast.tomasz)
    assert other.revision == reading.revisions.get(number=2)


def test_the_other_learns_of_a_revision_without_a_reload(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    client = as_(cast.ines)
    reading.refresh_from_db()
    poll = f"{BASE}{reading.pk}/changes/?page=read&revision=1"
    revise(as_(cast.tomasz), reading, MOVED)
    said = client.get(f"{poll}&version={reading.version}").content.decode()
    assert "There is a revision 2 now." in said


def test_the_board_shows_outdated_findings_with_their_code(
    revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    client = as_(cast.ines)
    revise(client, revealed, FIXED)
    finding = revealed.findings.filter(author=cast.ines).get()
    board = f"{BASE}{revealed.pk}/board/?finding={finding.pk}"
    page = client.get(board).content.decode()
    assert "outdated" in page
    assert "timeout=0" in strip_tags(page)
    read = page_of(client, revealed)
    assert "findings are on another revision" in read
    assert f'href="{BASE}{revealed.pk}/read/?revision=1"' in read


def test_the_same_change_is_no_revision(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    answer = revise(as_(cast.ines), reading, DIFF)
    assert answer.status_code == 409
    assert "the newest revision says already" in answer.content.decode()
    assert reading.revisions.count() == 1


def test_a_revision_confirmed_twice_is_one(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    client = as_(cast.ines)
    page = f"{BASE}{reading.pk}/revisions/new/"
    preview = client.post(page, {"diff": MOVED})["Location"]
    shown = client.get(preview).content.decode()
    assert "What is different from revision 1" in shown
    assert "<ins>" in shown
    assert as_(cast.tomasz).post(preview).status_code == 409
    assert client.post(preview).status_code == 303
    assert client.post(preview).status_code == 303
    assert client.get(preview).status_code == 303
    assert reading.revisions.count() == 2
    assert StagedUpload.objects.count() == 0


@pytest.mark.parametrize("state", ["closed", "abandoned"])
def test_a_session_that_is_over_takes_no_revision(
    state: str, revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    client = as_(cast.ines)
    page = f"{BASE}{revealed.pk}/revisions/new/"
    preview = client.post(page, {"diff": MOVED})["Location"]
    ReviewSession.objects.update(
        state=state, closed_at=revealed.revealed_at, held_on=revealed.opened_at
    )
    assert client.post(preview).status_code == 409
    assert client.get(page).status_code == 303
    assert revealed.revisions.count() == 1


def test_a_refused_revision_says_why(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    page = f"{BASE}{reading.pk}/revisions/new/"
    answer = as_(cast.ines).post(page, {"diff": "no diff at all"})
    assert answer.status_code == 422
    assert "not a unified diff" in answer.content.decode()
    assert "no diff at all" in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_secret_in_a_revision_is_removed(cast: Cast, as_: As) -> None:
    session = open_as(cast.ines, as_, cast)
    client = as_(cast.ines)
    secret = MOVED.replace("timeout=0", f"timeout=0, key='{KEY}'")
    assert revise(client, session, secret).status_code == 422
    answer = revise(client, session, secret, is_checked="on", remove="0")
    assert answer.status_code == 303
    assert "‹removed: AWS key›" in page_of(client, session)
    assert traces_of(KEY) == []


def test_revisions_are_compared_by_files(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    client = as_(cast.ines)
    extra = "--- a/b.py\n+++ b/b.py\n@@ -0,0 +1 @@\n+print('b')\n"
    revise(client, reading, FIXED + extra)
    page = client.get(f"{BASE}{reading.pk}/revisions/").content.decode()
    assert "From revision 1 to revision 2" in page
    assert "came in" in page
    assert "return post(event, timeout=9)" in page
    back = client.get(f"{BASE}{reading.pk}/revisions/?from=2&to=1").content.decode()
    assert "not in it any more" in back


def test_a_large_change_beyond_the_usual_limits_is_read(
    cast: Cast, as_: As, settings: Any, reading: ReviewSession
) -> None:
    settings.PRECEPTOR_DIFF_LINES = 30_000
    many = "".join(f"+line {number}\n" for number in range(21_000))
    body = f"--- a/b.py\n+++ b/b.py\n@@ -0,0 +1,21000 @@\n{many}"
    client = as_(cast.ines)
    assert revise(client, reading, body).status_code == 303
    assert "b.py" in page_of(client, reading)


def test_a_comparison_counts_files(
    django_assert_num_queries: Callable[..., Any],
    reading: ReviewSession,
    cast: Cast,
    as_: As,
) -> None:
    client = as_(cast.ines)
    for diff in (MOVED, FIXED):
        revise(client, reading, diff)
    client.get(f"{BASE}{reading.pk}/revisions/")
    with django_assert_num_queries(6):
        client.get(f"{BASE}{reading.pk}/revisions/")
