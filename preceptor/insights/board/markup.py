"""The table's body, built in Python: a template a row takes too long.

`insights/board.html` holds the rest of the page.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache, partial
from html import escape
from itertools import groupby, pairwise

from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from pairings.models import Pairing
from preceptor.http import url
from preceptor.insights.board import words
from preceptor.insights.board.facts import Stones
from preceptor.insights.board.pairs import Board, Group, Row
from preceptor.insights.board.strip import first_shown, months, strip
from preceptor.insights.board.weeks import Pace

WARN = (
    '<svg class="icon small" aria-hidden="true"><use href="#i-warn"/></svg>'
    '<span class="unseen">{}</span> '
)
COLUMNS = 6


class Markup:
    """Draws rows of one board; what they share is looked up once."""

    def __init__(self, board: Board, slug: str, *, opens_proposals: bool) -> None:
        self.opens_proposals = opens_proposals
        self.pace = board.pace
        self.first = first_shown(self.pace.count, self.pace.this)
        self.before, self.after = url(slug, "insights:pairing", 0).rsplit("0", 1)
        self.day = cache(partial(words.short_day, today=board.today))
        self.label, self.load = cache(words.label_of), cache(words.load_of)
        self.away = cache(partial(words.away, today=board.today))
        self.phases = {value: escape(label) for value, label in words.phases().items()}
        self.warn = WARN.format(_("Attention:"))
        self.labels = [
            escape(label)
            for label in (_("Phase:"), _("Last session:"), _("Milestone:"))
        ]
        self.texts = {
            "with": _("with %(mentor)s"),
            "next": _("next %(day)s"),
            "none": _("none yet"),
            "secondary": _("secondary"),
        }

    def bodies(self, rows: Sequence[Row], counts: Counter[Group]) -> SafeString:
        """One `tbody` a group, titled with how many there are on all pages."""
        parts = []
        for group, members in groupby(rows, key=lambda row: row.group):
            parts.append(
                f'<tbody>\n<tr><th colspan="{COLUMNS}" scope="rowgroup">'
                f"{escape(words.title_of(group))}"
                f' <span class="meta">{counts[group]}</span></th></tr>'
            )
            parts += map(self._row, members)
            parts.append("</tbody>")
        return mark_safe("\n".join(parts))  # noqa: S308 # every text is escaped

    def _row(self, row: Row) -> str:
        phase, last, stone = self.labels
        milestone = self._milestone(row.stones)
        picture = strip(
            row.weeks.states, self.first, self.pace.this, self.label(*row.weeks.counts)
        )
        return (
            f'<tr><th scope="row" class="pair">{self._pair(row)}</th>'
            f'<td class="why">{self._needs(row)}</td>'
            f'<td data-label="{phase}">{self.phases[row.pair.phase]}</td>'
            f'<td class="weekcell">{picture}</td>'
            f'<td class="nowrap" data-label="{last}">{self._sessions(row)}</td>'
            f'<td class="nowrap" data-label="{stone}">{milestone}</td></tr>'
        )

    def _pair(self, row: Row) -> str:
        pair = row.pair
        with_mentor = self.texts["with"] % {"mentor": pair.mentor}
        team = f", {pair.team}" if pair.team else ""
        late = " late" if row.load.is_over else ""
        tag = ""
        if pair.kind == Pairing.Kind.SECONDARY:
            tag = f' <span class="tag">{escape(self.texts["secondary"])}</span>'
        name = escape(pair.junior)
        if self.opens_proposals or not pair.is_proposed:
            name = f'<a href="{self.before}{pair.pk}{self.after}">{name}</a>'
        return (
            f"{name}{tag}"
            f' <small class="meta">{escape(with_mentor + team)}</small>'
            f' <small class="meta{late}">{escape(self.load(row.load))}</small>'
        )

    def _needs(self, row: Row) -> str:
        if row.group is not Group.NEEDS:
            return escape(" ".join(row.needs))
        return "".join(f"<p>{self.warn}{escape(reason)}</p>" for reason in row.needs)

    def _sessions(self, row: Row) -> str:
        last, following = row.pair.last_met_on, row.next_on
        text = self.day(last) if last else self.texts["none"]
        if following is None:
            return escape(text)
        after = self.texts["next"] % {"day": self.day(following)}
        return (
            f'{escape(text)}<br class="wide"> <span class="meta">{escape(after)}</span>'
        )

    def _milestone(self, stones: Stones | None) -> str:
        if stones is None or not stones.days:
            return f'<span class="meta">{escape(words.no_milestone(stones))}</span>'
        kind = "late" if stones.late else "meta"
        return (
            f'{escape(stones.names[0])}<br class="wide"> '
            f'<span class="{kind}">{escape(self.away(stones.days[0]))}</span>'
        )


def head(starts_on: date, pace: Pace) -> SafeString:
    """The initials of the months over the strips."""
    first = first_shown(pace.count, pace.this)
    drawn = months(_initials(starts_on, first, pace.count))
    return mark_safe(drawn)  # noqa: S308 # initials are escaped


def _initials(starts_on: date, first: int, count: int) -> Iterable[tuple[int, str]]:
    """Each month's initial, and the place of the first week that begins in it.

    A month of which one week shows has no room for it.
    """
    origin = starts_on.toordinal()
    days = [date.fromordinal(origin + 7 * week) for week in range(first, count)]
    begins = [
        n for n, day in enumerate(days) if not n or day.month != days[n - 1].month
    ]
    for place, following in pairwise([*begins, len(days)]):
        if following - place > 1:
            yield place, date_format(days[place], "F")[:1]
