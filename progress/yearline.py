"""The year line's geometry: days of a program in, coordinates out, three widths.

Units are those of the SVG's view box. x = days since the start ÷ days of the program ×
width. Words come from the caller; here only their length is reckoned.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import zip_longest
from typing import Literal

LETTER = 7.7  # how wide a letter of a label is reckoned, at 12 px
SMALL_LETTER = 6.2  # and one of a mentor's name or a phase
APART = 8  # the least space between two labels
ROW = 36  # how far a label drops that has no room
AXIS_Y = 98
NAME_Y, NOTE_Y = 151, 168
ABOVE = 18  # room over the brackets for a label of today that has none beside them

Anchor = Literal["start", "middle", "end"]
StoneState = Literal["signed", "open", "later", "skipped"]


@dataclass(frozen=True, slots=True)
class Span:
    """A mentor's or a phase's days, `ends_on` left out. Labels: longest first."""

    labels: tuple[str, ...]
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Stone:
    """A milestone: its name, and a note under it such as `due 30 Nov`."""

    name: str
    note: str
    due_on: date
    is_signed: bool = False
    is_skipped: bool = False

    @property
    def is_settled(self) -> bool:
        return self.is_signed or self.is_skipped


@dataclass(frozen=True, slots=True)
class Year:
    """What hangs on the line, from `starts_on` to before `ends_on`.

    `message` says it in words, `today_label` goes with the line of today, which is
    drawn only if `today` lies inside. `month_names` are short, January's first. Stones
    are in order of their day.
    """

    starts_on: date
    ends_on: date
    today: date
    message: str
    today_label: str
    month_names: Sequence[str]
    mentors: Sequence[Span] = ()
    phases: Sequence[Span] = ()
    held: Sequence[date] = ()
    planned: Sequence[date] = ()
    stones: Sequence[Stone] = ()


@dataclass(frozen=True, slots=True)
class Text:
    x: float
    y: float
    words: str
    anchor: Anchor = "start"


@dataclass(frozen=True, slots=True)
class Bracket:
    path: str
    label: Text | None


@dataclass(frozen=True, slots=True)
class Band:
    x: float
    width: float
    state: Literal["past", "now", "later"]
    label: Text | None


@dataclass(frozen=True, slots=True)
class Diamond:
    path: str
    check: str
    state: StoneState
    name: Text | None = None
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class Today:
    path: str
    label: Text
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """One SVG. `kind` is its class; `grid` marks months and leads to names."""

    kind: str
    width: int
    top: float
    height: float
    brackets: Sequence[Bracket]
    bands: Sequence[Band]
    held: str
    planned: str
    grid: str
    months: Sequence[Text]
    today: Today | None
    stones: Sequence[Diamond]

    @property
    def view_box(self) -> str:
        return f"-1 {_n(self.top)} {self.width + 2} {_n(self.height - self.top)}"


@dataclass(frozen=True, slots=True)
class Picture:
    year: Year
    drawings: Sequence[Drawing]


def draw(year: Year) -> Picture:
    """The line for wide pages, for a column, and for a phone."""
    sizes = (("wide-only", 1040), ("middle", 640), ("narrow", 326))
    return Picture(year, [_Pen(year, kind, width).drawing() for kind, width in sizes])


def _n(value: float) -> str:
    """A coordinate with at most one decimal."""
    return f"{value:.1f}".removesuffix(".0")


@dataclass(frozen=True, slots=True)
class _Pen:
    """Draws a year at one width."""

    year: Year
    kind: str
    width: int
    days: int = field(init=False)

    def __post_init__(self) -> None:
        days = (self.year.ends_on - self.year.starts_on).days
        object.__setattr__(self, "days", max(days, 1))

    @property
    def is_small(self) -> bool:
        return self.kind == "narrow"

    def x(self, on: date) -> float:
        """Where a day is; days outside the year are drawn at its edge."""
        share = (on - self.year.starts_on).days / self.days
        return round(min(max(share, 0), 1) * self.width, 1)

    def drawing(self) -> Drawing:
        brackets = [self.bracket(span) for span in self.year.mentors]
        firsts = list(self.firsts())
        stones, depth = self.stones()
        today = self.today([b.label for b in brackets if b.label])
        is_above = today is not None and today.label.y < 0
        return Drawing(
            kind=self.kind,
            width=self.width,
            top=-ABOVE if is_above else 0,
            height=146 if self.is_small else 174 + depth * ROW,
            brackets=brackets,
            bands=[self.band(span) for span in self.year.phases],
            held=self.ticks(self.year.held),
            planned=self.ticks(self.year.planned),
            grid=self.grid(firsts, stones),
            months=list(self.months(firsts)),
            today=today,
            stones=stones,
        )

    def ends(self, span: Span, gap: float, edge: float) -> tuple[float, float]:
        """Both ends of a span, drawn in by `gap`, or by `edge` at the year's own."""
        x0, x1 = self.x(span.starts_on), self.x(span.ends_on)
        left = x0 + (gap if x0 > 0 else edge)
        right = x1 - (gap if x1 < self.width else edge)
        return round(left, 1), round(max(left, right), 1)

    def bracket(self, span: Span) -> Bracket:
        left, right = self.ends(span, gap=3, edge=0)
        path = f"M{_n(left)} 24V20H{_n(right)}V24"
        return Bracket(path, _fitting(span.labels, left, 13, right - left))

    def band(self, span: Span) -> Band:
        left, right = self.ends(span, gap=2.5, edge=1)
        inset = 4 if self.is_small else 10
        label = _fitting(span.labels, left + inset, 49, right - left - 2 * inset)
        today = self.year.today
        is_now = span.starts_on <= today < span.ends_on
        later: Literal["later", "past"] = "later" if span.starts_on > today else "past"
        wide = round(right - left, 1)
        return Band(left, wide, "now" if is_now else later, label)

    def ticks(self, days: Sequence[date]) -> str:
        inside = (d for d in days if self.year.starts_on <= d < self.year.ends_on)
        return "".join(f"M{_n(self.x(day))} 92V76" for day in inside)

    def firsts(self) -> Iterator[date]:
        """The year's first day, then the first of each month that follows."""
        on = self.year.starts_on
        while on < self.year.ends_on:
            yield on
            on = (on.replace(day=1) + timedelta(days=32)).replace(day=1)

    def grid(self, firsts: Sequence[date], stones: Sequence[Diamond]) -> str:
        """A mark at each month, and a line from each named stone down to its name."""
        marks = [f"M{_n(self.x(day))} 98v7" for day in firsts]
        named = zip(self.year.stones, stones, strict=True)
        lines = [
            f"M{_n(self.x(stone.due_on))} 122V{_n(drawn.name.y - NAME_Y + 136)}"
            for stone, drawn in named
            if drawn.name
        ]
        return "".join(marks + lines)

    def months(self, firsts: Sequence[date]) -> Iterator[Text]:
        """The names that have room; on a phone their initials."""
        room, indent = (13, 6) if self.is_small else (30, 4)
        for on, following in zip_longest(firsts, firsts[1:]):
            x, end = self.x(on), self.x(following) if following else self.width
            if end - x >= room:
                name = self.year.month_names[on.month - 1]
                words = name[:1] if self.is_small else name
                yield Text(round(x + indent, 1), 117, words)

    def today(self, taken: Sequence[Text]) -> Today | None:
        year = self.year
        if not year.starts_on <= year.today < year.ends_on:
            return None
        x, length = self.x(year.today), len(year.today_label) * LETTER
        if self.is_small:
            centre = round(min(max(x, length / 2), self.width - length / 2), 1)
            label = Text(centre, 140, year.today_label, "middle")
            return Today(f"M{_n(x)} 26V104", label, f"M{_n(x)} 122V127")
        is_late = x + 6 + length > self.width
        left = x - 6 - length if is_late else x + 6
        anchor: Anchor = "end" if is_late else "start"
        is_taken = any(
            left < text.x + len(text.words) * SMALL_LETTER + APART
            and text.x < left + length + APART
            for text in taken
        )
        y, top = (13 - ABOVE, 16 - ABOVE) if is_taken else (13, 16)
        at = round(x - 6 if is_late else x + 6, 1)
        label = Text(at, y, year.today_label, anchor)
        return Today(f"M{_n(x)} {_n(top)}V104", label)

    def stones(self) -> tuple[list[Diamond], int]:
        """The milestones, and how many rows their names dropped at most."""
        drawn: list[Diamond] = []
        filled: list[float] = []  # where the last label of each row ends
        following = next((s for s in self.year.stones if not s.is_settled), None)
        for stone in self.year.stones:
            is_open = stone is following or stone.due_on < self.year.today
            later: StoneState = "open" if is_open else "later"
            settled: StoneState = "skipped" if stone.is_skipped else "signed"
            state = settled if stone.is_settled else later
            bare = self.diamond(stone, state)
            drawn.append(bare if self.is_small else self.named(stone, bare, filled))
        return drawn, max(len(filled) - 1, 0)

    def diamond(self, stone: Stone, state: StoneState) -> Diamond:
        x, r = self.x(stone.due_on), 6 if self.is_small else 7
        right, left = _n(x + r), _n(x - r)
        path = (
            f"M{_n(x)} {AXIS_Y - r}L{right} {AXIS_Y}L{_n(x)} {AXIS_Y + r}"
            f"L{left} {AXIS_Y}Z"
        )
        check = f"M{_n(x - 2.6)} 98.2l1.9 2 3.3-4" if state == "signed" else ""
        return Diamond(path, check, state)

    def named(self, stone: Stone, bare: Diamond, filled: list[float]) -> Diamond:
        """With its labels, in the first row that has room; notes that in `filled`."""
        x = self.x(stone.due_on)
        length = max(len(stone.name), len(stone.note)) * LETTER
        row, (at, left, anchor) = self.place(x, length, filled)
        filled[row : row + 1] = [left + length]
        drop = row * ROW
        return Diamond(
            bare.path,
            bare.check,
            bare.state,
            name=Text(at, NAME_Y + drop, stone.name, anchor),
            note=Text(at, NOTE_Y + drop, stone.note, anchor),
        )

    def place(
        self, x: float, length: float, filled: Sequence[float]
    ) -> tuple[int, tuple[float, float, Anchor]]:
        """A row, and where in it: in the middle, or else to the right of the stone."""
        middle = self.label_at(x, length)
        right = max(round(x - 7, 1), 0.0)
        places = [middle]
        if right + length <= self.width:
            places.append((right, right, "start"))
        for row, end in enumerate(filled):
            for place in places:
                if place[1] >= end + APART:
                    return row, place
        return len(filled), middle

    def label_at(self, x: float, length: float) -> tuple[float, float, Anchor]:
        """Where a label is anchored, where it begins, and how: inside the edges."""
        if x - length / 2 < 0:
            left = max(round(x - 7, 1), 0.0)
            return left, left, "start"
        if x + length / 2 > self.width:
            right = min(round(x + 7, 1), float(self.width))
            return right, right - length, "end"
        return x, x - length / 2, "middle"


def _fitting(labels: Sequence[str], x: float, y: float, room: float) -> Text | None:
    """The longest of the labels that fits, or none."""
    for label in labels:
        if len(label) * SMALL_LETTER <= room:
            return Text(x, y, label)
    return None
