"""What somebody wants to hear of, when and where: as chosen, or as it usually is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from preceptor.accounts.models import Holiday, Membership
from preceptor.notifications.kinds import Kind, registered
from preceptor.notifications.models import KindPreference, Preferences, Timing

HOURS = (
    *("working_days", "quiet_from", "quiet_until", "digest_at", "weekly_on"),
    *("weekly_budget", "by_email", "by_chat"),
)
HOLIDAYS = 3
"""How many of the next holidays the page names."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """`hours` by the columns of Preferences, `timings` by the names of the kinds."""

    hours: Mapping[str, Any]
    timings: Mapping[str, str]

    @property
    def values(self) -> dict[str, Any]:
        """All of it, as the form names it."""
        return {
            **self.hours,
            **{f"kind-{kind}": timing for kind, timing in self.timings.items()},
        }

    def with_changes(self, own: Mapping[str, Any]) -> "Wishes":
        """The same with other values, by the form's names."""
        return Wishes(
            {name: own.get(name, value) for name, value in self.hours.items()},
            {
                kind: own.get(f"kind-{kind}", timing)
                for kind, timing in self.timings.items()
            },
        )


@dataclass(frozen=True, slots=True)
class Moments:
    """When the next messages would come, and the holidays on which none does.

    `at_once` is None where that is now.
    """

    at_once: datetime | None
    daily: datetime
    weekly: datetime
    holidays: list[tuple[date, str]]


def wishes_of(member: Membership) -> Wishes:
    chosen = Preferences.objects.filter(member=member).first() or Preferences()
    rows = KindPreference.objects.filter(member=member)
    timings = dict(rows.values_list("kind", "timing"))
    return Wishes(
        {name: getattr(chosen, name) for name in HOURS},
        {
            kind.name: timings.get(kind.name, kind.default.value)
            for kind in registered()
        },
    )


def is_off(member: Membership, kind: Kind[Any] | None) -> bool:
    """Whether they turned a kind off; without one, all mail that may be off."""
    if kind is None:
        rows = Preferences.objects.filter(member=member, by_email=False)
        return rows.exists()
    return wishes_of(member).timings.get(kind.name) == Timing.OFF


def next_moments(member: Membership, wishes: Wishes, now: datetime) -> Moments:
    """By the functions of the database that the planner asks."""
    asked = {
        **wishes.hours,
        "now": now,
        "zone": member.user.time_zone,
        "organisation": member.organisation_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, asked)
        at_once, daily, weekly = cursor.fetchone() or (now, now, now)
    today = now.astimezone().date()
    rows = Holiday.objects.filter(organisation=member.organisation_id, day__gte=today)
    return Moments(
        at_once if at_once > now else None,
        daily,
        weekly,
        list(rows.values_list("day", "name")[:HOLIDAYS]),
    )


_NEXT = """
SELECT
    notifications_reachable(
        %(now)s, %(zone)s, %(working_days)s::smallint[], %(quiet_from)s,
        %(quiet_until)s, %(organisation)s
    ),
    notifications_digest_at(
        %(now)s, %(zone)s, %(working_days)s::smallint[], %(digest_at)s, NULL,
        %(organisation)s
    ),
    notifications_digest_at(
        %(now)s, %(zone)s, %(working_days)s::smallint[], %(digest_at)s,
        %(weekly_on)s::smallint, %(organisation)s
    )
"""
