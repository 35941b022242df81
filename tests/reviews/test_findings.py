"""Findings as they are typed, sent and sent again."""

from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from reviews.actions import store_transcript
from reviews.models import Draft, Finding, ReviewSession
from tests.cast import Cast
from tests.reviews.conftest import BASE, FINDING, VERDICT, As

HTMX = {"HX-Request": "true"}
KEY, OTHER_KEY = str(uuid4()), str(uuid4())
TAB, OTHER_TAB = str(uuid4()), str(uuid4())
TYPED = {"key": KEY, "tab": TAB, "draft_version": "0", "title": "Half a sent"}


def keep(
    session: ReviewSession, member: Any, as_: As, **fields: str
) -> tuple[int, dict[str, Any]]:
    path = f"{BASE}{session.pk}/findings/typed/"
    answer = as_(member).post(path, {**TYPED, **fields})
    return answer.status_code, answer.json()


def test_keep_words_makes_no_draft_of_a_place_alone(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    nothing = {"title": " ", "path": "a.py", "line_from": "2", "line_to": "3"}
    said = {"says": "", "version": ""}
    assert keep(reading, cast.ines, as_, **nothing) == (200, said)
    assert not Draft.objects.exists()
    assert keep(reading, cast.ines, as_, category="race", title="")[0] == 200
    stale = {**nothing, "tab": OTHER_TAB, "draft_version": "7"}
    assert keep(reading, cast.ines, as_, **stale)[0] == 409
    assert Draft.objects.count() == 1
    assert keep(reading, cast.ines, as_, **nothing) == (200, said)
    assert not Draft.objects.exists()


# ---- where a finding may be


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (
            {"line_from": "4", "line_to": "6"},
            "The diff does not show line 6. It shows 1–5.",
        ),
        ({"line_from": "9", "line_to": ""}, "The diff does not show line 9."),
        (
            {"file_side": "old", "line_from": "4", "line_to": "4"},
            "The diff does not show line 4. It shows 1–3.",
        ),
        (
            {"line_from": "", "line_to": "", "suggestion": "x"},
            "Name the lines that this would replace.",
        ),
        (
            {"file_side": "old", "line_from": "3", "line_to": "3", "suggestion": "x"},
            "Only lines as they are after the change can be replaced.",
        ),
        ({"cwe": "0"}, "Write 1 or more."),
        ({"cwe": "CWE-10000"}, "Write 9999 or less."),
        ({"cwe": "seven"}, "Enter a whole number."),
    ],
)
def test_add_finding_refuses_what_the_diff_does_not_show(
    fields: dict[str, str], words: str, reading: ReviewSession, cast: Cast, as_: As
) -> None:
    path = f"{BASE}{reading.pk}/findings/new/"
    answer = as_(cast.ines).post(path, {**FINDING, **fields})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Finding.objects.exists()


def test_add_finding_on_lines_a_file_and_the_whole_change(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    client, path = as_(cast.ines), f"{BASE}{reading.pk}/findings/new/"
    nowhere = {"line_from": "", "line_to": ""}
    for words in (
        {**FINDING, "suggestion": "    return 1\r\n\r\n", "cwe": "CWE-754"},
        {**FINDING, **nowhere, "title": "Belongs elsewhere"},
        {**FINDING, **nowhere, "path": "", "title": "Too much at once"},
    ):
        assert client.post(path, words).status_code == 303
    rows = Finding.objects.order_by("pk")
    assert [row.where for row in rows] == ["delivery.py:4–5", "delivery.py", ""]
    assert (rows[0].suggestion, rows[0].cwe) == ("    return 1", 754)
    page = client.get(f"{BASE}{reading.pk}/read/").content.decode()
    assert "<ins>    return 1\n</ins>" in page
    assert "CWE-754" in page
    assert page.count("2. Belongs elsewhere") == 2
    assert "the change as a whole" in page


def test_preview_finding_shows_words_and_replacement(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    words = {**FINDING, "text": "It **never** <b>", "suggestion": "    pass"}
    client, page = as_(cast.ines), f"{BASE}{reading.pk}/"
    shown = client.post(f"{page}findings/preview/", words, headers=HTMX)
    text = shown.content.decode()
    assert "<strong>never</strong> &lt;b&gt;" in text
    assert "<del>    time.sleep(2)\n</del>" in text
    assert "<ins>    pass\n</ins>" in text
    whole = client.post(f"{page}findings/new/", {**words, "preview": "1"})
    assert whole.status_code == 200
    assert "<ins>    pass\n</ins>" in whole.content.decode()
    assert 'value="The timeout is 0"' in whole.content.decode()
    assert not Finding.objects.exists()


# ---- a form makes one finding


def test_add_finding_sent_twice_from_one_form_is_one(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    path = f"{BASE}{reading.pk}/findings/new/"
    for _ in range(2):
        answer = as_(cast.ines).post(path, {**FINDING, "key": KEY})
        assert answer.status_code == 303
    assert Finding.objects.count() == 1
    as_(cast.ines).post(path, {**FINDING, "key": OTHER_KEY})
    assert Finding.objects.count() == 2


def test_add_finding_sent_again_with_other_words_keeps_them_in_the_form(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    client, path = as_(cast.ines), f"{BASE}{reading.pk}/findings/new/"
    client.post(path, {**FINDING, "key": KEY})
    again = client.post(path, {**FINDING, "key": KEY, "title": "Other words"})
    text = again.content.decode()
    assert again.status_code == 409
    assert "This finding was added already, with other words." in text
    assert 'value="Other words"' in text
    finding = Finding.objects.get()
    assert f"{BASE}{reading.pk}/findings/{finding.pk}/" in text
    words = {**FINDING, "key": KEY, "title": "Other words", "version": "0"}
    client.post(f"{BASE}{reading.pk}/findings/{finding.pk}/", words)
    finding.refresh_from_db()
    assert finding.title == "Other words"


# ---- what is typed is kept


def test_keep_words_and_go_on_with_them(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    status, said = keep(reading, cast.ines, as_, path="src/delivery.py", line_from="4")
    assert (status, said["version"]) == (200, 1)
    assert said["says"].startswith("Saved ")
    client, page = as_(cast.ines), f"{BASE}{reading.pk}/"
    shown = client.get(f"{page}read/").content.decode()
    assert "Half a sent" in shown
    assert f"findings/new/?draft={KEY}" in shown
    form = client.get(f"{page}findings/new/?draft={KEY}").content.decode()
    assert 'value="Half a sent"' in form
    assert f'name="key" value="{KEY}"' in form
    assert 'name="draft_version" value="1"' in form
    assert 'name="line_from" value="4"' in form
    client.post(f"{page}findings/new/", {**FINDING, "key": KEY})
    assert not Draft.objects.exists()


def test_keep_words_are_their_authors_alone(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    keep(reading, cast.ines, as_)
    client, page = as_(cast.tomasz), f"{BASE}{reading.pk}/"
    for path in (f"{page}read/", f"{page}findings/new/?draft={KEY}", f"{page}lock/"):
        assert "Half a sent" not in client.get(path).content.decode()
    assert keep(reading, cast.tomasz, as_, title="Mine")[0] == 200
    client.post(f"{page}findings/typed/discard/", {"key": KEY})
    assert [draft.words["title"] for draft in Draft.objects.all()] == ["Half a sent"]


def test_keep_words_of_a_slower_tab_overwrite_nothing(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    keep(reading, cast.ines, as_)
    assert keep(reading, cast.ines, as_, title="Half a sentence")[0] == 200
    other = {"tab": OTHER_TAB, "draft_version": "1", "title": "From another tab"}
    status, said = keep(reading, cast.ines, as_, **other)
    assert (status, said["version"]) == (409, 2)
    assert said["says"] == "Another tab has changed this in between."
    assert Draft.objects.get().words["title"] == "Half a sentence"
    assert keep(reading, cast.ines, as_, **{**other, "draft_version": "2"})[0] == 200
    assert Draft.objects.get().words["title"] == "From another tab"


def test_keep_words_that_come_after_the_form_are_refused(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    path = f"{BASE}{reading.pk}/findings/"
    as_(cast.ines).post(f"{path}new/", {**FINDING, "key": KEY})
    status, said = keep(reading, cast.ines, as_)
    assert status == 409
    assert said == {"says": "This finding was added already, from another tab."}
    finding = Finding.objects.get()
    edit = {"finding": str(finding.pk), "version": "0"}
    assert keep(reading, cast.ines, as_, **edit)[0] == 200
    form = as_(cast.ines).get(f"{path}{finding.pk}/").content.decode()
    assert 'value="Half a sent"' in form
    as_(cast.ines).post(f"{path}{finding.pk}/", {**FINDING, "version": "0"})
    assert not Draft.objects.exists()
    assert keep(reading, cast.ines, as_, **edit)[0] == 409


def test_keep_words_too_long_says_so(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    status, said = keep(reading, cast.ines, as_, text="x" * 100_001)
    assert (status, said) == (422, {"says": "Not saved: this is too long."})


def test_discard_words(reading: ReviewSession, cast: Cast, as_: As) -> None:
    keep(reading, cast.ines, as_)
    path = f"{BASE}{reading.pk}/findings/typed/discard/"
    answer = as_(cast.ines).post(path, {"key": KEY})
    assert answer["Location"] == f"{BASE}{reading.pk}/read/"
    assert not Draft.objects.exists()


def test_lock_waits_for_what_is_not_finished(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    keep(reading, cast.ines, as_)
    client, page = as_(cast.ines), f"{BASE}{reading.pk}/"
    answer = client.post(f"{page}lock/", VERDICT)
    assert answer.status_code == 409
    assert "A finding is not finished" in answer.content.decode()
    assert "Half a sent" in answer.content.decode()
    client.post(f"{page}findings/typed/discard/", {"key": KEY})
    assert client.post(f"{page}lock/", VERDICT).status_code == 303
    assert keep(reading, cast.ines, as_)[0] == 409


def test_lock_page_stands_behind_the_dialog(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    client, page = as_(cast.ines), f"{BASE}{reading.pk}/"
    shown = client.get(f"{page}lock/").content.decode()
    assert "You found nothing: that is a valid pass." in shown
    assert "Locking cannot be undone." in shown
    client.post(f"{page}lock/", VERDICT)
    assert client.get(f"{page}lock/")["Location"] == f"{page}read/"


def test_lock_page_leads_to_the_lines_of_what_is_locked(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    client, page = as_(cast.ines), f"{BASE}{reading.pk}/"
    client.post(f"{page}findings/new/", FINDING)
    shown = client.get(f"{page}lock/").content.decode()
    assert f'<a class="plain" href="{page}read/#f1-n5">' in shown


def test_draft_of_one_answer_takes_back_no_other(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    path = f"{BASE}{reading.pk}/draft/"
    for answer in ({"verdict": "fix"}, {"confidence": "75"}):
        as_(cast.ines).post(path, answer, headers=HTMX)
    own = reading.passes.get(reviewer=cast.ines)
    assert (own.verdict, str(own.confidence)) == ("fix", "0.75")


def test_add_late_is_kept_as_it_is_typed(
    revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    assert keep(revealed, cast.ines, as_)[0] == 200
    client, page = as_(cast.ines), f"{BASE}{revealed.pk}/board/late/"
    assert (
        f'<a href="?draft={KEY}">Half a sent</a>' in client.get(page).content.decode()
    )
    assert 'value="Half a sent"' in client.get(f"{page}?draft={KEY}").content.decode()
    for _ in range(2):
        client.post(page, {**FINDING, "key": KEY, "title": "Seen only now"})
    assert revealed.findings.filter(title="Seen only now").count() == 1
    assert not Draft.objects.exists()


def test_add_finding_on_a_turn_of_a_conversation(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    talk = b"You: Retry it, please.\nAssistant: Done, it retries three times.\n"
    row = store_transcript(session=reading, body=talk, name="", now=timezone.now())
    client, page = as_(cast.ines), f"{BASE}{reading.pk}/"
    query = f"?transcript={row.pk}&turn=2"
    form = client.get(f"{page}findings/new/{query}").content.decode()
    assert "On turn 2 of the conversation" in form
    assert f'name="transcript" value="{row.pk}"' in form
    places = ("path", "file_side", "line_from", "line_to")
    words = {name: word for name, word in FINDING.items() if name not in places}
    words |= {"transcript": str(row.pk), "turn": "2", "category": "rationale"}
    refused = client.post(f"{page}findings/new/", {**words, "turn": "3"})
    assert refused.status_code == 422
    assert "The conversation has no such turn." in refused.content.decode()
    answer = client.post(f"{page}findings/new/", {**words, "key": KEY})
    assert answer["Location"] == f"{page}conversations/{row.pk}/?turn=2#turn-2"
    finding = Finding.objects.get()
    assert (finding.transcript, finding.turn, finding.path) == (row, 2, "")
    assert "The timeout is 0" in client.get(answer["Location"]).content.decode()


def test_the_board_shows_what_is_suggested_beside_its_lines(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    page = f"{BASE}{reading.pk}/"
    words = {**FINDING, "suggestion": "    return post(event)", "cwe": "754"}
    as_(cast.ines).post(f"{page}findings/new/", words)
    for member in (cast.ines, cast.tomasz):
        as_(member).post(f"{page}lock/", VERDICT)
    as_(cast.ines).post(f"{page}reveal/")
    board = as_(cast.tomasz).get(f"{page}board/").content.decode()
    assert "<del>    time.sleep(2)\n</del>" in board
    assert "<ins>    return post(event)\n</ins>" in board
    assert "CWE-754." in board
