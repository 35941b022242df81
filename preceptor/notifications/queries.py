"""What the `due` queries of kinds are made of."""

from typing import Any

from django.db.models import (
    CharField,
    DateField,
    F,
    Func,
    IntegerField,
    QuerySet,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Concat

Rows = QuerySet[Any, Any]
"""What `Kind.due` gives."""


class LocalDay(Func):
    """The day of a moment in a time zone: `LocalDay(zone, moment)`."""

    template = "timezone(%(expressions)s)::date"
    output_field = DateField()


class LastMorning(Func):
    """The last day whose eight o'clock has come: `LastMorning(zone, now)`."""

    template = "(timezone(%(expressions)s) - TIME '08:00')::date"
    output_field = DateField()


class DaysBetween(Func):
    """Whole days from the second day to the first."""

    template = "(%(expressions)s)"
    arg_joiner = " - "
    output_field = IntegerField()


class DaysOn(Func):
    """A day some days on: `DaysOn(day, 3)`, also fewer."""

    template = "(%(expressions)s)"
    arg_joiner = " + "
    output_field = DateField()


def zone_of(recipient: str) -> F:
    """The time zone of the member at the end of a path."""
    return F(f"{recipient}__user__time_zone")


def reminder(
    kind: str,
    step: str | Combinable,
    *matter: str | Combinable,
    recipient: str,
    not_before: Any,
    subject: str = "pk",
) -> dict[str, Any]:
    """Values of a row: all but organisation and program.

    The occurrence is `KIND:SUBJECT[:DATE…]:STEP`; `matter` gives the dates between.
    """
    last = Value(step) if isinstance(step, str) else step
    parts: list[Combinable] = [Value(f"{kind}:"), Cast(subject, CharField())]
    for part in (*matter, last):
        parts += [Value(":"), Cast(part, CharField())]
    return {
        "recipient_id": F(recipient),
        "subject": F(subject),
        "occurrence": Concat(*parts),
        "not_before": not_before,
    }


def all_of(first: Rows, *others: Rows) -> Rows:
    """The rows of several queries, which name the same values."""
    return first.union(*others, all=True)
