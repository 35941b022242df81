"""A session's conversations: brought, previewed, kept and read turn by turn."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client, override_settings
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from preceptor.accounts.models import Membership, StagedUpload
from preceptor.http import Conflict
from reviews.actions import store_transcript
from reviews.models import Blob, Finding, ReviewSession, Transcript
from tests.cast import Cast
from tests.reviews.conftest import BASE, As
from tests.samples import transcript_sample

TALK = b"You: Retry it, please.\nAssistant: Done, it **retries** three times.\n"
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def added(session: ReviewSession, body: bytes = TALK, name: str = "") -> Transcript:
    return store_transcript(session=session, body=body, name=name, now=timezone.now())


def path(session: ReviewSession, rest: str = "") -> str:
    return f"{BASE}{session.pk}/conversations/{rest}"


def page(
    client: Client, session: ReviewSession, row: Transcript, query: str = ""
) -> str:
    answer = client.get(path(session, f"{row.pk}/{query}"))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_pasted_conversation_is_previewed_and_kept_once(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    client = as_(cast.ines)
    text = TALK.decode().replace("\n", "\r\n")
    answer = client.post(path(reading, "new/"), {"conversation_text": text})
    assert answer.status_code == 303
    assert not Transcript.objects.exists()

    shown = client.get(answer["Location"]).content.decode()
    assert "pasted text" in shown
    assert "<strong>retries</strong>" in shown

    version = reading.version
    kept = [client.post(answer["Location"])["Location"] for _ in range(2)]
    row = Transcript.objects.get()
    assert kept == [path(reading, f"{row.pk}/")] * 2
    assert client.get(answer["Location"])["Location"] == kept[0]
    assert row.blob is not None
    assert row.blob.data == TALK
    assert (row.form, row.turn_count, row.call_count) == ("pasted", 2, 0)
    assert not StagedUpload.objects.exists()
    reading.refresh_from_db()
    assert reading.version == version + 1


def test_a_file_is_kept_byte_for_byte(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    body = transcript_sample("codex-02-rollout-2026-06-30-battle-cities.jsonl")
    client = as_(cast.tomasz)
    file = SimpleUploadedFile("rollout.jsonl", body)
    answer = client.post(path(reading, "new/"), {"conversation": file})
    client.post(answer["Location"])
    row = Transcript.objects.get()
    assert (row.name, row.tool, row.model) == ("rollout.jsonl", "Codex CLI", "gpt-5.5")
    assert (row.turn_count, row.call_count, row.unknown_count) == (11, 13, 0)
    saved = as_(cast.ines).get(path(reading, f"{row.pk}/file/"))
    assert saved.content == body
    assert saved["Content-Type"] == "application/octet-stream"
    assert saved["Content-Disposition"].startswith("attachment; ")
    assert saved["X-Content-Type-Options"] == "nosniff"


KEY = "AKIA" + "IOSFODNN7" + "EXAMPLQ"


def staged_with_a_key(client: Client, session: ReviewSession) -> str:
    body = json.dumps({"type": "user", "message": {"content": f"use {KEY} for it"}})
    file = SimpleUploadedFile("talk.jsonl", body.encode())
    answer = client.post(path(session, "new/"), {"conversation": file})
    return str(answer["Location"])


def test_a_secret_is_shown_in_its_place_and_replaced_once_confirmed(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    client = as_(cast.ines)
    preview = staged_with_a_key(client, reading)
    staged_with_a_key(client, reading)
    answer = client.get(preview)
    assert f"<mark>{KEY}</mark>" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    unseen = client.post(preview, {})
    assert unseen.status_code == 422
    assert "Look at what was found" in unseen.content.decode()
    client.post(preview, {"is_checked": "on", "remove": ["0"]})
    row = Transcript.objects.get()
    assert KEY not in page(client, reading, row)
    assert "use ‹removed: " in page(client, reading, row)
    assert not any(KEY.encode() in blob.data for blob in Blob.objects.all())
    assert not StagedUpload.objects.exists()


def test_what_is_left_in_knowingly_stays(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    client = as_(cast.ines)
    client.post(staged_with_a_key(client, reading), {"is_checked": "on"})
    assert KEY in page(client, reading, Transcript.objects.get())


def test_a_number_that_stands_bare_is_taken_out_and_the_rest_is_read(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    client = as_(cast.ines)
    call = {"type": "tool_use", "name": "charge", "input": {"card": 4929000012345674}}
    records = [
        {"type": "user", "message": {"role": "user", "content": "Charge it"}},
        {"type": "assistant", "message": {"role": "assistant", "content": [call]}},
    ]
    body = "".join(f"{json.dumps(record)}\n" for record in records)
    file = SimpleUploadedFile("talk.jsonl", body.encode())
    preview = client.post(path(reading, "new/"), {"conversation": file})["Location"]
    assert "<mark>4929000012345674</mark>" in client.get(preview).content.decode()
    answer = client.post(preview, {"is_checked": "on", "remove": ["0"]})
    assert answer.status_code == 303
    row = Transcript.objects.get()
    assert (row.turn_count, row.call_count) == (2, 1)
    assert "card: ‹removed: card number›" in page(client, reading, row)


def test_what_cannot_be_read_without_its_secret_is_refused(
    reading: ReviewSession,
) -> None:
    with pytest.raises(Conflict, match=r"With that removed .* Line 3 is not whole"):
        added(reading, b'{"type": "user", "message": \n{"a": 1}\n{}', "a.jsonl")


def test_the_same_conversation_twice_is_one(reading: ReviewSession) -> None:
    assert added(reading) == added(reading)
    assert Blob.objects.filter(body=TALK).count() == 1


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "There is no conversation here"),
        (b"PK\x03\x04", "This is a ZIP file, not a conversation"),
        (b'{"type": "user",\n{"a": 1}\n', "Line 2 is not whole"),
    ],
)
def test_what_is_none_is_refused_in_one_sentence(
    reading: ReviewSession, cast: Cast, as_: As, body: bytes, said: str
) -> None:
    file = SimpleUploadedFile("talk.jsonl", body)
    answer = as_(cast.ines).post(path(reading, "new/"), {"conversation": file})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not StagedUpload.objects.exists()


def test_what_was_pasted_stays_in_the_form(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    text = '{"requests": [broken'
    answer = as_(cast.ines).post(path(reading, "new/"), {"conversation_text": text})
    assert answer.status_code == 422
    assert "{&quot;requests&quot;: [broken" in answer.content.decode()


@override_settings(PRECEPTOR_TRANSCRIPT_BYTES=2 * 1024**2)
def test_a_file_beyond_the_limit_is_dropped_as_it_arrives(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    file = SimpleUploadedFile("talk.md", b"You: x" + b" " * 2 * 1024**2)
    answer = as_(cast.ines).post(path(reading, "new/"), {"conversation": file})
    assert answer.status_code == 422
    assert "larger than 2 MB" in answer.content.decode()


def test_after_an_hour_it_is_gone(reading: ReviewSession, cast: Cast, as_: As) -> None:
    client = as_(cast.ines)
    answer = client.post(path(reading, "new/"), {"conversation_text": TALK.decode()})
    StagedUpload.objects.update(created_at=timezone.now() - timedelta(minutes=61))
    assert client.get(answer["Location"]).status_code == 404
    assert client.post(answer["Location"]).status_code == 409
    assert not Transcript.objects.exists()


def test_nobody_confirms_what_the_other_staged(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    new = path(reading, "new/")
    answer = as_(cast.ines).post(new, {"conversation_text": TALK.decode()})
    assert as_(cast.tomasz).get(answer["Location"]).status_code == 404
    assert as_(cast.tomasz).post(answer["Location"]).status_code == 409
    assert not Transcript.objects.exists()


def test_nothing_is_added_to_a_session_that_is_over(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    client = as_(cast.ines)
    new = path(reading, "new/")
    answer = client.post(new, {"conversation_text": TALK.decode()})
    client.post(f"{BASE}{reading.pk}/abandon/")
    assert client.post(answer["Location"]).status_code == 409
    assert client.get(new).status_code == 303
    assert not Transcript.objects.exists()


def test_turns_stand_in_order_with_who_when_and_which_model(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    name = "claude-code-01-entireio-cli-a036cae1.jsonl"
    row = added(reading, transcript_sample(name), name)
    shown = page(as_(cast.ines), reading, row)
    assert shown.count('<article class="turn ') == 33
    assert shown.count('<article class="turn user"') == 3
    places = [shown.index(f'id="turn-{number}"') for number in range(1, 34)]
    assert places == sorted(places)
    assert "claude-opus-4-6" in shown
    assert 'datetime="2026-02-06T05:09:29.826000+00:00"' in shown
    assert "<code>Grep</code>" in shown


def test_hostile_words_stay_words(reading: ReviewSession, cast: Cast, as_: As) -> None:
    call = {"type": "tool_use", "id": "t", "name": SCRIPT, "input": {SCRIPT: SCRIPT}}
    result = {"type": "tool_result", "tool_use_id": "t", "content": SCRIPT}
    blocks = [
        {"type": "text", "text": f"{SCRIPT}\n\n[a](javascript:alert(3))"},
        {"type": "thinking", "thinking": SCRIPT},
        call,
    ]
    message = {"id": "m", "model": SCRIPT, "content": blocks}
    lines = [
        {"type": "assistant", "message": message},
        {"type": "user", "message": {"content": [result]}},
        {"type": SCRIPT, "x": SCRIPT},
    ]
    body = "\n".join(json.dumps(line) for line in lines).encode()
    row = added(reading, body, SCRIPT)
    shown = page(as_(cast.ines), reading, row)
    assert "<script>alert" not in shown
    assert "<img" not in shown
    assert 'href="javascript' not in shown
    assert shown.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 7


def test_a_long_turn_is_cut_and_shown_whole_on_demand(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    text = "".join(f"Line {number} of it.\n" for number in range(2_000))
    row = added(reading, f"Assistant: {text}The last word.".encode())
    client = as_(cast.ines)
    shown = page(client, reading, row)
    assert "Line 1 of it." in shown
    assert "The last word." not in shown
    assert f"Show all {len(text) + 14} characters" in shown
    whole = path(reading, f"{row.pk}/turns/1/")
    assert whole in shown
    assert "The last word." in client.get(whole).content.decode()
    fragment = client.get(whole, headers={"HX-Request": "true"}).content.decode()
    assert fragment.strip().startswith('<article class="turn assistant" id="turn-1"')
    assert "The last word." in fragment
    assert "Show all" not in fragment


def test_many_turns_come_in_pages_and_a_link_finds_its_own(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    body = "".join(f"You: question {number}\n" for number in range(1, 251)).encode()
    row = added(reading, body)
    client = as_(cast.ines)
    first, last = page(client, reading, row), page(client, reading, row, "?turn=250")
    assert first.count("<article ") == 100
    assert last.count("<article ") == 50
    assert 'id="turn-250"' in last
    assert '<a href="?turn=201" aria-current="page">201 to 250</a>' in last
    for elsewhere in ("?turn=9999999", "?turn=0", "?turn=x"):
        assert 'id="turn-1"' in page(client, reading, row, elsewhere)


def test_heavy_turns_come_in_smaller_pages(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    text = "a long word " * 1_000
    body = "".join(f"You: {number} {text}\n" for number in range(1, 91)).encode()
    row = added(reading, body)
    client = as_(cast.ines)
    first, last = page(client, reading, row), page(client, reading, row, "?turn=90")
    assert [shown.count("<article ") for shown in (first, last)] == [60, 30]
    assert len(first) < 400_000


def test_a_turn_beyond_any_page_leads_to_the_file(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    row = added(reading, b"Assistant: " + b"<b>" * 400_000 + b" the last word")
    client = as_(cast.ines)
    answer = client.get(path(reading, f"{row.pk}/turns/1/"))
    shown = answer.content.decode()
    assert "This turn is longer than a page can show." in shown
    assert path(reading, f"{row.pk}/file/") in shown
    assert "the last word" not in shown
    assert len(shown) < 5_000_000


@pytest.mark.parametrize("number", [0, 3])
def test_a_turn_that_is_not_there(
    reading: ReviewSession, cast: Cast, as_: As, number: int
) -> None:
    row = added(reading)
    answer = as_(cast.ines).get(path(reading, f"{row.pk}/turns/{number}/"))
    assert answer.status_code == 404


def test_a_conversation_of_another_session_is_not_found(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    another = ReviewSession.objects.create(
        organisation=cast.tidewater,
        pairing=cast.pairing,
        mentor=cast.tomasz,
        junior=cast.ines,
        title="Another one",
    )
    row = added(another)
    assert as_(cast.ines).get(path(reading, f"{row.pk}/")).status_code == 404


def test_unknown_records_are_shown_apart(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    body = (
        b'{"type": "user", "message": {"content": "hi"}}\n{"type": "hum", "pitch": 4}\n'
    )
    shown = page(as_(cast.ines), reading, added(reading, body))
    assert "1 record of an unknown type" in shown
    assert "{&quot;type&quot;: &quot;hum&quot;, &quot;pitch&quot;: 4}" in shown


def test_where_the_bytes_were_purged_the_page_says_so(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    row = added(reading)
    Transcript.objects.update(blob=None)
    client = as_(cast.ines)
    shown = page(client, reading, row)
    assert "The words of this conversation were deleted" in shown
    assert client.get(path(reading, f"{row.pk}/file/")).status_code == 404
    assert client.get(path(reading, f"{row.pk}/turns/1/")).status_code == 404


def test_it_stands_beside_the_change(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    client = as_(cast.ines)
    read = f"{BASE}{reading.pk}/read/"
    assert path(reading, "new/") in client.get(read).content.decode()
    row = added(reading)
    assert path(reading, f"{row.pk}/") in client.get(read).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_the_page(
    reading: ReviewSession,
    cast: Cast,
    as_: As,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    rows = [added(reading, TALK + b"%d" % number) for number in range(count)]
    client = as_(cast.ines)
    with django_assert_num_queries(10):
        shown = page(client, reading, rows[0])
    links = [f'href="{path(reading, f"{row.pk}/")}"' in shown for row in rows]
    assert links == [count > 1] * count


def on_turn_two(session: ReviewSession, author: Membership, body: bytes) -> Finding:
    return Finding.objects.create(
        organisation=session.organisation,
        session=session,
        blind_pass=session.passes.get(reviewer=author),
        author=author,
        transcript=added(session, body),
        turn=2,
        category="rationale",
        severity="major",
        title="Three times what?",
    )


def test_the_board_quotes_the_turn_and_leads_to_it(
    revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    finding = on_turn_two(revealed, cast.ines, TALK)
    board = f"{BASE}{revealed.pk}/board/?finding={finding.pk}"
    shown = as_(cast.tomasz).get(board).content.decode()
    place = path(revealed, f"{finding.transcript_id}/?turn=2#turn-2")
    assert f'<a href="{place}">turn 2</a>' in shown
    assert "it <strong>retries</strong> three times" in shown
    Transcript.objects.update(blob=None)
    purged = as_(cast.tomasz).get(board).content.decode()
    assert "three times" not in purged
    assert "Three times what?" in purged


def test_a_finding_stands_beside_its_turn_for_who_may_read_it(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    finding = on_turn_two(reading, cast.ines, TALK)
    assert finding.transcript is not None
    own = page(as_(cast.ines), reading, finding.transcript)
    second = own.index('id="turn-2"')
    assert own.index("Three times what?") > second
    assert f'href="{BASE}{reading.pk}/findings/{finding.pk}/"' in own
    assert "Three times" not in page(as_(cast.tomasz), reading, finding.transcript)


@pytest.mark.parametrize(
    "wrong", [{"turn": None}, {"turn": 0}, {"path": "a.py"}, {"transcript": None}]
)
def test_a_turn_needs_its_conversation_and_no_other_place(
    reading: ReviewSession, cast: Cast, wrong: dict[str, Any]
) -> None:
    finding = on_turn_two(reading, cast.ines, TALK)
    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.objects.filter(pk=finding.pk).update(**wrong)


def test_what_is_seen_in_a_turn_only_after_the_reveal(
    revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    row = added(revealed)
    client = as_(cast.tomasz)
    late = f"{BASE}{revealed.pk}/board/late/?transcript={row.pk}&amp;turn=2"
    assert late in page(client, revealed, row)
    words = {"title": "Three times what?", "category": "rationale", "severity": "major"}
    words |= {"transcript": str(row.pk), "turn": "2"}
    answer = client.post(late.partition("?")[0], words)
    assert answer.status_code == 303
    finding = Finding.objects.get(turn=2)
    assert (finding.blind_pass, finding.transcript) == (None, row)
    shown = page(as_(cast.ines), revealed, row)
    assert f"{BASE}{revealed.pk}/board/?finding={finding.pk}#detail" in shown
