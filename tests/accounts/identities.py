"""A real provider of OpenID Connect in a process of its own, and a way through it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from django.http import HttpResponse
from django.test import Client

from preceptor.embedded import tied
from tests.ports import free_port

PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Identities:
    """Anybody may sign in there as anybody; `knows` says what it tells of whom."""

    issuer: str

    def knows(self, subject: str, **claims: Any) -> None:
        answer = requests.put(f"{self.issuer}/users/{subject}", json=claims, timeout=20)
        assert answer.status_code == 204

    def registered(self, redirect: str) -> dict[str, str]:
        """A client of its own with a secret, as an administrator adds one there."""
        said = {
            "redirect_uris": [redirect],
            "token_endpoint_auth_method": "client_secret_post",
        }
        answer = requests.post(f"{self.issuer}/oauth2/clients", json=said, timeout=20)
        found: dict[str, str] = answer.json()
        return found

    def passes(self, there: str, subject: str) -> str:
        """Signs in at the address that a browser was sent to; the path back."""
        answer = requests.post(
            there, data={"sub": subject}, allow_redirects=False, timeout=20
        )
        back = urlsplit(answer.headers["Location"])
        return f"{back.path}?{back.query}"


def through(
    client: Client, identities: Identities, begin: str, subject: str
) -> HttpResponse:
    """From our link through the provider and back."""
    there = client.get(begin)
    assert there.status_code == 302, there.content.decode()
    return client.get(identities.passes(there.headers["Location"], subject))  # type: ignore[return-value]


@contextmanager
def identities() -> Iterator[Identities]:
    port = free_port()
    words = ["-m", "oidc_provider_mock", "--port", str(port)]
    process = subprocess.Popen(
        [*tied("KILL"), sys.executable, "-W", "ignore", *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "AUTHLIB_INSECURE_TRANSPORT": "1"},
    )
    try:
        issuer = f"http://127.0.0.1:{port}"
        _wait(issuer, process)
        yield Identities(issuer)
    finally:
        process.terminate()
        process.wait(20)


def _wait(issuer: str, process: subprocess.Popen[bytes]) -> None:
    deadline = monotonic() + PATIENCE_SECONDS
    while monotonic() < deadline and process.poll() is None:
        try:
            answer = requests.get(
                f"{issuer}/.well-known/openid-configuration", timeout=5
            )
            assert json.loads(answer.text)["issuer"] == issuer
        except requests.ConnectionError:
            sleep(0.05)
        else:
            return
    pytest.fail("The provider of identities did not start.")
