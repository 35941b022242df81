"""Two days as one span, in words."""

from datetime import date

import pytest
import time_machine

from preceptor.templatetags.preceptor import span


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 3, 9), date(2026, 9, 6), "9 March to 6 September"),
        (date(2025, 3, 9), date(2025, 9, 6), "9 March to 6 September 2025"),
        (date(2026, 3, 2), date(2027, 2, 28), "2 March 2026 to 28 February 2027"),
    ],
)
def test_a_span_names_the_years_that_would_be_missed(
    first: date, last: date, words: str
) -> None:
    with time_machine.travel("2026-11-23"):
        assert span(first, last) == words
