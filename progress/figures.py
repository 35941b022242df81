"""What the reviews of a junior's year say: figures, their charts, and who sees them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from html import escape

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from preceptor.days import written
from preceptor.templatetags.preceptor import percent
from progress.charts import Chart, Point, drawn, middles
from progress.models import GrowthPlan, PublishedFigure
from reviews import growth, tally
from reviews.calibration import Band, bands, brier
from reviews.estimates import Share, wilson
from reviews.models import Explanation, ReviewSession
from reviews.tally import Compared, Found, Hit, Marked, Month, Sitting, Span
from reviews.taxonomy import label

Figure = PublishedFigure.Figure
ROOM_FOR_NAMES = 0.13
"""As much of the width as two names under a chart stand apart at least."""


@dataclass(frozen=True, slots=True)
class Shares:
    """Hits by month and over all of them, with a chart."""

    total: Share
    months: Sequence[Month]
    chart: SafeString
    hit_name: str
    all_name: str

    @property
    def rows(self) -> SafeString:
        """Of the table of its months, made in one go."""
        all_, hits = escape(f"{self.all_name}:"), escape(f"{self.hit_name}:")
        share, interval = escape(_("Share:")), escape(_("95 % interval:"))
        few, lines = escape(_("too few")), []
        for month in self.months:
            one, value, between = month.share, few, ""
            if one and month.has_point:
                value, between = percent(one.value), escape(_between(one))
            lines.append(
                f'<tr><th scope="row">{escape(written(month.on, "F Y"))}'
                f'</th><td class="num" data-label="{all_}">{one.n if one else 0}</td>'
                f'<td class="num" data-label="{hits}">{one.hits if one else 0}</td>'
                f'<td class="num" data-label="{share}">{value}</td>'
                f'<td class="num" data-label="{interval}">{between}</td></tr>'
            )
        return mark_safe("\n".join(lines))  # noqa: S308 # every text is escaped


@dataclass(frozen=True, slots=True)
class Row:
    """A category with its share over the whole year."""

    name: str
    share: Share


@dataclass(frozen=True, slots=True)
class Change:
    """A category in the first months and in the last."""

    name: str
    compared: Compared

    @property
    def kind(self) -> str:
        if self.compared.is_caught_now:
            return "caught"
        return "missed" if self.compared.is_still_missed else ""


@dataclass(frozen=True, slots=True)
class Categories:
    """`then` and `now` are None as long as there are too few months to compare."""

    rows: Sequence[Row]
    then: Span | None
    now: Span | None
    changes: Sequence[Change]

    @property
    def n(self) -> int:
        return sum(row.share.n for row in self.rows)

    @property
    def change_rows(self) -> SafeString:
        """Of the table of the changes, made in one go."""
        if not (self.then and self.now):
            return SafeString("")
        first, last, since = (
            written(on, "M") for on in (self.then.first, self.then.last, self.now.first)
        )
        now = _("Since %(month)s") % {"month": since}
        labels = escape(f"{first}–{last}:"), escape(f"{now}:")
        tags = {
            "caught": f' <span class="tag done">{escape(_("caught now"))}</span>',
            "missed": f' <span class="tag strong">{escape(_("still missed"))}</span>',
        }
        lines = (
            f'<tr><th scope="row">{escape(row.name)}{tags.get(row.kind, "")}</th>'
            f"{_cell(labels[0], row.compared.then)}"
            f"{_cell(labels[1], row.compared.now)}</tr>"
            for row in self.changes
        )
        return mark_safe("\n".join(lines))  # noqa: S308 # every text is escaped


@dataclass(frozen=True, slots=True)
class Rejections:
    """Safe changes that were rejected, and own findings that were no flaws."""

    rejected: Share | None
    false_alarms: Share | None
    months: Sequence[tuple[date, Share | None, Share | None]]


@dataclass(frozen=True, slots=True)
class Calibration:
    bands: Sequence[Band]
    brier: Share | None
    chart: SafeString

    @property
    def n(self) -> int:
        return sum(band.safe.n for band in self.bands)


@dataclass(frozen=True, slots=True)
class Explanations:
    """`marks` names the four marks; `counts` has how many of each by month."""

    shares: Shares
    marks: Sequence[str]
    counts: Sequence[tuple[date, Sequence[tuple[str, int]]]]


@dataclass(frozen=True, slots=True)
class Drive:
    name: str
    share: Share


class Figures:
    """The figures of one year, each reckoned when a page asks for it.

    Three queries at most. Sessions with all mentors count, up to `today`, and the cards
    of these. A figure that
    is not among `shown` is None, as is one for which nothing happened yet.
    """

    def __init__(self, plan: GrowthPlan, shown: Iterable[str], today: date) -> None:
        self.plan = plan
        self.shown = frozenset(shown)
        self.today = today

    @cached_property
    def catches(self) -> Shares | None:
        if Figure.CATCHES not in self.shown:
            return None
        names = (_("Caught alone"), _("Real flaws"))
        return self._shares(self._caught, _("caught alone"), "catch", names)

    @cached_property
    def categories(self) -> Categories | None:
        if Figure.CATEGORIES not in self.shown or not self._caught:
            return None
        spans = tally.then_and_now(self.plan.starts_on, self.today)
        then, now = spans or (None, None)
        rows = [Row(label(key), one) for key, one in tally.by_category(self._caught)]
        both = tally.compared(self._caught, then, now) if then and now else []
        changes = [Change(label(row.category), row) for row in both]
        return Categories(rows, then, now, changes)

    @cached_property
    def rejections(self) -> Rejections | None:
        if Figure.REJECTIONS not in self.shown:
            return None
        said_no = tally.rejections(self._sittings)
        alarms = tally.false_alarms(self._found)
        if not said_no and not alarms:
            return None
        by = [_by_month(said_no), _by_month(alarms)]
        months = [(on, by[0].get(on), by[1].get(on)) for on in sorted({*by[0], *by[1]})]
        return Rejections(tally.share(said_no), tally.share(alarms), months)

    @cached_property
    def calibration(self) -> Calibration | None:
        judged = tally.judged(self._sittings)
        if Figure.CALIBRATION not in self.shown or not judged:
            return None
        found = bands(judged)
        return Calibration(found, brier(judged), _reliability(found))

    @cached_property
    def explanations(self) -> Explanations | None:
        if Figure.EXPLANATIONS not in self.shown:
            return None
        hits = tally.explained(self._marks)
        columns = (_("Sound or better"), _("Marked cards"))
        shares = self._shares(hits, _("explained soundly"), "explained", columns)
        if shares is None:
            return None
        names = {mark: str(mark.label) for mark in Explanation.Mark}
        counts = [
            (on, [(name, month[mark]) for mark, name in names.items()])
            for on, month in tally.marks_by_month(self._marks)
        ]
        return Explanations(shares, list(names.values()), counts)

    @cached_property
    def drivers(self) -> Sequence[Drive] | None:
        driven = Counter(one.driver for one in self._sittings if one.driver)
        if Figure.DRIVERS not in self.shown or not driven:
            return None
        n = driven.total()
        shares = ((who, wilson(driven[who], n)) for who in ReviewSession.Driver)
        return [Drive(str(who.label), share) for who, share in shares if share]

    @property
    def session_count(self) -> int:
        """How many closed sessions both read blind."""
        return sum(one.is_blind for one in self._sittings)

    @cached_property
    def _found(self) -> list[Found]:
        found = growth.found(self.plan.junior)
        return [one for one in found if one.on <= self.today]

    @cached_property
    def _sittings(self) -> list[Sitting]:
        held = growth.sittings(self.plan.junior)
        return [one for one in held if one.on <= self.today]

    @cached_property
    def _marks(self) -> list[Marked]:
        marks = growth.marks(self.plan.junior)
        return [one for one in marks if one.on <= self.today]

    @cached_property
    def _caught(self) -> list[Hit]:
        return tally.caught(self._found)

    def _shares(
        self, hits: Sequence[Hit], what: str, name: str, columns: tuple[str, str]
    ) -> Shares | None:
        """`columns` are what the hits are called, and what they are of."""
        total = tally.share(hits)
        if total is None:
            return None
        months = tally.by_month(hits)
        return Shares(total, months, _by_month_chart(months, what, name), *columns)


def _between(share: Share) -> str:
    low, high = percent(share.low), percent(share.high)
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


def _cell(label: str, share: Share) -> str:
    told = _("%(hits)s of %(n)s") % {"hits": share.hits, "n": share.n}
    return (
        f'<td class="num" data-label="{label}">{escape(told)}<br>'
        f'<span class="meta">{escape(_between(share))}</span></td>'
    )


def _by_month(hits: Iterable[Hit]) -> dict[date, Share | None]:
    return {month.on: month.share for month in tally.by_month(hits)}


def _by_month_chart(months: Sequence[Month], what: str, name: str) -> SafeString:
    """A point a month that has one. `what` says what the hits are."""
    points = [
        _point(month, x) for month, x in zip(months, middles(len(months)), strict=True)
    ]
    told = [month for month in months if month.has_point]
    title = _("Share %(what)s, by month") % {"what": what}
    if not told:
        return SafeString("")
    ends = [told[0], told[-1]] if len(told) > 1 else told
    title = f"{title}: " + ", ".join(_told(month) for month in ends)
    share = told[-1].share
    last = (_percent_in(told[-1]), _interval(share)) if share else ("", "")
    return _svg(Chart(title, points, last), name)


def _point(month: Month, x: float) -> Point:
    name, share = written(month.on, "M"), month.share
    note = f"{share.hits:g}/{share.n}" if share else ""
    if share is None or not month.has_point:
        return Point(x, name, name[:1], note)
    return Point(x, name, name[:1], note, share.value, share.low, share.high)


def _told(month: Month) -> str:
    hits, n = (month.share.hits, month.share.n) if month.share else (0, 0)
    return _("%(hits)d of %(n)d in %(month)s") % {
        "hits": hits,
        "n": n,
        "month": written(month.on, "F"),
    }


def _percent_in(month: Month) -> str:
    value = month.share.value if month.share else 0
    return _("%(share)d %% in %(month)s") % {
        "share": round(value * 100),
        "month": written(month.on, "F"),
    }


def _interval(share: Share) -> str:
    return _("%(low)d to %(high)d %%, n = %(n)d") % {
        "low": round(share.low * 100),
        "high": round(share.high * 100),
        "n": share.n,
    }


def _reliability(found: Sequence[Band]) -> SafeString:
    """What was said from left to right, what came out from below to above."""
    points: list[Point] = []
    named_at = -1.0
    for band in found:
        has_room = band.said - named_at >= ROOM_FOR_NAMES
        named_at = band.said if has_room else named_at
        words = f"{round(band.said * 100)} %" if has_room else ""
        note = f"{band.safe.hits:g}/{band.safe.n}" if has_room else ""
        safe = band.safe
        points.append(
            Point(band.said, words, words, note, safe.value, safe.low, safe.high)
        )
    title = _("How often changes were safe, by how likely they were said to be safe")
    return _svg(Chart(title, points, is_line=False), "reliability")


def _svg(chart: Chart, name: str) -> SafeString:
    return mark_safe(drawn(chart, name))  # noqa: S308 # every text is escaped
