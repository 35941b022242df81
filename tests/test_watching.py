"""The id of a request: in its answer, in the log, in the tasks that it asks for."""

import json
import logging
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import redis
from celery import shared_task
from celery.app.trace import build_tracer
from django.conf import settings
from django.db import IntegrityError
from django.test import Client

from preceptor.accounts.models import User
from preceptor.celery import app
from preceptor.logs import Json, Line, Trace, request_id, trace
from tests.cast import Cast
from tests.clients import signed_in

GIVEN = "0123456789abcdef-0123456789ABCDEF"
OURS = ("at", "level", "logger", "message", "request_id")


class Kept(logging.Handler):
    """What went to the log, as both strict formatters write it."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.plain: list[str] = []
        self.own = Json()

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.own.format(record))
        self.plain.append(Line(is_strict=True).format(record))

    def of(self, name: str) -> list[dict[str, Any]]:
        told = [json.loads(line) for line in self.lines]
        return [one for one in told if one["logger"] == name]


@pytest.fixture
def kept() -> Iterator[Kept]:
    handler, requests = Kept(), logging.getLogger("preceptor.requests")
    before = requests.level
    requests.setLevel(logging.INFO)
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)
    requests.setLevel(before)


def test_an_id_that_a_proxy_gave_comes_back(db: None) -> None:
    answer = Client().get("/healthz", headers={"X-Request-ID": GIVEN})
    assert answer["X-Request-ID"] == GIVEN
    assert request_id() == ""


@pytest.mark.parametrize(
    "given", ["", "ines.carvalho@tidewater.example", "Ines Carvalho-1990", "a" * 65]
)
def test_any_other_is_replaced(given: str, db: None) -> None:
    ids = {
        Client().get("/healthz", headers={"X-Request-ID": given})["X-Request-ID"]
        for _ in range(2)
    }
    assert len(ids) == 2
    assert given not in ids
    assert all(len(one) == 32 for one in ids)


def test_a_request_is_one_line_without_its_path(kept: Kept, cast: Cast) -> None:
    client = signed_in(cast.ines)
    path = f"/o/{cast.tidewater.slug}/"
    client.get(path, {"q": "secret words"}, headers={"X-Request-ID": GIVEN})
    (line,) = kept.of("preceptor.requests")
    assert line.pop("ms") > 0
    assert line.pop("queries") > 3
    assert line.pop("at").endswith("Z")
    assert line == {
        "level": "INFO",
        "logger": "preceptor.requests",
        "message": "request",
        "request_id": GIVEN,
        "method": "GET",
        "route": "insights:today",
        "status": 200,
    }
    everything = "".join(kept.lines + kept.plain)
    for words in ("secret", path, cast.ines.user.email, cast.ines.user.full_name):
        assert words not in everything


def test_what_machines_ask_is_not_told(kept: Kept, db: None) -> None:
    Client().get("/healthz")
    assert kept.lines == []


def test_a_refused_address_is_told_by_its_route(kept: Kept, db: None) -> None:
    Client().get("/ines-carvalho/", headers={"X-Request-ID": GIVEN})
    (line,) = kept.of("django.request")
    assert (line["message"], line["request_id"]) == ("404 none", GIVEN)
    assert "carvalho" not in "".join(kept.lines + kept.plain)


def test_a_failure_is_told_without_what_was_typed(kept: Kept, db: None) -> None:
    User.objects.create(email="ines@tidewater.example", full_name="Ines Carvalho")
    try:
        User.objects.create(email="ines@tidewater.example", full_name="Ines Carvalho")
    except IntegrityError as error:
        logging.getLogger("preceptor.test").exception("Row %d: %s", 7, error)
    (line,) = kept.of("preceptor.test")
    assert line["message"].startswith("Row 7: IntegrityError (23505, accounts_user")
    assert line["error"].startswith("IntegrityError (23505, accounts_user")
    assert "UniqueViolation" in line["error"]
    assert line["where"][0].startswith("tests/test_watching.py:")
    everything = "".join(kept.lines + kept.plain).lower()
    assert "tidewater" not in everything
    assert "carvalho" not in everything


def test_what_others_log_keeps_its_numbers_alone(kept: Kept) -> None:
    logging.getLogger("onelogin").error("%s of %d", "Ines Carvalho", 3)
    logging.getLogger("preceptor.smtp").error("To ines@tidewater.example: refused")
    told = [json.loads(line)["message"] for line in kept.lines]
    assert told == ["… of 3", "To …: refused"]


@shared_task
def whose() -> None:
    logging.getLogger("preceptor.test").info("in a task")


def test_a_task_carries_the_id_of_who_asked_for_it(kept: Kept) -> None:
    queue = f"test-{uuid4().hex}"
    token = trace.set(Trace(GIVEN))
    app.send_task(whose.name, queue=queue)
    trace.reset(token)
    with redis.Redis.from_url(settings.QUEUE_URL) as broker:
        message = json.loads(broker.lpop(queue))
        broker.srem(
            "_kombu.binding." + queue, *broker.smembers("_kombu.binding." + queue)
        )
    headers = message["headers"]
    assert headers["request_id"] == GIVEN
    build_tracer(whose.name, whose, app=app)(headers["id"], [], {}, headers)
    (line,) = kept.of("preceptor.test")
    assert (line["request_id"], line["task"]) == (GIVEN, whose.name)
    assert line["task_id"] == headers["id"]
    assert trace.get() == Trace()
