"""A conversation that is taken out of its session again, and what stays."""

import re
from uuid import uuid4

import pytest
from django.utils import timezone

from preceptor.accounts.models import Membership
from reviews.actions import store_transcript
from reviews.models import Blob, Draft, Finding, ReviewSession, Transcript
from tests.cast import Cast
from tests.reviews.conftest import BASE, FINDING, VERDICT, As, open_as
from tests.traces import traces_of

MARK = "Xylophone7Quartz"
TALK = f"You: Retry it, please.\nAssistant: Done, {MARK} retries.\n".encode()
PLACES = ("path", "file_side", "line_from", "line_to")
WORDS = {name: word for name, word in FINDING.items() if name not in PLACES}


def brought(session: ReviewSession) -> Transcript:
    return store_transcript(session=session, body=TALK, name="", now=timezone.now())


def page_of(session: ReviewSession, row: Transcript) -> str:
    return f"{BASE}{session.pk}/conversations/{row.pk}/"


def find_on_turn_two(
    session: ReviewSession, row: Transcript, member: Membership, as_: As
) -> Finding:
    words = {**WORDS, "transcript": str(row.pk), "turn": "2", "key": str(uuid4())}
    answer = as_(member).post(f"{BASE}{session.pk}/findings/new/", words)
    assert answer.status_code == 303, answer.content.decode()
    return Finding.objects.get(author=member)


@pytest.mark.django_db(transaction=True)
def test_remove_transcript_leaves_no_trace_of_it(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    row = brought(reading)
    page = page_of(reading, row)
    client = as_(cast.ines)
    assert f'href="{page}remove/"' in client.get(page).content.decode()
    assert traces_of(MARK)
    version = ReviewSession.objects.get(pk=reading.pk).version
    answers = [client.post(f"{page}remove/") for _ in range(2)]
    assert [one["Location"] for one in answers] == [f"{BASE}{reading.pk}/read/"] * 2
    assert traces_of(MARK) == []
    assert not Transcript.objects.exists()
    assert ReviewSession.objects.get(pk=reading.pk).version == version + 1
    assert as_(cast.tomasz).get(page).status_code == 404


def test_remove_transcript_keeps_bytes_that_another_session_holds(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    other = open_as(cast.ines, as_, cast, title="Another")
    kept, row = brought(other), brought(reading)
    assert kept.blob_id == row.blob_id
    as_(cast.tomasz).post(f"{page_of(reading, row)}remove/")
    assert Transcript.objects.get() == kept
    assert Blob.objects.filter(sha256=kept.sha256).count() == 1


def test_remove_transcript_keeps_findings_and_says_so(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    row = brought(reading)
    findings = [
        find_on_turn_two(reading, row, member, as_)
        for member in (cast.ines, cast.tomasz)
    ]
    as_(cast.tomasz).post(f"{BASE}{reading.pk}/lock/", VERDICT)
    asked = as_(cast.ines).get(f"{page_of(reading, row)}remove/").content.decode()
    assert "One finding of yours is on its turns." in asked
    assert "what Tomasz may have found in it" in asked
    client = as_(cast.ines)
    there = client.post(f"{page_of(reading, row)}remove/")["Location"]
    for finding in findings:
        finding.refresh_from_db()
        assert (finding.transcript, finding.turn) == (None, None)
        assert finding.title == FINDING["title"]
    page = client.get(there).content.decode()
    assert "The conversation is taken out, for both of you." in page
    assert "the change as a whole" in page


def test_remove_transcript_says_nothing_of_the_others_findings(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    row = brought(reading)
    page = f"{page_of(reading, row)}remove/"
    client = as_(cast.ines)
    before = client.get(page).content.decode()
    find_on_turn_two(reading, row, cast.tomasz, as_)
    after = client.get(page).content.decode()
    assert "None of your findings is on its turns." in after
    told = [re.findall(r"<p.*?</p>", one, re.DOTALL)[:-1] for one in (before, after)]
    assert told[0] == told[1]


def test_what_is_half_typed_about_a_turn_is_kept(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    row = brought(reading)
    client, key = as_(cast.ines), str(uuid4())
    words = {**WORDS, "transcript": str(row.pk), "turn": "2", "key": key}
    typed = client.post(f"{BASE}{reading.pk}/findings/typed/", words)
    assert typed.status_code == 200
    as_(cast.tomasz).post(f"{page_of(reading, row)}remove/")
    draft = Draft.objects.get()
    assert (draft.words["transcript"], draft.words["turn"]) == ("", "")
    assert draft.words["title"] == FINDING["title"]
    refused = client.post(f"{BASE}{reading.pk}/findings/new/", words)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "The conversation is not here any more." in page
    assert f'value="{FINDING["title"]}"' in page
    assert 'name="turn" value="2"' not in page
    again = {**words, "transcript": "", "turn": "", "file_side": "new"}
    assert client.post(f"{BASE}{reading.pk}/findings/new/", again).status_code == 303
    assert Finding.objects.get().turn is None


def test_remove_transcript_ends_with_the_reveal(
    revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    row = brought(revealed)
    page = page_of(revealed, row)
    client = as_(cast.ines)
    assert "remove/" not in client.get(page).content.decode()
    assert client.get(f"{page}remove/")["Location"] == page
    assert client.post(f"{page}remove/").status_code == 409
    assert Transcript.objects.exists()
