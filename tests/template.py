"""A migrated database that test databases are copied from.

It stays in the servers under var/test, under a name that follows from the code which
says what it looks like: changed code leads to a new one, and the old one goes.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg
from django.apps import AppConfig, apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.upgrade import previous

ROOT = Path(__file__).resolve().parent.parent
# What the migrations stand on: the libraries, and what of ours they import.
GROUND = (
    "uv.lock",
    "preceptor/accounts/constraints.py",
    "preceptor/history.py",
    "pairings/models/pairings.py",
    "tests/upgrade/PREVIOUS",
)
PREFIX = "template_preceptor_"
BEFORE = "_before"
OWNER = "plain_owner_of_templates"
"""Migrates, without a right beyond its own database, as the role of production does."""
LOCK = 7_213_004


def template() -> str:
    """The name of the database, which is migrated now where there is none yet.

    Processes that ask at the same time get one; all but one wait for it. On the way it
    leaves another, as the version before this one had it: see `template_before`.
    """
    wanted = PREFIX + fingerprint(sources())
    server = os.environ["DATABASE_URL"]
    with psycopg.connect(server, dbname="postgres", autocommit=True) as admin:
        admin.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        query = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
        found = {name for (name,) in admin.execute(query, [PREFIX])}
        if wanted in found:
            return wanted
        for name in found:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())
        # Under another name first, so that it is there whole or not.
        role = "SELECT 1 FROM pg_roles WHERE rolname = %s"
        if not admin.execute(role, [OWNER]).fetchone():
            admin.execute(f"CREATE ROLE {OWNER}".encode())
        admin.execute(f"CREATE DATABASE {PREFIX}fresh OWNER {OWNER}".encode())
        _migrate(f"{PREFIX}fresh", previous.leaves())
        before = f"{wanted}{BEFORE} TEMPLATE {PREFIX}fresh"
        admin.execute(f"CREATE DATABASE {before}".encode())
        _migrate(f"{PREFIX}fresh")
        admin.execute(f"ALTER DATABASE {PREFIX}fresh RENAME TO {wanted}".encode())
    return wanted


def template_before() -> str:
    """The name of the one to which the version before this one migrated."""
    return template() + BEFORE


def _migrate(name: str, leaves: Sequence[tuple[str, str]] = ()) -> None:
    """As far as these migrations, or all the way; as the plain owner."""
    own = {key: connection.settings_dict[key] for key in ("NAME", "OPTIONS")}
    connection.close()
    options = {**own["OPTIONS"], "options": f"-c role={OWNER}"}
    connection.settings_dict.update(NAME=name, OPTIONS=options)
    try:
        if leaves:
            MigrationExecutor(connection).migrate([*leaves, *_of_libraries()])
        else:
            call_command("migrate", verbosity=0, interactive=False)
    finally:
        connection.close()
        connection.settings_dict.update(own)


def _of_libraries() -> list[tuple[str, str]]:
    """The last migration of each app that is not ours."""
    graph = MigrationExecutor(connection).loader.graph
    theirs = [app for app in apps.get_app_configs() if not _is_ours(app)]
    return [leaf for app in theirs for leaf in graph.leaf_nodes(app.label)]


def _is_ours(app: AppConfig) -> bool:
    folder = Path(app.path)
    return folder.is_relative_to(ROOT) and ".venv" not in folder.parts


def sources() -> Iterator[Path]:
    """Every file that a migrated database follows from."""
    for name in GROUND:
        yield ROOT / name
    for app in apps.get_app_configs():
        if _is_ours(app):
            yield from Path(app.path).glob("migrations/*.py")


def fingerprint(files: Iterator[Path]) -> str:
    """Follows from the names of the files and what stands in them."""
    digest = hashlib.sha256()
    for path in sorted(files):
        body = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path} {body}\n".encode())
    return digest.hexdigest()[:16]
