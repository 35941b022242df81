"""The wall between organisations, as a constraint that a model declares."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models


class TenantKey(models.BaseConstraint):
    """A composite foreign key: `field` refers to a row that shares `also` with it.

    The database refuses a reference to a row of another organisation (or, with
    `also=("organisation", "program")`, of another program). It takes the place of
    the plain foreign key, so the field is declared with `db_constraint=False`. The
    target needs a unique constraint over `("id", *also)`. Checked at commit. Where
    the two rows name what they share differently, `also` holds the pair of names.
    """

    def __init__(
        self,
        *,
        field: str,
        name: str,
        also: tuple[str | tuple[str, str], ...] = ("organisation",),
    ) -> None:
        super().__init__(name=name)
        self.field = field
        self.also = tuple(also)

    @property
    def shared(self) -> list[tuple[str, str]]:
        """The fields that must agree, as named by this row and by the target."""
        return [(name, name) if isinstance(name, str) else name for name in self.also]

    def constraint_sql(self, model: Any, schema_editor: Any) -> str:
        return self.create_sql(model, schema_editor)

    def create_sql(self, model: Any, schema_editor: Any) -> str:
        """Adds the key once the migration's tables stand: what is run now is empty."""
        target = model._meta.get_field(self.field).related_model
        quote = schema_editor.quote_name
        own = _columns(model, [self.field, *(own for own, _ in self.shared)], quote)
        theirs = _columns(target, ["id", *(their for _, their in self.shared)], quote)
        schema_editor.deferred_sql.append(
            f"ALTER TABLE {quote(model._meta.db_table)} "
            f"ADD CONSTRAINT {quote(self.name)} FOREIGN KEY ({own}) "
            f"REFERENCES {quote(target._meta.db_table)} ({theirs}) "
            "DEFERRABLE INITIALLY DEFERRED"
        )
        return ""

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        quote = schema_editor.quote_name
        table, name = quote(model._meta.db_table), quote(self.name)
        return f"ALTER TABLE {table} DROP CONSTRAINT {name}"

    def validate(
        self,
        model: type[models.Model],
        instance: models.Model,
        exclude: Any = None,
        using: str = "default",
    ) -> None:
        target: Any = getattr(instance, self.field, None)
        for own, their in self.shared if target is not None else ():
            if _value(instance, own) != _value(target, their):
                raise ValidationError(self.get_violation_error_message())

    def deconstruct(self) -> tuple[str, tuple[()], dict[str, Any]]:
        path = f"{type(self).__module__}.{type(self).__qualname__}"
        return path, (), {"field": self.field, "name": self.name, "also": self.also}

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, TenantKey) and self.deconstruct() == other.deconstruct()
        )

    def __hash__(self) -> int:
        return hash((self.name, self.field, self.also))


def _value(row: models.Model, name: str) -> object:
    field: Any = row._meta.get_field(name)
    return getattr(row, field.attname)


def _columns(model: Any, names: list[str], quote: Callable[[str], str]) -> str:
    return ", ".join(quote(model._meta.get_field(name).column) for name in names)
