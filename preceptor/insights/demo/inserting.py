"""INSERT … SELECT for a model, with the model's own defaults for what is left out."""

from collections.abc import Mapping
from typing import Any

from django.db import connection, models

Facts = Mapping[str, Any]


def insert(
    model: type[models.Model], columns: Mapping[str, str], source: str, facts: Facts
) -> int:
    """Write one row for each row of `source`. Returns how many.

    `columns` maps field names to SQL expressions over `source`, which is what follows
    FROM; both may refer to `facts` as `%(name)s`. A field that is not named gets its
    default, or NULL if it has none and allows it.
    """
    targets: list[str] = []
    expressions: list[str] = []
    values = dict(facts)
    unknown = set(columns) - {field.name for field in model._meta.concrete_fields}
    if unknown:
        raise LookupError(f"{model.__name__} has no {', '.join(sorted(unknown))}")
    for field in model._meta.concrete_fields:
        if field.name in columns:
            expression = columns[field.name]
        elif (
            field.primary_key
            or field.generated
            or (field.null and not field.has_default())
        ):
            continue
        else:
            name = f"default_{field.name}"
            expression = f"%({name})s::{field.db_type(connection)}"
            values[name] = field.get_db_prep_save(field.get_default(), connection)
        targets.append(connection.ops.quote_name(field.column or field.name))
        expressions.append(expression)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(targets)}) "  # noqa: S608 # no input
            f"SELECT {', '.join(expressions)} FROM {source}",
            values,
        )
        return int(cursor.rowcount)


def reserve(model: type[models.Model], count: int) -> int:
    """Take `count` ids in a row out of the sequence. Returns the first."""
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT nextval(pg_get_serial_sequence('{table}', 'id'))")
        first: int = cursor.fetchone()[0]
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), %s)",
            [first + count - 1],
        )
    return first


def analyze(*tables: type[models.Model]) -> None:
    """Tell the planner, and with it the checks of foreign keys, how much there is."""
    with connection.cursor() as cursor:
        for model in tables:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")
