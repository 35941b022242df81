import sys
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.core.management.base import BaseCommand, CommandError, CommandParser
from redis import RedisError

from preceptor.backups import Manifest, Problem, check, restore


class Command(BaseCommand):
    help = "Brings a backup back into an empty database, and compares every row."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("backup", type=Path, help="a folder that backup has made")
        parser.add_argument("--identity", type=Path, help="file of age's secret key")
        parser.add_argument(
            "--check", action="store_true", help="read it, and touch no database"
        )
        parser.add_argument(
            "--replace", action="store_true", help="delete what the database holds"
        )

    def handle(self, *_: Any, **asked: Any) -> None:
        folder, identity = asked["backup"], asked["identity"]
        try:
            if asked["check"]:
                told = check(folder, identity=identity)
                self.stdout.write(f"{folder} can be read: {said(told)}")
                return
            found = restore(folder, identity=identity, replace=asked["replace"])
        except (Problem, OSError) as error:
            raise CommandError(str(error)) from error
        if found:
            lines = "\n".join(f"  {one}" for one in found)
            raise CommandError(f"The database is not what the backup holds:\n{lines}")
        told = Manifest.read(folder)
        self.stdout.write(f"Restored, every row compared: {said(told)}")
        self._forget_cached()

    def _forget_cached(self) -> None:
        """What the cache holds is of another database."""
        try:
            cache.clear()
        except (RedisError, OSError):
            self.stderr.write("The cache does not answer: empty it (database 1).")
            sys.exit(1)


def said(told: Manifest) -> str:
    return f"{len(told.tables)} tables, {told.rows:,} rows of {told.made_at}"
