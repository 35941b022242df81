"""How often doors may be knocked at, over the real counts."""

import socket
from collections.abc import Callable
from time import monotonic
from typing import Any

import pytest
import redis
from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.test import Client, RequestFactory
from django.urls import get_resolver
from pytest_django.fixtures import Settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from preceptor import doors
from preceptor.accounts.models import Membership
from preceptor.doors import Door, Knock, Refused
from tests.cast import Cast

As = Callable[[Membership], Client]
DOOR = Door("test", 3, 60)
CLOSED = Door("test-closed", 3, 60, fails_closed=True)


@pytest.fixture
def away(counted: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Valkey is away: nothing listens there."""
    nowhere = redis.Redis(host="127.0.0.1", port=1, retry=Retry(NoBackoff(), 0))
    monkeypatch.setattr(doors, "_valkey", lambda: nowhere)


def knock(times: int, door: Door = DOOR, whose: str = "ines") -> None:
    for _ in range(times):
        doors.pass_or_refuse(door, whose)


def test_so_many_at_once_and_then_one_after_the_other(counted: None) -> None:
    knock(3)
    with pytest.raises(Refused) as refused:
        knock(1)
    assert 15 <= refused.value.wait <= 20
    knock(3, whose="devon")


def test_what_passes_again_is_what_has_run_out(counted: None) -> None:
    """Of a third of a second for each of three, one is free soon."""
    quick = Door("test-quick", 3, 1)
    knock(3, quick)
    with pytest.raises(Refused):
        knock(1, quick)
    doors._valkey().delete(Knock(quick, "ines").key)
    knock(1, quick)


def test_of_several_counts_all_pass_or_none_is_taken(counted: None) -> None:
    full, free = Knock(DOOR, "full"), Knock(DOOR, "free")
    knock(3, whose="full")
    for _ in range(5):
        with pytest.raises(Refused):
            doors.take([full, free])
    knock(3, whose="free")


def test_what_is_given_back_may_be_taken_again(counted: None) -> None:
    knock(3)
    assert doors.is_full(Knock(DOOR, "ines"))
    doors.give_back(Knock(DOOR, "ines"))
    assert not doors.is_full(Knock(DOOR, "ines"))
    knock(1)
    with pytest.raises(Refused):
        knock(1)
    doors.forget(Knock(DOOR, "ines"))
    knock(3)


def test_counts_run_out_by_themselves(counted: None) -> None:
    knock(1)
    left = doors._valkey().pttl(Knock(DOOR, "ines").key)
    assert 19_000 < left <= 20_000


def test_nothing_in_the_keys_names_anybody() -> None:
    key = Knock(DOOR, "ines.carvalho@example.com 192.0.2.7").key
    assert "ines" not in key
    assert "192" not in key


def test_without_counts_doors_are_open_but_the_ways_in(away: None) -> None:
    knock(9)
    with pytest.raises(Refused) as refused:
        knock(1, CLOSED)
    assert refused.value.is_away
    assert "closed for a moment. Try again in 30 seconds." in str(refused.value)
    doors.give_back(Knock(CLOSED, "ines"))
    doors.forget(Knock(CLOSED, "ines"))


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "", "198.51.100.1"),
        (0, "203.0.113.9", "198.51.100.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "192.0.2.66, 203.0.113.9", "203.0.113.9"),
        (2, "192.0.2.66, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "", "198.51.100.1"),
    ],
)
def test_what_the_client_writes_is_not_believed(
    settings: Settings, proxies: int, forwarded: str, address: str
) -> None:
    settings.PRECEPTOR_PROXIES = proxies
    request = RequestFactory().get(
        "/", REMOTE_ADDR="198.51.100.1", HTTP_X_FORWARDED_FOR=forwarded
    )
    assert doors.address_of(request) == address


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("unix:", "unix:"),
    ],
)
def test_a_network_counts_as_one(address: str, network: str) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR=address)
    assert doors.network_of(request) == network


@pytest.mark.parametrize(
    ("seconds", "when"),
    [(1, "in 1 second;"), (90, "in 90 seconds;"), (91, "in 2 minutes;")],
)
def test_the_sentence_says_when(seconds: int, when: str) -> None:
    assert f"Try again {when} nothing was changed." in str(Refused(seconds))


def test_an_export_is_slowed_down_on_a_page_and_in_a_fragment(
    cast: Cast, as_: As, counted: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/o/tidewater/programs/{cast.program.pk}/people.csv"
    ruth = as_(cast.ruth)
    assert ruth.get(path).status_code == 200
    while not doors.is_full(Knock(doors.EXPORT, str(cast.ruth.user_id))):
        doors.pass_or_refuse(doors.EXPORT, str(cast.ruth.user_id))
    page = ruth.get(path)
    assert page.status_code == 429
    assert 0 < int(page["Retry-After"]) <= 10
    assert 'class="problem">That was too often' in page.text
    assert ruth.get(path, headers={"HX-Request": "true"}).status_code == 429
    assert as_(cast.mark).get(path).status_code == 200


def test_an_upload_is_slowed_down_and_reading_is_not(
    cast: Cast, as_: As, counted: None
) -> None:
    path = f"/o/tidewater/programs/{cast.program.pk}/roster/"
    ruth = as_(cast.ruth)
    for _ in range(doors.UPLOAD.limit):
        doors.pass_or_refuse(doors.UPLOAD, str(cast.ruth.user_id))
    assert ruth.post(path).status_code == 429
    assert ruth.get(path).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/calendar/{}.ics",
        "/shared/{}/",
        "/unsubscribe/{}/",
        "/account/invitation/{}/",
    ],
)
def test_who_guesses_tokens_is_slowed_down(db: None, counted: None, path: str) -> None:
    client = Client(REMOTE_ADDR="192.0.2.66")
    for _ in range(doors.TOKENS.limit - 1):
        doors.pass_or_refuse(doors.TOKENS, "192.0.2.66")
    assert client.get(path.format("guess")).status_code == 404
    page = client.get(path.format("more"))
    assert (page.status_code, int(page["Retry-After"]) > 0) == (429, True)
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert elsewhere.get(path.format("more")).status_code == 404


def test_what_is_found_is_not_counted_as_a_guess(counted: None) -> None:
    def found(request: Any) -> HttpResponse:
        return HttpResponse()

    def lost(request: Any) -> HttpResponse:
        raise Http404

    request = RequestFactory().get("/")
    few = Door("test-few", 2, 60)
    for _ in range(9):
        assert doors.unguessed(few)(found)(request).status_code == 200
    for _ in range(2):
        with pytest.raises(Http404):
            doors.unguessed(few)(lost)(request)
    assert doors.is_full(Knock(few, "127.0.0.1"))


def test_what_is_found_is_found_beside_those_who_guess(counted: None) -> None:
    """One network may be a company's, or a calendar service's."""
    request = RequestFactory().get("/")
    few = Door("test-few", 2, 7200)
    is_there = False

    @doors.unguessed(few)
    def link(request: Any) -> HttpResponse:
        return HttpResponse(status=200 if is_there else 404)

    assert [link(request).status_code for _ in range(2)] == [404, 404]
    with pytest.raises(Refused):
        link(request)
    is_there = True
    assert [link(request).status_code for _ in range(3)] == [200, 200, 200]


def test_every_upload_and_export_has_a_door() -> None:
    """By the names of routes; a new one is put behind a door, too."""
    for name, view in _views():
        verb = name.partition("_")[0]
        if verb in ("download", "export", "upload") or name.endswith(
            ("_csv", "_xlsx", "_file")
        ):
            assert name in PAGES or hasattr(view, "door"), name


PAGES = {"framework_file", "holiday_file", "pair_file", "week_file"}
"""Named like a file, and a page."""


def _views() -> list[tuple[str, Any]]:
    found, todo = [], list(get_resolver().url_patterns)
    while todo:
        one = todo.pop()
        if hasattr(one, "url_patterns"):
            if getattr(one, "namespace", None) or not one.pattern.match("accounts/"):
                todo += one.url_patterns
        else:
            found.append((one.name or "", one.callback))
    return found


def test_pages_are_read_without_the_cache(
    cast: Cast, as_: As, away: None, settings: Settings
) -> None:
    """Sessions come from the database then."""
    ines = as_(cast.ines)
    nowhere = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/1"}
    settings.CACHES = {"default": nowhere}
    assert cache.get("anything", "else") == "else"
    assert cache.add("anything", 1) is False
    assert ines.get("/o/tidewater/").status_code == 200
    assert ines.get(f"/o/tidewater/programs/{cast.program.pk}/").status_code == 200
    answer = {"login": "ines.carvalho@example.com", "password": "wrong"}
    page = Client().post("/accounts/login/", answer)
    assert (page.status_code, page["Retry-After"]) == (503, "30")
    assert "<h1>Closed for a moment</h1>" in page.content.decode()


def test_a_cache_that_keeps_silent_is_asked_once(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        there = {**settings.CACHES["default"], "LOCATION": f"redis://127.0.0.1:{port}"}
        settings.CACHES = {"default": there}
        begun = monotonic()
        assert cache.get("anything", "else") == "else"
        assert monotonic() - begun >= 1
        silent.setblocking(False)
        silent.accept()[0].close()
        with pytest.raises(BlockingIOError):
            silent.accept()
