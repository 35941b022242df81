"""Every route, as every kind of person, against the table of rights."""

from collections.abc import Callable, Iterator

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django import DjangoDbBlocker
from pytest_django.fixtures import Settings

from preceptor.accounts.models import Membership, StagedUpload
from preceptor.http import url
from reviews.models import ReviewSession
from tests.access.routes import ROUTES
from tests.access.world import PEOPLE, World, make_world
from tests.cast import make_cast

As = Callable[[Membership], Client]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Made once, in a transaction around the tests; each rolls back to its state."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world(make_cast())
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def quick_sessions(settings: Settings) -> None:
    """Thousands sign in here, and it is rights that are looked at, not sessions."""
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cache"


def organisation_routes() -> Iterator[str]:
    """The names of the routes under `/o/<slug>/`, with their namespaces."""
    for pattern in get_resolver().url_patterns:
        if isinstance(pattern, URLResolver) and str(pattern.pattern).startswith("o/"):
            yield from _names(pattern, ())


def _names(resolver: URLResolver, spaces: tuple[str, ...]) -> Iterator[str]:
    inner = (*spaces, resolver.app_name) if resolver.app_name else spaces
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(pattern, inner)
        elif isinstance(pattern, URLPattern):
            yield ":".join((*inner, str(pattern.name)))


def answers(client: Client, world: World, name: str, method: str) -> int:
    route = ROUTES[name]
    path = url("tidewater", name, *route.args(world))
    send = client.post if method == "POST" else client.get
    return send(path, route.query(world)).status_code


CASES = [
    pytest.param(name, method, id=f"{name}-{method}")
    for name, route in ROUTES.items()
    for method in route.methods
]


def test_every_route_is_listed() -> None:
    assert sorted(set(organisation_routes())) == sorted(ROUTES)


@pytest.mark.parametrize(("name", "method"), CASES)
def test_members_get_what_the_table_grants(
    world: World, as_: As, name: str, method: str
) -> None:
    outcomes = {}
    for person in PEOPLE:
        with transaction.atomic():
            client = as_(getattr(world.cast, person))
            outcomes[person] = _outcome(answers(client, world, name, method))
            transaction.set_rollback(True)

    route = ROUTES[name]
    expected = {person: route.expected(person, method) or "in" for person in PEOPLE}
    assert outcomes == expected


@pytest.mark.parametrize(("name", "method"), CASES)
def test_strangers_stay_outside(world: World, as_: As, name: str, method: str) -> None:
    """Nobody signed in goes to sign in; a member elsewhere finds nothing."""
    assert answers(Client(), world, name, method) == 302
    assert answers(as_(world.cast.otto), world, name, method) == 404


@pytest.mark.parametrize(("name", "method"), CASES)
def test_who_was_deactivated_is_a_stranger_at_once(
    world: World, as_: As, name: str, method: str
) -> None:
    client = as_(world.cast.olga)
    Membership.objects.filter(pk=world.cast.olga.pk).update(is_active=False)

    assert answers(client, world, name, method) == 404


def test_nobody_confirms_what_another_staged(world: World, as_: As) -> None:
    path = url("tidewater", "reviews:preview", world.change.pk)
    before = ReviewSession.objects.count()

    for person in PEOPLE:
        if person != "ines":
            assert as_(getattr(world.cast, person)).post(path).status_code == 409

    assert ReviewSession.objects.count() == before
    assert StagedUpload.objects.filter(pk=world.change.pk).exists()


def _outcome(status: int) -> int | str:
    """A refusal's status; "in" for a page, a redirect, a form that asks again."""
    return status if status in (403, 404, 410) or status >= 500 else "in"
