"""No door leads anywhere but on, whatever an address asks for."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from allauth.account.adapter import get_adapter
from allauth.core.context import request_context
from django.core import mail
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, get_resolver
from django.utils import timezone
from pytest_django.fixtures import Settings

from preceptor.accounts.models import Membership
from preceptor.accounts.signing_in import entering
from preceptor.accounts.signing_in.models import Domain, Provider, Rules
from tests.accounts.test_signing_in import code_in_mail, location, signup_answer
from tests.cast import Cast
from tests.factories import PASSWORD

As = Callable[[Membership], Client]
INES = "ines.carvalho@example.com"
ASTRAY = (
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example/o/tidewater/",
    "https:evil.example",
    "http://localhost:8000@evil.example/",
    "http://localhost:8000.evil.example/",
    "//evil.example\\@localhost:8000/",
    "javascript:alert(1)",
    "/\t/evil.example",
    " //evil.example",
)
HOME = ("", "localhost:8000")
astray = pytest.mark.parametrize("there", ASTRAY)


def leads_home(answer: Any) -> bool:
    there = urlsplit(answer.headers.get("Location", "/").replace("\\", "/"))
    return there.scheme in ("", "http") and there.netloc in HOME


def doors() -> list[str]:
    """Every address of the sign-in library, and those beside it that need no row."""
    found = [*leaves(get_resolver().url_patterns, "/accounts/")]
    return [*found, "/account/", "/", "/account/enter/tidewater/"]


def leaves(rows: list[Any], under: str, before: str = "/") -> Iterator[str]:
    for row in rows:
        path = before + str(row.pattern).removeprefix("^").removesuffix("$")
        if isinstance(row, URLPattern):
            if path.startswith(under) and not re.search(r"[<(]", path):
                yield path
        else:
            yield from leaves(row.url_patterns, under, path)


@astray
def test_what_is_asked_of_any_door_leads_home(cast: Cast, as_: As, there: str) -> None:
    assert len(doors()) > 25
    for path in doors():
        for client in (Client(), as_(cast.ines)):
            asked = f"{path}?next={quote(there)}"
            for answer in (client.get(asked), client.post(path, {"next": there})):
                assert leads_home(answer), (path, answer.headers["Location"])


@astray
def test_a_sign_in_leads_home(cast: Cast, there: str) -> None:
    asked = f"?next={quote(there)}"
    by_password, by_code = Client(), Client()
    right = {"login": INES, "password": PASSWORD, "next": there}
    answer = by_password.post(f"/accounts/login/{asked}", right)
    assert location(answer) == "/"

    by_code.post(f"/accounts/login/code/{asked}", {"email": INES, "next": there})
    shown = {"code": code_in_mail(), "next": there}
    answer = by_code.post(f"/accounts/login/code/confirm/{asked}", shown)
    assert location(answer) == "/"
    assert "_auth_user_id" in by_code.session

    again = {"password": PASSWORD, "next": there}
    answer = by_password.post(f"/accounts/reauthenticate/{asked}", again)
    assert leads_home(answer)
    assert location(by_password.get(f"/account/enter/tidewater/{asked}")) == (
        "/o/tidewater/"
    )
    assert leads_home(by_password.post(f"/accounts/logout/{asked}", {"next": there}))


def test_of_what_is_asked_twice_neither_leads_astray(cast: Cast) -> None:
    """The last counts, and is looked at as the only one would be."""
    ours, theirs = "/o/tidewater/sessions/", "//evil.example"
    for asked in ([ours, theirs], [theirs, ours]):
        answer = {"login": INES, "password": PASSWORD, "next": asked}
        query = "&".join(f"next={quote(one)}" for one in asked)
        there = location(Client().post(f"/accounts/login/?{query}", answer))
        assert there == (ours if asked[-1] == ours else "/")


@astray
def test_an_account_that_is_made_leads_home(
    db: None, settings: Settings, there: str
) -> None:
    settings.REGISTRATION_IS_OPEN = True
    client, asked = Client(), f"?next={quote(there)}"
    client.post(f"/accounts/signup/{asked}", {**signup_answer(), "next": there})
    shown = {"code": code_in_mail(), "next": there}
    answer = client.post(f"/accounts/confirm-email/{asked}", shown)
    assert location(answer) == "/"
    assert len(mail.outbox) == 1


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What goes along to providers and back."""
    found: list[dict[str, Any]] = []

    def begin(_: HttpRequest, __: Provider, state: dict[str, Any]) -> str:
        found.append(state)
        return "https://id.example/authorize"

    monkeypatch.setattr(entering, "begin", begin)
    return found


@astray
def test_a_providers_door_leads_home(
    cast: Cast, as_: As, begun: list[dict[str, Any]], there: str
) -> None:
    now, asked = timezone.now(), f"?next={quote(there)}"
    Domain.objects.create(
        organisation=cast.tidewater, name="example.com", verified_at=now
    )
    provider = Provider.objects.create(
        organisation=cast.tidewater, kind="oidc", name="ID", tested_at=now, is_on=True
    )
    Client().get(f"/account/through/{provider.code}/{asked}")
    assert [one["next"] for one in begun] == [""]

    onward = Client().post("/accounts/login/", {"login": INES, "next": there})
    assert "evil" not in onward.text

    Rules.objects.create(organisation=cast.tidewater, only_provider=True)
    cast.tidewater.door = 1
    cast.tidewater.save()
    page = as_(cast.ines).get(f"/account/enter/tidewater/{asked}")
    assert page.status_code == 403
    assert "evil" not in page.text


@pytest.mark.parametrize(
    ("there", "is_ours"),
    [
        ("/o/tidewater/", True),
        ("https://preceptor.example/o/tidewater/", True),
        ("http://preceptor.example/", False),
        ("https://intranet.example/", False),
        ("https://evil.example/", False),
    ],
)
def test_only_our_own_address_is_home(
    settings: Settings, there: str, is_ours: bool
) -> None:
    """Not what a request says of itself, nor another name of the server."""
    settings.BASE_URL = "https://preceptor.example"
    settings.ALLOWED_HOSTS = ["*", "intranet.example"]
    request = RequestFactory(HTTP_HOST="evil.example").get("/")
    with request_context(request):
        assert get_adapter(request).is_safe_url(there) is is_ours


def test_what_is_ours_is_gone_to(cast: Cast) -> None:
    there = "/o/tidewater/sessions/?state=open"
    answer: HttpResponse = Client().post(  # type: ignore[assignment] # a test's own
        f"/accounts/login/?next={quote(there)}", {"login": INES, "password": PASSWORD}
    )
    assert location(answer) == there
