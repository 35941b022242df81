"""The goals of a plan as its page lists them.

A year has dozens. They are read as columns and drawn in Python: rows of four models and
a template for each took a third of the page's time.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, Q
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pairings.models import Enrolment, Pairing
from preceptor.accounts.models import Membership
from preceptor.http import url
from preceptor.prepared import Prepared
from preceptor.templatetags.preceptor import day, first_name, local_day
from progress.goal_pages import awaits, has_lapsed, side_of
from progress.levels import Level
from progress.models import Goal, GrowthPlan

COLUMNS = (
    *("pk", "text", "state", "state_changed_at", "due_on", "created_at"),
    *("junior_agreed_at", "mentor_agreed_at", "proposed_by"),
    *("proposed_by__user__full_name", "competency__key", "competency__name"),
    "target",
)
AT_AIM = COLUMNS.index("competency__key")
GOALS = (
    Goal.objects.order_by("position", "pk")
    .annotate(
        step_count=Count("steps"),
        done_count=Count("steps", filter=Q(steps__done_at__isnull=False)),
    )
    .values_list(*COLUMNS, "step_count", "done_count")
)
"""Put together once: that takes longer than asking."""

GOALS_OF = Prepared(lambda plan: GOALS.filter(plan=plan), plan=int)

GRIP = (
    '<span class="grip" title="{}" aria-hidden="true" hidden>'
    '<svg class="icon"><use href="#i-grip"/></svg></span>'
)


class Aim(NamedTuple):
    """The competency of a goal."""

    key: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Line:
    """What a row says of a goal; `steps` of them, `done` of these."""

    pk: int
    text: str
    state: str
    state_changed_at: datetime | None
    due_on: date | None
    created_at: datetime
    junior_agreed_at: datetime | None
    mentor_agreed_at: datetime | None
    proposed_by: int
    proposer: str
    competency: Aim | None
    target: int | None
    steps: int
    done: int

    @property
    def is_open(self) -> bool:
        return self.state == Goal.State.OPEN

    @property
    def is_agreed(self) -> bool:
        return bool(self.junior_agreed_at and self.mentor_agreed_at)


@dataclass(frozen=True, slots=True)
class GoalList:
    """Open goals in the junior's order, then those that are settled.

    `names` are the first names of the two by their side, empty where nobody is there;
    `own` is the side of the reader, who puts them in order if they `can_place`. What
    was due before `today` and is open has lapsed.
    """

    slug: str
    junior_id: int
    own: str
    names: Mapping[str, str]
    can_place: bool
    today: date
    lines: Sequence[Line]

    @property
    def rows(self) -> SafeString:
        """The items of the list; every text in them is escaped."""
        open_ones = [line.pk for line in self.lines if line.is_open]
        ends = (open_ones[0], open_ones[-1]) if open_ones else (0, 0)
        words = _Words()
        drawn = (self._row(line, ends, words) for line in self.lines)
        return mark_safe("\n".join(drawn))  # noqa: S308 # every text is escaped

    def _row(self, line: Line, ends: tuple[int, int], words: "_Words") -> str:
        path, text = url(self.slug, "progress:goal", line.pk), escape(line.text)
        is_first, is_last = line.pk == ends[0], line.pk == ends[1]
        is_theirs = line.is_open and self.can_place
        moves = is_theirs and not (is_first and is_last)
        place = f' data-place="{path}place/" data-name="{text}"' if is_theirs else ""
        return "".join(
            (
                f'<li id="goal-{line.pk}"{place}>',
                words.grip if moves else "",
                f'<h3><a href="{path}">{text}</a></h3>',
                f'<p class="meta">{self._tag(line)}',
                f"{words.facts(line, self.junior_id)}</p>",
                _progress(line),
                words.shifts(path, text, is_first, is_last) if moves else "",
                "</li>",
            )
        )

    def _tag(self, line: Line) -> str:
        side = awaits(line)
        if not line.is_open:
            css = " done" if line.state == Goal.State.REACHED else ""
            words = str(Goal.State(line.state).label)
        elif side:
            css = " strong" if side == self.own else ""
            words = self._waits(side)
        elif has_lapsed(line, self.today):
            css, words = " alert", _("lapsed")
        else:
            return ""
        return f'<span class="tag{css}">{escape(words)}</span> '

    def _waits(self, side: str) -> str:
        if side == self.own:
            return _("waits for your word")
        if not self.names[side]:
            return _("waits for a mentor")
        return _("waits for %(name)s") % {"name": self.names[side]}


class _Words:
    """What every row says, translated once."""

    def __init__(self) -> None:
        self.since, self.by = _("since %(on)s"), _("by %(on)s")
        self.proposed = _("proposed by %(name)s")
        self.levels = {level.value: str(level.label) for level in Level}
        self.grip = GRIP.format(escape(_("Drag to another place")))
        self.up, self.down = escape(_("Up")), escape(_("Down"))

    def facts(self, line: Line, junior_id: int) -> str:
        return escape(", ".join(self._told(line, junior_id)))

    def _told(self, line: Line, junior_id: int) -> Iterator[str]:
        if not line.is_open:
            yield local_day(line.state_changed_at)
        yield self.since % {"on": local_day(line.created_at)}
        if line.due_on:
            yield self.by % {"on": day(line.due_on)}
        if line.proposed_by != junior_id:
            yield self.proposed % {"name": line.proposer}
        if line.competency:
            level = self.levels.get(line.target or 0)
            name = line.competency.name
            yield f"{name}: {level}" if level else name

    def shifts(self, path: str, text: str, is_first: bool, is_last: bool) -> str:
        ways = ((is_first, -1, self.up), (is_last, 1, self.down))
        buttons = (
            f'<button class="quiet" name="by" value="{by}" formaction="{path}shift/">'
            f'{word}<span class="unseen"> {text}</span></button>'
            for is_end, by, word in ways
            if not is_end
        )
        return f'<p class="row">{"".join(buttons)}</p>'


def _progress(line: Line) -> str:
    if not line.steps:
        return ""
    words = ngettext("%(done)s of %(n)s step", "%(done)s of %(n)s steps", line.steps)
    told = escape(words % {"done": line.done, "n": line.steps})
    return (
        f'<label class="progress"><span class="meta">{told}</span> '
        f'<progress max="{line.steps}" value="{line.done}"></progress></label>'
    )


def _line(row: tuple[Any, ...]) -> Line:
    named, (key, name), rest = row[:AT_AIM], row[AT_AIM : AT_AIM + 2], row[AT_AIM + 2 :]
    return Line(*(*named, Aim(key, name) if key else None, *rest))


def goal_list(
    plan: GrowthPlan, reader: Membership, pairing: Pairing | None, today: date
) -> GoalList:
    """One query. `pairing` is that of today."""
    lines = [_line(row) for row in GOALS_OF(plan=plan.pk)]
    settled = [line for line in lines if not line.is_open]
    own = side_of(plan, reader)
    is_theirs = own == Enrolment.Side.JUNIOR
    return GoalList(
        slug=plan.organisation.slug,
        junior_id=plan.junior.membership_id,
        own=own,
        can_place=is_theirs and not plan.junior.program.is_archived,
        names={
            str(Enrolment.Side.JUNIOR): first_name(plan.junior.membership.full_name),
            str(Enrolment.Side.MENTOR): first_name(str(pairing.mentor))
            if pairing
            else "",
        },
        today=today,
        lines=[*(line for line in lines if line.is_open), *settled],
    )
