"""A migrated database that test databases are copied from.

It stays in the servers under var/test, under a name that follows from the code which
says what it looks like: changed code leads to a new one, and the old one goes.
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
from django.apps import apps
from django.core.management import call_command
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
# What the migrations stand on: the libraries, and what of ours they import.
GROUND = ("uv.lock", "preceptor/accounts/constraints.py", "pairings/models/pairings.py")
PREFIX = "template_preceptor_"
LOCK = 7_213_004


def template() -> str:
    """The name of the database, which is migrated now where there is none yet.

    Processes that ask at the same time get one; all but one wait for it.
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
        admin.execute(f"CREATE DATABASE {PREFIX}fresh".encode())
        _migrate(f"{PREFIX}fresh")
        admin.execute(f"ALTER DATABASE {PREFIX}fresh RENAME TO {wanted}".encode())
    return wanted


def _migrate(name: str) -> None:
    own = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        call_command("migrate", verbosity=0, interactive=False)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own


def sources() -> Iterator[Path]:
    """Every file that a migrated database follows from."""
    for name in GROUND:
        yield ROOT / name
    for app in apps.get_app_configs():
        folder = Path(app.path) / "migrations"
        if folder.is_relative_to(ROOT) and ".venv" not in folder.parts:
            yield from folder.glob("*.py")


def fingerprint(files: Iterator[Path]) -> str:
    """Follows from the names of the files and what stands in them."""
    digest = hashlib.sha256()
    for path in sorted(files):
        body = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path} {body}\n".encode())
    return digest.hexdigest()[:16]
