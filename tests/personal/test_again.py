"""Who was erased goes again after a backup brought them back, and nobody else."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone
from pytest_django.fixtures import Settings

from preceptor.accounts.models import Membership
from preceptor.personal import actions, erasing
from preceptor.personal.models import Erasure
from reviews.models import Finding
from tests.cast import Cast
from tests.personal.words import make

pytestmark = pytest.mark.django_db


class Restored(Exception):
    """The database is what it was when the backup was made."""


@pytest.fixture
def erased_file(tmp_path: Path, settings: Settings) -> Path:
    path = tmp_path / "kept" / "erased.jsonl"
    settings.ERASED_FILE = str(path)
    return path


def erase_and_restore(cast: Cast, *members: Membership) -> None:
    def lost() -> None:
        with transaction.atomic():
            for member in members:
                now = timezone.now()
                erasure = actions.erase(
                    actor=cast.olga, member=member, also=["Ines"], now=now
                )
                erasing.take_up(erasure.pk)
            raise Restored

    with pytest.raises(Restored):
        lost()


def test_who_was_erased_goes_again(cast: Cast, erased_file: Path) -> None:
    make(Finding, "author", cast.tomasz, text="Ines Carvalho, or Ines, saw it")
    erase_and_restore(cast, cast.ines)
    assert str(Membership.objects.get(pk=cast.ines.pk)) == "Ines Carvalho"
    assert "Ines" not in erased_file.read_text()

    call_command("erased", again=[erased_file])

    assert str(Membership.objects.get(pk=cast.ines.pk)) == "Former member"
    assert not Membership.objects.get(pk=cast.ines.pk).is_active
    text = Finding.objects.get(author=cast.tomasz).text
    assert text == "Former member, or Former member, saw it"
    assert Erasure.objects.get().finished_at is not None


def test_twice_said_it_is_done_once(cast: Cast, erased_file: Path, capsys: Any) -> None:
    erase_and_restore(cast, cast.ines)
    call_command("erased", again=[erased_file, erased_file])
    call_command("erased", again=[erased_file])
    told = [line for line in capsys.readouterr().out.splitlines() if "member" in line]
    number = f"member {cast.ines.pk}"
    assert {f"{number}: erased again", f"{number}: erased already"} == set(told)
    assert Erasure.objects.count() == 1


def test_a_number_that_is_somebody_elses_by_now_is_passed_over(
    cast: Cast, erased_file: Path, capsys: Any
) -> None:
    """They joined after the backup that was brought back."""
    erase_and_restore(cast, cast.ines)
    Membership.objects.filter(pk=cast.ines.pk).update(created_at=timezone.now())
    call_command("erased", again=[erased_file])
    assert "not in this database" in capsys.readouterr().out
    assert str(Membership.objects.get(pk=cast.ines.pk)) == "Ines Carvalho"


def test_the_last_owner_of_a_restored_organisation_is_left_and_named(
    cast: Cast, erased_file: Path, capsys: Any
) -> None:
    Membership.objects.filter(pk=cast.mark.pk).update(role="owner")
    erase_and_restore(cast, cast.mark, cast.ines)
    Membership.objects.filter(pk=cast.olga.pk).update(role="member")

    with pytest.raises(CommandError, match="1 not erased"):
        call_command("erased", again=[erased_file])

    assert f"member {cast.mark.pk}: the last owner" in capsys.readouterr().out
    assert str(Membership.objects.get(pk=cast.ines.pk)) == "Former member"


def test_a_line_that_was_cut_hides_no_other(cast: Cast, erased_file: Path) -> None:
    erased_file.parent.mkdir()
    erased_file.write_text('{"organisation": 1, "mem')
    erase_and_restore(cast, cast.ines)
    with pytest.raises(CommandError, match="line 1: no line of a list"):
        call_command("erased", again=[erased_file])
    assert str(Membership.objects.get(pk=cast.ines.pk)) == "Former member"


def test_the_list_can_be_written_from_the_database(cast: Cast, capsys: Any) -> None:
    erasure = actions.erase(actor=cast.olga, member=cast.ines, now=timezone.now())
    erasing.take_up(erasure.pk)
    call_command("erased")
    said = json.loads(capsys.readouterr().out)
    assert said["member"] == cast.ines.pk
    assert said["organisation"] == cast.tidewater.pk


def test_an_erasure_is_not_done_before_it_is_written_down(
    cast: Cast, erased_file: Path
) -> None:
    erased_file.parent.mkdir()
    erased_file.mkdir()
    erasure = actions.erase(actor=cast.olga, member=cast.ines, now=timezone.now())
    with pytest.raises(OSError, match="directory"):
        erasing.take_up(erasure.pk)
    erasure.refresh_from_db()
    assert erasure.finished_at is None
    assert erasure.failure == "account: IsADirectoryError"
    assert str(Membership.objects.get(pk=cast.ines.pk)) == "Ines Carvalho"
    erased_file.rmdir()
    erasing.take_up(erasure.pk)
    assert erased_file.exists()
