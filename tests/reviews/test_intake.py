"""What is brought: several files, conversations, and what must not be kept of them."""

import json
from collections.abc import Sequence

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponseBase
from django.test import Client
from pytest_django.fixtures import Settings

from preceptor.accounts.models import StagedUpload
from reviews.models import Blob, ReviewSession, Transcript
from tests.cast import Cast
from tests.reviews.conftest import BASE, DIFF, PROVENANCE, As
from tests.samples import SAMPLES, diff_sample
from tests.traces import traces_of

KEY = "AKIA" + "QYLPMN5HHHFPZAM2"
MARK = "Xylophone7Quartz"
TALKS = SAMPLES / "transcripts"
EMPTY = {"tool": "", "model": "", "driver": "", "edited_share": "", "claim": ""}


def bring(
    client: Client,
    cast: Cast,
    files: Sequence[tuple[str, bytes]] = (),
    talks: Sequence[tuple[str, bytes]] = (),
    **more: str,
) -> HttpResponseBase:
    """What the form answers to files, conversations and words."""
    words = {"pairing": cast.pairing.pk, "title": "Retry", "diff": "", **PROVENANCE}
    uploads = {
        "patch": [SimpleUploadedFile(name, body) for name, body in files],
        "conversation": [SimpleUploadedFile(name, body) for name, body in talks],
    }
    answer: HttpResponseBase = client.post(f"{BASE}new/", {**words, **uploads, **more})
    return answer


def text_of(answer: HttpResponseBase) -> str:
    return b"".join(answer).decode()


def diff_of(name: str, *lines: str) -> bytes:
    body = "".join(f"+{line}\n" for line in lines)
    return f"--- a/{name}\n+++ b/{name}\n@@ -0,0 +1,{len(lines)} @@\n{body}".encode()


def test_several_files_become_one_change_in_order(cast: Cast, as_: As) -> None:
    files = [("0002-b.patch", diff_of("b.py", "b")), ("0001-a.patch", DIFF.encode())]
    client = as_(cast.ines)
    answer = bring(client, cast, files)
    page = text_of(client.get(answer["Location"]))
    assert "2 files were joined into one change, in the order of their names" in page
    assert "0001-a.patch and 0002-b.patch" in page
    client.post(answer["Location"])
    revision = ReviewSession.objects.get().revisions.get()
    assert (revision.file_count, revision.added) == (2, 4)
    assert revision.data == DIFF.encode() + diff_of("b.py", "b")


def test_what_is_pasted_beside_a_file_joins_it(cast: Cast, as_: As) -> None:
    client, files = as_(cast.ines), [("b.patch", diff_of("b.py", "b"))]
    page = text_of(bring(client, cast, files, diff=DIFF, title="", claim="Safe!"))
    assert "“b.patch, pasted text” is here already." in page
    assert "import logging" not in page
    assert ">\nSafe!</textarea>" in page
    staged = str(StagedUpload.objects.get().pk)
    answer = bring(client, cast, staged=staged)
    page = text_of(client.get(answer["Location"]))
    assert "2 files were joined into one change" in page
    assert "b.patch and pasted text" in page
    client.post(answer["Location"])
    assert ReviewSession.objects.get().revisions.get().data == (
        diff_of("b.py", "b") + DIFF.encode()
    )


def test_what_is_pasted_and_chosen_too_is_one(cast: Cast, as_: As) -> None:
    answer = bring(as_(cast.ines), cast, [("a.diff", DIFF.encode())], diff=DIFF)
    as_(cast.ines).post(answer["Location"])
    assert Blob.objects.get().data == DIFF.encode()


def test_what_is_pasted_beside_a_file_and_is_none_is_refused_there(
    cast: Cast, as_: As
) -> None:
    files = [("b.patch", diff_of("b.py", "b"))]
    answer = bring(as_(cast.ines), cast, files, diff="no diff at all\n")
    page = text_of(answer)
    assert answer.status_code == 422
    assert 'id="id_diff-e"' in page
    assert "no diff at all" in page
    assert "Choose the files again" in page
    assert StagedUpload.objects.count() == 0


def test_too_many_files_are_refused_for_that_alone(cast: Cast, as_: As) -> None:
    files = [(f"{n}.diff", DIFF.encode()) for n in range(21)]
    page = text_of(bring(as_(cast.ines), cast, files))
    assert "These are 21 files; up to 20 are taken at once." in page
    assert "there is nothing here yet" not in page


def test_files_with_other_line_ends_are_joined(cast: Cast, as_: As) -> None:
    windows = DIFF.replace("\n", "\r\n").encode()
    answer = bring(
        as_(cast.ines), cast, [("a.diff", windows), ("b.diff", diff_of("b.py", "b"))]
    )
    as_(cast.ines).post(answer["Location"])
    assert b"\r" not in Blob.objects.get().data


def test_a_refusal_names_the_file_and_its_line(cast: Cast, as_: As) -> None:
    broken = diff_of("b.py", "b").replace(b"+1,1", b"+1,4")
    files = [("a.diff", DIFF.encode()), ("b.diff", broken)]
    page = text_of(bring(as_(cast.ines), cast, files))
    assert "b.diff: Line 4: what starts on line 3 breaks off here" in page
    assert 'value="Retry"' in page


@pytest.mark.parametrize(
    ("body", "kind"), [(b"PK\x03\x04" + b"x" * 99, "ZIP"), (b"\x1f\x8b\x08", "gzip")]
)
def test_a_renamed_archive_is_refused(
    body: bytes, kind: str, cast: Cast, as_: As
) -> None:
    page = text_of(bring(as_(cast.ines), cast, [("fix.diff", body)]))
    assert f"Line 1: this is a {kind} file, not a diff" in page
    page = text_of(
        bring(as_(cast.ines), cast, [("a.diff", DIFF.encode())], [("log.jsonl", body)])
    )
    assert f"log.jsonl: This is a {kind} file, not a conversation" in page


def test_the_limits_are_settings(cast: Cast, as_: As, settings: Settings) -> None:
    settings.PRECEPTOR_DIFF_LINES = 3
    page = text_of(bring(as_(cast.ines), cast, diff=DIFF))
    assert "Line 10: more than 3 lines are changed; split the change." in page
    settings.PRECEPTOR_DIFF_BYTES = 100
    page = text_of(bring(as_(cast.ines), cast, diff=DIFF))
    assert "the diff is larger than 1 kB; split the change." in page
    page = text_of(bring(as_(cast.ines), cast, [("a.diff", DIFF.encode())]))
    assert "What you chose is larger than 1 kB" in page
    assert StagedUpload.objects.count() == 0


def test_files_count_together_towards_the_limit(
    cast: Cast, as_: As, settings: Settings
) -> None:
    settings.PRECEPTOR_DIFF_BYTES = 300
    files = [(f"{name}.diff", DIFF.encode()) for name in "ab"]
    assert "larger than" in text_of(bring(as_(cast.ines), cast, files))


def test_a_stored_change_outlives_smaller_limits(
    cast: Cast, as_: As, settings: Settings
) -> None:
    client = as_(cast.ines)
    there = client.post(bring(client, cast, diff=DIFF)["Location"])["Location"]
    settings.PRECEPTOR_DIFF_LINES, settings.PRECEPTOR_DIFF_BYTES = 1, 10
    assert client.get(there).status_code == 200


def test_provenance_fills_itself_from_trailers(cast: Cast, as_: As) -> None:
    client = as_(cast.ines)
    mail = diff_sample("26-format-patch-mail.patch")
    mail = mail.replace(b"noreply@anthropic.com>\nDate", b"ines@example.org>\nDate")
    type(cast.ines.user).objects.filter(pk=cast.ines.user_id).update(
        email="ines@example.org"
    )
    there = bring(client, cast, [("26.patch", mail)], (), **EMPTY)["Location"]
    page = text_of(client.get(there))
    assert 'value="Claude Code"' in page
    assert 'value="Claude Sonnet 5"' in page
    assert '<option value="junior" selected>' in page
    assert "read from the trailers of the commits" in page
    client.post(there, {"tool": "Claude Code", "model": "", "driver": "both"})
    session = ReviewSession.objects.get()
    assert (session.tool, session.model, session.driver) == ("Claude Code", "", "both")


def test_provenance_fills_itself_from_the_conversation(cast: Cast, as_: As) -> None:
    name = "specstory-01-claude-code-getspecstory-b2c095d1.md"
    talk = (TALKS / name).read_bytes()
    client = as_(cast.ines)
    files = [("07.diff", diff_sample("07-typical-go-concurrency.diff"))]
    there = bring(client, cast, files, [(name, talk)], **EMPTY)["Location"]
    page = text_of(client.get(there))
    assert "SpecStory history" in page
    assert "added lines stand word for word in the conversation" in page
    client.post(there)
    session = ReviewSession.objects.get()
    assert (session.tool, str(session.edited_share)) == ("Claude Code", "0.00")
    assert "claude" in session.model
    kept = Transcript.objects.get(session=session)
    assert kept.blob is not None
    assert kept.blob.data == talk


def test_a_conversation_about_something_else_gives_no_share(
    cast: Cast, as_: As
) -> None:
    talk = (TALKS / "aider-01-chat-history-2024-08-20.md").read_bytes()
    client = as_(cast.ines)
    files = [("a.diff", diff_of("a.py", "zebra_crossing = 1"))]
    there = bring(client, cast, files, [("aider.md", talk)], **EMPTY)["Location"]
    client.post(there)
    session = ReviewSession.objects.get()
    assert (session.tool, session.edited_share) == ("aider", None)


def test_what_was_typed_comes_before_what_was_read(cast: Cast, as_: As) -> None:
    client = as_(cast.ines)
    files = [("26.patch", diff_sample("26-format-patch-mail.patch"))]
    client.post(bring(client, cast, files)["Location"])
    session = ReviewSession.objects.get()
    assert (session.tool, session.model) == ("agent", "spring")


def test_a_refused_conversation_keeps_the_rest(cast: Cast, as_: As) -> None:
    client = as_(cast.ines)
    answer = bring(client, cast, [("a.diff", DIFF.encode())], [("log.json", b"{")])
    page = text_of(answer)
    assert answer.status_code == 422
    assert "log.json: Line 1" in page
    assert "“a.diff” is here already" in page
    staged = StagedUpload.objects.get()
    again = bring(
        client, cast, staged=str(staged.pk), conversation_text="Me: fix it\n\nAI: done"
    )
    assert again.status_code == 303
    assert (
        "“" not in text_of(client.get(again["Location"])).split("pasted text")[0][-9:]
    )
    assert StagedUpload.objects.count() == 1


def test_found_secrets_are_shown_in_place_and_ticked(cast: Cast, as_: As) -> None:
    client = as_(cast.ines)
    body = diff_of("a.py", f"key = '{KEY}'", "mail = 'ines@carvalho.pt'")
    there = bring(client, cast, [("a.diff", body)])["Location"]
    answer = client.get(there)
    page = text_of(answer)
    assert answer["Cache-Control"] == "no-store"
    assert f"key = &#x27;<mark>{KEY}</mark>&#x27;" in page
    assert "a.py, line 1" in page
    assert 'name="remove" value="0" checked>' in page
    assert 'name="remove" value="1">' in page
    assert "It leads to a person." in page


def test_confirming_unseen_asks_to_look(cast: Cast, as_: As) -> None:
    client = as_(cast.ines)
    body = diff_of("a.py", f"key = '{KEY}'")
    there = bring(client, cast, [("a.diff", body)])["Location"]
    answer = client.post(there)
    assert answer.status_code == 422
    assert "Look at what was found in the upload" in text_of(answer)
    assert ReviewSession.objects.count() == 0


def test_what_is_left_unticked_stays(cast: Cast, as_: As) -> None:
    client = as_(cast.ines)
    body = diff_of("a.py", f"key = '{KEY}'", "mail = 'ines@carvalho.pt'")
    there = bring(client, cast, [("a.diff", body)])["Location"]
    assert client.post(there, {"is_checked": "on", "remove": "1"}).status_code == 303
    kept = ReviewSession.objects.get().revisions.get().data.decode()
    assert f"key = '{KEY}'" in kept
    assert "mail = '‹removed: e-mail address›'" in kept


@pytest.mark.django_db(transaction=True)
def test_no_copy_of_a_removed_secret_remains(
    cast: Cast, as_: As, caplog: pytest.LogCaptureFixture
) -> None:
    """It is everywhere in the upload, in an earlier try, and in another tab."""
    client = as_(cast.ines)
    secret = f"postgres://app:{MARK}@db/x"
    body = diff_of("a.py", f"dsn = '{secret}'", f"# {MARK}")
    body = b"Subject: " + MARK.encode() + b"\n\n" + body
    log = {"type": "user", "message": {"role": "user", "content": f"use {secret}"}}
    talk = json.dumps(log).encode() + b"\n"
    files = [(f"{MARK}.diff", body)]
    words = {"title": f"Fix {MARK}", "claim": f"Uses {MARK}"}
    bring(client, cast, files, [("log.jsonl", talk)], **{**words, "title": ""})
    bring(client, cast, files, [("log.jsonl", talk)], **words)
    there = bring(client, cast, files, [("log.jsonl", talk)], **words)["Location"]
    assert f"<mark>{MARK}</mark>" in text_of(client.get(there))
    assert traces_of(MARK)
    confirmed = client.post(
        there, {"is_checked": "on", "remove": "0", "tool": MARK, "driver": "both"}
    )
    assert confirmed.status_code == 303
    page = text_of(client.get(confirmed["Location"]))
    assert "‹removed: password in an address›" in page
    assert traces_of(MARK) == []
    assert MARK not in caplog.text
    assert ReviewSession.objects.get().revisions.get().added == 2
