"""Every column that could hold something of a person is named in the table."""

from collections import defaultdict
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from preceptor.accounts.held import ERASED, Held, everything, impersonal
from preceptor.accounts.models import Membership, User

TEXTS = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.BinaryField,
    models.GenericIPAddressField,
    models.FileField,
    ArrayField,
)
PEOPLE = (Membership, User)


def is_personal(field: "models.Field[Any, Any]") -> bool:
    """Texts that are no choice, and references to people."""
    if isinstance(field, models.ForeignKey):
        return field.related_model in PEOPLE
    return isinstance(field, TEXTS) and not field.choices


def named() -> dict[type[models.Model], set[str]]:
    found: dict[type[models.Model], set[str]] = defaultdict(set)
    for model, columns in impersonal().items():
        found[model] |= set(columns)
    for one in everything():
        found[one.model] |= {*one.columns, *one.secret}
    return found


def test_every_column_that_may_hold_something_of_a_person_is_named() -> None:
    """Add a line to the app's `personal.py` for what stands here."""
    known = named()
    missing = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
        for field in model._meta.local_fields
        if is_personal(field) and field.name not in known.get(model, ())
    ]
    assert missing == []


def test_the_table_names_columns_that_there_are() -> None:
    gone = []
    for model, columns in named().items():
        for name in columns:
            try:
                model._meta.get_field(name)
            except FieldDoesNotExist:
                gone.append(f"{model._meta.label}.{name}")
    assert gone == []


def test_whose_a_row_is_can_be_asked(db: None) -> None:
    member = Membership(pk=1, user=User(pk=1, email="nobody@tidewater.example"))
    for one in everything():
        rows = one.model._default_manager
        assert list(rows.filter(one.of(member))) == [], one.key
        assert list(rows.filter(one.shown_to(member))) == [], one.key


def test_what_stays_says_why() -> None:
    silent = [one.key for one in everything() if _stays(one) and not str(one.because)]
    assert silent == []


def _stays(one: Held) -> bool:
    return bool(one.stays) and not one.row_goes


def test_what_stands_in_place_of_a_text_fits_its_column() -> None:
    for one in everything():
        for name, value in one.goes.items() if not one.row_goes else ():
            field = one.model._meta.get_field(name)
            assert isinstance(field, models.Field), one.key
            assert value is not None or field.null, one.key
            if value == ERASED:
                assert isinstance(field, models.CharField | models.TextField), one.key
