"""People at work at once on the large organisation: web, worker, beat and database.

A copy of the large database, the processes as they run in production, and a second
process that sends what people do (`bench.people`, `bench.crowd`).
"""

import json
import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from itertools import chain, islice
from pathlib import Path
from threading import Event, Thread
from typing import IO, Any, cast

import psutil
import redis
from django.conf import settings
from django.db import connection
from django.utils import timezone

from bench.crowd import Person
from bench.databases import copied, full_name
from bench.people import people_at_work
from bench.results import Result
from preceptor.notifications.models import Delivery
from preceptor.notifications.planner import plan

ROOT = Path(__file__).resolve().parent.parent
PEOPLE, MINUTES = 200, 10.0
OTHERS = {1: 45.0, 50: 40.0, 400: 40.0}
"""Seconds that the same is measured for with other numbers of people."""

WARM_UP, POLLS_ALONE, BETWEEN, PATIENCE = 20.0, 40.0, 5.0, 120.0
AIM_MS, AIM_POLLS, AIM_MEMORY = 250, 0.2, 1.1
WEB = ("preceptor.serve", "--drain", "0", "--port")
CELERY = ("celery", "--app", "preceptor.celery:app")


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: milliseconds of each request by its name, and what went wrong."""

    seconds: float
    took: dict[str, list[float]]
    wrong: dict[str, int]
    busy: float
    """Share of all processors that web, worker, beat, database and broker used."""

    megabytes: list[float]
    """Of web, worker and beat together, every five seconds."""

    @property
    def every(self) -> list[float]:
        return list(chain.from_iterable(self.took.values()))

    @property
    def done(self) -> list[float]:
        """Without the polls."""
        return [one for name, ms in self.took.items() if name != "poll" for one in ms]


def measure_load(minutes: float = MINUTES) -> list[Result]:
    """Takes about five minutes more than `minutes`."""
    seconds = {1: OTHERS[1], 50: OTHERS[50], PEOPLE: minutes * 60, 400: OTHERS[400]}
    with copied(full_name("large")) as database:
        _settle()
        people = people_at_work(2 * PEOPLE + sum(seconds))
        with _processes(database) as (base, servers):
            _run(base, servers, list(islice(people, PEOPLE)), WARM_UP)
            first = list(islice(people, PEOPLE))
            polls = _run(base, servers, first, POLLS_ALONE, does=False)
            runs = {
                number: _run(base, servers, list(islice(people, number)), lasts)
                for number, lasts in seconds.items()
            }
    results = [result for number, run in runs.items() for result in of(number, run)]
    alone = f"{PEOPLE} people who poll and do nothing else"
    return [
        *results,
        _aimed(f"{alone}: share of all processors", polls.busy, "", AIM_POLLS),
        *_flat(runs[PEOPLE].megabytes),
    ]


def of(number: int, run: Measured) -> list[Result]:
    """What so many people at once met; the aims are those of 200."""
    name = f"{number} at once"
    is_aimed = number == PEOPLE
    wrong = sum(run.wrong.values())
    for what, often in sorted(run.wrong.items()):
        sys.stderr.write(f"{name}: {what}, {often} times\n")
    results = [
        Result(f"{name}: requests a second", len(run.every) / run.seconds, "a second"),
        Result(f"{name}: not answered as meant", wrong, "", "none", wrong == 0),
        Result(f"{name}: share of all processors", run.busy, ""),
    ]
    for what, times in (("everything", run.every), ("without polls", run.done)):
        for share in (50, 95, 99):
            took = statistics.quantiles(times, n=100, method="inclusive")[share - 1]
            full = f"{name}, {what}: {share} of 100 within"
            aim = AIM_MS if is_aimed and share == 95 else None
            results.append(_aimed(full, took, "ms", aim))
    return results


def _aimed(name: str, value: float, unit: str, most: float | None) -> Result:
    if most is None:
        return Result(name, value, unit)
    return Result(name, value, unit, f"under {most}", value < most)


def _flat(megabytes: list[float]) -> list[Result]:
    """The last minute beside the second one, once every process has done everything."""
    a_minute = 12
    early, late = megabytes[a_minute : 2 * a_minute], megabytes[-a_minute:]
    before, after = statistics.median(early or megabytes), statistics.median(late)
    name = f"{PEOPLE} at once: web, worker and beat"
    return [
        Result(f"{name}, second minute", before, "MB"),
        Result(f"{name}, last minute", after, "MB"),
        _aimed(f"{name}, last to second", after / before, "times", AIM_MEMORY),
    ]


def _settle() -> None:
    """As in an organisation whose reminders went out: what is due now was sent."""
    now = timezone.now()
    plan(now)
    waiting = (Delivery.State.PENDING, Delivery.State.HELD)
    rows = Delivery.objects.filter(state__in=waiting)
    rows.update(state=Delivery.State.SENT, sent_at=now)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


@contextmanager
def _processes(database: str) -> Iterator[tuple[str, list[psutil.Process]]]:
    """The address of the web server, and web, worker, beat, in this order."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    with ExitStack() as stack:
        sink = stack.enter_context(_process(database, "bench.sink"))
        mail = f"smtp://127.0.0.1:{cast('IO[str]', sink.stdout).readline().strip()}"
        commands = (
            (*WEB, port),
            (*CELERY, "worker", "--loglevel", "warning", "--concurrency", "2"),
            (*CELERY, "beat", "--loglevel", "warning"),
        )
        running = [
            stack.enter_context(_process(database, *command, mail=mail))
            for command in commands
        ]
        _wait_for(f"http://127.0.0.1:{port}/healthz")
        yield f"http://127.0.0.1:{port}", [psutil.Process(one.pid) for one in running]


@contextmanager
def _process(
    database: str, *words: str, mail: str = ""
) -> Iterator["subprocess.Popen[str]"]:
    own = {
        "DJANGO_SETTINGS_MODULE": "preceptor.settings",
        "DATABASE_URL": os.environ["DATABASE_URL"].replace(
            "/preceptor?", f"/{database}?"
        ),
        "PRECEPTOR_EMAIL_URL": mail,
        "PRECEPTOR_QUEUE": database,
        "PRECEPTOR_LOG_LEVEL": "WARNING",
    }
    log = Path(os.environ["PRECEPTOR_DATA"]) / f"{database}.log"
    with log.open("a") as output:
        started = subprocess.Popen(
            [sys.executable, "-m", *words],
            cwd=ROOT,
            env={**os.environ, **own},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE if words == ("bench.sink",) else output,
            stderr=output,
            text=True,
        )
    try:
        yield started
    finally:
        started.terminate()
        started.wait(60)


def _wait_for(address: str) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with suppress(OSError), urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 # of this machine
            if answer.status == 200:
                return
        time.sleep(0.1)
    raise SystemExit("The web server does not answer.")


def _run(
    base: str,
    servers: list[psutil.Process],
    people: list[Person],
    seconds: float,
    *,
    does: bool = True,
) -> Measured:
    told = {
        "base": base,
        "seed": len(people),
        "seconds": seconds,
        "does": does,
        "people": [asdict(one) for one in people],
    }
    time.sleep(BETWEEN)
    megabytes: list[float] = []
    is_over = Event()
    watcher = Thread(target=_watch, args=(servers, megabytes, is_over))
    watched = [*servers, *_data_servers()]
    busy, began = _processor_seconds(watched), time.monotonic()
    watcher.start()
    done = subprocess.run(
        [sys.executable, "-m", "bench.crowd"],
        cwd=ROOT,
        input=json.dumps(told),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    took = time.monotonic() - began
    is_over.set()
    watcher.join()
    share = (_processor_seconds(watched) - busy) / took / (os.cpu_count() or 1)
    heard: dict[str, Any] = json.loads(done.stdout)
    return Measured(took, heard["took"], heard["wrong"], share, megabytes)


def _watch(servers: list[psutil.Process], into: list[float], is_over: Event) -> None:
    while not is_over.wait(5):
        into.append(sum(one.memory_info().rss for one in _family(servers)) / 1024**2)


def _family(servers: list[psutil.Process]) -> list[psutil.Process]:
    return [*servers, *(kin for one in servers for kin in one.children(recursive=True))]


def _data_servers() -> list[psutil.Process]:
    """PostgreSQL, whose other processes are its children, and the broker."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (own,) = cursor.fetchone() or (0,)
    postgres = cast("psutil.Process", psutil.Process(own).parent())
    broker = redis.Redis.from_url(settings.QUEUE_URL).info("server")["process_id"]
    return [postgres, psutil.Process(broker)]


def _processor_seconds(processes: list[psutil.Process]) -> float:
    """Spent so far, also by what they started, whether or not it has ended."""
    total = 0.0
    for one in _family(processes):
        with suppress(psutil.NoSuchProcess):
            used = one.cpu_times()
            total += used.user + used.system + used.children_user + used.children_system
    return total
