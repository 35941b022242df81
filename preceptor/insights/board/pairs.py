"""The rows of the board: each pair with its weeks, its state, and what it needs."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cached_property

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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
    """How many seats of a mentor are taken or held by a proposal today, of how many."""

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
            pair.mentor_id for pair in self.pairs if pair.holds_seat(today)
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

        Then what has no date; all others by the junior's name.
        """
        place = {pk: n for n, pk in enumerate(self.amiss, 1)}
        order = {group: n for n, group in enumerate(Group)}

        def key(row: Row) -> tuple[int, int, str, int]:
            at = place.get(row.pair.pk, len(place) + 1)
            if row.group is not Group.NEEDS or self._is_urgent(row.pair):
                at = 0
            return order[row.group], at, row.pair.junior.casefold(), row.pair.pk

        return sorted(map(self._row, self.pairs), key=key)

    def _is_urgent(self, pair: Pair) -> bool:
        lost = pair.fills_seat(self.today) and not pair.has_mentor
        return lost or (pair.is_standing and pair.pk in self.wishes)

    @cached_property
    def crowded(self) -> set[int]:
        """The pairs that a mentor has no seat for: those that began last."""
        taken: Counter[int] = Counter()
        found = set()
        for pair in sorted(self.pairs, key=lambda pair: (pair.starts_on, pair.pk)):
            if pair.fills_seat(self.today):
                taken[pair.mentor_id] += 1
                if taken[pair.mentor_id] > self.seats[pair.mentor_id]:
                    found.add(pair.pk)
        return found

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
        if pair.is_proposed and self.today - self._asked_on(pair) > Pairing.ANSWER:
            yield _("No answer from %(names)s since %(day)s") % self._asked(pair)
        if pair.pk in self.amiss:
            said = self.amiss[pair.pk]
            yield from reasons(said, pair.last_met_on, self.cadence, self.today)
        if pair.pk in self.crowded:
            yield ngettext(
                "%(mentor)s is full: seats for %(n)s junior, and this one is beyond",
                "%(mentor)s is full: seats for %(n)s juniors, and this one is beyond",
                self.seats[pair.mentor_id],
            ) % {"mentor": pair.mentor, "n": self.seats[pair.mentor_id]}

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
        elif pair.is_proposed:
            yield _("Waits for %(names)s since %(day)s") % self._asked(pair)
        elif pair.is_standing and pair.starts_on > self.today:
            yield _("Begins on %(day)s") % {"day": date_format(pair.starts_on, "j F")}
        elif pair.state == State.ENDED and pair.ends_on == pair.starts_on:
            yield _("Ended before it began")
        elif pair.state == State.ENDED:
            yield _("Ended on %(day)s") % {"day": date_format(pair.ends_on, "j F Y")}

    def _asked(self, pair: Pair) -> dict[str, str]:
        """Who has not answered a proposal, and since when."""
        day = date_format(self._asked_on(pair), "j F")
        return {"names": ", ".join(pair.silent), "day": day}

    def _asked_on(self, pair: Pair) -> date:
        return timezone.localdate(pair.proposed_at)

    def _seats(self, mentor: Place) -> int:
        seats = Seats(
            heads=mentor.heads,
            hours=mentor.hours,
            each=self.program.mentor_hours,
            most=self.program.juniors_per_mentor,
        )
        return seats.count

    def _weeks(self, pair: Pair, met: Met) -> Weeks:
        """A secondary mentor keeps no pace, and a proposal is still to come."""
        first = self.program.starts_on.toordinal()
        held = [day.toordinal() - first for day in met.days]
        is_paced = pair.kind == Pairing.Kind.PRIMARY
        stood = self._day(pair.starts_on), self._day(pair.ends_on)
        if pair.is_proposed:
            stood = max(stood[0], 7 * (self.pace.this + 1)), stood[1]
        rests = [self._rest(rest) for rest in self.rests.get(pair.pk, ())]
        return weeks(held, stood if is_paced else (0, 0), rests, self.pace)

    def _rest(self, rest: Rest) -> Span:
        since, until = rest
        after = self.pace.count * 7 if until is None else self._day(until)
        return self._day(since), after

    def _day(self, day: date) -> int:
        return (day - self.program.starts_on).days
