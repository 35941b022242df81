"""No reference between rows of two organisations passes the database."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import OrganisationRow
from tests.factories import OrganisationFactory
from tests.rows import fill

# What a check constraint wants beside a reference, by its field or its key's name.
BESIDE: dict[str, dict[str, Any]] = {
    "mentor_signed_by": {"mentor_signed_at": datetime(2026, 11, 2, tzinfo=UTC)},
    "published_by": {"published_at": datetime(2026, 11, 2, tzinfo=UTC)},
    "answered_by": {
        "handed_at": datetime(2026, 11, 1, tzinfo=UTC),
        "answered_at": datetime(2026, 11, 2, tzinfo=UTC),
    },
    "transcript": {"turn": 1, "path": ""},
    "agreed_by": {
        "agreed_at": datetime(2026, 11, 2, tzinfo=UTC),
        "agreed_on": date(2026, 11, 2),
    },
    "declined_by": {
        "state": "proposed",
        "proposed_at": datetime(2026, 11, 1, tzinfo=UTC),
        "declined_at": datetime(2026, 11, 2, tzinfo=UTC),
    },
    "assessment_mentor_signed_by": {
        "mentor_signed_at": datetime(2026, 11, 2, tzinfo=UTC),
        "self_in_at": datetime(2026, 11, 1, tzinfo=UTC),
        "mentor_in_at": datetime(2026, 11, 1, tzinfo=UTC),
    },
    "evidence_session": {"kind": "session", "url": "", "title": ""},
    "skipped_by": {
        "skipped_at": datetime(2026, 11, 2, tzinfo=UTC),
        "skip_reason": "They met while one was on leave",
    },
    "milestone_added_by": {"kind": "own"},
    "milestonemove_pause": {"kind": "pause"},
    "ticked_by": {
        "kind": "ticked",
        "text": "The threat model of the service is drawn",
        "ticked_at": datetime(2026, 11, 2, tzinfo=UTC),
    },
    "settled_by": {"settled_at": datetime(2026, 11, 2, tzinfo=UTC)},
}
Key = tuple[type[models.Model], TenantKey]


def tenant_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if issubclass(model, OrganisationRow)]


def tenant_keys() -> Iterator[Key]:
    for model in tenant_models():
        for constraint in model._meta.constraints:
            if isinstance(constraint, TenantKey):
                yield model, constraint


def name_of(value: object) -> str:
    return value.name if isinstance(value, TenantKey) else ""


def references(model: type[models.Model]) -> list["models.ForeignKey[Any, Any]"]:
    return [f for f in model._meta.fields if isinstance(f, models.ForeignKey)]


def test_every_reference_between_tenant_rows_is_a_tenant_key() -> None:
    missing = [
        f"{model.__name__}.{field.name}"
        for model in tenant_models()
        for field in references(model)
        if issubclass(field.related_model, OrganisationRow)
        and field.name
        not in {k.field for k in model._meta.constraints if isinstance(k, TenantKey)}
    ]
    assert missing == []


def test_every_model_of_the_product_is_a_tenant_row() -> None:
    own = {"preceptor.accounts", "preceptor.notifications", "preceptor.personal"}
    own |= {"pairings", "reviews", "progress", "preceptor.insights"}
    outside = {
        model.__name__
        for model in apps.get_models()
        if model._meta.app_config.name in own and not issubclass(model, OrganisationRow)
    }
    assert outside == {"User", "Organisation", "HistoryEntry", "Host", "Pulse"}


@pytest.mark.parametrize(("model", "key"), list(tenant_keys()), ids=name_of)
def test_a_reference_across_organisations_is_refused(
    db: None, model: type[models.Model], key: TenantKey
) -> None:
    """A row whose references are at home stands; pointed next door, it falls."""
    home, next_door = OrganisationFactory.create(), OrganisationFactory.create()
    row = fill(model, home)
    stranger = fill(target_of(model, key), next_door)
    check_all()
    with pytest.raises(IntegrityError, match=f'"{key.name}"'), transaction.atomic():
        point(row, key, stranger)


@pytest.mark.parametrize(("model", "key"), list(tenant_keys()), ids=name_of)
def test_a_reference_at_home_passes_the_same_check(
    db: None, model: type[models.Model], key: TenantKey
) -> None:
    home = OrganisationFactory.create()
    row = fill(model, home)
    shared = {their: getattr(row, own) for own, their in key.shared}
    neighbour = fill(target_of(model, key), **shared)
    with transaction.atomic():
        point(row, key, neighbour)
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("model", "key"), [k for k in tenant_keys() if len(k[1].also) > 1], ids=name_of
)
def test_a_reference_across_programs_or_sessions_is_refused(
    db: None, model: type[models.Model], key: TenantKey
) -> None:
    """Some rows share more than the organisation: a pairing and its enrolments."""
    home = OrganisationFactory.create()
    row, stranger = fill(model, home), fill(target_of(model, key), home)
    check_all()
    with pytest.raises(IntegrityError, match=f'"{key.name}"'), transaction.atomic():
        point(row, key, stranger)


def target_of(model: type[models.Model], key: TenantKey) -> type[models.Model]:
    target = model._meta.get_field(key.field).related_model
    assert isinstance(target, type)
    assert issubclass(target, models.Model)
    return target


def point(row: models.Model, key: TenantKey, target: models.Model) -> None:
    """By SQL, so that nothing but the database stands in the way.

    Of all the constraints this one answers at once, the others at commit. Triggers that
    refuse every change to a row stand aside.
    """
    check_all()
    beside = BESIDE.get(key.name) or BESIDE.get(key.field, {})
    changes = {f"{key.field}_id": target.pk, **beside}
    table, columns = row._meta.db_table, ", ".join(f'"{c}" = %s' for c in changes)
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        cursor.execute(
            f'UPDATE "{table}" SET {columns} WHERE id = %s',  # noqa: S608 # own names
            [*changes.values(), row.pk],
        )
        assert cursor.rowcount == 1
        cursor.execute(f'SET CONSTRAINTS "{key.name}" IMMEDIATE')


def check_all() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
