"""Two web servers behind one address, and nobody is bound to either of them.

Both have nothing in common but PostgreSQL and Valkey, as on two machines.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from http.cookiejar import CookieJar
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import (
    HTTPCookieProcessor,
    HTTPRedirectHandler,
    OpenerDirector,
    Request,
    build_opener,
)
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.utils import timezone

from preceptor.accounts.models import User
from preceptor.embedded import tied
from progress.actions import begin_plan
from progress.models import Goal, GrowthPlan
from reviews.actions import lock_pass
from reviews.models import ReviewSession
from tests.cast import Cast
from tests.ports import free_port
from tests.reviews.conftest import reading

__all__ = ["reading"]  # a fixture of the neighbours
ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 120
Answer = tuple[int, Any, str]
CODE = re.compile(r"^([A-Z0-9]{4}-[A-Z0-9]{4})\s*$", re.MULTILINE)
# A server of its own finds the styles where they are: nothing is collected for it.
SETTINGS = """
from preceptor.settings import *
STORAGES["staticfiles"] = {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
"""


class Stay(HTTPRedirectHandler):
    """Where an answer leads is for the next request to another server."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


@dataclass
class Browser:
    """Asks the servers in turn: each request goes to the one that had not the last."""

    ports: list[int]
    mail: Path
    asked: list[int] = field(default_factory=list)
    cookies: CookieJar = field(default_factory=CookieJar)

    @property
    def opener(self) -> OpenerDirector:
        return build_opener(HTTPCookieProcessor(self.cookies), Stay())

    def ask(
        self, path: str, form: dict[str, str] | None = None
    ) -> tuple[int, Any, str]:
        """The status, the headers and the page."""
        port = self.ports[len(self.asked) % len(self.ports)]
        self.asked.append(port)
        body = urlencode(form).encode() if form is not None else None
        request = Request(f"http://127.0.0.1:{port}{path}", body)
        try:
            with self.opener.open(request, timeout=60) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except HTTPError as error:
            return error.code, error.headers, error.read().decode()

    def send(self, path: str, **typed: str) -> Answer:
        """Opens the page with the form at one server and sends it to the other."""
        _status, _headers, page = self.ask(path)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert token, page
        return self.ask(path, {"csrfmiddlewaretoken": token[1], **typed})

    def code(self) -> str:
        """The one in the mail that came last."""
        mails = sorted(self.mail.iterdir(), key=lambda one: one.stat().st_mtime)
        found = CODE.search(mails[-1].read_text())
        assert found, mails[-1].read_text()
        return found[1]


@pytest.fixture
def ports(transactional_db: None, tmp_path: Path) -> Iterator[list[int]]:
    """Where the two answer, over the database of the test."""
    address = urlsplit(os.environ["DATABASE_URL"])
    name = connection.settings_dict["NAME"]
    (tmp_path / "of_machines.py").write_text(SETTINGS)
    environment = {
        **os.environ,
        "DATABASE_URL": address._replace(path=f"/{name}").geturl(),
        "DJANGO_SETTINGS_MODULE": "of_machines",
        "PYTHONPATH": str(tmp_path),
        "PRECEPTOR_DATA": str(tmp_path),
    }
    numbers = [free_port(), free_port()]
    few = ("--workers", "1", "--threads", "2", "--drain", "0")
    words = [*tied("KILL"), sys.executable, "-m", "preceptor.serve", *few]
    servers = [
        subprocess.Popen(
            [*words, "--port", str(number)],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
        )
        for number in numbers
    ]
    try:
        for number in numbers:
            wait_for(number)
        yield numbers
    finally:
        for server in servers:
            server.terminate()
        for server in servers:
            server.wait(PATIENCE_SECONDS)


def wait_for(port: int) -> None:
    deadline = monotonic() + PATIENCE_SECONDS
    while True:
        try:
            build_opener().open(f"http://127.0.0.1:{port}/healthz", timeout=60)
        except (URLError, ConnectionError):
            assert monotonic() < deadline
            sleep(0.05)
        else:
            return


def test_one_session_over_two_servers(
    ports: list[int], cast: Cast, reading: ReviewSession, tmp_path: Path
) -> None:
    """Somebody signs in, reads, polls and writes, each step at the other server."""
    address = f"ines-{uuid4().hex}@tidewater.example"
    User.objects.filter(pk=cast.ines.user_id).update(email=address)
    EmailAddress.objects.filter(user=cast.ines.user_id).update(email=address)
    begin_plan(cast.pairing)
    plan = GrowthPlan.objects.get()
    browser = Browser(ports, tmp_path / "mail")

    asked = "/accounts/login/code/"
    status, headers, _page = browser.send(asked, email=address)
    assert (status, headers["Location"]) == (302, f"{asked}confirm/")
    status, headers, page = browser.send(f"{asked}confirm/", code=browser.code())
    assert (status, headers["Location"]) == (302, "/"), page
    for _ in ports:
        status, _headers, page = browser.ask("/o/tidewater/")
        assert (status, "Ines Carvalho" in page) == (200, True)

    # What one server refused is kept in its answer, and sent again to the other.
    goals = f"/o/tidewater/growth/{plan.pk}/goals/add/"
    status, _headers, page = browser.send(goals, version="0", text="", why="To see")
    assert (status, ">\nTo see</textarea>" in page) == (422, True)
    status, _headers, _page = browser.send(goals, version="0", text="Read a diff")
    assert status == 303
    assert Goal.objects.get().text == "Read a diff"

    # Nothing is new at either, until the other of the pair locks.
    polled = f"/o/tidewater/sessions/{reading.pk}/changes/?page=read&revision=1"
    now = f"{polled}&version={reading.version}"
    assert [browser.ask(now)[0] for _ in ports] == [204, 204]
    lock_pass(
        actor=cast.tomasz,
        session=reading,
        verdict="reject",
        confidence=Decimal("0.25"),
        now=timezone.now(),
    )
    assert [browser.ask(now)[0] for _ in ports] == [200, 200]
    assert {browser.asked.count(port) for port in ports} == {len(browser.asked) // 2}
