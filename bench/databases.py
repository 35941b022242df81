"""One database an organisation, in the bench's own server."""

import io
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.db.models import F

from pairings.models import Program
from preceptor.accounts.models import Organisation


def build(name: str, pairings: int | None) -> None:
    """Makes the database `name` with that many more pairings, unless it stands."""
    create(name, f"bench_{name}_{pairings or 20}")
    with using(name):
        if Organisation.objects.exists():
            _enter_in_time()
            return
        sys.stderr.write(f"Building {pairings or 20:,} pairings …\n")
        started = time.monotonic()
        call_command("demo", pairings=pairings, stdout=io.StringIO())
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        sys.stderr.write(f"Built in {time.monotonic() - started:.0f} s\n")


def _enter_in_time() -> None:
    """Programs in bulk as they are written now, where an older version wrote them."""
    late = Program.objects.filter(
        name__startswith="Site ", created_at__date__gt=F("starts_on")
    )
    late.update(created_at=F("starts_on"))


def create(name: str, full: str) -> None:
    """Makes the database `full` unless it stands, with every table; `name` is short."""
    _names[name] = full
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [full])
        if cursor.fetchone() is None:
            cursor.execute(f'CREATE DATABASE "{full}"')
    with using(name):
        call_command("migrate", verbosity=0)


_names: dict[str, str] = {}


def full_name(name: str) -> str:
    """Under which the server knows a database of `create`."""
    return _names[name]


@contextmanager
def using(name: str) -> Iterator[None]:
    """Points the default connection at a database of `build`, in this process."""
    before = connection.settings_dict["NAME"]
    point_at(_names[name])
    try:
        yield
    finally:
        point_at(before)


@contextmanager
def copied(full: str) -> Iterator[str]:
    """A copy that is gone afterwards; the default connection points at it."""
    before, name = connection.settings_dict["NAME"], f"{full}_copy"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{full}" STRATEGY FILE_COPY')
    point_at(name)
    try:
        yield name
    finally:
        point_at(before)
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def point_at(database: str) -> None:
    """Points the default connection of this process at a database by its full name."""
    connection.close()
    connection.settings_dict["NAME"] = database
    cache.clear()
