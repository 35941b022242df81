"""Each worker says that it lives, as long as its loop turns and the broker is there.

Celery sends its signal every two seconds from that loop, which must not wait for a
database: the word is written by a thread of its own, one at a time. What starts says
so at once: a worker by its first word, and beat by having the planner run.
"""

import logging
from threading import Lock, Thread
from time import monotonic
from typing import Any

from celery.signals import beat_init, heartbeat_sent, worker_ready, worker_shutdown
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from preceptor.notifications import pulses

END_SECONDS = 5
"""How long the end of a worker waits for its last word to be written."""

logger = logging.getLogger(__name__)


class Heart:
    """The word of one worker process, at most each `PULSE_SECONDS`."""

    def __init__(self) -> None:
        self._writing = Lock()
        self._beaten_at = float("-inf")
        self._ends = False

    def beat(self, name: str) -> None:
        """At once; where the last word is still being written it says nothing."""
        now = monotonic()
        if self._ends or now - self._beaten_at < settings.PULSE_SECONDS:
            return
        if self._writing.acquire(blocking=False):
            self._beaten_at = now
            Thread(target=self._write, args=[name], daemon=True).start()

    def end(self, name: str) -> None:
        """Who stops in order is not missed."""
        self._ends = True
        self._writing.acquire(timeout=END_SECONDS)
        try:
            pulses.forget(name)
        except DatabaseError as error:
            logger.warning("The end of %s could not be told: %s", name, error)

    def _write(self, name: str) -> None:
        try:
            pulses.beat(name, timezone.now())
        except DatabaseError as error:
            logger.warning("No word of %s could be written: %s", name, error)
        finally:
            connection.close()
            self._writing.release()


_heart = Heart()


def connect() -> None:
    """Celery asks who listens when a worker or beat starts."""
    beat_init.connect(_on_beat)
    worker_ready.connect(_on_ready)
    heartbeat_sent.connect(_on_heartbeat)
    worker_shutdown.connect(_on_shutdown)


def _on_beat(sender: Any, **_rest: Any) -> None:
    """A new beat would wait for an interval first, and what is due with it."""
    expires = settings.REMINDER_INTERVAL_SECONDS
    sender.app.send_task("preceptor.notifications.tasks.plan", expires=expires)


def _on_ready(sender: Any, **_rest: Any) -> None:
    _heart.beat(f"{pulses.WORKER}{sender.hostname}")


def _on_heartbeat(sender: Any, **_rest: Any) -> None:
    _heart.beat(f"{pulses.WORKER}{sender.eventer.hostname}")


def _on_shutdown(sender: Any, **_rest: Any) -> None:
    _heart.end(f"{pulses.WORKER}{sender.hostname}")
