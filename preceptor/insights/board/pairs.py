"""The rows of the board: each pair with its weeks, its state, and what it needs."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cached_property

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from pairings.models import Pairing, Program
from pairings.seats import Seats
from preceptor.insights.attention import Facts, amiss, looked_after, reasons
from preceptor.insights.board import facts
from preceptor.insights.board.facts import NEVER, Met, Pair, Place, Rest, Stones
from preceptor.insights.board.weeks import Pace, Span, Weeks, weeks
from preceptor.insights.waiting import deactivated, wished

State = Pairing.State


class Group(Enum):
    """The parts of the board, in their order."""

    NEEDS = "needs"
    COURSE = "course"
    PAUSED = "paused"
    PROPOSED = "proposed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Load:
    """How many juniors a mentor has today, of how many seats."""

    taken: int
    seats: int

    @property
    def is_over(self) -> bool:
        return self.taken > self.seats


@dataclass(frozen=True, slots=True)
class Row:
    """One pair. `needs` holds why somebody should look, or a word about its state.

    `recent` counts the sessions of the last four weeks; `next_on` is the day of a
    planned session, else what the last one named for the next.
    """

    pair: Pair
    group: Group
    needs: tuple[str, ...]
    weeks: Weeks
    recent: int
    next_on: date | None
    load: Load
    stones: Stones | None


class Board:
    """The pairs of a program on one day; as many queries at any size.

    Who may not see who asked for another match has `sees_wishes` False.
    """

    def __init__(self, program: Program, today: date, *, sees_wishes: bool) -> None:
        self.program, self.today = program, today
        self.pairs = facts.pairs_of(program)
        self.places = facts.places_of(program)
        self.seats = {one.pk: self._seats(one) for one in self.places if one.is_mentor}
        self.met = facts.met_of(program, today)
        self.planned = facts.planned_of(program, today)
        self.rests = facts.pauses_of(program)
        self.stones = facts.stones_of(program, today)
        wishes = facts.wishes_of(program) if sees_wishes else {}
        self.wishes = {pk: wished(asked_at) for pk, asked_at in wishes.items()}
        self.taken = Counter(
            pair.mentor_id for pair in self.pairs if pair.fills_seat(today)
        )
        self.cadence = program.get_cadence_days_display()

    @cached_property
    def amiss(self) -> Mapping[int, Facts]:
        """What Today says too, in its order."""
        pairs = looked_after(Pairing.objects.filter(program=self.program), self.today)
        return {row.pk: row for row in amiss(pairs, self.today)}

    @cached_property
    def pace(self) -> Pace:
        """To the end of the last pair, which a pause may have moved."""
        ends = [pair.ends_on for pair in self.pairs]
        return Pace(
            count=-(-self._day(max([*ends, self.program.ends_on])) // 7),
            today=self._day(self.today),
            every=self.program.cadence_days // 7,
        )

    @cached_property
    def rows(self) -> list[Row]:
        """What needs attention first: who lost their mentor, then what stands longest.

        The others by the junior's name.
        """
        place = {pk: n for n, pk in enumerate(self.amiss, 1)}
        order = {group: n for n, group in enumerate(Group)}

        def key(row: Row) -> tuple[int, int, str, int]:
            at = place.get(row.pair.pk, 0) if row.group is Group.NEEDS else 0
            return order[row.group], at, row.pair.junior.casefold(), row.pair.pk

        return sorted(map(self._row, self.pairs), key=key)

    def _row(self, pair: Pair) -> Row:
        met = self.met.get(pair.pk, NEVER)
        why = tuple(self._why(pair))
        group = Group.NEEDS if why else self._group(pair)
        return Row(
            pair=pair,
            group=group,
            needs=why or tuple(self._word(pair)),
            weeks=self._weeks(pair, met),
            recent=met.recent,
            next_on=self.planned.get(pair.pk, met.named_on),
            load=Load(self.taken[pair.mentor_id], self.seats[pair.mentor_id]),
            stones=self.stones.get(pair.junior_id),
        )

    def _why(self, pair: Pair) -> Iterator[str]:
        if pair.fills_seat(self.today) and not pair.has_mentor:
            yield deactivated() % {"mentor": pair.mentor}
        if pair.is_standing and pair.pk in self.wishes:
            yield self.wishes[pair.pk]
        if pair.pk in self.amiss:
            said = self.amiss[pair.pk]
            yield from reasons(said, pair.last_met_on, self.cadence, self.today)

    def _group(self, pair: Pair) -> Group:
        return Group.COURSE if pair.state == State.ACTIVE else Group(pair.state)

    def _word(self, pair: Pair) -> Iterator[str]:
        """Why a pair does not meet that is not to meet today."""
        if pair.state == State.PAUSED:
            *_others, (_since, back_on) = self.rests.get(pair.pk, [(self.today, None)])
            if back_on is None:
                yield _("Paused, nobody knows yet until when")
            else:
                yield _("Paused until %(day)s") % {"day": date_format(back_on, "j F")}
        elif pair.is_standing and pair.starts_on > self.today:
            yield _("Begins on %(day)s") % {"day": date_format(pair.starts_on, "j F")}
        elif pair.state == State.ENDED:
            yield _("Ended on %(day)s") % {"day": date_format(pair.ends_on, "j F Y")}

    def _seats(self, mentor: Place) -> int:
        seats = Seats(
            heads=mentor.heads,
            hours=mentor.hours,
            each=self.program.mentor_hours,
            most=self.program.juniors_per_mentor,
        )
        return seats.count

    def _weeks(self, pair: Pair, met: Met) -> Weeks:
        """A secondary mentor and a proposed one keep no pace: nothing is missed."""
        first = self.program.starts_on.toordinal()
        held = [day.toordinal() - first for day in met.days]
        is_paced = pair.kind == Pairing.Kind.PRIMARY and pair.state != State.PROPOSED
        stood = self._day(pair.starts_on), self._day(pair.ends_on)
        rests = [self._rest(rest) for rest in self.rests.get(pair.pk, ())]
        return weeks(held, stood if is_paced else (0, 0), rests, self.pace)

    def _rest(self, rest: Rest) -> Span:
        since, until = rest
        after = self.pace.count * 7 if until is None else self._day(until)
        return self._day(since), after

    def _day(self, day: date) -> int:
        return (day - self.program.starts_on).days
