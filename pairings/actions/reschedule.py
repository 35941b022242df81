"""New dates or another template for a program: what would move, and moving it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Min
from django.utils import formats
from django.utils.translation import gettext as _

from pairings import ports
from pairings.actions.programs import locked, refuse_settings
from pairings.models import Enrolment, Pairing, Program
from pairings.rescheduling import Effect, Move, Timetable
from preceptor.accounts.models import Membership

ONE_DAY = timedelta(days=1)
Span = tuple[date, date]


class EffectChanged(Exception):
    """What would move is no longer what the person saw; nothing was written."""


def plan_reschedule(
    program: Program, *, starts_on: date, ends_on: date, template: str, today: date
) -> Effect:
    """What new dates would do, or a ValidationError by the field that is to blame.

    Whoever's time ends with the program moves with its end, and so do pairs that stand
    and end with it. Pairs that begin with the program move with its first day as long
    as that lies ahead.
    """
    refuse_settings(program)
    _refuse_days_gone(program, ends_on, today)
    ends = _ends(program, ends_on)
    pairs = _pairs(program, starts_on, ends_on, ends, today)
    _refuse_pairs_outside(program, starts_on, ends_on, pairs)
    _refuse_people_outside(program, ends_on)
    moved = [pair for pair in pairs if pair.moves]
    timetable = Timetable(
        program=program,
        starts_on=starts_on,
        ends_on=ends_on,
        template=template,
        ends=ends,
        begins={
            pair.people[0]: pair.will[0]
            for pair in moved
            if pair.is_primary and pair.begins_anew
        },
        spans={pair.pk: pair.will for pair in moved},
        today=today,
    )
    of_others = chain.from_iterable(ask(timetable) for ask in ports.rescheduling)
    own = [*chain.from_iterable(map(_moves_of, moved)), *_moves_of_places(timetable)]
    return Effect(timetable, [*of_others, *own])


@transaction.atomic
def reschedule(
    *,
    actor: Membership,
    program: Program,
    starts_on: date,
    ends_on: date,
    template: str,
    fingerprint: str,
    today: date,
) -> Effect:
    """Moves what the preview with this fingerprint showed.

    Planned anew under the program's lock; `EffectChanged` if it came out otherwise.
    """
    row = locked(program)
    effect = plan_reschedule(
        row, starts_on=starts_on, ends_on=ends_on, template=template, today=today
    )
    if effect.fingerprint != fingerprint:
        raise EffectChanged
    ports.announce(ports.rescheduled, effect.timetable)
    row.starts_on, row.ends_on, row.template = starts_on, ends_on, template
    row.save(update_fields=["starts_on", "ends_on", "template"])
    Enrolment.objects.filter(pk__in=effect.timetable.ends).update(ends_on=ends_on)
    for span, pks in _by_span(effect.timetable.spans).items():
        rows = Pairing.objects.filter(pk__in=pks)
        rows.update(starts_on=span[0], ends_on=span[1])
    return effect


def _by_span(
    spans: Mapping[int, Span],
) -> Mapping[Span, list[int]]:
    found = defaultdict(list)
    for pk, span in spans.items():
        found[span].append(pk)
    return found


def _ends(program: Program, ends_on: date) -> dict[int, date]:
    if ends_on == program.ends_on:
        return {}
    rows = program.enrolments.filter(ends_on=program.ends_on)
    return dict.fromkeys(rows.values_list("pk", flat=True), ends_on)


@dataclass(frozen=True, slots=True)
class _Pair:
    """A pairing: junior and mentor, and its first day and end as they are and will be.

    Thousands are read at once: so no rows of models, and no names.
    """

    pk: int
    people: tuple[int, int]
    is_primary: bool
    was: Span
    will: Span

    @property
    def moves(self) -> bool:
        return self.was != self.will

    @property
    def begins_anew(self) -> bool:
        return self.was[0] != self.will[0]


OF_PAIR = (
    *("pk", "state", "kind", "starts_on", "ends_on"),
    *("junior", "mentor", "junior__ends_on", "mentor__ends_on"),
)


def _pairs(
    program: Program,
    starts_on: date,
    ends_on: date,
    ends: Mapping[int, date],
    today: date,
) -> list[_Pair]:
    """Every pairing of the program, also those that are over, which stay."""
    begins_ahead = program.starts_on > today
    following = _following(program)
    rows = Pairing.objects.filter(program=program).order_by("starts_on", "pk")
    found = []
    for pk, state, kind, *was, junior, mentor, juniors, mentors in rows.values_list(
        *OF_PAIR
    ):
        is_open, is_primary = state != Pairing.State.ENDED, kind == Pairing.Kind.PRIMARY
        start, end = was
        if is_open and begins_ahead and start == program.starts_on:
            start = starts_on
        if is_open and end == program.ends_on:
            end = min(ends_on, ends.get(junior, juniors), ends.get(mentor, mentors))
            if is_primary:
                end = min(end, following.get(junior, end))
        span = was[0], was[1]
        found.append(_Pair(pk, (junior, mentor), is_primary, span, (start, end)))
    return found


def _following(program: Program) -> dict[int, date]:
    """By junior the first day of a primary pairing beyond the program's own end.

    It is of who stays longer than the program, and is not to be run into.
    """
    rows = Pairing.objects.primary().filter(program=program)
    beyond = rows.filter(starts_on__gte=program.ends_on)
    beyond = beyond.exclude(state=Pairing.State.ENDED).order_by()
    return dict(beyond.values_list("junior").annotate(first=Min("starts_on")))


def _moves_of(pair: _Pair) -> Iterator[Move]:
    (start, end), (first, after) = pair.was, pair.will
    if pair.begins_anew:
        yield Move("pair_start", pair.pk, pair.people, "", start, first)
    if end != after:
        last, will = end - ONE_DAY, after - ONE_DAY
        yield Move("pair_end", pair.pk, pair.people, "", last, will)


def _moves_of_places(timetable: Timetable) -> Iterator[Move]:
    """All of them end with the program, now and then."""
    last_on = timetable.program.last_on
    for person in sorted(timetable.ends):
        yield Move("place", person, (person,), "", last_on, timetable.last_on)


def _refuse_days_gone(program: Program, ends_on: date, today: date) -> None:
    if ends_on != program.ends_on and ends_on <= today and not program.is_draft:
        text = _("This day is over. To end the program now, close it.")
        raise ValidationError({"last_on": text})


def _refuse_pairs_outside(
    program: Program, start: date, end: date, pairs: Iterable[_Pair]
) -> None:
    """A pair that goes on beyond the program already does so under a later end too."""
    before, beyond = [], []
    is_cut = end < program.ends_on
    for pair in pairs:
        first, after = pair.will
        if first < start:
            before.append(pair)
        if (is_cut and after > end) or (pair.moves and first >= after):
            beyond.append(pair)
    for field, outside in (("starts_on", before), ("last_on", beyond)):
        if outside:
            worst = min(
                outside, key=lambda pair: (pair.was[0], -pair.was[1].toordinal())
            )
            pairing = Pairing.objects.with_people().get(pk=worst.pk)
            raise ValidationError({field: _outside(pairing)})


def _refuse_people_outside(program: Program, end: date) -> None:
    people = Enrolment.objects.filter(program=program, ends_on__gt=end)
    own_end = people.exclude(ends_on=program.ends_on).with_people().order_by("-ends_on")
    if end < program.ends_on and (person := own_end.first()):
        text = _("%(person)s takes part until %(last)s. Change that first.")
        last_on = _day(person.last_on)
        raise ValidationError({"last_on": text % {"person": person, "last": last_on}})


def _outside(pairing: Pairing) -> str:
    text = _(
        "%(junior)s and %(mentor)s are a pair from %(first)s to %(last)s, which would "
        "lie outside. Choose dates around it, or end that pairing first."
    )
    return text % {
        "junior": pairing.junior,
        "mentor": pairing.mentor,
        "first": _day(pairing.starts_on),
        "last": _day(pairing.last_on),
    }


def _day(value: date) -> str:
    return formats.date_format(value, "j F Y")
