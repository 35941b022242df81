"""New dates or another template for a program: what would move, and moving it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import chain

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Min, Q
from django.utils import formats
from django.utils.translation import gettext as _

from pairings import ports
from pairings.actions.programs import locked, refuse_settings
from pairings.models import Enrolment, Pairing, PairingQuerySet, Program
from pairings.rescheduling import Effect, Move, Timetable
from preceptor.accounts.models import Membership

ONE_DAY = timedelta(days=1)


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
    spans = _spans(program, starts_on, ends_on, ends, today)
    _refuse_to_leave_outside(program, starts_on, ends_on, spans)
    timetable = Timetable(
        program=program,
        starts_on=starts_on,
        ends_on=ends_on,
        template=template,
        ends=ends,
        begins=_begins(spans),
        spans=spans,
        today=today,
    )
    of_others = chain.from_iterable(ask(timetable) for ask in ports.rescheduling)
    own = [*_moves_of_pairs(spans), *_moves_of_places(ends)]
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
    spans: Mapping[int, tuple[date, date]],
) -> Mapping[tuple[date, date], list[int]]:
    found = defaultdict(list)
    for pk, span in spans.items():
        found[span].append(pk)
    return found


def _ends(program: Program, ends_on: date) -> dict[int, date]:
    if ends_on == program.ends_on:
        return {}
    rows = program.enrolments.filter(ends_on=program.ends_on)
    return dict.fromkeys(rows.values_list("pk", flat=True), ends_on)


def _spans(
    program: Program,
    starts_on: date,
    ends_on: date,
    ends: Mapping[int, date],
    today: date,
) -> dict[int, tuple[date, date]]:
    """The new days of pairings whose days change."""
    begins_ahead = program.starts_on > today
    following = _following(program)
    found = {}
    for pairing in _open(program).with_people():
        start, end = pairing.starts_on, pairing.ends_on
        if begins_ahead and start == program.starts_on:
            start = starts_on
        if end == program.ends_on:
            people = (pairing.mentor, pairing.junior)
            theirs = (ends.get(person.pk, person.ends_on) for person in people)
            end = min(ends_on, *theirs)
            if pairing.kind == Pairing.Kind.PRIMARY:
                end = min(end, following.get(pairing.junior_id, end))
        if (start, end) != (pairing.starts_on, pairing.ends_on):
            found[pairing.pk] = (start, end)
    return found


def _following(program: Program) -> dict[int, date]:
    """By junior the first day of a primary pairing beyond the program's own end.

    It is of who stays longer than the program, and is not to be run into.
    """
    beyond = _open(program).primary().filter(starts_on__gte=program.ends_on)
    rows = beyond.order_by().values_list("junior").annotate(first=Min("starts_on"))
    return dict(rows)


def _open(program: Program) -> PairingQuerySet:
    rows = Pairing.objects.filter(program=program)
    return rows.exclude(state=Pairing.State.ENDED).order_by("starts_on", "pk")


def _begins(spans: Mapping[int, tuple[date, date]]) -> dict[int, date]:
    """First days of juniors, by enrolment: those of primary pairings that move."""
    rows = Pairing.objects.primary().filter(pk__in=spans)
    return {
        junior: spans[pk][0]
        for pk, junior, start in rows.values_list("pk", "junior", "starts_on")
        if spans[pk][0] != start
    }


def _moves_of_pairs(spans: Mapping[int, tuple[date, date]]) -> Iterator[Move]:
    rows = Pairing.objects.filter(pk__in=spans).with_people().order_by("pk")
    for pairing in rows:
        start, end = spans[pairing.pk]
        if start != pairing.starts_on:
            yield Move(
                "pair_start", pairing.pk, str(pairing), "", pairing.starts_on, start
            )
        if end != pairing.ends_on:
            yield Move(
                "pair_end", pairing.pk, str(pairing), "", pairing.last_on, end - ONE_DAY
            )


def _moves_of_places(ends: Mapping[int, date]) -> Iterator[Move]:
    rows = Enrolment.objects.filter(pk__in=ends).select_related("membership__user")
    for person in rows.order_by("pk"):
        will = ends[person.pk] - ONE_DAY
        yield Move("place", person.pk, str(person), "", person.last_on, will)


def _refuse_days_gone(program: Program, ends_on: date, today: date) -> None:
    if ends_on != program.ends_on and ends_on <= today and not program.is_draft:
        text = _("This day is over. To end the program now, close it.")
        raise ValidationError({"last_on": text})


def _refuse_to_leave_outside(
    program: Program, start: date, end: date, spans: Mapping[int, tuple[date, date]]
) -> None:
    pairs = Pairing.objects.filter(program=program).with_people()
    stays = ~Q(pk__in=spans)
    early = [pk for pk, (first, _after) in spans.items() if first < start]
    emptied = [pk for pk, (first, after) in spans.items() if first >= after]
    before = Q(pk__in=early) | stays & Q(starts_on__lt=start)
    after_end = Q(pk__in=emptied) | stays & Q(ends_on__gt=end)
    for field, condition in (("starts_on", before), ("last_on", after_end)):
        outside = pairs.filter(condition)
        if pairing := outside.order_by("starts_on", "-ends_on").first():
            raise ValidationError({field: _outside(pairing)})
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
