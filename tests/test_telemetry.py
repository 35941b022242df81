"""What leaves for Sentry and OpenTelemetry, caught on this machine, names nobody."""

import gzip
import importlib.util
import json
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from celery import shared_task
from celery.app.trace import build_tracer
from django.test import Client
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
)

from preceptor import views
from preceptor.accounts.models import User
from preceptor.celery import app
from preceptor.telemetry import errors, traces
from tests.cast import Cast
from tests.clients import signed_in
from tests.test_deployment import refusal

GIVEN = "0123456789abcdef0123456789abcdef"
WORDS = ("Carvalho", "carvalho", "tidewater", "secret", "@example", "sessionid=")


@dataclass
class Sink:
    """A server that keeps what it is sent."""

    port: int = 0
    bodies: list[tuple[str, bytes]] = field(default_factory=list)

    @property
    def everything(self) -> str:
        return "".join(path + repr(body) for path, body in self.bodies)


@pytest.fixture
def sink() -> Iterator[Sink]:
    own = Sink()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name that is called
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            own.bodies.append((self.path, body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    own.port = server.server_port
    Thread(target=server.serve_forever, args=[0.01]).start()
    yield own
    server.shutdown()
    server.server_close()


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first page fails with what it was told, as a careless line of code would."""

    def fails(user: User, *_: object) -> None:
        raise ValueError(f"{user.full_name} {user.email}: secret words")

    monkeypatch.setattr(views, "current_membership", fails)


def fail(cast: Cast) -> None:
    client = signed_in(cast.ines)
    client.raise_request_exception = False
    answer = client.get("/", {"q": "secret words"}, headers={"X-Request-ID": GIVEN})
    assert answer.status_code == 500


def test_an_error_is_sent_without_the_words_of_anybody(
    sink: Sink, cast: Cast, failing: None
) -> None:
    stop = errors.start(f"http://key@127.0.0.1:{sink.port}/1", environment="production")
    try:
        fail(cast)
        logging.getLogger("preceptor.test").error("To %s", "ines@tidewater.example")
    finally:
        stop()
    assert [path for path, _ in sink.bodies] == ["/api/1/envelope/"] * 2
    first, second = (json.loads(body.splitlines()[2]) for _, body in sink.bodies)
    (error,) = first["exception"]["values"]
    assert (error["type"], error["value"]) == ("ValueError", "ValueError")
    last = error["stacktrace"]["frames"][-1]
    assert (last["filename"], last["function"]) == ("tests/test_telemetry.py", "fails")
    assert first["message"] == "500 home"
    assert first["tags"] == {"request_id": GIVEN}
    assert set(first) <= errors.KEPT
    assert second["message"] == "To …"
    assert not [word for word in WORDS if word in sink.everything]


def test_what_the_library_may_add_is_taken_out() -> None:
    event: Any = {"message": "x", "user": {"email": "y"}, "request": {}, "extra": {}}
    assert errors.only_kept(event, {}) == {"message": "x"}


@shared_task
def traced() -> None:
    """Nothing: it is its span that counts."""


def test_spans_name_routes_and_tasks_and_nobody(
    sink: Sink, cast: Cast, failing: None
) -> None:
    stop = traces.start(f"http://127.0.0.1:{sink.port}/v1/traces", share=1.0)
    headers: dict[str, Any] = {}
    try:
        fail(cast)
        parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        headers = {"traceparent": parent, "request_id": GIVEN}
        build_tracer(traced.name, traced, app=app)("id-of-task", [], {}, headers)
    finally:
        stop()
    assert {path for path, _ in sink.bodies} == {"/v1/traces"}
    spans = {
        span.name: span
        for _, body in sink.bodies
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    }
    assert set(spans) == {"GET home", traced.name}
    told = {one.key: one.value for one in spans["GET home"].attributes}
    assert told.pop("preceptor.queries").int_value > 0
    assert {key: one.string_value or one.int_value for key, one in told.items()} == {
        "http.request.method": "GET",
        "http.route": "home",
        "http.response.status_code": 500,
        "preceptor.request_id": GIVEN,
    }
    assert not spans["GET home"].events
    task = spans[traced.name]
    assert task.trace_id.hex() == "0af7651916cd43dd8448eb211c80319c"
    assert not [word for word in WORDS if word in sink.everything]


def test_nothing_is_sent_where_nothing_is_asked_for(db: None) -> None:
    from django.conf import settings  # noqa: PLC0415 # beside what it is about

    assert (settings.SENTRY_DSN, settings.OTLP_URL) == ("", "")
    assert Client().get("/healthz").status_code == 200


@pytest.mark.parametrize(
    ("name", "package"),
    [("PRECEPTOR_SENTRY_DSN", "sentry_sdk"), ("PRECEPTOR_OTLP_URL", "opentelemetry")],
)
def test_a_package_that_misses_ends_the_start(
    name: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert refusal({**os.environ, name: "https://key@sentry.example/1"}) == (
        f"{name} is set, but {package} is not installed: run"
        " `python3 -m preceptor.environment telemetry`, or unset it."
    )
