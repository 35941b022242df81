"""The days of a rule of repetition (RFC 5545, section 3.3.10), in plain Python.

Of days, never of hours, and from one day to another: a rule comes from anywhere, and
libraries that follow one as far as it goes look for a 30 February up to the year 9999.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count as counting

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
COSTS = {"YEARLY": 60, "MONTHLY": 4, "WEEKLY": 1, "DAILY": 1}
"""What it takes to think of one period, in some microseconds."""
KNOWN = frozenset(
    [
        *("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"),
        *("BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYDAY", "BYSETPOS"),
    ]
)
MOST_NUMBERS = 400


class NoRule(ValueError):
    """A rule that is none, or of hours, or of weeks by their number."""


@dataclass(frozen=True, slots=True)
class Rule:
    """`weekdays` are pairs of a number in its month or year, 0 for each, and a day."""

    frequency: str
    interval: int = 1
    count: int | None = None
    until: date | None = None
    week_begins: int = 0
    months: frozenset[int] = frozenset()
    month_days: frozenset[int] = frozenset()
    year_days: frozenset[int] = frozenset()
    weekdays: tuple[tuple[int, int], ...] = ()
    positions: tuple[int, ...] = ()

    @classmethod
    def of(cls, parts: Mapping[str, Sequence[str]]) -> "Rule":
        """By the names of the standard, each with its values; raises `NoRule`."""
        frequency = "".join(parts.get("FREQ", ()))
        if not parts.keys() <= KNOWN or frequency not in COSTS:
            raise NoRule(frequency)
        if any(len(values) > MOST_NUMBERS for values in parts.values()):
            raise NoRule("too many numbers")
        until, interval = parts.get("UNTIL"), parts.get("INTERVAL")
        number = parts.get("COUNT")
        try:
            return cls(
                frequency=frequency,
                interval=max(int(interval[0]), 1) if interval else 1,
                count=int(number[0]) if number else None,
                until=_day(until[0]) if until else None,
                week_begins=WEEKDAYS.index(parts.get("WKST", ("MO",))[0]),
                months=frozenset(map(int, parts.get("BYMONTH", ()))),
                month_days=frozenset(map(int, parts.get("BYMONTHDAY", ()))),
                year_days=frozenset(map(int, parts.get("BYYEARDAY", ()))),
                weekdays=tuple(map(_weekday, parts.get("BYDAY", ()))),
                positions=tuple(map(int, parts.get("BYSETPOS", ()))),
            )
        except (ValueError, IndexError) as error:
            raise NoRule(str(error)) from error

    def cost(self, begins: date, last: date) -> int:
        """Of `days`, at most."""
        each = {"YEARLY": 365, "MONTHLY": 28, "WEEKLY": 7, "DAILY": 1}[self.frequency]
        periods = (last - begins).days // (each * self.interval) + 2
        return periods * COSTS[self.frequency]

    def days(self, begins: date, last: date) -> Iterator[date]:
        """From the first repetition to a last day, both included, in order."""
        end = min(last, self.until) if self.until else last
        found = 0
        for first, period in self._periods(begins, end):
            for day in self._chosen(period, begins):
                if begins <= day <= end:
                    found += 1
                    if self.count is not None and found > self.count:
                        return
                    yield day
            if first > end:
                return

    def _periods(self, begins: date, end: date) -> Iterator[tuple[date, list[date]]]:
        """Each year, month, week or day in turn: its first day, and its days."""
        for n in counting(0, self.interval):
            try:
                first, days = self._period(begins, n)
            except (OverflowError, ValueError):
                return
            if first > end:
                return
            yield first, days

    def _period(self, begins: date, n: int) -> tuple[date, list[date]]:
        if self.frequency == "YEARLY":
            first = date(begins.year + n, 1, 1)
            return first, list(self._of_year(first.year, begins))
        if self.frequency == "MONTHLY":
            year, month = divmod(begins.year * 12 + begins.month - 1 + n, 12)
            return date(year, month + 1, 1), list(self._of_month(year, month + 1))
        if self.frequency == "DAILY":
            day = begins + timedelta(days=n)
            return day, [day]
        back = (begins.weekday() - self.week_begins) % 7
        first = begins + timedelta(days=7 * n - back)
        return first, [first + timedelta(days=d) for d in range(7)]

    def _of_year(self, year: int, begins: date) -> Iterator[date]:
        """All that may be chosen from, which keeps it short where months are said."""
        if self.months or self.year_days or self.weekdays or self.month_days:
            months: Iterable[int] = sorted(self.months) or range(1, 13)
        else:
            months = (begins.month,)
        for month in months:
            if 1 <= month <= 12:
                yield from self._of_month(year, month)

    @staticmethod
    def _of_month(year: int, month: int) -> list[date]:
        length = monthrange(year, month)[1]
        return [date(year, month, day) for day in range(1, length + 1)]

    def _chosen(self, period: Sequence[date], begins: date) -> Sequence[date]:
        days = [day for day in period if self._fits(day, begins)]
        if not self.positions:
            return days
        places = {at - 1 if at > 0 else at + len(days) for at in self.positions if at}
        return [days[at] for at in sorted(places) if 0 <= at < len(days)]

    def _fits(self, day: date, begins: date) -> bool:
        if self.months and day.month not in self.months:
            return False
        if self.year_days and not _is_among(self.year_days, _in_year(day)):
            return False
        if self.month_days and not _is_among(self.month_days, _in_month(day)):
            return False
        if self.weekdays:
            return any(self._is_weekday(day, *one) for one in self.weekdays)
        return self._is_as_begun(day, begins)

    def _is_weekday(self, day: date, number: int, weekday: int) -> bool:
        """The number counts in the month, unless a year is said without months."""
        if day.weekday() != weekday:
            return False
        if not number or self.frequency in ("WEEKLY", "DAILY"):
            return True
        in_year = self.frequency == "YEARLY" and not self.months
        at, length = _in_year(day) if in_year else _in_month(day)
        return number in ((at - 1) // 7 + 1, -((length - at) // 7 + 1))

    def _is_as_begun(self, day: date, begins: date) -> bool:
        """What the rule leaves open is as on the first day."""
        if self.frequency == "DAILY" or self.month_days or self.year_days:
            return True
        if self.frequency == "WEEKLY":
            return day.weekday() == begins.weekday()
        return day.day == begins.day


def _in_month(day: date) -> tuple[int, int]:
    return day.day, monthrange(day.year, day.month)[1]


def _in_year(day: date) -> tuple[int, int]:
    return day.timetuple().tm_yday, date(day.year, 12, 31).timetuple().tm_yday


def _is_among(numbers: frozenset[int], place: tuple[int, int]) -> bool:
    """Numbers below 0 count from the end."""
    at, length = place
    return at in numbers or at - length - 1 in numbers


def _weekday(text: str) -> tuple[int, int]:
    number = text[:-2]
    return int(number) if number else 0, WEEKDAYS.index(text[-2:])


def _day(text: str) -> date:
    return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
