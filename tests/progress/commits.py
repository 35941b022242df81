"""What the database says at the end of a transaction, inside that of a test."""

from collections.abc import Callable
from typing import Any

from django.db import connection, transaction


@transaction.atomic
def committed(change: Callable[[], Any]) -> None:
    """Makes the change and asks what is looked at when a transaction ends."""
    change()
    connection.check_constraints()
