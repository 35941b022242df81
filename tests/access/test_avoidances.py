"""Whom a junior would rather not have reaches leads, managers and the junior alone."""

from collections.abc import Callable

from django.db import transaction
from django.test import Client
from django.utils.html import escape

from pairings.models import Avoidance
from preceptor.accounts.models import Membership, User
from preceptor.http import url
from tests.access.routes import ROUTES
from tests.access.world import PEOPLE, make_world
from tests.cast import Cast

As = Callable[[Membership], Client]
READERS = {"ines", "ruth", "mark", "olga"}
HOLDS_IT = {"pairings:wish"}


def test_an_avoidance_reaches_nobody_else_by_any_route(cast: Cast, as_: As) -> None:
    """Mei is nowhere else in the program: where her name is, it came out.

    Her own pages name her; that she does not get at the list the table of rights holds.
    """
    world = make_world(cast)
    name = "Zebedee Quartermain"
    User.objects.filter(pk=cast.mei.user_id).update(full_name=name)
    Avoidance.objects.create(
        organisation=cast.tidewater,
        program=cast.program,
        junior=cast.ines_enrolled,
        person=cast.mei,
        slot=1,
    )
    found = set()
    for person in set(PEOPLE) - {"mei"}:
        client = as_(getattr(cast, person))
        for route, rights in ROUTES.items():
            if "GET" not in rights.methods:
                continue
            path = url("tidewater", route, *rights.args(world))
            with transaction.atomic():
                answer = client.get(path, rights.query(world))
                transaction.set_rollback(True)
            body = answer.getvalue().decode(errors="replace")
            if route in HOLDS_IT and escape(name) in body:
                found.add(person)
            elif not route.startswith("organisation:"):
                assert name not in _main(body), (person, route)
    assert found == READERS


def _main(body: str) -> str:
    """A page without the lists that complete what is typed, which name every member."""
    while "<datalist" in body:
        before, rest = body.split("<datalist", 1)
        body = before + rest.split("</datalist>", 1)[-1]
    return body
