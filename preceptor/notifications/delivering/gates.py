"""What keeps a host that fails from being asked, and a well one from being flooded.

After some failures in a row nothing is sent there for a while, then one message, and on
its success all. The state stands in the database, so that workers share it.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from django.db import transaction

from preceptor.notifications.delivering.claims import described, jittered
from preceptor.notifications.models import Host

TRIPS = 3
"""Failures in a row after which a host is left alone."""
REST = timedelta(minutes=1)
REST_AT_MOST = timedelta(minutes=15)
COUNTED = 100

logger = logging.getLogger(__name__)


class State(Enum):
    CLOSED = "messages pass"
    PROBE = "one message may try"
    OPEN = "nothing passes"


@dataclass(slots=True)
class Gate:
    """One host's, by its channel; `rate` is messages a second, 0 for any number."""

    name: str
    rate: float = 0
    failures: int = field(default=0, init=False)
    state: State = field(default=State.CLOSED, init=False)

    def look(self, now: datetime) -> State:
        """Reads the state; of workers that find a probe due one gets it."""
        row = Host.objects.filter(pk=self.name).first()
        self.failures = row.failures if row else 0
        self.state = State.CLOSED
        if self.failures >= TRIPS:
            taken = Host.objects.filter(
                pk=self.name, failures__gte=TRIPS, open_until__lte=now
            ).update(open_until=now + REST)
            self.state = State.PROBE if taken else State.OPEN
        return self.state

    def admits(self, now: datetime, wanted: int) -> int:
        """How many of so many messages the rate lets pass now; they count as sent."""
        if not self.rate:
            return wanted
        with transaction.atomic():
            row = self._locked()
            since = row.refilled_at or now - REST
            tokens = row.tokens + max((now - since).total_seconds(), 0) * self.rate
            tokens = min(tokens, max(self.rate, 1))
            passed = min(wanted, int(tokens))
            row.tokens, row.refilled_at = tokens - passed, max(now, since)
            row.save(update_fields=["tokens", "refilled_at"])
        return passed

    def failed(self, now: datetime, error: Exception) -> None:
        with transaction.atomic():
            row = self._locked()
            row.failures = min(row.failures + 1, COUNTED)
            row.error = described(error)
            if row.failures >= TRIPS:
                row.open_until = now + jittered(
                    min(REST * 2 ** (row.failures - TRIPS), REST_AT_MOST)
                )
                self.state = State.OPEN
            row.save(update_fields=["failures", "error", "open_until"])
        self.failures = row.failures
        logger.warning("%s failed: %s", self.name, row.error)

    def succeeded(self) -> None:
        """Writes only where there was a failure to forget."""
        if self.failures:
            Host.objects.filter(pk=self.name).update(
                failures=0, open_until=None, error=""
            )
            logger.info("%s is back", self.name)
        self.failures, self.state = 0, State.CLOSED

    def _locked(self) -> Host:
        Host.objects.get_or_create(pk=self.name)
        return Host.objects.select_for_update().get(pk=self.name)
