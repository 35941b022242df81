from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from preceptor.personal.again import Outcome, repeat
from preceptor.personal.kept import Done, listed


class Command(BaseCommand):
    help = (
        "Who was erased, a line each, by numbers alone: to be kept beside backups. With"
        " --again erases those of such lists once more, after a backup was restored."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--again", type=Path, nargs="+", metavar="LIST", help="lists to go by"
        )

    def handle(self, *_: Any, again: list[Path] | None, **_options: Any) -> None:
        if again is None:
            self.stdout.writelines(done.line for done in listed())
            return
        done, unread = _read(again)
        left = 0
        for one, outcome in repeat(done, timezone.now()):
            left += outcome == Outcome.LAST_OWNER
            self.stdout.write(f"member {one.member}: {outcome.value}")
        if left or unread:
            where = "".join(f"\n  {one}: no line of a list" for one in unread)
            raise CommandError(f"{left} not erased.{where}")


def _read(paths: list[Path]) -> tuple[list[Done], list[str]]:
    """What the lists say, and the places of lines that say nothing."""
    done, unread = [], []
    for path in paths:
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except OSError as error:
            raise CommandError(str(error)) from error
        for number, line in enumerate(lines, 1):
            try:
                done += [Done.read(line)] if line else []
            except ValueError:
                unread.append(f"{path}, line {number}")
    return done, unread
