"""Every migration since the version before runs while that version keeps working."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from tests.upgrade import lint, previous


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ('CREATE INDEX "a" ON "t" ("b")', "builds an index"),
        ('CREATE UNIQUE INDEX "a" ON "t" ("b") WHERE "c"', "builds an index"),
        ('ALTER TABLE "t" ADD COLUMN "a" int NOT NULL', "does not fill"),
        (
            'ALTER TABLE "t" ADD COLUMN "a" uuid DEFAULT gen_random_uuid() NOT NULL',
            "writes each row anew",
        ),
        (
            'ALTER TABLE "t" ADD COLUMN "a" int GENERATED ALWAYS AS (1) STORED',
            "writes each row anew",
        ),
        ('ALTER TABLE "t" ADD COLUMN "a" int NULL UNIQUE', "under the lock"),
        ('ALTER TABLE "t" ADD COLUMN "a" int NULL REFERENCES "u"', "under the lock"),
        ('ALTER TABLE "t" ALTER COLUMN "a" TYPE bigint USING 1', "column's type"),
        ('ALTER TABLE "t" ALTER COLUMN "a" SET NOT NULL', "may leave out"),
        ('ALTER TABLE "t" ALTER COLUMN "a" DROP DEFAULT', "relies on"),
        ('ALTER TABLE "t" DROP COLUMN "a" CASCADE', "reads"),
        ('ALTER TABLE "t" RENAME COLUMN "a" TO "b"', "reads"),
        ('ALTER TABLE "t" RENAME TO "u"', "reads"),
        ('DROP TABLE "t" CASCADE', "reads"),
        ('ALTER TABLE "t" ADD CONSTRAINT "a" CHECK ("b" > 0)', "NOT VALID"),
        (
            'ALTER TABLE "t" ADD CONSTRAINT "a" FOREIGN KEY ("b") REFERENCES "fresh"',
            "NOT VALID",
        ),
        ('ALTER TABLE "t" ADD CONSTRAINT "a" UNIQUE ("b")', "NOT VALID"),
        ("TRUNCATE t", "locks out everybody"),
        (
            "CREATE FUNCTION f() RETURNS void SECURITY DEFINER SET search_path = public"
            " SET preceptor.x = 'yes' AS $$ BEGIN END $$",
            "takes a superuser",
        ),
        ('ALTER TABLE "t" ADD COLUMN "a" int NULL; UPDATE t SET a = 1', "its own"),
        (
            "CREATE TRIGGER a AFTER INSERT ON t EXECUTE FUNCTION f();\n"
            "-- THIS OPERATION CANNOT BE WRITTEN AS SQL",
            "its own",
        ),
        ("DO $x$ BEGIN DELETE FROM t; ALTER TABLE t ADD b int; END $x$", "its own"),
    ],
)
def test_what_stands_in_the_way_is_found(sql: str, why: str) -> None:
    (fault,) = lint.faults(sql, {"fresh"})
    assert why in fault


def test_what_nobody_works_on_yet_may_be_done_to() -> None:
    sql = 'CREATE INDEX "a" ON "t" ("b"); ALTER TABLE t ADD COLUMN c int NOT NULL'
    assert len(lint.faults(sql, {"u"})) == 2
    assert lint.faults(sql, {"t"}) == []
    assert lint.made('CREATE TABLE "t" ("b" int); ALTER TABLE u ADD c int') == {"t"}


@pytest.mark.parametrize(
    "sql",
    [
        'CREATE INDEX CONCURRENTLY "a" ON "t" ("b")',
        'ALTER TABLE "t" ADD COLUMN "a" int NULL',
        'ALTER TABLE "t" ADD COLUMN "a" varchar(10) DEFAULT \'x\' NOT NULL',
        'ALTER TABLE "t" ADD CONSTRAINT "a" CHECK ("b" > 0) NOT VALID',
        'ALTER TABLE "t" ADD CONSTRAINT "a" UNIQUE USING INDEX "b"',
        'ALTER TABLE "t" VALIDATE CONSTRAINT "a"',
        "UPDATE t SET a = 1 WHERE b",
        "CREATE FUNCTION f() RETURNS trigger AS $$ BEGIN UPDATE t SET a = 1; END $$;"
        "CREATE TRIGGER a AFTER INSERT ON t EXECUTE FUNCTION f()",
    ],
)
def test_what_lets_others_work_is_left_alone(sql: str) -> None:
    assert lint.faults(sql, set()) == []


def written(loader: MigrationLoader, migration: Any) -> str:
    """The SQL that it would run; the loader reads no database."""
    asked: Any = SimpleNamespace(
        connection=connection, project_state=loader.project_state
    )
    return "\n".join(MigrationLoader.collect_sql(asked, [(migration, False)]))


def test_every_migration_since_lets_the_version_before_work(db: None) -> None:
    loader = MigrationLoader(None)
    known = previous.migrations(
        str(path) for path in previous.checkout().rglob("migrations/*.py")
    )
    ours = {app for app, _name in previous.migrations(_sources())}
    order: list[Any] = []
    for leaf in loader.graph.leaf_nodes():
        plan = map(loader.graph.nodes.__getitem__, loader.graph.forwards_plan(leaf))
        order += [one for one in plan if one not in order and one.app_label in ours]
    since = [one for one in order if (one.app_label, one.name) not in known]
    sql = {str(one): written(loader, one) for one in since}
    fresh = set().union(*map(lint.made, sql.values()))
    found = {name: lint.faults(text, fresh) for name, text in sql.items()}
    assert {name: one for name, one in found.items() if one} == {}


def _sources() -> list[str]:
    folders = ("preceptor", "pairings", "reviews", "progress")
    return [
        str(path)
        for folder in folders
        for path in (previous.ROOT / folder).rglob("migrations/*.py")
    ]


def test_what_ran_already_stays_as_it_is() -> None:
    """Who has the version before would never get a change of its migrations."""
    old = previous.checkout()
    changed = [
        path
        for path in old.rglob("migrations/*.py")
        if (previous.ROOT / path.relative_to(old)).read_bytes() != path.read_bytes()
    ]
    assert changed == []


def test_the_note_tells_where_the_version_before_ended() -> None:
    files = [str(path) for path in previous.checkout().rglob("migrations/*.py")]
    last = dict(sorted(previous.migrations(files)))
    assert dict(previous.leaves()) == last


def test_the_version_before_is_unpacked_once_by_tests_side_by_side(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(previous, "FOLDER", tmp_path)
    with ThreadPoolExecutor() as threads:
        found = list(threads.map(lambda _n: previous.checkout(), range(4)))
    assert {tuple(tmp_path.iterdir())} == {(one,) for one in found}
    assert (found[0] / "manage.py").is_file()


def test_a_clone_without_history_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previous, "tree", lambda: "0" * 40)
    with pytest.raises(pytest.fail.Exception, match="git fetch --unshallow"):
        previous.checkout()
