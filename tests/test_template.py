"""What test databases are copied from follows from the code."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from preceptor.history import AddTrigger
from tests import template

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "template_of_a_test_"


def databases() -> set[str]:
    query = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
    with psycopg.connect(os.environ["DATABASE_URL"], dbname="postgres") as admin:
        return {name for (name,) in admin.execute(query, [template.PREFIX])}


@pytest.fixture
def migrated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Path, list[str]]]:
    """A folder of sources, and the databases that were migrated by them so far."""
    names: list[str] = []

    def migrate(name: str, leaves: Sequence[tuple[str, str]] = ()) -> None:
        names.append(f"{name} before" if leaves else name)

    prefix = f"{PREFIX}{os.getpid()}_"
    monkeypatch.setattr(template, "PREFIX", prefix)
    monkeypatch.setattr(template, "sources", lambda: tmp_path.glob("*.py"))
    monkeypatch.setattr(template, "_migrate", migrate)
    yield tmp_path, names
    server = os.environ["DATABASE_URL"]
    with psycopg.connect(server, dbname="postgres", autocommit=True) as admin:
        for name in databases():
            admin.execute(f'DROP DATABASE "{name}"'.encode())


def test_it_is_migrated_once_and_anew_when_its_sources_change(
    migrated: tuple[Path, list[str]],
) -> None:
    folder, names = migrated
    first = folder / "0001_initial.py"
    first.write_text("one")
    made = [template.template(), template.template()]
    assert made[0] == made[1]
    assert databases() == {made[0], template.template_before()}
    fresh = f"{template.PREFIX}fresh"
    assert names == [f"{fresh} before", fresh]

    first.write_text("two")
    made.append(template.template())
    (folder / "0002_more.py").write_text("three")
    made.append(template.template())
    (folder / "0002_more.py").rename(folder / "0003_more.py")
    made.append(template.template())
    assert len(set(made)) == 4
    assert len(names) == 8
    assert databases() == {made[-1], template.template_before()}


def test_one_that_broke_off_is_not_taken(
    migrated: tuple[Path, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(name: str, leaves: Sequence[tuple[str, str]] = ()) -> None:
        if not leaves:
            raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(template, "_migrate", breaks)
        with pytest.raises(ConnectionError):
            template.template()
    fresh = template.PREFIX + "fresh"
    assert fresh in databases()
    assert {template.template(), template.template_before()} == databases()
    assert migrated[1] == [f"{fresh} before", fresh]


def test_every_migration_is_a_source() -> None:
    ours = {
        path
        for folder in ("pairings", "preceptor", "progress", "reviews")
        for path in (ROOT / folder).rglob("migrations/*.py")
    }
    assert len(ours) > 20
    assert ours < set(template.sources())


def test_who_migrates_has_no_more_rights_than_in_production(db: None) -> None:
    query = (
        "SELECT DISTINCT rolname, rolsuper FROM pg_tables, pg_roles"
        " WHERE schemaname = 'public' AND tableowner = rolname"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        assert cursor.fetchall() == [(template.OWNER, False)]


def test_a_trigger_has_no_model_drawn_anew() -> None:
    """Which has each that refers to it drawn too, eighty times in one migrating.

    That the table has it is known, so that no migration is missing or made twice.
    """
    state = MigrationLoader(None).project_state(("insights", "0004_team_weeks"))
    known = state.models["insights", "teamweek"].options["triggers"]
    assert [one.name for one in known] == [
        *("history_insert", "history_update", "history_delete")
    ]
    model = state.apps.get_model("insights", "teamweek")
    AddTrigger(model_name="teamweek", trigger=known[0]).state_forwards(
        "insights", state
    )
    assert state.models["insights", "teamweek"].options["triggers"][3:] == known[:1]
    assert state.apps.get_model("insights", "teamweek") is model
