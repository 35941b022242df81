"""Signs of life of the machinery: who gave one last, and who fell silent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.conf import settings

from preceptor.notifications.models import Pulse

PLANNER = "planner"
WORKER = "worker "
GONE_AFTER = timedelta(hours=1)
"""A worker that is silent for longer is taken to be replaced."""


@dataclass(frozen=True)
class Machinery:
    """The last run of the planner, and the last word of each worker.

    Whose last sign is older than `PULSE_SILENT_SECONDS` has fallen silent.
    """

    pulses: Sequence[Pulse]
    now: datetime

    @cached_property
    def planned_at(self) -> datetime | None:
        found = (one.beaten_at for one in self.pulses if one.name == PLANNER)
        return next(found, None)

    @property
    def planned_just_now(self) -> bool:
        """Within a minute, of which nobody counts the seconds."""
        minute = timedelta(minutes=1)
        return self.planned_at is not None and self.planned_at > self.now - minute

    @cached_property
    def alive(self) -> list[Pulse]:
        return [one for one in self._workers if self._is_fresh(one.beaten_at)]

    @cached_property
    def silent(self) -> list[Pulse]:
        """Workers that said no word when they ended; the last heard first."""
        gone = self.now - GONE_AFTER
        rows = [one for one in self._workers if not self._is_fresh(one.beaten_at)]
        late = [one for one in rows if one.beaten_at > gone]
        return sorted(late, key=lambda one: one.beaten_at, reverse=True)

    @property
    def plans(self) -> bool:
        return self._is_fresh(self.planned_at)

    @property
    def works(self) -> bool:
        return bool(self.alive)

    @property
    def is_well(self) -> bool:
        return self.plans and self.works and not self.silent

    @cached_property
    def _workers(self) -> list[Pulse]:
        return [one for one in self.pulses if one.name.startswith(WORKER)]

    def _is_fresh(self, at: datetime | None) -> bool:
        silent = timedelta(seconds=settings.PULSE_SILENT_SECONDS)
        return at is not None and at > self.now - silent


def machinery(now: datetime) -> Machinery:
    """In one query of a few rows."""
    return Machinery(list(Pulse.objects.order_by("name")), now)


def beat(name: str, now: datetime) -> None:
    """One statement; of two at once the later word stands."""
    Pulse.objects.bulk_create(
        [Pulse(name=name, beaten_at=now)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["beaten_at"],
    )


def forget(name: str) -> None:
    """Who ends in order is not missed."""
    Pulse.objects.filter(name=name).delete()


def forget_replaced(now: datetime) -> None:
    """Machines come and go under new names."""
    rows = Pulse.objects.filter(name__startswith=WORKER)
    rows.filter(beaten_at__lte=now - GONE_AFTER).delete()
