"""Bringing a backup back: whole or not at all, and compared row by row."""

import hashlib
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from django.db import connection, transaction
from psycopg import sql

from preceptor.backups import sealing
from preceptor.backups.manifest import Difference, Manifest, sums, tables
from preceptor.backups.problem import Problem
from preceptor.backups.programs import programs, said

WORDS: Final = (
    "--single-transaction",
    "--exit-on-error",
    "--no-owner",
    # Who restores need not own the extensions, whose comments are theirs.
    "--no-comments",
)


def check(folder: Path, *, identity: Path | None = None) -> Manifest:
    """Reads all of a backup without touching a database. Raises Problem.

    Of a sealed one without its key only the bytes on the disk are looked at.
    """
    manifest = Manifest.read(folder)
    with (folder / "dump").open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != manifest.sha256:
        raise Problem(f"{folder}/dump is not what was written: take another backup.")
    if identity is not None or not manifest.is_sealed:
        _through_pg_restore(folder, manifest, ["--file=/dev/null"], identity)
    return manifest


def restore(
    folder: Path, *, identity: Path | None = None, replace: bool = False
) -> list[Difference]:
    """Brings a backup into the database, and tells where it is not what it was.

    Into an empty one, unless it is to be replaced. All is read once before anything is
    touched, and nothing is there until all is. Raises Problem.
    """
    if Manifest.read(folder).is_sealed:
        sealing.identities(identity)
    _refuse_used(replace=replace)
    manifest = check(folder, identity=identity)
    if replace:
        _empty()
    name = connection.settings_dict["NAME"]
    _through_pg_restore(folder, manifest, [*WORDS, f"--dbname={name}"], identity)
    with transaction.atomic(), connection.cursor() as cursor:
        return list(manifest.differences(sums(cursor)))


def _refuse_used(*, replace: bool) -> None:
    with connection.cursor() as cursor:
        if tables(cursor) and not replace:
            raise Problem(
                "The database is not empty: name an empty one in DATABASE_URL, or"
                " say --replace to delete all that is in it."
            )
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        (others,) = cursor.fetchone()
    if others:
        raise Problem(
            f"{others} other connections to the database are open: stop web, worker"
            " and beat first."
        )


def _empty() -> None:
    """Drops every schema of ours, and makes the usual one again."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%%'"
            " AND nspname <> 'information_schema'",
            [],
        )
        for (name,) in cursor.fetchall():
            drop = sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(name))
            cursor.execute(drop)
        cursor.execute("CREATE SCHEMA public")
        cursor.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")


def _through_pg_restore(
    folder: Path, manifest: Manifest, words: list[str], identity: Path | None
) -> None:
    """Opens the dump into pg_restore's hands. Raises Problem."""
    keys = sealing.identities(identity) if manifest.is_sealed else []
    tools = programs()
    with TemporaryDirectory() as errors, (folder / "dump").open("rb") as file:
        log = Path(errors) / "log"
        with log.open("wb") as stderr:
            process = subprocess.Popen(
                [tools.pg_restore, *words],
                stdin=subprocess.PIPE,
                stderr=stderr,
                env=tools.environment,
            )
        target: Any = process.stdin
        try:
            sealing.unseal(file, target, keys)
            target.close()
        except BrokenPipeError:
            pass  # it ended first, and says why below
        except BaseException:
            process.kill()  # it would take the end of its input for the end of all
            raise
        finally:
            code = process.wait()
        if code:
            raise Problem(f"pg_restore failed: {said(log)}")
