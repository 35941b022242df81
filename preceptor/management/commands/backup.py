from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from preceptor.backups import Manifest, Problem, back_up, prune


class Command(BaseCommand):
    help = "Takes a backup of the database while writing goes on, and checks it."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "folder", type=Path, nargs="?", default=Path(settings.BACKUP_FOLDER)
        )
        parser.add_argument(
            "--recipient",
            action="append",
            default=[],
            help="seal it to this public key of age, age1…; may be given again",
        )
        parser.add_argument("--keep", type=int, help="then keep so many of the newest")
        parser.add_argument("--keep-days", type=int, help="and those of so many days")

    def handle(self, *_: Any, **asked: Any) -> None:
        now = timezone.now()
        keys = asked["recipient"] or settings.BACKUP_RECIPIENTS
        try:
            path = back_up(asked["folder"], now=now, keys=keys)
        except (Problem, OSError) as error:
            raise CommandError(str(error)) from error
        told = Manifest.read(path)
        sealed = ", sealed" if told.is_sealed else ""
        self.stdout.write(
            f"{path}: {len(told.tables)} tables, {told.rows:,} rows,"
            f" {told.size / 1024**2:,.1f} MB{sealed}; read back"
        )
        gone = prune(
            asked["folder"], now=now, keep=asked["keep"], days=asked["keep_days"]
        )
        for one in gone:
            self.stdout.write(f"Deleted {one}")
