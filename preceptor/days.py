"""Days in words, kept: a page writes hundreds, many of them alike."""

from datetime import date, datetime
from functools import lru_cache

from django.utils import formats
from django.utils.translation import get_language


def written(value: date, form: str) -> str:
    """A day, or a moment where the reader is, as its language writes it."""
    if isinstance(value, datetime):
        return formats.date_format(value, form)
    return _day_in(get_language() or "", value, form)


@lru_cache(maxsize=10_000)
def _day_in(_language: str, value: date, form: str) -> str:
    return formats.date_format(value, form)
