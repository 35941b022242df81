"""A row of any tenant model, with whatever it refers to, in one organisation."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from pairings.models import Program
from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Organisation, OrganisationRow
from tests.factories import UserFactory

NUMBERS = count(3)
VALUES: list[tuple[type, Callable[[int], Any]]] = [
    (models.BinaryField, lambda n: str(n).encode()),
    (models.BooleanField, lambda n: False),
    (models.DateTimeField, lambda n: timezone.now()),
    (models.DateField, lambda n: timezone.localdate()),
    (models.DecimalField, lambda n: 3),
    (models.IntegerField, lambda n: n),
    (models.UUIDField, lambda n: UUID(int=n)),
    (ArrayField, lambda n: []),
    (models.Field, str),
]

DAYS: dict[str, Callable[[], date]] = {
    "ends_on": lambda: timezone.localdate() + timedelta(days=30),
    "monday": lambda: date(2026, 11, 2),
    "month": lambda: date(2026, 10, 1),
}


def fill(
    model: type[models.Model], organisation: Organisation, **given: Any
) -> models.Model:
    """Saves a row that is as empty as the model allows and at home in all it names.

    What a key shares with its target, such as the program, is the same in both.
    """
    values: dict[str, Any] = {"organisation": organisation, **given}
    shared = {
        constraint.field: constraint.shared
        for constraint in model._meta.constraints
        if isinstance(constraint, TenantKey)
    }
    told_apart = _told_apart(model)
    for field in model._meta.fields:
        if field.name in values or field.has_default():
            continue
        if isinstance(field, models.AutoField | models.GeneratedField):
            continue
        # The hash is what is left of bytes that may be gone.
        if (
            field.null
            and field.name not in told_apart
            and not isinstance(field, models.BinaryField)
        ):
            continue
        also = shared.get(field.name, ())
        beside = {
            their: _shared(model, own, values)
            for own, their in also
            if own != "organisation"
        }
        values[field.name] = _value(field, organisation, beside)
    return model._default_manager.create(**values)


def _told_apart(model: type[models.Model]) -> set[str]:
    """What may be nothing in one row of an organisation alone."""
    return {
        empty[0]
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint)
        and constraint.nulls_distinct is False
        and len(empty := [one for one in constraint.fields if _is_null(model, one)])
        == 1
    }


def _is_null(model: type[models.Model], name: str) -> bool:
    return bool(model._meta.get_field(name).null)


def _shared(model: type[models.Model], name: str, values: dict[str, Any]) -> Any:
    """What a row shares with its target; a generated column always says the same."""
    field: Any = model._meta.get_field(name)
    if isinstance(field, models.GeneratedField):
        return field.expression.value  # type: ignore[attr-defined] # not in the stubs
    return values[name]


def _value(
    field: "models.Field[Any, Any]", organisation: Organisation, beside: dict[str, Any]
) -> Any:
    if isinstance(field, models.ForeignKey):
        target = field.related_model
        is_tenant_row = issubclass(target, OrganisationRow)
        return (
            fill(target, organisation, **beside)
            if is_tenant_row
            else UserFactory.create()
        )
    if field.name == "program_id":
        return fill(Program, organisation).pk
    if field.choices:
        return next(iter(field.choices))[0]
    if field.name in ("rank", "slot", "score"):
        return 1
    if field.name in DAYS:
        return DAYS[field.name]()
    number = next(NUMBERS)
    return next(make(number) for kind, make in VALUES if isinstance(field, kind))
