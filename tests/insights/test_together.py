"""What the two of a pair write together: an agreement and notes, with conflicts."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from pairings.actions.together import agree, write_agreement, write_note
from pairings.models import Agreement, Pairing, PairNote
from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from tests.cast import Cast

As = Callable[[Membership], Client]
ASK, LOCK, TUESDAY = "Ask before you tell", "Lock before we talk", "Tuesdays at ten"


def path(cast: Cast, step: str = "") -> str:
    return f"/o/tidewater/pairings/{cast.pairing.pk}/{step}"


def words(version: int, meets: str = TUESDAY) -> dict[str, object]:
    return {
        "version": version,
        "junior_expects": ASK,
        "mentor_expects": LOCK,
        "meets": meets,
    }


def shown(client: Client, where: str) -> str:
    return client.get(where).content.decode()


def end(cast: Cast) -> None:
    Pairing.objects.filter(pk=cast.pairing.pk).update(
        state=Pairing.State.ENDED, ended_at=timezone.now(), end_reason="Moved"
    )


def test_an_agreement_holds_once_both_agreed(cast: Cast, as_: As) -> None:
    ines, tomasz = as_(cast.ines), as_(cast.tomasz)
    assert "not written yet" in shown(ines, path(cast))
    assert ines.post(path(cast, "agreement/"), words(0)).status_code == 303

    made = Agreement.objects.get()
    assert (made.version, made.written_by, made.is_agreed) == (1, cast.ines, False)
    assert "I agree to this" not in shown(ines, path(cast, "agreement/"))
    assert "A version waits for your word" in shown(tomasz, path(cast))
    assert "Read what you two are to agree on" in shown(tomasz, path(cast))
    page = shown(tomasz, path(cast, "agreement/"))
    assert ASK in page
    assert "I agree to this" in page

    tomasz.post(path(cast, "agreement/agree/"), {"version": 1})
    made.refresh_from_db()
    assert made.is_agreed
    assert "Agreed by both on" in shown(ines, path(cast))


def test_a_change_is_a_version_to_agree_on_anew(cast: Cast, as_: As) -> None:
    ines, tomasz = as_(cast.ines), as_(cast.tomasz)
    ines.post(path(cast, "agreement/"), words(0))
    tomasz.post(path(cast, "agreement/agree/"), {"version": 1})
    tomasz.post(path(cast, "agreement/"), words(1, "Mondays"))

    first, second = Agreement.objects.order_by("version")
    assert (first.is_agreed, second.is_agreed) == (True, False)
    page = shown(ines, path(cast, "agreement/"))
    assert "Until then version 1 holds" in page
    assert TUESDAY in page
    assert "Mondays" in page


def test_saving_without_a_change_makes_no_version(cast: Cast, as_: As) -> None:
    for member in (cast.ines, cast.tomasz):
        as_(member).post(path(cast, "agreement/"), words(0))
    assert Agreement.objects.count() == 1


def test_a_stale_agreement_is_refused_and_what_was_typed_stays(
    cast: Cast, as_: As
) -> None:
    as_(cast.ines).post(path(cast, "agreement/"), words(0))
    tomasz = as_(cast.tomasz)
    answer = tomasz.post(path(cast, "agreement/"), words(0, "Fridays, I thought"))

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "The agreement was changed while you wrote." in page
    assert "Fridays, I thought" in page
    assert TUESDAY in page
    assert Agreement.objects.count() == 1
    assert 'name="version" value="1"' in page
    again = tomasz.post(path(cast, "agreement/"), words(1, "Fridays, I thought"))
    assert again.status_code == 303
    assert Agreement.objects.count() == 2


def test_one_agrees_to_what_one_has_read(cast: Cast) -> None:
    now = timezone.now()
    for version, writer in ((0, cast.ines), (1, cast.ines)):
        write_agreement(
            actor=writer,
            pairing=cast.pairing,
            texts={"junior_expects": ASK, "mentor_expects": "", "meets": str(version)},
            version=version,
            now=now,
        )
    with pytest.raises(Conflict, match="Read it again"):
        agree(actor=cast.tomasz, pairing=cast.pairing, version=1, now=now)
    agree(actor=cast.tomasz, pairing=cast.pairing, version=2, now=now)
    with pytest.raises(Conflict, match="already"):
        agree(actor=cast.tomasz, pairing=cast.pairing, version=2, now=now)


def test_an_empty_agreement_is_asked_for_again(cast: Cast, as_: As) -> None:
    empty = {"version": 0, "junior_expects": " ", "mentor_expects": "", "meets": ""}
    answer = as_(cast.ines).post(path(cast, "agreement/"), empty)
    assert answer.status_code == 422
    assert "Write at least one of the three" in answer.content.decode()


def test_nothing_of_it_reaches_staff(cast: Cast, as_: As) -> None:
    as_(cast.ines).post(path(cast, "agreement/"), words(0))
    as_(cast.ines).post(path(cast, "notes/"), {"version": 0, "text": "Xylophone"})
    for member in (cast.ruth, cast.otis, cast.mark, cast.olga, cast.lars):
        page = shown(as_(member), path(cast))
        for text in (ASK, TUESDAY, "Xylophone", "Agreement", "Shared notes"):
            assert text not in page
        for step in ("agreement/", "notes/", "word/"):
            assert as_(member).get(path(cast, step)).status_code == 403


def test_notes_are_written_by_both(cast: Cast, as_: As) -> None:
    ines, tomasz = as_(cast.ines), as_(cast.tomasz)
    ines.post(path(cast, "notes/"), {"version": 0, "text": "One\r\nTwo"})
    page = shown(tomasz, path(cast, "notes/"))
    assert "One\nTwo" in page
    assert "Ines Carvalho saved it last" in page
    tomasz.post(path(cast, "notes/"), {"version": 1, "text": "One\nTwo\nThree"})
    note = PairNote.objects.get()
    assert (note.text, note.version) == ("One\nTwo\nThree", 2)
    assert note.written_by == cast.tomasz


def test_stale_notes_are_refused_with_what_stands(cast: Cast, as_: As) -> None:
    as_(cast.ines).post(path(cast, "notes/"), {"version": 0, "text": "Hers"})
    for version in (0, 7):
        answer = as_(cast.tomasz).post(
            path(cast, "notes/"), {"version": version, "text": "His"}
        )
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "<blockquote>Hers</blockquote>" in page
        assert "His</textarea>" in page
    assert PairNote.objects.get().text == "Hers"


def test_what_an_ended_pair_wrote_is_read_and_stays(cast: Cast, as_: As) -> None:
    as_(cast.ines).post(path(cast, "agreement/"), words(0))
    as_(cast.ines).post(path(cast, "notes/"), {"version": 0, "text": "Hers"})
    end(cast)
    for member in (cast.ines, cast.tomasz):
        client = as_(member)
        assert ASK in shown(client, path(cast, "agreement/"))
        notes = shown(client, path(cast, "notes/"))
        assert "Hers" in notes
        assert "<textarea" not in notes
        answer = client.post(path(cast, "agreement/"), words(1, "Never"))
        assert answer.status_code == 409
        answer = client.post(path(cast, "notes/"), {"version": 1, "text": "Late"})
        assert answer.status_code == 409
    assert Agreement.objects.count() == 1
    assert PairNote.objects.get().text == "Hers"


def test_the_same_note_sent_twice_is_one(cast: Cast) -> None:
    for _time in range(2):
        write_note(
            actor=cast.ines,
            pairing=cast.pairing,
            kind=PairNote.Kind.SHARED,
            text="Once",
            version=0,
            now=timezone.now(),
        )
    assert PairNote.objects.get().version == 1
