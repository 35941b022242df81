"""What the milestones of a template ask for. Plain values in and out."""

from typing import Literal, NamedTuple

from progress.schedule import Kind

Of = Literal["sessions_held", "sessions_led", "findings_explained", "ticked"]
MONTH = 365.25 / 12
HALF_YEAR = 6


class Wanted(NamedTuple):
    """So many of something, or one tick."""

    of: Of
    least: int = 1


def wanted(kind: Kind, month: int, days: int, cadence_days: int) -> list[Wanted]:
    """What is asked `days` after the year's first one, in a program of this cadence.

    Every second session of the cadence, so that illness and leave have room: 12 after
    half a year of weekly ones. Half-way a third of them was led by the junior, at the
    end half; and half as many findings were explained as sessions held.
    """
    if kind in ("first_meeting", "needs_assessment"):
        return [Wanted("ticked")]
    months = max(round(days / MONTH), 1)
    held = max(round(months * 14 / cadence_days), 1)
    if kind == "check_in" and month != HALF_YEAR:
        return [Wanted("sessions_held", held)]
    led = held // (2 if kind == "completion" else 3)
    return [
        Wanted("sessions_held", held),
        Wanted("sessions_led", max(led, 1)),
        Wanted("findings_explained", max(held // 2, 1)),
    ]
