"""Figures for Prometheus: of requests as they pass, of the rest when it is asked.

A web server of several processes keeps the former in files that they share, in the
folder that `preceptor.serve` names to the client library; each process tells of all.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.db import DatabaseError, connection
from django.utils import timezone
from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from preceptor.notifications.health import Health, health

FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
own: Final = CollectorRegistry()

requests: Final = Counter(
    "preceptor_requests",
    "Answers by method, name of the address and status.",
    ("method", "route", "status"),
    registry=own,
)
seconds: Final = Histogram(
    "preceptor_request_seconds",
    "Seconds from request to answer.",
    ("route",),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=own,
)
queries: Final = Histogram(
    "preceptor_request_queries",
    "Statements sent to the database for a request.",
    ("route",),
    buckets=(0, 2, 5, 10, 15, 20, 30, 50, 100),
    registry=own,
)
running: Final = Gauge(
    "preceptor_requests_running",
    "Requests that are being answered.",
    registry=own,
    multiprocess_mode="livesum",
)


def observe(method: str, route: str, status: int, took: float, asked: int) -> None:
    """One answer: `took` in seconds, `asked` in statements."""
    requests.labels(method, route, str(status)).inc()
    seconds.labels(route).observe(took)
    queries.labels(route).observe(asked)


def exposition() -> bytes:
    """All of it, in the text format."""
    registry = CollectorRegistry()
    if folder := os.environ.get(FOLDER):
        _forget_dead(Path(folder))
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call] # as it comes
    else:
        registry.register(_Those(own))
        registry.register(_Those(REGISTRY))
    registry.register(Machinery())
    return generate_latest(registry)


def _forget_dead(folder: Path) -> None:
    """What a killed process was at is not going on."""
    for path in folder.glob("gauge_live*_*.db"):
        pid = path.stem.rpartition("_")[2]
        if not Path("/proc", pid).exists() and Path("/proc/self").exists():
            mark_process_dead(pid)  # type: ignore[no-untyped-call] # as it comes


class _Those(Collector):
    """What another registry holds."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry

    def collect(self) -> Iterator[Metric]:
        yield from self.registry.collect()


class Machinery(Collector):
    """Queue, outbox, signs of life and connections, as they are just now."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        now = timezone.now()
        try:
            found, connections = health(now), list(_connections())
        except DatabaseError:
            yield _gauge("database_up", "Whether the database answers.", 0)
            return
        yield _gauge("database_up", "Whether the database answers.", 1)
        yield from connections
        yield from _of(found)


def _of(found: Health) -> Iterator[GaugeMetricFamily]:
    now, seen = found.machinery.now, found.machinery
    is_up = found.queue is not None
    yield _gauge("broker_up", "Whether the broker answers.", int(is_up))
    if found.queue is not None:
        yield _gauge("queue_tasks", "Tasks that wait in the broker.", found.queue)
    due = (now - found.due_since).total_seconds() if found.due_since else 0
    text = "Seconds since the oldest unsent delivery was due; 0 where none is."
    yield _gauge("oldest_due_delivery_seconds", text, max(due, 0))
    if seen.planned_at:
        ago = (now - seen.planned_at).total_seconds()
        yield _gauge("planner_seconds", "Seconds since the planner ran.", ago)
    workers = GaugeMetricFamily(
        "preceptor_workers", "Workers by their sign of life.", labels=["state"]
    )
    workers.add_metric(["alive"], len(seen.alive))
    workers.add_metric(["silent"], len(seen.silent))
    yield workers
    closed = len(found.closed_hosts)
    yield _gauge("hosts_closed", "Hosts that are left alone for a while.", closed)


def _connections() -> Iterator[GaugeMetricFamily]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(state, 'other'), count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() GROUP BY 1 ORDER BY 1"
        )
        states = cursor.fetchall()
        cursor.execute("SELECT current_setting('max_connections')::int")
        (most,) = cursor.fetchone()
    family = GaugeMetricFamily(
        "preceptor_database_connections",
        "Connections to the database by their state.",
        labels=["state"],
    )
    for state, number in states:
        family.add_metric([state], number)
    yield family
    yield _gauge("database_connections_most", "What the server takes.", most)


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"preceptor_{name}", text, value=value)
