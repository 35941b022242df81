"""How reminders read to who gets them, in the words of their program."""

import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import transaction
from django.utils import timezone, translation

from preceptor.notifications.kinds import Kind, Message, kind_of
from preceptor.notifications.models import Delivery, Wording
from preceptor.notifications.resting import resting
from preceptor.notifications.standing import still_standing
from preceptor.notifications.wording import UnknownPlaceholder, filled

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reader:
    """What some reminders are about and how their programs say them, read at once.

    `standing` are the ids of those that stand, `resting` of those that may not go for
    all that. A kind that could not be asked is in `faults`, so that it keeps no other
    back.
    """

    standing: set[int] = field(default_factory=set)
    resting: set[int] = field(default_factory=set)
    subjects: Mapping[str, Mapping[int, Any]] = field(default_factory=dict)
    wordings: Mapping[tuple[int, str], Wording] = field(default_factory=dict)
    faults: Mapping[str, Exception] = field(default_factory=dict)

    def may_go(self, delivery: Delivery) -> bool:
        """Whether it stands and is wanted. Raises what its kind raised when asked."""
        if fault := self.faults.get(delivery.kind):
            raise fault
        return delivery.pk in self.standing - self.resting

    def about(self, delivery: Delivery) -> Any:
        """The row that it is about. Raises what its kind raises, say KeyError.

        Where one row kept the kind from reading all, each is read by itself.
        """
        found = self.subjects.get(delivery.kind, {})
        if delivery.subject in found:
            return found[delivery.subject]
        return _kind(delivery).subjects([delivery.subject])[delivery.subject]

    def message(self, delivery: Delivery) -> Message:
        """In the recipient's language and time zone, and in the program's words."""
        about = self.about(delivery)
        person = delivery.recipient.user
        with translation.override(person.locale), timezone.override(person.time_zone):
            message = _kind(delivery).message(delivery, about)
        return worded(message, wording_in(self.wordings, delivery))


def read(deliveries: Iterable[Delivery], now: datetime) -> Reader:
    """Asks each kind once whether they stand, and once for what they are about."""
    rows = sorted(deliveries, key=lambda row: row.kind)
    standing: set[int] = set()
    subjects: dict[str, Mapping[int, Any]] = {}
    faults: dict[str, Exception] = {}
    for name, group in groupby(rows, key=lambda row: row.kind):
        of_kind = list(group)
        kind = kind_of(of_kind[0])
        if kind is None:
            continue
        try:
            with transaction.atomic():
                stand = still_standing(kind, of_kind, now)
        except Exception as error:  # a kind at fault must not hold up the others
            logger.exception("Reminders of kind %s could not be asked", name)
            faults[name] = error
            continue
        standing |= stand
        subjects[name] = _subjects(kind, [row for row in of_kind if row.pk in stand])
    return Reader(standing, resting(rows), subjects, wordings_of(rows), faults)


def _subjects(kind: Kind[Any], rows: list[Delivery]) -> Mapping[int, Any]:
    """By id; nothing where one of them keeps the kind from reading them."""
    try:
        with transaction.atomic():
            return kind.subjects({row.subject for row in rows}) if rows else {}
    except Exception:  # `Reader.about` finds out which row it is
        logger.exception("What reminders of kind %s are about was not read", kind.name)
        return {}


def wordings_of(
    rows: Collection[Delivery],
) -> dict[tuple[int, str], Wording]:
    """By program and kind, where a program has words of its own."""
    programs = {row.program_id for row in rows if row.program_id is not None}
    if not programs:
        return {}
    found = Wording.objects.filter(
        program_id__in=programs, kind__in={row.kind for row in rows}
    )
    return {(row.program_id, row.kind): row for row in found}


def wording_in(
    wordings: Mapping[tuple[int, str], Wording], delivery: Delivery
) -> Wording | None:
    return wordings.get((delivery.program_id or 0, delivery.kind))


def _kind(delivery: Delivery) -> Kind[Any]:
    kind = kind_of(delivery)
    if kind is None:
        raise KeyError(delivery.kind)
    return kind


def worded(message: Message, wording: Wording | None) -> Message:
    """The message as its program says it; what it left empty stays."""
    if wording is None:
        return message
    subject = _said(wording.subject, message.words) or message.subject
    return replace(
        message, subject=subject, opening=_said(wording.opening, message.words)
    )


def _said(text: str, words: Mapping[str, str]) -> str:
    """Empty where the text asks for a word that the kind gives no longer."""
    try:
        return filled(text, words)
    except UnknownPlaceholder as error:
        logger.warning("A program's wording asks for %s, which is not known", error)
        return ""
