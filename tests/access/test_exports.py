"""Every table that somebody can take along, of people who type formulas.

Found by the table of routes, so that none is forgotten.
"""

import csv
import inspect
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, connection, models, transaction
from django.http import HttpResponseBase
from django.test import Client
from openpyxl import load_workbook
from pytest_django import DjangoDbBlocker

from preceptor.accounts.models import User
from preceptor.http import url
from tests.access.routes import ROUTES
from tests.access.world import PEOPLE, World, make_world
from tests.cast import make_cast
from tests.clients import signed_in
from tests.fuzz.schema import patterns
from tests.fuzz.walls import tenant_models

FORMULA = "=1+cmd"
CONCAT = models.functions.Concat(
    models.Value(FORMULA), "pk", output_field=models.TextField()
)
RUNS = re.compile("[-=+@\t\r\n\uff1d\uff0b\uff0d\uff20]")
FIGURES = {
    "insights:quarter_file",
    "insights:quarter_of_all_file",
    "insights:quarter_report_file",
    "insights:stays_file",
}
"""Files of figures, in which hardly a word is anybody's."""
EMPTY = {"insights:week_template", "progress:export_framework"}
"""A form to fill in, and what is published, which the database lets nobody change."""
TABLES = {
    *FIGURES,
    *EMPTY,
    "insights:board_csv",
    "insights:board_xlsx",
    "insights:export_weeks",
    "insights:history_csv",
    "pairings:export_mentors",
    "pairings:export_pairs",
    "pairings:export_people",
}

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        world = make_world(make_cast())
        for model in tenant_models():
            for one in model._meta.fields:
                if isinstance(one, models.CharField | models.TextField):
                    live(model, one, world)
        address = models.functions.Concat(CONCAT, models.Value("@tidewater.example"))
        User.objects.update(full_name=CONCAT, email=address)
        yield world
        transaction.set_rollback(True)


def live(model: Any, one: Any, world: World) -> None:
    """Each text a formula of its own, where the database takes it for that column."""
    if one.choices:
        return
    rows = model._default_manager.filter(organisation=world.cast.tidewater)
    try:
        with transaction.atomic():
            rows.update(**{one.name: CONCAT})
            connection.check_constraints()
    except DatabaseError:
        return


def taken(world: World, name: str, args: list[Any]) -> HttpResponseBase:
    route = ROUTES[name]
    person = next(one for one in PEOPLE if route.expected(one, "GET") is None)
    client: Client = signed_in(getattr(world.cast, person))
    # A word that was made a formula may have been what an address is made of.
    client.raise_request_exception = False
    with transaction.atomic():
        answer = client.get(url("tidewater", name, *args), route.query(world))
        transaction.set_rollback(True)
    return answer


def tables(world: World) -> Iterator[tuple[str, str, list[str]]]:
    """Each route that gives a table, its kind, and the cells that hold text."""
    for name in giving():
        route = ROUTES[name]
        args = route.args(world)
        kinds = ("csv", "xlsx") if args[-1:] == ["csv"] else ("",)
        for kind in kinds:
            asked = [*args[:-1], kind] if kind else args
            answer = taken(world, name, asked)
            if found := cells(answer):
                yield name, answer.headers["Content-Type"], found


def giving() -> Iterator[str]:
    """Routes beside whose view something makes a file."""
    for name, pattern, _is_ours in patterns():
        view: Any = inspect.unwrap(pattern.callback)
        text = inspect.getsource(inspect.getmodule(view) or view)
        if name in ROUTES and re.search(r"\b(taken_along|empty_form)\(", text):
            yield name


def cells(answer: HttpResponseBase) -> list[str]:
    kind = answer.headers.get("Content-Type", "")
    if kind.startswith("text/csv"):
        text = answer.getvalue().decode("utf-8-sig")
        return [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    if "spreadsheetml" not in kind:
        return []
    book = load_workbook(io.BytesIO(answer.getvalue()))
    found = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [one.value for one in found if one.data_type == "f"]
    return [one.value for one in found if isinstance(one.value, str)]


def test_no_table_runs_what_somebody_typed(world: World) -> None:
    found = list(tables(world))
    assert {name for name, _kind, _cells in found} == TABLES
    running = {
        (name, kind): [one for one in text if RUNS.match(one)]
        for name, kind, text in found
    }
    assert {key: cells for key, cells in running.items() if cells} == {}
    # What could have run is there, behind its apostrophe.
    quiet = {
        (name, kind)
        for name, kind, text in found
        if not any(one.startswith(f"'{FORMULA}") for one in text)
    }
    assert {name for name, _kind in quiet} - FIGURES == EMPTY
