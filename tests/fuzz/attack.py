"""Sends a drawn request into the world, looks at all that came of it, takes it back."""

import socket
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

import dns.resolver
import pytest
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import NoReverseMatch, reverse

from preceptor.http import url
from preceptor.leaving import leaves
from tests.access.routes import ROUTES
from tests.access.world import PEOPLE, World
from tests.clients import signed_in
from tests.fuzz.requests import (
    NOBODY,
    Sent,
    as_header,
    forms_of,
    multipart,
    urlencoded,
)
from tests.fuzz.schema import public
from tests.fuzz.values import MARK, Value, made
from tests.fuzz.walls import CANARY, Wall
from tests.headers import amiss

WATCHED: Final = ("readyz", "health_reminders")
"""What machines ask, and are told by 503 that something is away."""
SECONDS: Final = 2.0
"""Of the processor, that one request may take at most."""
Pairs = list[tuple[str, str]]


def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody outside is asked for an address that was made up here."""

    def nobody(*_args: Any, **_more: Any) -> Any:
        raise socket.gaierror("no such name")

    def nothing(*_args: Any, **_more: Any) -> Any:
        raise dns.resolver.NXDOMAIN

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    monkeypatch.setattr(dns.resolver.Resolver, "resolve", nothing)


@dataclass(slots=True)
class Attack:
    """`pages` is what forms of pages send, by route; it grows as pages are seen."""

    world: World
    wall: Wall
    before: set[Any]
    rows: Mapping[tuple[str, str], str]
    pages: dict[str, Pairs] = field(default_factory=dict)
    looked: set[tuple[str, str]] = field(default_factory=set)
    statuses: dict[int, int] = field(default_factory=dict)

    def send(self, sent: Sent) -> list[str]:
        """What is wrong with what came of it; nothing where all holds."""
        if sent.method == "POST" and not sent.bare:
            self._look(sent.person, sent.route)
        with transaction.atomic():
            began = time.thread_time()
            with self.wall.around(self.before):
                answer = self._ask(sent)
                body = getattr(answer, "getvalue", bytes)()
            took = time.thread_time() - began - self.wall.seconds
            found = [*self._wrong(sent, answer, body), *self._unfit()]
            transaction.set_rollback(True)
        if took > SECONDS:
            found.append(f"took {took:.1f} s")
        self.statuses[answer.status_code] = self.statuses.get(answer.status_code, 0) + 1
        return found

    def _unfit(self) -> list[str]:
        """What the database would refuse when the request's work is committed."""
        try:
            connection.check_constraints()
        except DatabaseError as error:
            return [f"can't be committed: {error}"]
        return []

    def _wrong(self, sent: Sent, answer: HttpResponseBase, body: bytes) -> list[str]:
        found = amiss(answer.headers)
        if answer.status_code >= 500 and sent.route not in WATCHED:
            found.append(f"{answer.status_code}: {_broken(answer)}")
        is_page = "text/html" in answer.headers.get("Content-Type", "text/html")
        if is_page and MARK.encode() in body:
            found.append("words became markup")
        for name in ("Location", "HX-Redirect", "HX-Location"):
            if leaves(answer.headers.get(name, "/")):
                found.append(f"{name}: {answer.headers[name]}")
        is_member = sent.person in PEOPLE
        if sent.person != "otto" and CANARY.encode() in body:
            found.append("another organisation's words")
        if is_member and sent.route in ROUTES:
            found += self.wall.breaches
        return found

    def _ask(self, sent: Sent, *, method: str = "") -> HttpResponseBase:
        cast = self.world.cast
        is_nobody = sent.person == NOBODY
        client = Client() if is_nobody else signed_in(getattr(cast, sent.person))
        client.raise_request_exception = False
        query = urlencoded(self._query(sent))
        path = f"{self._path(sent)}?{query}" if query else self._path(sent)
        if (method or sent.method) == "GET":
            return client.get(path, headers=_headers(sent.headers))
        body, kind = self._body(sent)
        return client.generic(
            "POST", path, body, content_type=kind, headers=_headers(sent.headers)
        )

    def _query(self, sent: Sent) -> Pairs:
        own = [(name, self._made(value)) for name, value in sent.query]
        names = {name for name, _ in own}
        is_ours = sent.route in ROUTES and not sent.bare
        needed = ROUTES[sent.route].query(self.world) if is_ours else {}
        return [*((n, str(v)) for n, v in needed.items() if n not in names), *own]

    def _body(self, sent: Sent) -> tuple[bytes, str]:
        own = [(name, self._made(value)) for name, value in sent.fields]
        names = {name for name, _ in own}
        beside = [] if sent.bare else self.pages.get(sent.route, [])
        pairs = [*((n, v) for n, v in beside if n not in names), *own]
        if sent.kind == "multipart/form-data":
            return multipart(pairs, sent.files), f"{sent.kind}; boundary=x"
        return urlencoded(pairs).encode(), sent.kind

    def _made(self, value: Value) -> str:
        return made(value, self.rows)

    def _path(self, sent: Sent) -> str:
        if sent.route in ROUTES:
            parts = list(map(str, ROUTES[sent.route].args(self.world)))
            path = url("tidewater", sent.route, *ROUTES[sent.route].args(self.world))
            return self._bent(path, sent, parts)
        parts = ["4711" if kind == "int" else "word" for kind in public()[sent.route]]
        try:
            return self._bent(reverse(sent.route, args=parts), sent, parts)
        except NoReverseMatch:
            return f"/accounts/password/reset/key/1-{'x' * 40}/"

    def _bent(self, path: str, sent: Sent, parts: list[str]) -> str:
        for value, part in zip(sent.args.values(), parts, strict=False):
            text = self._made(value)[:4_000].encode("utf-8", "surrogatepass")
            path = path.replace(f"/{part}", f"/{quote(text, safe='')}", 1)
        return path

    def _look(self, person: str, route: str) -> None:
        """What the page of a route would send, for who may see it."""
        if (person, route) in self.looked:
            return
        self.looked.add((person, route))
        if route in ROUTES and "GET" in ROUTES[route].methods:
            self.harvest(person, route)

    def harvest(self, person: str, route: str) -> None:
        plain = Sent(person, route, "GET")
        with transaction.atomic():
            answer = self._ask(plain)
            body = getattr(answer, "getvalue", bytes)().decode(errors="replace")
            transaction.set_rollback(True)
        if answer.status_code == 200:
            for name, pairs in forms_of(body, self._path(plain)).sent.items():
                self.pages[name] = pairs


def _broken(answer: HttpResponseBase) -> str:
    """The exception, and where in our own files it came from."""
    kind, error, trace = getattr(answer, "exc_info", None) or (None, None, None)
    if kind is None:
        return ""
    ours = [f for f in traceback.extract_tb(trace) if "site-packages" not in f.filename]
    at = [f"{frame.filename}:{frame.lineno}" for frame in ours[-3:]]
    return f"{kind.__name__}: {str(error)[:300]} at {at}"


def _headers(given: Mapping[str, str]) -> dict[str, str]:
    return {name: as_header(value) for name, value in given.items()}
