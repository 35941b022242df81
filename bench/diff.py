"""A change from upload to the last of its files: time, queries, bytes, memory.

Everything goes through the pages, by Django's test client, in a transaction that is
rolled back. *Cold* is the first look ever at the change, *warm* any later one.
"""

import gzip
import multiprocessing
import re
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from html import unescape
from threading import Event

import django
import psutil
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from bench.changes import largest, usual
from bench.databases import point_at
from bench.pages import ROUNDS
from bench.results import Result
from preceptor.http import url
from reviews.actions.opening import store
from reviews.models import Blob, DrawnFile, ReviewSession

HTMX = {"HX-Request": "true"}
SMALL = b"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"


@dataclass(slots=True)
class Look:
    """One look at a whole change: the page with its first file, then the others."""

    trivial: float  # milliseconds of the page with one trivial query, just before
    first: float = 0  # milliseconds
    further: list[float] = field(default_factory=list)
    queries: int = 0
    queries_of_first: int = 0
    pages: list[bytes] = field(default_factory=list)

    @property
    def whole(self) -> float:
        return self.first + sum(self.further)

    @property
    def raw(self) -> int:
        return sum(map(len, self.pages))

    @property
    def compressed(self) -> int:
        return sum(len(gzip.compress(page, 6)) for page in self.pages)


def measure_diff() -> list[Result]:
    """The usual change against its aims, then the largest one that is taken."""
    results = _measured("5,683 lines, 80 files", usual(), has_aims=True)
    results += _measured("20,000 lines, 180 files", largest(), has_aims=False)
    return [*results, _memory("usual", usual()), _memory("largest", largest())]


def _measured(name: str, body: bytes, *, has_aims: bool) -> list[Result]:
    """Round by round, so that each look meets the same machine as the measure."""
    taken, cold, warm, trivial = [], [], [], []
    with _session() as session:
        for _round in range(ROUNDS):
            taken.append(_timed(lambda: _store(session, body)))
            cold.append(_look(session, is_cold=True))
            warm.append(_look(session))
            trivial.append(warm[-1].trivial)
    one, measure = warm[-1], statistics.median(trivial)
    times: list[tuple[str, float, float]] = [
        ("parsed and stored", statistics.median(taken), 500),
        ("first file, warm", _median(warm, lambda look: look.first), 60),
        ("first file, cold", _median(cold, lambda look: look.first), 100),
        ("whole, warm", _median(warm, lambda look: look.whole), 300),
        ("whole, cold", _median(cold, lambda look: look.whole), 1_000),
    ]
    rows: list[tuple[str, float, str, float]] = [
        *((what, value, "ms", aim) for what, value, aim in times),
        ("requests", 1 + len(one.further), "", 4),
        ("queries, warm", one.queries, "", 14),
        ("queries of the first request, warm", one.queries_of_first, "", 14),
        ("queries, cold", cold[-1].queries, "", 0),
        ("bytes", one.raw / 1e6, "MB", 2.5),
        ("bytes, compressed", one.compressed / 1e3, "kB", 300),
    ]
    results = [
        Result(f"{name}: {what}", value, unit, f"at most {aim:g}", value <= aim)
        if has_aims and aim
        else Result(f"{name}: {what}", value, unit)
        for what, value, unit, aim in rows
    ]
    return results + [
        Result(f"{name}: {what}, to one trivial query", value / measure, "times")
        for what, value, _aim in times
    ]


@contextmanager
def _session() -> Iterator[ReviewSession]:
    """Somebody's open session without a change; nothing of it is kept."""
    rows = ReviewSession.objects.filter(state="reading", revisions__isnull=False)
    session = rows.select_related("junior__user").order_by("pk")[0]
    with transaction.atomic():
        session.revisions.all().delete()
        session.findings.all().delete()
        yield session
        transaction.set_rollback(True)


def _store(session: ReviewSession, body: bytes) -> None:
    session.revisions.all().delete()
    Blob.objects.filter(sha256=sha256(body).digest()).delete()
    store(session, body, timezone.now())


def _look(session: ReviewSession, *, is_cold: bool = False) -> Look:
    """Opens the page and then asks for what it asks for by itself."""
    client = Client()
    client.force_login(session.junior.user)
    path = url(session.organisation.slug, "reviews:read", session.pk)
    trivial = url(session.organisation.slug, "trivial")
    client.get(trivial)
    look = Look(_timed(lambda: client.get(trivial)))
    if is_cold:
        DrawnFile.objects.all().delete()

    def get(path: str, headers: dict[str, str]) -> float:
        started = time.perf_counter()
        response = client.get(path, headers=headers)
        taken = (time.perf_counter() - started) * 1000
        if response.status_code != 200:
            raise RuntimeError(f"{path} answered {response.status_code}")
        look.pages.append(response.content)
        return taken

    def counting(execute, sql, params, many, context):  # type: ignore[no-untyped-def] # Django's own shape
        look.queries += "SAVEPOINT" not in sql
        return execute(sql, params, many, context)

    with connection.execute_wrapper(counting):
        look.first = get(path, {})
        look.queries_of_first = look.queries
        asked = re.findall(rb'hx-get="([^"]*/files/[^"]*)"', look.pages[0])
        look.further = [get(unescape(one.decode()), HTMX) for one in asked]
    return look


def _median(looks: list[Look], of: Callable[[Look], float]) -> float:
    return statistics.median(map(of, looks))


def _timed(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return (time.perf_counter() - started) * 1000


def _memory(name: str, body: bytes) -> Result:
    """How far a process of its own grows while it draws a change for the first time."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, context, django.setup) as pool:
        grown = pool.submit(_grown, connection.settings_dict["NAME"], body).result()
    what = f"worker memory above idle, {name} change"
    return Result(what, grown, "MB", "at most 150", grown <= 150)


def _grown(database: str, body: bytes) -> float:
    """Megabytes at the peak of the first look, above those of a process that idles."""
    point_at(database)
    process, sizes, is_over = psutil.Process(), [0], Event()

    def watch() -> None:
        while not is_over.wait(0.002):
            sizes.append(process.memory_info().rss)

    with _session() as session:
        _store(session, SMALL)
        _look(session, is_cold=True)
        _store(session, body)
        idle = process.memory_info().rss
        with ThreadPoolExecutor(1) as pool:
            pool.submit(watch)
            _look(session, is_cold=True)
            is_over.set()
    return (max(sizes) - idle) / 1e6
