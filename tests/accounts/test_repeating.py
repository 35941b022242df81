"""Rules of repetition, beside those of a library that follows them without a bound."""

import time
import warnings
from datetime import date, datetime, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from preceptor.accounts.repeating import WEEKDAYS, NoRule, Rule

LAST = date(2028, 12, 31)


def parts(text: str) -> dict[str, list[str]]:
    pairs = (part.partition("=") for part in text.split(";"))
    return {name: values.split(",") for name, _is, values in pairs}


def days(text: str, begins: date) -> list[date]:
    return list(Rule.of(parts(text)).days(begins, LAST))


def by_library(text: str, begins: date) -> list[date]:
    """Of a rule that comes about: the library would look for others without an end."""
    start = datetime.combine(begins, datetime.min.time())
    end = "" if "UNTIL" in text else f";UNTIL={LAST:%Y%m%d}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = rrulestr(text + end, dtstart=start)
        return [moment.date() for moment in found if moment.date() <= LAST]


numbers = st.integers(1, 5).map(str)
months = st.lists(st.integers(1, 12), min_size=1, max_size=3, unique=True)
of_month = st.lists(
    st.integers(-3, 28).filter(bool), min_size=1, max_size=4, unique=True
)
weekdays = st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=3, unique=True)
numbered = st.lists(
    st.tuples(st.sampled_from([1, 2, 4, -1, -2]), st.sampled_from(WEEKDAYS)).map(
        lambda one: f"{one[0]}{one[1]}"
    ),
    min_size=1,
    max_size=2,
    unique=True,
)


def joined(values: list[int]) -> str:
    return ",".join(map(str, values))


RULES = st.one_of(
    st.just("FREQ=YEARLY"),
    months.map(lambda m: f"FREQ=YEARLY;BYMONTH={joined(m)}"),
    of_month.map(lambda d: f"FREQ=YEARLY;BYMONTHDAY={joined(d)}"),
    st.tuples(months, numbered).map(
        lambda x: f"FREQ=YEARLY;BYMONTH={joined(x[0])};BYDAY={','.join(x[1])}"
    ),
    numbered.map(lambda w: f"FREQ=YEARLY;BYDAY={','.join(w)}"),
    of_month.map(lambda d: f"FREQ=YEARLY;BYYEARDAY={joined(d)}"),
    st.just("FREQ=MONTHLY"),
    of_month.map(lambda d: f"FREQ=MONTHLY;BYMONTHDAY={joined(d)}"),
    numbered.map(lambda w: f"FREQ=MONTHLY;BYDAY={','.join(w)}"),
    weekdays.map(lambda w: f"FREQ=MONTHLY;BYDAY={','.join(w)};BYSETPOS=-1,2"),
    weekdays.map(lambda w: f"FREQ=WEEKLY;BYDAY={','.join(w)}"),
    weekdays.map(lambda w: f"FREQ=WEEKLY;WKST=SU;BYDAY={','.join(w)}"),
    st.just("FREQ=WEEKLY"),
    months.map(lambda m: f"FREQ=DAILY;BYMONTH={joined(m)}"),
    weekdays.map(lambda w: f"FREQ=DAILY;BYDAY={','.join(w)}"),
)
ENDS = st.one_of(
    st.just(""),
    st.integers(0, 40).map(lambda n: f";COUNT={n + 1}"),
    st.dates(date(2025, 1, 1), date(2030, 1, 1)).map(lambda d: f";UNTIL={d:%Y%m%d}"),
)


@given(RULES, ENDS, numbers, st.dates(date(2023, 1, 1), date(2026, 12, 31)))
def test_the_days_are_those_of_the_library(
    rule: str, end: str, interval: str, begins: date
) -> None:
    text = f"{rule};INTERVAL={interval}{end}"
    assert days(text, begins) == by_library(text, begins)


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=HOURLY",
        "FREQ=YEARLY;BYWEEKNO=20",
        "FREQ=DAILY;BYHOUR=9",
        "FREQ=YEARLY;BYMONTH=x",
        "FREQ=YEARLY;UNTIL=2026",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;WKST=XX",
        "COUNT=3",
        "FREQ=YEARLY;BYYEARDAY=" + ",".join(["1"] * 401),
    ],
)
def test_what_is_no_rule_of_days_is_refused(text: str) -> None:
    with pytest.raises(NoRule):
        Rule.of(parts(text))


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTH=13",
        "FREQ=YEARLY;BYYEARDAY=366;BYMONTH=1",
        "FREQ=YEARLY;BYDAY=60MO",
        "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=9",
        "FREQ=YEARLY;INTERVAL=99999999999",
    ],
)
def test_what_never_comes_is_not_looked_for_beyond_the_end(text: str) -> None:
    began = time.process_time()
    begins = date(1999, 12, 31)
    assert [day for day in days(text, begins) if day != begins] == []
    assert time.process_time() - began < 1


def test_the_cost_is_known_before() -> None:
    begins = LAST - timedelta(days=364)
    assert Rule.of(parts("FREQ=DAILY")).cost(begins, LAST) == 366
    assert Rule.of(parts("FREQ=DAILY;INTERVAL=7")).cost(begins, LAST) == 54
    assert Rule.of(parts("FREQ=YEARLY")).cost(begins, LAST) == 120
