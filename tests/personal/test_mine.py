"""All that is held of somebody: gathered by a worker, downloaded once, by them."""

import io
import json
import stat
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from pairings.models import Enrolment, Pairing, Program
from preceptor.accounts.entries import HistoryEntry
from preceptor.accounts.models import Membership
from preceptor.acting import acting
from preceptor.http import url
from preceptor.personal import actions, chores, gathering
from preceptor.personal.models import STALE, Archive, ArchivePart
from preceptor.personal.reminders import ready
from progress.models import Rating
from reviews.models import Blob, Finding, ReviewSession, Revision
from tests.cast import Cast
from tests.personal.words import make
from tests.rows import fill

As = Callable[..., Client]
pytestmark = pytest.mark.django_db


def gathered(cast: Cast) -> Archive:
    archive = actions.ask_archive(actor=cast.ines, now=timezone.now())
    gathering.take_up(archive.pk)
    archive.refresh_from_db()
    return archive


def opened(archive: Archive) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(gathering.parts_of(archive))))


def data_of(file: zipfile.ZipFile, topic: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(file.read(f"data/{topic}.json"))
    return read


def download(client: Client, archive: Archive) -> HttpResponse:
    token = gathering.token_of(archive)
    path = url("tidewater", "personal:download", token)
    return client.get(path)  # type: ignore[return-value] # the test client's own


def test_it_holds_what_one_wrote_and_the_changes_one_read(cast: Cast) -> None:
    session = make(ReviewSession, "junior", cast.ines, mentor=cast.tomasz)
    make(Finding, "author", cast.ines, session=session, title="The lock is let go")
    blob = Blob.objects.create(
        organisation=cast.tidewater, sha256=b"1" * 32, body=b"--- a/rates.py\n"
    )
    fill(Revision, cast.tidewater, session=session, blob=blob, number=1)

    with opened(gathered(cast)) as file:
        assert file.testzip() is None
        account, sessions = data_of(file, "account"), data_of(file, "sessions")
        assert account["account"]["rows"][0]["full_name"] == "Ines Carvalho"
        [finding] = sessions["findings"]["rows"]
        assert finding["title"] == "The lock is let go"
        assert finding["author"] == "Ines Carvalho"
        assert "The lock is let go" in file.read("read/sessions.md").decode()
        change = f"changes/session-{session.pk}-1.diff"
        assert file.read(change) == b"--- a/rates.py\n"
        assert "`findings`" in file.read("README.md").decode()


def test_it_holds_no_secret_and_nothing_of_others(cast: Cast) -> None:
    """Not the other's unrevealed pass, nor what they noted before both are in."""
    session = make(ReviewSession, "junior", cast.ines, mentor=cast.tomasz)
    make(Finding, "author", cast.tomasz, session=session, title="Not shown so far")
    make(
        Rating,
        "assessment__plan__junior__membership",
        cast.ines,
        side="mentor",
        note="Stops too early",
    )
    with opened(gathered(cast)) as file:
        whole = b"".join(file.read(name) for name in file.namelist())
    for secret in ("Not shown so far", "Stops too early", cast.ines.user.password):
        assert secret.encode() not in whole


def test_the_history_in_it_is_what_they_may_know(cast: Cast) -> None:
    """Not who of two declined, nor a draft that they are wanted in; people by name."""
    acting_as = {"actor_id": cast.tomasz.pk, "person_id": cast.ines.pk}
    here = {"organisation_id": cast.tidewater.pk, "at": timezone.now()}
    draft = fill(Program, cast.tidewater, name="Not begun", state="draft")
    enrolled = fill(Enrolment, cast.tidewater, program=draft, membership=cast.ines)
    declined = {"what": "pairings.pairing", "verb": "changed", "kind": "pairings"}
    moment = {"declined_at": "2026-11-02T09:00:00Z"}
    HistoryEntry.objects.create(**here, **acting_as, **declined, after=moment)
    known = {"what": "pairings.enrolment", "verb": "changed", "kind": "enrolments"}
    HistoryEntry.objects.create(
        **{**here, **acting_as, **known},
        program_id=cast.program.pk,
        row_id=cast.ines_enrolled.pk,
        before={"line_manager": None},
        after={"line_manager": cast.lars.pk},
    )
    with opened(gathered(cast)) as file:
        account, program = data_of(file, "account"), data_of(file, "program")
        whole = b"".join(file.read(name) for name in file.namelist()).decode()
    rows = account["history"]["rows"]
    assert [row for row in rows if (row["after"] or {}).get("declined_at")] == []
    assert "Not begun" not in whole
    assert enrolled.pk not in [row["pk"] for row in program["enrolments"]["rows"]]
    [row] = [row for row in rows if "line_manager" in (row["before"] or {})]
    assert row["after"] == {"line_manager": str(cast.lars)}
    assert row["actor_id"] == str(cast.tomasz)
    assert row["program_id"] == cast.program.name
    assert str(cast.tomasz) in row["in_words"]
    [own] = program["enrolments"]["rows"]
    assert own["program"] == cast.program.name


def test_a_pairing_that_was_declined_is_not_in_the_others_data(cast: Cast) -> None:
    Pairing.objects.filter(pk=cast.pairing.pk).update(
        state="proposed",
        proposed_at=timezone.now(),
        declined_at=timezone.now(),
        declined_by=cast.tomasz,
    )
    with opened(gathered(cast)) as file:
        assert data_of(file, "program")["pairings"]["rows"] == []


def test_a_thing_without_rows_is_an_empty_list(cast: Cast) -> None:
    with opened(gathered(cast)) as file:
        for topic in ("account", "program", "sessions", "year", "messages"):
            for thing in data_of(file, topic).values():
                assert isinstance(thing["rows"], list)


def test_download_works_once_and_is_in_the_history(cast: Cast, as_: As) -> None:
    archive = gathered(cast)
    client = as_(cast.ines)
    page = client.get(url("tidewater", "personal:mine")).content.decode()
    assert gathering.token_of(archive) in page

    first = download(client, archive)
    assert first.status_code == 200
    body = b"".join(first.streaming_content)  # type: ignore[attr-defined]
    assert len(body) == archive.size
    assert zipfile.is_zipfile(io.BytesIO(body))
    after = client.get(url("tidewater", "personal:mine")).text
    assert "Within an hour of that it is deleted here." in after
    second = download(client, archive)
    assert second.status_code == 410
    assert "It works once" in second.content.decode()
    assert (
        HistoryEntry.objects.filter(what="download", actor_id=cast.ines.pk).count() == 1
    )


def test_download_is_the_owners_alone(cast: Cast, as_: As) -> None:
    archive = gathered(cast)
    assert download(as_(cast.olga), archive).status_code == 404
    assert download(Client(), archive).status_code == 302
    archive.refresh_from_db()
    assert archive.downloaded_at is None


def test_download_runs_out(cast: Cast, as_: As) -> None:
    archive = gathered(cast)
    Archive.objects.update(expires_at=timezone.now())
    assert download(as_(cast.ines), archive).status_code == 410


def test_mine_polls_by_version(cast: Cast, as_: As) -> None:
    archive = actions.ask_archive(actor=cast.ines, now=timezone.now())
    client, path = as_(cast.ines), url("tidewater", "personal:mine")
    htmx = {"HX-Request": "true"}
    assert (
        client.get(path, {"version": archive.version}, headers=htmx).status_code == 204
    )
    assert client.get(path, {"version": 0}, headers=htmx).status_code == 200
    gathering.take_up(archive.pk)
    answer = client.get(path, {"version": archive.version}, headers=htmx)
    assert "Download it, once" in answer.content.decode()


def test_asking_twice_gathers_once(cast: Cast) -> None:
    now = timezone.now()
    first = actions.ask_archive(actor=cast.ines, now=now)
    assert actions.ask_archive(actor=cast.ines, now=now) == first


def test_what_was_downloaded_or_ran_out_is_deleted(cast: Cast) -> None:
    archive, now = gathered(cast), timezone.now()
    assert list(ready(now).values_list("recipient_id", flat=True)) == [cast.ines.pk]
    chores.look_after(now)
    assert ArchivePart.objects.exists()
    Archive.objects.update(downloaded_at=now)
    assert list(ready(now)) == []
    chores.look_after(now + timedelta(hours=2))
    assert not ArchivePart.objects.exists()
    chores.look_after(now + timedelta(days=31))
    assert not Archive.objects.filter(pk=archive.pk).exists()


def test_a_key_that_was_changed_leaves_a_way(
    cast: Cast, as_: As, settings: Settings
) -> None:
    archive = gathered(cast)
    token, old = gathering.token_of(archive), settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 10, [old]
    assert gathering.token_of(archive) == token

    settings.SECRET_KEY_FALLBACKS = []
    assert gathering.token_of(archive) == ""
    page = as_(cast.ines).get(url("tidewater", "personal:mine")).content.decode()
    assert "Gather it anew" in page
    assert "Gather my data" in page


def test_what_is_worked_on_does_not_fail_by_its_age(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed: list[int] = []
    monkeypatch.setattr("preceptor.personal.tasks.gather.delay", handed.append)
    now = timezone.now()
    archive = actions.ask_archive(actor=cast.ines, now=now - 3 * STALE)
    chores.look_after(now)
    assert handed == [archive.pk]

    rows = Archive.objects.filter(pk=archive.pk)
    rows.update(state="gathering", stepped_at=now)
    chores.look_after(now + STALE / 2)
    assert rows.get().state == "gathering"
    chores.look_after(now + STALE)
    assert rows.get().state == "failed"
    assert rows.get().version == archive.version + 1


def test_a_large_archive_lies_in_parts(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "PART", 1000)
    archive = gathered(cast)
    assert archive.parts.count() == -(-archive.size // 1000)
    with opened(archive) as file:
        assert file.testzip() is None


def test_who_can_not_sign_in_any_more_gets_theirs_by_a_command(
    cast: Cast, as_: As, tmp_path: Path
) -> None:
    """Whoever runs the server hands it over; no owner has a way to it."""
    make(Finding, "author", cast.ines, title="The lock is let go")
    Membership.objects.filter(pk=cast.ines.pk).update(is_active=False)
    path = tmp_path / "ines.zip"
    with acting("command gather"):
        call_command("gather", "tidewater", "Ines.Carvalho@example.com", str(path))

    rows = data_of(zipfile.ZipFile(path), "sessions")["findings"]["rows"]
    assert [row["title"] for row in rows] == ["The lock is let go"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    entry = HistoryEntry.objects.get(what="download")
    told = (entry.person_id, entry.actor_id, entry.through, entry.after)
    assert told == (cast.ines.pk, None, "command gather", {"subject": "my data"})
    said = "The command “gather” gathered all that is held of Ines Carvalho."
    assert said in as_(cast.olga).get(url("tidewater", "insights:history")).text
    with pytest.raises(CommandError, match="File exists"):
        call_command("gather", "tidewater", cast.ines.user.email, str(path))
    with pytest.raises(CommandError, match="Nobody with otto"):
        call_command("gather", "tidewater", "otto.lang@example.com", "otto.zip")


def test_owners_and_who_left_are_told_the_way_to_it(cast: Cast, as_: As) -> None:
    deactivate = url("tidewater", "organisation:deactivate", cast.ines.pk)
    assert "gather their own data" in as_(cast.olga).get(deactivate).content.decode()
    leave = url("tidewater", "organisation:leave")
    mine = url("tidewater", "personal:mine")
    assert f'href="{mine}"' in as_(cast.ines).get(leave).content.decode()
    Membership.objects.filter(pk=cast.ines.pk).update(is_active=False)
    member = url("tidewater", "organisation:member", cast.ines.pk)
    page = as_(cast.olga).get(member).content.decode()
    assert "whoever runs this server gathers it" in page
    assert "Its owners erase you" in as_(cast.ines).get("/").content.decode()
