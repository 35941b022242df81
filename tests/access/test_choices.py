"""What forms let people choose from, beside another organisation's rows."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.forms import BaseForm, ModelChoiceField
from pytest_django import DjangoDbBlocker

from preceptor.http import url
from tests.access.routes import ROUTES
from tests.access.world import PEOPLE, World, make_world
from tests.cast import make_cast
from tests.clients import signed_in
from tests.fuzz.walls import inhabit

pytestmark = pytest.mark.django_db

FIELDS = {
    "CompetencyForm.area",
    "FindingForm.transcript",
    "FirstForm.program",
    "GoalForm.competency",
    "LogForm.pairing",
    "ProgramFrameworkForm.framework",
    "ScheduleForm.readers",
}
"""Every field that offers rows, by its form."""


@pytest.fixture
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        world = make_world(make_cast())
        inhabit(world.cast.otto.organisation)
        yield world
        transaction.set_rollback(True)


def test_no_form_offers_rows_of_another_organisation(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    forms: list[BaseForm] = []
    made = BaseForm.__init__

    def kept(self: BaseForm, *args: Any, **kwargs: Any) -> None:
        forms.append(self)
        made(self, *args, **kwargs)

    monkeypatch.setattr(BaseForm, "__init__", kept)
    foreign = world.cast.otto.organisation
    offered: dict[str, set[int]] = {}
    for name, method in [(n, m) for n, one in ROUTES.items() for m in one.methods]:
        with transaction.atomic():
            ask(world, name, method)
            for form in forms:
                for whose, rows in offering(form):
                    offered.setdefault(whose, set()).update(rows)
            transaction.set_rollback(True)
        forms.clear()
    assert foreign.pk not in set().union(*offered.values())
    assert set(offered) == FIELDS


def ask(world: World, name: str, method: str) -> None:
    """By the first person who may."""
    route = ROUTES[name]
    person = next(one for one in PEOPLE if route.expected(one, method) is None)
    client = signed_in(getattr(world.cast, person))
    path = url("tidewater", name, *route.args(world))
    getattr(client, method.lower())(path, route.query(world))


def offering(form: BaseForm) -> Iterator[tuple[str, set[int]]]:
    """Each field that offers rows, and the organisations that they are of."""
    for name, field in form.fields.items():
        if isinstance(field, ModelChoiceField):
            offers: Any = field.queryset
            rows = offers.values_list("organisation", flat=True)
            yield f"{type(form).__name__}.{name}", set(rows)
