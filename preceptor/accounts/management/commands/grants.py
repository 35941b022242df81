"""What the role of the application may do in the database, and what not."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction
from psycopg import sql

from preceptor.history import TABLE

GRANTS = (
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    # What a migration makes next is the application's at once: while it runs, triggers
    # write into new tables on behalf of the version before.
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public"
    " GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public"
    " GRANT USAGE, SELECT ON SEQUENCES TO {role}",
    "REVOKE UPDATE, DELETE ON {history} FROM {role}",
    "GRANT EXECUTE ON FUNCTION"
    " accounts_history_strike(bigint, bigint[], text),"
    " accounts_history_untell(bigint, text),"
    " accounts_prune_history(timestamptz, int) TO {role}",
)
"""Who is erased is struck out of the history by two functions, which do just that; a
third takes entries that are older than a year, and nothing else."""


class Command(BaseCommand):
    help = (
        "Gives a role of the database what the application needs: to read and write"
        " rows, and of the history to read and add alone. To be run by the role that"
        " owns the tables; what that role makes later is granted with it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("role", help="the role in the application's DATABASE_URL")

    def handle(self, *_args: Any, role: str, **_options: Any) -> None:
        names = {"role": sql.Identifier(role), "history": sql.Identifier(TABLE)}
        with transaction.atomic(), connection.cursor() as cursor:
            for grant in GRANTS:
                cursor.execute(sql.SQL(grant).format(**names))
        self.stdout.write(
            f"{role} reads and writes rows, and of the history reads and adds alone."
        )
