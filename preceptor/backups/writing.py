"""Taking a backup: one snapshot, dumped and summed up, read back as it is written."""

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from io import BufferedReader, RawIOBase
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import IO, Any, Final

from django.db import connection, transaction

from preceptor.backups import sealing
from preceptor.backups.manifest import Manifest, TableSum, sums
from preceptor.backups.problem import Problem
from preceptor.backups.programs import Programs, programs, said, server_version
from preceptor.embedded.process import lock

NAME: Final = "preceptor-%Y%m%dT%H%M%SZ"
BEGUN: Final = ".begun-"
PIECE: Final = 1024 * 1024
COPY: Final = re.compile(rb'COPY ("?[^ ]+"?) .*FROM stdin;\n')


def back_up(folder: Path, *, now: datetime, keys: Sequence[str] = ()) -> Path:
    """A new backup in this folder, and its path; sealed to the public `keys`.

    Others may write meanwhile: it holds what stood when it began. It appears under its
    name once it is whole, or not at all. Raises Problem.
    """
    sealing.recipients(keys)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with lock(folder / ".lock") as is_ours:
        if not is_ours:
            raise Problem(f"Another backup is being written to {folder}: wait for it.")
        for path in folder.glob(f"{BEGUN}*"):
            shutil.rmtree(path)
        path = folder / now.strftime(NAME)
        if path.exists():
            raise Problem(f"{path} is there already: wait a second.")
        begun = folder / f"{BEGUN}{path.name}"
        begun.mkdir(mode=0o700)
        try:
            _write(begun, now, keys)
        except BaseException:
            shutil.rmtree(begun, ignore_errors=True)
            raise
        begun.rename(path)
        _sync(folder)
    return path


def _write(folder: Path, now: datetime, keys: Sequence[str]) -> None:
    """Dump and manifest, on the disk when it returns."""
    tools = programs()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        dump = _Dump(folder / "dump", snapshot, keys, tools)
        worker = Thread(target=dump.write)
        worker.start()
        try:
            tables = sums(cursor)
        finally:
            worker.join()
    if dump.error:
        raise dump.error
    _compare(dump.rows, tables)
    manifest = Manifest(
        made_at=now.isoformat(timespec="seconds"),
        server=str(server_version()),
        is_sealed=bool(keys),
        size=(folder / "dump").stat().st_size,
        sha256=dump.digest.hexdigest(),
        tables=tables,
    )
    path = folder / "manifest.json"
    manifest.write(path)
    for one in (folder / "dump", path):
        one.chmod(0o600)
        _sync(one)
    _sync(folder)


class _Dump:
    """pg_dump to a file, and the same bytes to pg_restore, which reads them back."""

    def __init__(
        self, path: Path, snapshot: str, keys: Sequence[str], tools: Programs
    ) -> None:
        self.path, self.snapshot, self.keys, self.tools = path, snapshot, keys, tools
        self.digest = hashlib.sha256()
        self.rows: dict[str, int] = {}
        self.error: BaseException | None = None

    def write(self) -> None:
        """Leaves what went wrong in `error`."""
        try:
            with TemporaryDirectory() as errors:
                self._write(Path(errors))
        except BaseException as error:  # noqa: BLE001 # raised again by who waits
            self.error = error

    def _write(self, errors: Path) -> None:
        tools, shot = self.tools, f"--snapshot={self.snapshot}"
        dump = [tools.pg_dump, "--format=custom", "--compress=1", shot]
        back = [tools.pg_restore, "--file=-", "--data-only"]
        with (
            self._running(back, errors / "back", stdin=subprocess.PIPE) as reader,
            self._running(dump, errors / "dump") as writer,
        ):
            counter = Thread(target=self._count, args=[reader.stdout])
            counter.start()
            try:
                source = BufferedReader(_Tee(writer.stdout, reader.stdin), PIECE)
                with self.path.open("xb") as file:
                    self.path.chmod(0o600)
                    target: Any = _Hashing(file, self.digest)
                    sealing.seal(source, target, self.keys)
            finally:
                with suppress(BrokenPipeError):
                    reader.stdin.close()
                counter.join()

    @contextmanager
    def _running(self, command: list[str], log: Path, **popen: Any) -> Iterator[Any]:
        """One of the programs, waited for. Raises Problem where it fails."""
        with log.open("wb") as stderr:
            process: Any = subprocess.Popen(
                command,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env=self.tools.environment,
                **popen,
            )
        name = Path(command[0]).name
        try:
            yield process
        except BaseException as error:
            process.kill()
            # What broke the pipe has ended by itself, and said why.
            if process.wait() > 0 and isinstance(error, BrokenPipeError):
                raise Problem(f"{name} failed: {said(log)}") from None
            raise
        finally:
            process.stdout.close()
        if process.wait():
            raise Problem(f"{name} failed: {said(log)}")

    def _count(self, script: IO[bytes]) -> None:
        """The rows of each table in what pg_restore makes of the archive."""
        table, rows = "", 0
        for line in script:
            if table:
                if line == b"\\.\n":
                    self.rows[table], table = rows, ""
                else:
                    rows += 1
            elif told := COPY.match(line):
                table, rows = told.group(1).decode(), 0


class _Tee(RawIOBase):
    """What is read from one goes to the other as well."""

    def __init__(self, source: Any, other: Any) -> None:
        self.source, self.other = source, other

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        number: int = self.source.readinto1(buffer)
        self.other.write(buffer[:number])
        return number


class _Hashing:
    """A file of which a digest is made as it is written."""

    def __init__(self, file: IO[bytes], digest: Any) -> None:
        self.file, self.digest = file, digest

    def write(self, piece: bytes) -> int:
        self.digest.update(piece)
        return self.file.write(piece)

    def flush(self) -> None:
        self.file.flush()


def _compare(rows: dict[str, int], tables: dict[str, TableSum]) -> None:
    """The archive, read back, has the rows that the snapshot had."""
    read = {name.replace('"', ""): number for name, number in rows.items()}
    for name, one in tables.items():
        if read.get(name, 0) != one.rows:
            raise Problem(
                f"The archive holds {read.get(name, 0)} rows of {name} and not"
                f" {one.rows}: was its structure changed meanwhile? Try again."
            )


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
