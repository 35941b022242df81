"""Django's `migrate`, which steps back where it would keep others waiting.

A migration that waits for a lock makes everybody wait who comes after it. This one
gives up after a moment, lets them by, and tries again: each migration is a transaction
of its own, so what was done stays done.
"""

import gc
import time
from collections.abc import Callable
from typing import Any, Final

from django.core.management import CommandError
from django.core.management.base import CommandParser
from django.core.management.commands.migrate import Command as Migrate
from django.db import OperationalError, connections

WAIT_SECONDS: Final = 0.4
"""Less than a second, after which the server looks for deadlocks and picks somebody."""
PAUSE_SECONDS: Final = 1.0
IN_THE_WAY: Final = ("55P03", "40P01")
"""SQLSTATE of a lock that was not to be had, and of a deadlock."""
STILL: Final = (
    "Others held locks on what is to be changed for {seconds:.0f} seconds. What was"
    " done stands; migrate again, or let it wait for longer by --patience."
)


class Command(Migrate):
    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--patience",
            type=float,
            default=600.0,
            help="Seconds for which locks that others hold are tried again (600).",
        )

    def handle(self, *args: Any, patience: float = 600.0, **options: Any) -> None:
        # Each step draws models anew by the dozen, and leaves as many to be collected:
        # what stands by now is not looked through each time.
        gc.collect()
        gc.freeze()
        connection = connections[options["database"]]
        until = time.monotonic() + patience
        with connection.execute_wrapper(_unhurried):
            while True:
                with connection.cursor() as cursor:
                    cursor.execute(f"SET lock_timeout = '{WAIT_SECONDS}s'")
                try:
                    super().handle(*args, **options)
                    return
                except OperationalError as error:
                    if getattr(error.__cause__, "sqlstate", "") not in IN_THE_WAY:
                        raise
                    if time.monotonic() > until:
                        text = STILL.format(seconds=patience)
                        raise CommandError(text) from error
                self.stdout.write("\n  Others are at work there; trying again.")
                self.stdout.flush()
                time.sleep(PAUSE_SECONDS)


def _unhurried(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
) -> Any:
    """What is built beside others' work waits for them, and keeps nobody waiting."""
    if " CONCURRENTLY " not in str(sql):
        return execute(sql, params, many, context)
    context["cursor"].cursor.execute("SET lock_timeout = 0")
    try:
        return execute(sql, params, many, context)
    finally:
        context["cursor"].cursor.execute(f"SET lock_timeout = '{WAIT_SECONDS}s'")
