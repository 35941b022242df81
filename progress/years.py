"""A junior's year as the year line shows it, read in a constant number of queries."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from itertools import pairwise
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.dates import MONTHS_3
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pairings.models import Pairing, PairingQuerySet, PhaseMove
from preceptor.accounts.people import Named, bring_members
from preceptor.days import written
from preceptor.prepared import Prepared
from progress.models import GrowthPlan, Milestone
from progress.yearline import Picture, Span, Stone, Year, draw
from progress.yearline_svg import svg
from reviews.models import ReviewSession


@dataclass(frozen=True, slots=True)
class MonthOfSessions:
    on: date
    held: int
    planned: int


@dataclass(frozen=True, slots=True)
class YearLine:
    """What `parts/yearline.html` needs: the picture, and the same as rows.

    `pairings` are the junior's primary ones with their mentors, oldest first.
    `read_blind` is how many closed sessions both read blind.
    """

    plan: GrowthPlan
    picture: Picture
    pairings: Sequence[Pairing]
    milestones: Sequence[Milestone]
    months: Sequence[MonthOfSessions]
    read_blind: int

    @property
    def last_on(self) -> date:
        """The junior's last day in the program."""
        return self.plan.junior.ends_on - timedelta(days=1)

    @property
    def next_milestone(self) -> Milestone | None:
        return next((m for m in self.milestones if m.is_open), None)

    @property
    def svg(self) -> SafeString:
        return svg(self.picture)

    @property
    def milestone_rows(self) -> SafeString:
        """Of the table beneath the picture, made in one go."""
        due, signed, by = map(escape, (_("Due:"), _("Signed off:"), _("By:")))
        open_, junior = escape(_("open")), self.plan.junior
        lines = []
        for one in self.milestones:
            on, two = open_, ""
            if one.signed_at:
                on = escape(_long(timezone.localdate(one.signed_at)))
                two = escape(f"{junior}, {one.mentor_signed_by}")
            lines.append(
                f'<tr><th scope="row">{escape(one.name)}</th>'
                f'<td data-label="{due}">{_long(one.due_on)}</td>'
                f'<td data-label="{signed}">{on}</td>'
                f'<td data-label="{by}">{two}</td></tr>'
            )
        return mark_safe("\n".join(lines))  # noqa: S308 # every text is escaped

    @property
    def month_rows(self) -> SafeString:
        held, planned = escape(_("Held:")), escape(_("Planned:"))
        lines = (
            f'<tr><th scope="row">{escape(written(month.on, "F Y"))}</th>'
            f'<td class="num" data-label="{held}">{month.held}</td>'
            f'<td class="num" data-label="{planned}">{month.planned}</td></tr>'
            for month in self.months
        )
        return mark_safe("\n".join(lines))  # noqa: S308 # every text is escaped

    def mentor_on(self, day: date) -> Pairing | None:
        standing = (p for p in self.pairings if p.is_standing)
        return next((p for p in standing if p.starts_on <= day < p.ends_on), None)


def year_line(plan: GrowthPlan, today: date, *named: Named) -> YearLine:
    """The year of a plan that came `with_junior()`: four queries, however full.

    Three where its milestones came along. The people whom other rows of the page have
    `named` come with those of the year.
    """
    pairings = PAIRINGS_OF(junior=plan.junior_id)
    milestones = list(plan.milestones.all())
    held, planned, blind = _sessions(plan, today)
    bring_members(
        *((pairing.mentor, "membership") for pairing in pairings),
        *((milestone, "mentor_signed_by") for milestone in milestones),
        *named,
    )
    year = _year(
        plan,
        today,
        pairings=pairings,
        milestones=milestones,
        held=held,
        planned=planned,
    )
    months = _months(held, planned)
    return YearLine(plan, draw(year), pairings, milestones, months, blind)


def _pairings() -> PairingQuerySet:
    rows = Pairing.objects.primary().exclude(state=Pairing.State.PROPOSED)
    stood = rows.filter(ends_on__gt=F("starts_on"))
    agreed = PhaseMove.objects.agreed().filter(pairing=OuterRef("pk"))
    moves = agreed.order_by("agreed_on", "pk").values(
        json=JSONObject(phase="phase", on="agreed_on")
    )
    shown = ("kind", "state", "phase", "starts_on", "ends_on", "mentor__membership")
    rows = stood.select_related("mentor").only(*shown)
    return rows.annotate(moves=ArraySubquery(moves)).order_by("starts_on")


PAIRINGS = _pairings()
"""The pairings that a year shows, of every junior, with their `moves`."""

PAIRINGS_OF = Prepared(lambda junior: PAIRINGS.filter(junior=junior), junior=int)


def _sessions(plan: GrowthPlan, today: date) -> tuple[list[date], list[date], int]:
    """The days of sessions held, those still to come, and how many were read blind."""
    rows = ReviewSession.objects.filter(pairing__junior=plan.junior_id)
    closed = rows.filter(state=ReviewSession.State.CLOSED)
    days = list(closed.values_list("held_on", "next_on", "is_blind", "revealed_at"))
    held = sorted(held_on for held_on, *_rest in days if held_on)
    planned = sorted({next_on for _held, next_on, *_rest in days if next_on})
    blind = sum(is_blind and at is not None for *_days, is_blind, at in days)
    return held, [day for day in planned if day >= today], blind


def _months(held: Sequence[date], planned: Sequence[date]) -> list[MonthOfSessions]:
    firsts = {False: [d.replace(day=1) for d in held]}
    firsts[True] = [d.replace(day=1) for d in planned]
    every = sorted({*firsts[False], *firsts[True]})
    return [
        MonthOfSessions(on, firsts[False].count(on), firsts[True].count(on))
        for on in every
    ]


def _year(
    plan: GrowthPlan,
    today: date,
    *,
    pairings: Sequence[Pairing],
    milestones: Sequence[Milestone],
    held: Sequence[date],
    planned: Sequence[date],
) -> Year:
    starts_on, ends_on = plan.junior.program.starts_on, plan.junior.ends_on
    week = plan.junior.program.week_of(today)
    return Year(
        starts_on=starts_on,
        ends_on=max(ends_on, starts_on + timedelta(days=1)),
        today=today,
        message=_message(plan, today, held, milestones),
        today_label=_("Today, week %(n)d") % {"n": week},
        month_names=[str(name).title() for name in MONTHS_3.values()],
        mentors=[_mentor_span(pairing) for pairing in pairings],
        phases=list(_phase_spans(pairings)),
        held=held,
        planned=planned,
        stones=[_stone(milestone, today) for milestone in milestones],
    )


def _mentor_span(pairing: Pairing) -> Span:
    name = str(pairing.mentor)
    first, *rest = name.split() or [name]
    short = f"{first} {rest[-1][0]}." if rest else first
    labels = (_("with %(mentor)s") % {"mentor": name}, name, short)
    return Span(labels, pairing.starts_on, pairing.ends_on)


def _phase_spans(pairings: Sequence[Pairing]) -> Sequence[Span]:
    """A band for each phase, over its days; neighbours alike are one."""
    spans: list[Span] = []
    for pairing in pairings:
        for phase, starts_on, ends_on in _phases(pairing):
            labels = (capfirst(str(Pairing.Phase(phase).label)),)
            span = Span(labels, starts_on, ends_on)
            last = spans[-1] if spans else None
            if last and (last.labels, last.ends_on) == (labels, starts_on):
                span = Span(labels, spans.pop().starts_on, ends_on)
            spans.append(span)
    return spans


def _phases(pairing: Any) -> Iterator[tuple[str, date, date]]:
    """The phases of a pairing that came with its `moves`, with first and last edge.

    It began with the mentor in the lead, if it ever moved on.
    """
    moves = [(move["phase"], date.fromisoformat(move["on"])) for move in pairing.moves]
    first = Pairing.Phase.MENTOR_LEADS if moves else pairing.phase
    edges = [(first, pairing.starts_on), *moves]
    for (phase, starts_on), (_next, ends_on) in pairwise(
        [*edges, ("", pairing.ends_on)]
    ):
        if starts_on < ends_on:
            yield phase, starts_on, ends_on


def _stone(milestone: Milestone, today: date) -> Stone:
    if milestone.skipped_at is not None:
        note = _("skipped")
        return Stone(milestone.name, note, milestone.due_on, is_skipped=True)
    if milestone.signed_at is not None:
        signed_on = timezone.localdate(milestone.signed_at)
        note = _("signed %(day)s") % {"day": _short(signed_on)}
    elif milestone.due_on < today:
        note = _("lapsed %(day)s") % {"day": _short(milestone.due_on)}
    else:
        note = _("due %(day)s") % {"day": _short(milestone.due_on)}
    is_signed = milestone.signed_at is not None
    return Stone(milestone.name, note, milestone.due_on, is_signed)


def _short(day: date) -> str:
    return written(day, "j M")


def _message(
    plan: GrowthPlan,
    today: date,
    held: Sequence[date],
    milestones: Sequence[Milestone],
) -> str:
    """What the picture says, as one sentence."""
    program = plan.junior.program
    last_on = plan.junior.ends_on - timedelta(days=1)
    sessions = ngettext("%(n)d session held", "%(n)d sessions held", len(held))
    signed = sum(milestone.signed_at is not None for milestone in milestones)
    wanted = sum(milestone.skipped_at is None for milestone in milestones)
    parts = [
        _("The year from %(first)s to %(last)s")
        % {"first": _long(program.starts_on), "last": _long(last_on)},
        sessions % {"n": len(held)},
        _("%(signed)d of %(all)d milestones signed off")
        % {"signed": signed, "all": wanted},
    ]
    if program.starts_on <= today <= last_on:
        parts.append(_("today in week %(n)d") % {"n": program.week_of(today)})
    return parts[0] + ": " + ", ".join(parts[1:])


def _long(day: date) -> str:
    return written(day, "j F Y")
