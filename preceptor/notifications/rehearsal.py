"""What would go out until a day: the planner itself, over a copy of the outbox.

In one transaction that is always rolled back, a temporary table takes the place of the
outbox: PostgreSQL finds it first under the same name. So the planner's own statements
run, by everybody's hours, digests and budgets, no row of the real outbox is read for
writing or held, and neither planner nor deliverer waits.
"""

import logging
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from time import monotonic
from typing import Any

from django.db import connection, transaction
from django.utils import timezone, translation

from preceptor.accounts.people import bring_members
from preceptor.notifications import kinds
from preceptor.notifications.kinds import Kind
from preceptor.notifications.lookouts import Keys, Lookout
from preceptor.notifications.models import Delivery
from preceptor.notifications.planner import Planned, plan_kind

logger = logging.getLogger(__name__)

STEP = timedelta(days=1)
"""A reason that lasts shorter, such as a session within hours, may be passed over."""
FEW = 1_000
"""So many reminders are planned before the copy is counted once more."""
PATIENCE_SECONDS = 20.0
MEMORY = timedelta(days=30)
"""How far back the copy knows what was sent: budgets and escalations ask for it."""

_COPIED = ", ".join(
    field.attname
    for field in Delivery._meta.concrete_fields
    if field.name not in ("id", "digest")
)
_REHEARSED = f"""
CREATE TEMPORARY TABLE rehearsed (LIKE notifications_delivery INCLUDING ALL);
INSERT INTO rehearsed ({_COPIED}) SELECT {_COPIED} FROM notifications_delivery
WHERE (%(organisation)s::bigint IS NULL OR organisation_id = %(organisation)s) AND (
    (%(program)s::bigint IS NULL OR program_id = %(program)s) AND (
        planned_at > %(since)s OR state IN ('pending', 'claimed', 'held', 'suppressed')
        OR channel = 'inbox' AND state = 'sent'
    )
    OR channel <> 'inbox' AND planned_at > %(budget)s
);
ALTER TABLE rehearsed RENAME TO notifications_delivery;
"""  # noqa: S608 # of constants
# Of rows that nobody counted PostgreSQL takes the wrong index for each of thousands.
# Each count has all that is prepared planned anew.
_COUNT = "ANALYZE notifications_delivery"
_SEND = """
UPDATE notifications_delivery
SET state = CASE state WHEN 'held' THEN 'digested' ELSE 'sent' END,
    sent_at = greatest(not_before, %(begins)s)
WHERE state IN ('pending', 'claimed', 'held') AND not_before <= %(now)s
"""
# The planner looks each minute: where the next step stood by the moment at which one
# would have left, it took that one back before.
_TAKE_BACK = """
UPDATE notifications_delivery AS early SET state = 'withdrawn', sent_at = NULL
FROM notifications_delivery AS next
WHERE early.state IN ('sent', 'digested') AND early.channel <> 'inbox'
    AND early.sent_at > %(since)s AND early.planned_at < %(since)s
    AND next.channel = 'inbox' AND next.planned_at = %(since)s
    AND next.recipient_id = early.recipient_id AND next.matter = early.matter
    AND next.occurrence <> early.occurrence AND next.not_before <= early.sent_at
"""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One reminder to one person: its channels with their moments, or why none.

    `row` is that of the inbox, with its recipient and organisation. What is not
    `is_new` is in the inbox already, and on its way by other channels.
    """

    row: Delivery
    goes_at: datetime
    carriers: Sequence[Delivery]
    headline: str
    is_new: bool

    @property
    def is_suppressed(self) -> bool:
        """By its reason: once the step is over, the row is withdrawn like any other."""
        return _is_suppressed(self.row)


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What goes until `until`; earlier than asked for where the time ran out.

    The earliest first, at most as many as were asked for, of `total`.
    """

    reminders: Sequence[Foreseen]
    total: int
    until: datetime
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """From when until when, and of which organisation and program; None is all.

    `tells` says which kinds' headlines are written out, `limit` how many reminders
    are, `patience` how many seconds it may look ahead.
    """

    organisation: int | None
    program: int | None
    begins: datetime
    until: datetime
    limit: int
    tells: Callable[[Kind[Any]], bool] = lambda kind: True
    patience: float = PATIENCE_SECONDS


@contextmanager
def undone() -> Iterator[None]:
    """A transaction of which nothing stays."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def rehearse(wanted: Wanted) -> Rehearsed:
    """To be called within `undone`, where more may be made to seem so."""
    _copy(wanted)
    reached, *ahead = list(_moments(wanted))
    deadline = monotonic() + wanted.patience
    with _looks(wanted) as looks:
        _run(_COUNT)
        written, counted = _look(looks, reached, reached), FEW
        for moment in ahead:
            if monotonic() >= deadline:
                break
            since, reached = reached, moment
            _run(_SEND, {"begins": wanted.begins, "now": reached})
            if written > counted:
                _run(_COUNT)
                counted = 2 * written
            if news := _look(looks, reached, since):
                _run(_TAKE_BACK, {"since": since})
            written += news
    return _gathered(wanted, reached)


def _moments(wanted: Wanted) -> Iterator[datetime]:
    """The first one and the last one among them."""
    moment = wanted.begins
    while moment < wanted.until:
        yield moment
        moment += STEP
    yield max(wanted.until, wanted.begins)


class _Look:
    """A kind at each moment ahead. Where the same stands, there is nothing to plan.

    Of a kind that is not `known`, nothing stood before the first of them.
    """

    def __init__(self, kind: Kind[Any], wanted: Wanted, known: Container[str]) -> None:
        self.kind = kind
        self.lookout = Lookout(kind, wanted.program, list(_moments(wanted)))
        self._stood: Keys | None = None if kind.name in known else []

    def plan(self, now: datetime, since: datetime, immediate: list[str]) -> int:
        """How many reminders it wrote or withdrew."""
        stands, statement = self.lookout.at(now)
        planned = Planned()
        if stands != self._stood:
            planned = plan_kind(self.kind, since, immediate, statement)
        self._stood = stands
        return planned.written + planned.withdrawn


@contextmanager
def _looks(wanted: Wanted) -> Iterator[list[_Look]]:
    """Each kind. The transaction within lets what was prepared be forgotten after."""
    stood = Delivery.objects.inbox().order_by()
    known = set(stood.values_list("kind", flat=True).distinct())
    looks = [_Look(kind, wanted, known) for kind in kinds.registered()]
    try:
        with transaction.atomic():
            # What is planned once is planned for every day.
            _run("SET LOCAL plan_cache_mode = force_generic_plan")
            yield looks
    finally:
        for look in looks:
            look.lookout.forget()


def _copy(wanted: Wanted) -> None:
    now = timezone.now()
    asked = {"organisation": wanted.organisation, "program": wanted.program}
    budget = now - timedelta(days=7)
    _run(_REHEARSED, {**asked, "since": now - MEMORY, "budget": budget})


def _look(looks: Sequence[_Look], now: datetime, since: datetime) -> int:
    """The planner's run at `now`, as if it had looked each minute since.

    Gives how many reminders it wrote or withdrew.
    """
    immediate = [look.kind.name for look in looks if look.kind.is_immediate]
    written = 0
    for look in looks:
        try:
            written += look.plan(now, since, immediate)
        except Exception:  # as in a run of the planner, it keeps no other back
            logger.exception("Kind %s could not be foreseen", look.kind.name)
    return written


def _run(sql: str, params: Mapping[str, Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def _gathered(wanted: Wanted, reached: datetime) -> Rehearsed:
    rows = Delivery.objects.select_related("organisation")
    if wanted.organisation is not None:
        rows = rows.filter(organisation=wanted.organisation)
    if wanted.program is not None:
        rows = rows.filter(program_id=wanted.program)
    rows = rows.order_by("recipient_id", "occurrence", "channel")
    groups = groupby(
        rows.iterator(), key=lambda row: (row.recipient_id, row.occurrence)
    )
    found = [one for _key, group in groups if (one := _one(list(group), wanted))]
    found.sort(key=lambda one: (one[0], one[1].urgency, one[1].occurrence))
    shown = found[: wanted.limit]
    bring_members(*((row, "recipient") for _at, row, _carriers in shown))
    headlines = _headlines([row for _at, row, _carriers in shown], wanted)
    reminders = [
        Foreseen(row, at, carriers, headlines[row.pk], row.planned_at >= wanted.begins)
        for at, row, carriers in shown
    ]
    return Rehearsed(reminders, len(found), reached, reached >= wanted.until)


def _one(
    group: list[Delivery], wanted: Wanted
) -> tuple[datetime, Delivery, list[Delivery]] | None:
    """When a reminder goes first, its row and what carries it; None where none does."""
    (row, *others) = sorted(group, key=lambda row: row.channel != "inbox")
    if row.channel != Delivery.Channel.INBOX:
        return None
    is_new = row.planned_at >= wanted.begins
    appears_at = max(row.not_before, wanted.begins)
    if _is_suppressed(row):
        return (appears_at, row, []) if is_new else None
    going = [
        one
        for one in others
        if one.state in ("pending", "claimed", "held")
        or (one.sent_at is not None and one.sent_at >= wanted.begins)
    ]
    if going:
        return min(one.sent_at or one.not_before for one in going), row, going
    return (appears_at, row, []) if is_new and not others else None


def _is_suppressed(row: Delivery) -> bool:
    return row.reason in (Delivery.Reason.OFF, Delivery.Reason.PAUSED)


def _headlines(rows: list[Delivery], wanted: Wanted) -> dict[int, str]:
    """As each recipient would read it; empty where it is not to be told."""
    found = dict.fromkeys((row.pk for row in rows), "")
    for kind in kinds.registered():
        own = [row for row in rows if row.kind == kind.name]
        if not own or not wanted.tells(kind):
            continue
        subjects = kind.subjects({row.subject for row in own})
        for row in own:
            if row.subject in subjects:
                found[row.pk] = _headline(kind, row, subjects[row.subject])
    return found


def _headline(kind: Kind[Any], row: Delivery, subject: Any) -> str:
    person = row.recipient.user
    with translation.override(person.locale), timezone.override(person.time_zone):
        try:
            return str(kind.message(row, subject).subject)
        except Exception:  # one that can't be said hides no other
            logger.exception("A message of kind %s could not be said", kind.name)
            return ""
