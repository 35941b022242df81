"""Many people at work at once: `python -m bench.crowd`, told by JSON on standard input.

An open loop: everybody's requests go out at moments that are drawn beforehand, whether
or not those before were answered, and each is timed from its moment on. So an answer
that comes late makes none of the next ones late, and none is left out. What a browser
asks for by itself goes out as soon as it would: where an answer leads on, and the
pieces that a page asks for once it is there. Pictures, styles and scripts a browser
has already: their names change with them.

It answers with one JSON object: how long each kind of request took, in milliseconds,
and what was answered otherwise than it should be.
"""

import asyncio
import html
import json
import random
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import aiohttp

POLL_SECONDS = 2.0
THINK_SECONDS = 10.0
"""Between two things that one person does, on average."""

STEP_SECONDS = 4.0
"""Between two steps of one thing."""

VERSION = re.compile(rb"/changes/\?[^\"]*?[;&]version=(\d+)")
LOADS = re.compile(rb'hx-get="([^"]+)" hx-trigger="load"')
RIGHT = (200, 204, 303)
LEADS_ON = ("Location", "HX-Redirect")


@dataclass(frozen=True, slots=True)
class Request:
    """Something that a person does: `weight` times as often as another of weight 1."""

    name: str
    path: str
    weight: float = 0
    data: dict[str, str] | None = None
    """Of a form; `{key}` in it is a new one for each thing that is done."""

    is_htmx: bool = False
    is_lock: bool = False
    """Done once, at any moment."""

    is_early: bool = False
    """Done until the lock alone."""

    then: list["Request"] = field(default_factory=list)
    """Its next steps."""

    @classmethod
    def read(cls, told: dict[str, Any]) -> "Request":
        return cls(**{**told, "then": [cls.read(one) for one in told["then"]]})


@dataclass(slots=True)
class Person:
    cookie: str
    token: str
    poll: str
    """Ends in `version=`."""

    poll_after: str
    """The same of the page that theirs leads to in the end."""

    version: str
    requests: list[Request]

    @classmethod
    def read(cls, told: dict[str, Any]) -> "Person":
        requests = [Request.read(one) for one in told["requests"]]
        return cls(**{**told, "requests": requests})


@dataclass(slots=True)
class Heard:
    """What was answered; milliseconds by the kind of request."""

    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Sent:
    """A request on its way; `at` is its moment, in seconds."""

    at: float
    person: Person
    name: str
    path: str
    data: dict[str, str] | None = None
    is_htmx: bool = False


Moment = tuple[float, Request | None, str]


def moments(
    draw: random.Random, person: Person, seconds: float, does: bool
) -> Iterator[Moment]:
    """When a person asks what, with its key, in seconds from the start.

    No request stands for a poll.
    """
    at = draw.uniform(0, POLL_SECONDS)
    while at < seconds:
        yield at, None, ""
        at += POLL_SECONDS
    if not does:
        return
    locked_at = draw.uniform(0, seconds)
    for one in person.requests:
        if one.is_lock:
            yield locked_at, one, ""
    others = [one for one in person.requests if not one.is_lock]
    at = draw.expovariate(1 / THINK_SECONDS)
    while at < seconds:
        usual = [one for one in others if _is_done(one, at, locked_at)]
        (chosen,) = draw.choices(usual, [one.weight for one in usual])
        key = str(UUID(int=draw.getrandbits(128), version=4))
        for step, one in enumerate((chosen, *chosen.then)):
            yield at + step * STEP_SECONDS, one, key
        at += draw.expovariate(1 / THINK_SECONDS)


def _is_done(request: Request, at: float, locked_at: float) -> bool:
    """What is sent just before the lock could arrive after it."""
    lasts = (len(request.then) + 1) * STEP_SECONDS
    return not request.is_early or at + lasts < locked_at


class Crowd:
    """Everybody's requests to one server, over connections that are kept."""

    def __init__(self, session: aiohttp.ClientSession, base: str) -> None:
        self.session, self.base = session, base
        self.heard = Heard()

    async def run(self, plan: list[tuple[float, Person, Request | None, str]]) -> None:
        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for at, person, request, key in plan:
                await asyncio.sleep(began + at - time.perf_counter())
                group.create_task(self._send(_sent(began + at, person, request, key)))

    async def _send(self, sent: Sent) -> None:
        """The request, and what a browser asks for because of its answer."""
        try:
            headers, body = await self._ask(sent)
        except (aiohttp.ClientError, TimeoutError) as error:
            self._hear(sent, repr(error))
            return
        now, person = time.perf_counter(), sent.person
        if found := VERSION.search(body):
            person.version = found[1].decode()
        for name in LEADS_ON:
            if name in headers:
                person.poll = person.poll_after if sent.name == "poll" else person.poll
                page = headers[name].partition("#")[0]
                await self._send(Sent(now, person, "page that follows", page))
        for path in LOADS.findall(body):
            piece = html.unescape(path.decode())
            await self._send(Sent(now, person, "piece", piece, is_htmx=True))

    async def _ask(self, sent: Sent) -> tuple[Any, bytes]:
        headers = {"Cookie": sent.person.cookie, "X-CSRFToken": sent.person.token}
        if sent.is_htmx:
            headers["HX-Request"] = "true"
        async with self.session.request(
            "GET" if sent.data is None else "POST",
            f"{self.base}{sent.path}",
            data=sent.data,
            headers=headers,
            allow_redirects=False,
        ) as answer:
            body = await answer.read()
        is_right = answer.status in RIGHT
        self._hear(sent, "" if is_right else str(answer.status))
        return answer.headers, body

    def _hear(self, sent: Sent, wrong: str) -> None:
        took = (time.perf_counter() - sent.at) * 1000
        self.heard.took[sent.name].append(took)
        if wrong:
            self.heard.wrong[f"{sent.name}: {wrong}"] += 1


def _sent(at: float, person: Person, request: Request | None, key: str) -> Sent:
    if request is None:
        poll = f"{person.poll}{person.version}"
        return Sent(at, person, "poll", poll, is_htmx=True)
    data = request.data and {
        name: text.replace("{key}", key) for name, text in request.data.items()
    }
    return Sent(at, person, request.name, request.path, data, request.is_htmx)


async def work(told: dict[str, Any]) -> Heard:
    """`told`: base, seed, seconds, whether people do more than poll, people."""
    people = [Person.read(one) for one in told["people"]]
    plan = sorted(
        (
            (at, person, request, key)
            for number, person in enumerate(people)
            for at, request, key in moments(
                random.Random(f"{told['seed']} {number}"),
                person,
                told["seconds"],
                told["does"],
            )
        ),
        key=lambda one: one[0],
    )
    connector = aiohttp.TCPConnector(limit=0)
    patience = aiohttp.ClientTimeout(total=30)
    jar = aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(
        connector=connector, timeout=patience, cookie_jar=jar
    ) as session:
        crowd = Crowd(session, told["base"])
        await crowd.run(plan)
    return crowd.heard


def main() -> None:
    heard = asyncio.run(work(json.load(sys.stdin)))
    json.dump({"took": heard.took, "wrong": heard.wrong}, sys.stdout)


if __name__ == "__main__":
    main()
