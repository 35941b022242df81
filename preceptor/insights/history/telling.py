"""Entries as the export of one's own data holds them: in words, and with names."""

from collections.abc import Mapping, Sequence
from typing import Any

from preceptor.accounts.entries import HistoryEntry
from preceptor.insights.history.lines import lines_of
from preceptor.insights.history.names import (
    Names,
    field_of,
    is_member,
    names_of,
    programs_of,
)


def in_words(numbers: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    """Of entries of one organisation: their sentence, and what changed, by name."""
    entries = list(HistoryEntry.objects.filter(pk__in=numbers))
    programs = programs_of(entries[0].organisation_id) if entries else {}
    names = names_of(entries, programs)
    return {
        line.entry.pk: {
            "in_words": line.sentence,
            "before": _named(line.entry, line.entry.before, names),
            "after": _named(line.entry, line.entry.after, names),
        }
        for line in lines_of(entries, names)
    }


def _named(
    entry: HistoryEntry, values: Mapping[str, Any] | None, names: Names
) -> dict[str, Any] | None:
    if values is None:
        return None
    return {
        field: names.person(value)
        if isinstance(value, int) and is_member(field_of(entry.what, field))
        else value
        for field, value in values.items()
    }
