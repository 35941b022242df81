"""A poll in vain: one query, and the answer that the way of all requests gives."""

from collections.abc import Callable
from importlib import import_module

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from preceptor.accounts.access import LAST_SEEN
from preceptor.accounts.models import Membership, Organisation, User
from reviews.models import ReviewSession
from tests.cast import Cast
from tests.reviews.conftest import BASE, As

pytestmark = pytest.mark.django_db
WITHOUT = [one for one in settings.MIDDLEWARE if not one.startswith("reviews.polls")]
OUT = "/accounts/login/"


@pytest.fixture
def tomasz(cast: Cast, as_: As) -> Client:
    """Who has a page of the organisation open."""
    client = as_(cast.tomasz)
    client.get("/o/tidewater/")
    return client


def poll(
    client: Client, session: int, version: object = 0, organisation: str = "tidewater"
) -> tuple[int, str, int]:
    """Status, where it leads, and how many queries it took."""
    base = BASE.replace("tidewater", organisation)
    path = f"{base}{session}/changes/?page=read&revision=1&version={version}"
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path, headers={"HX-Request": "true"})
    leads = answer.headers.get("HX-Redirect", "").partition("?")[0]
    return answer.status_code, leads, len(queries)


def test_poll_in_vain_takes_one_query_and_is_answered_alike(
    reading: ReviewSession, tomasz: Client
) -> None:
    path = f"{BASE}{reading.pk}/changes/?page=read&revision=1&version={reading.version}"
    assert poll(tomasz, reading.pk, reading.version) == (204, "", 1)
    quick = tomasz.get(path, headers={"HX-Request": "true"})
    with override_settings(MIDDLEWARE=WITHOUT):
        usual = Client()
        usual.cookies = tomasz.cookies
        assert poll(usual, reading.pk, reading.version) == (204, "", 2)
        whole = usual.get(path, headers={"HX-Request": "true"})
    for answer in (quick, whole):
        del answer.headers["X-Request-ID"]
        answer.headers["Vary"] = ", ".join(sorted(answer.headers["Vary"].split(", ")))
        assert answer.wsgi_request.resolver_match is not None
        assert answer.wsgi_request.resolver_match.view_name == "reviews:changes"
    assert dict(quick.headers) == dict(whole.headers)


def test_what_changed_and_what_nobody_knows_is_not_in_vain(
    reading: ReviewSession, tomasz: Client, as_: As, cast: Cast
) -> None:
    known = reading.version
    ReviewSession.objects.filter(pk=reading.pk).update(version=known + 1)
    assert poll(tomasz, reading.pk, known)[0] == 200
    for nothing in ("None", "", "x"):
        assert poll(tomasz, reading.pk, nothing)[0] == 200
        assert poll(tomasz, 99_999_999, nothing)[0] == 404
    for one, status in {cast.anjali: 404, cast.ruth: 403}.items():
        client = as_(one)
        client.get("/o/tidewater/")
        for version in (known + 1, "None"):
            assert poll(client, reading.pk, version)[0] == status


def signed_out(_cast: Cast, client: Client) -> None:
    client.logout()


def edited(**changes: object) -> Callable[[Cast, Client], None]:
    """Something of the browser session is not what signing in left."""

    def edit(_cast: Cast, client: Client) -> None:
        key = client.cookies[settings.SESSION_COOKIE_NAME].value
        session: SessionBase = import_module(settings.SESSION_ENGINE).SessionStore(key)
        session.update(changes)
        session.save()

    return edit


def new_password(cast: Cast, _client: Client) -> None:
    user = User.objects.get(pk=cast.tomasz.user_id)
    user.set_password("lantern-by-the-harbour")
    user.save()


def account_closed(cast: Cast, _client: Client) -> None:
    User.objects.filter(pk=cast.tomasz.user_id).update(is_active=False)


def deactivated(cast: Cast, _client: Client) -> None:
    Membership.objects.filter(pk=cast.tomasz.pk).update(is_active=False)


@pytest.mark.parametrize(
    ("happened", "told"),
    [
        (signed_out, (200, OUT)),
        (new_password, (200, OUT)),
        (edited(**{HASH_SESSION_KEY: "0" * 64}), (200, OUT)),
        (edited(**{BACKEND_SESSION_KEY: "some.other.Backend"}), (200, OUT)),
        (edited(**{SESSION_KEY: "0"}), (200, OUT)),
        (account_closed, (200, OUT)),
        (deactivated, (404, "")),
    ],
)
def test_who_may_not_ask_any_more_is_told_so(
    happened: Callable[[Cast, Client], None],
    told: tuple[int, str],
    reading: ReviewSession,
    tomasz: Client,
    cast: Cast,
) -> None:
    assert poll(tomasz, reading.pk, reading.version) == (204, "", 1)
    happened(cast, tomasz)
    assert poll(tomasz, reading.pk, reading.version)[:2] == told


def test_asks_at_the_door_again_once_that_or_the_role_changed(
    reading: ReviewSession, tomasz: Client, cast: Cast
) -> None:
    def polls() -> list[tuple[int, bool]]:
        found = [poll(tomasz, reading.pk, reading.version) for _ in range(2)]
        return [(status, queries == 1) for status, _leads, queries in found]

    assert polls() == [(204, True), (204, True)]
    Organisation.objects.filter(pk=cast.tidewater.pk).update(door=1)
    assert polls() == [(204, False), (204, True)]
    Membership.objects.filter(pk=cast.tomasz.pk).update(role=Membership.Role.MANAGER)
    assert polls() == [(204, False), (204, True)]


def test_first_poll_in_another_organisation_takes_the_usual_way(
    reading: ReviewSession, tomasz: Client, cast: Cast
) -> None:
    edited(**{LAST_SEEN: "harbour"})(cast, tomasz)
    status, _leads, queries = poll(tomasz, reading.pk, reading.version)
    assert (status, queries > 1) == (204, True)
    assert poll(tomasz, reading.pk, reading.version) == (204, "", 1)
    assert poll(tomasz, reading.pk, reading.version, "harbour")[0] == 404


def test_name_given_by_others_gives_way_at_a_poll_too(
    reading: ReviewSession, tomasz: Client, cast: Cast
) -> None:
    Membership.objects.filter(pk=cast.tomasz.pk).update(called="Tom")
    assert poll(tomasz, reading.pk, reading.version)[0] == 204
    assert Membership.objects.get(pk=cast.tomasz.pk).called == ""
