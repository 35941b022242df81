"""Whatever answers, and however: the headers are there.

What the routes of an organisation answer is walked in `tests/access`.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings as real_settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from pytest_django.fixtures import Settings

from preceptor.accounts.models import Membership
from preceptor.doors import Refused
from preceptor.http import Conflict, url
from preceptor.readiness import readiness
from tests.cast import Cast
from tests.factories import PASSWORD
from tests.headers import amiss
from tests.test_deployment import complete
from tests.test_deployment import settings as production

As = Callable[[Membership], Client]
ROOT = Path(__file__).resolve().parent.parent


def bare_routes() -> Iterator[str]:
    """Addresses outside of organisations that name no row."""
    for pattern in get_resolver().url_patterns:
        inside = pattern.url_patterns if isinstance(pattern, URLResolver) else [pattern]
        for one in inside:
            if not isinstance(one, URLPattern):
                continue
            space = getattr(pattern, "app_name", None)
            try:
                yield reverse(f"{space}:{one.name}" if space else str(one.name))
            except NoReverseMatch:
                continue


@pytest.mark.parametrize("path", sorted(set(bare_routes())))
def test_an_address_outside_of_organisations(path: str, cast: Cast, as_: As) -> None:
    for client in (Client(), as_(cast.olga)):
        for send in (client.get, client.post, client.options):
            assert amiss(send(path).headers) == []


FAULTS = [
    (413, RequestDataTooBig()),
    (403, PermissionDenied("not yours")),
    (404, Http404()),
    (409, Conflict("It changed.")),
    (429, Refused(3)),
    (500, ValueError("broken")),
]


@pytest.mark.parametrize(("status", "fault"), FAULTS)
def test_what_went_wrong(
    status: int,
    fault: Exception,
    cast: Cast,
    as_: As,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(request: HttpRequest) -> HttpResponse:
        raise fault

    client = as_(cast.ines)
    client.raise_request_exception = False
    monkeypatch.setattr(pattern_of("home"), "callback", broken)
    answer = client.get("/")
    assert answer.status_code == status
    assert amiss(answer.headers) == []
    # Nothing of the inside: neither what broke, nor where, nor in what.
    page = answer.content.decode().lower()
    for word in ("broken", "valueerror", "traceback", ".py", "python"):
        assert word not in page


def pattern_of(name: str) -> URLPattern:
    return next(
        one
        for one in get_resolver().url_patterns
        if isinstance(one, URLPattern) and one.name == name
    )


def test_other_refusals(cast: Cast, as_: As, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "misses", lambda: ["database"])
    client, typed = as_(cast.ines), "application/x-www-form-urlencoded"
    log = url("tidewater", "reviews:log")
    asked = {
        302: Client().get("/o/tidewater/"),
        303: client.post(url("tidewater", "messages:read_all")),
        400: client.post(log, b"a=1&" * 1001, content_type=typed),
        403: Client(enforce_csrf_checks=True).post("/accounts/login/", {}),
        404: client.get("/nowhere/"),
        405: client.post("/healthz"),
        422: as_(cast.mark).post(
            url("tidewater", "pairings:create_program"), {"name": ""}
        ),
        503: Client().get("/readyz"),
    }
    assert {status: one.status_code for status, one in asked.items()} == {
        status: status for status in asked
    }
    assert {status: amiss(one.headers) for status, one in asked.items()} == {
        status: [] for status in asked
    }


@pytest.mark.parametrize("redirects", [False, True])
def test_a_forged_host(db: None, settings: Settings, redirects: bool) -> None:
    """Refused in words, before a word of it is taken into an address."""
    settings.SECURE_SSL_REDIRECT = redirects
    settings.ALLOWED_HOSTS = ["preceptor.example"]
    answer = Client().get("/accounts/login/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()
    assert amiss(answer.headers) == []
    # What a proxy might pass on is not read at all.
    said = {"x-forwarded-host": "evil.example", "host": "preceptor.example"}
    other = Client().get("/accounts/login/", headers=said)
    assert "evil.example" not in f"{other.content!r}{other.headers}"


@pytest.fixture
def file(settings: Settings, tmp_path: Path) -> str:
    """The address of a static file, as production serves them."""
    (tmp_path / "app.css").write_text("main { color: black }")
    settings.STATIC_ROOT = str(tmp_path)
    return f"/{real_settings.STATIC_URL.lstrip('/')}app.css"


def test_static_files(file: str, db: None) -> None:
    found = Client().get(file)
    assert (found.status_code, found.headers["Content-Type"]) == (
        200,
        'text/css; charset="utf-8"',
    )
    assert amiss(found.headers) == []
    known = {"if-modified-since": found.headers["Last-Modified"]}
    again = Client().get(file, headers=known)
    assert (again.status_code, amiss(again.headers)) == (304, [])
    for folder in ("/static/", "/static"):
        assert Client().get(folder).status_code == 404
    missing = Client().get(f"{file}.map")
    assert (missing.status_code, amiss(missing.headers)) == (404, [])


def test_no_static_file_is_a_page() -> None:
    """None of them would run as a page of ours, opened by itself."""
    folder = Path(real_settings.STATICFILES_DIRS[0])
    kinds = {one.suffix for one in folder.rglob("*") if one.is_file()}
    assert kinds == {".css", ".js", ".svg"}


def test_production_asks_for_https_from_then_on(db: None, settings: Settings) -> None:
    there = production(complete())
    for name in ("SECONDS", "INCLUDE_SUBDOMAINS", "PRELOAD"):
        setattr(settings, f"SECURE_HSTS_{name}", there[f"SECURE_HSTS_{name}"])
    wanted = "max-age=31536000; includeSubDomains; preload"
    for path in ("/accounts/login/", "/nowhere/", "/healthz"):
        answer = Client().get(path, secure=True)
        assert answer.headers["Strict-Transport-Security"] == wanted


def test_cookies_of_production_belong_to_its_host_alone() -> None:
    """What a browser demands of those names: secure, for every path, of no domain."""
    there = production(complete())
    for kind in ("SESSION", "CSRF"):
        assert there[f"{kind}_COOKIE_NAME"].startswith("__Host-")
        assert there[f"{kind}_COOKIE_SECURE"] is True
        assert there.get(f"{kind}_COOKIE_PATH", "/") == "/"
        assert there.get(f"{kind}_COOKIE_DOMAIN") is None
        assert there.get(f"{kind}_COOKIE_HTTPONLY", True) is True
    # What a browser is known by, the way back from SAML, and how a diff is shown.
    assert there["HOST_ONLY"] == "__Host-"


def test_cookies_go_along_with_no_form_of_another_site(cast: Cast) -> None:
    there = production(complete())
    assert there["SESSION_COOKIE_SAMESITE"] == "Lax"
    assert "CSRF_COOKIE_SAMESITE" not in there
    client = Client()
    client.get("/accounts/login/")
    answer = {"login": "ines.carvalho@example.com", "password": PASSWORD}
    client.post("/accounts/login/", answer)
    assert set(client.cookies) == {"csrftoken", "known", "sessionid"}
    for name, cookie in client.cookies.items():
        assert (cookie["samesite"], bool(cookie["httponly"])) == ("Lax", True), name


def test_no_cookie_goes_by_another_name() -> None:
    """A script of ours sets none: it could not be kept from others."""
    setting = {
        path
        for package in ("preceptor", "pairings", "reviews", "progress")
        for path in (ROOT / package).rglob("*.py")
        if re.search(r"\.set_cookie\(|LoginSession\(", path.read_text())
    }
    assert {path.name for path in setting} == {
        "entrance.py",
        "federation.py",
        "reading.py",
    }
    assert all('f"{settings.HOST_ONLY}' in path.read_text() for path in setting)
    scripts = list((ROOT / "static").rglob("*.js"))
    assert len(scripts) > 5
    assert not [one for one in scripts if "document.cookie" in one.read_text()]
