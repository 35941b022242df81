"""When somebody may be written to, in SQL: one answer for whoever sets a moment.

Working days and quiet hours are the reader's own, in their time zone, and the holidays
their organisation's. The function of the database gives a moment itself, or the first
one after it at which they may be written to.
"""

from typing import Any

from preceptor.notifications.models import Preferences

CHOSEN = """
    coalesce(chosen.working_days, %(working_days)s::smallint[]) AS working_days,
    coalesce(chosen.quiet_from, %(quiet_from)s) AS quiet_from,
    coalesce(chosen.quiet_until, %(quiet_until)s) AS quiet_until
"""
"""Columns of `chosen`, a member's row of preferences, or else what is usual."""


def reachable(moment: str, organisation: str) -> str:
    """The call, where `time_zone` and the columns of `CHOSEN` are at hand."""
    return (
        f"notifications_reachable({moment}, time_zone, working_days, quiet_from, "
        f"quiet_until, {organisation})"
    )


def usual() -> Preferences:
    """What holds for who never chose."""
    return Preferences()


def usual_hours() -> dict[str, Any]:
    """The parameters of `CHOSEN`."""
    by_default = usual()
    names = ("working_days", "quiet_from", "quiet_until")
    return {name: getattr(by_default, name) for name in names}
