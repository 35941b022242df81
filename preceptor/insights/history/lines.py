"""Entries as the pages and files show them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from preceptor.accounts.entries import HistoryEntry
from preceptor.insights.history.names import Names
from preceptor.insights.history.sentences import Told, sentence
from preceptor.insights.history.values import Change


@dataclass(frozen=True, slots=True)
class Line:
    """One entry in words."""

    at: datetime
    who: str
    sentence: str
    all_changes: list[Change]
    entry: HistoryEntry

    @property
    def day(self) -> date:
        """By the reader's clock."""
        return timezone.localdate(self.at)

    @property
    def changes(self) -> list[Change]:
        """Those that the sentence does not say: a single one it does."""
        return self.all_changes if len(self.all_changes) > 1 else []


def lines_of(entries: Iterable[HistoryEntry], names: Names) -> Iterator[Line]:
    for entry in entries:
        told = Told(entry, names)
        yield Line(entry.at, told.who, sentence(told), told.changes, entry)
