import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from progress.yearline import APART, LETTER, Drawing, Span, Stone, Text, Year, draw
from progress.yearline_svg import svg

START, END = date(2026, 3, 2), date(2027, 3, 1)
TODAY = date(2026, 11, 12)
MONTHS = [
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
]


def a_year(
    *,
    today: date = TODAY,
    mentors: Sequence[Span] = (),
    phases: Sequence[Span] = (),
    held: Sequence[date] = (),
    planned: Sequence[date] = (),
    stones: Sequence[Stone] = (),
    ends_on: date = END,
) -> Year:
    return Year(
        starts_on=START,
        ends_on=ends_on,
        today=today,
        message="The year",
        today_label="Today, week 37",
        month_names=MONTHS,
        mentors=mentors,
        phases=phases,
        held=held,
        planned=planned,
        stones=stones,
    )


def drawings(year: Year) -> dict[str, Drawing]:
    return {drawing.kind: drawing for drawing in draw(year).drawings}


def test_there_are_three_widths() -> None:
    boxes = {kind: drawing.view_box for kind, drawing in drawings(a_year()).items()}
    assert boxes == {
        "wide-only": "-1 0 1042 174",
        "middle": "-1 0 642 174",
        "narrow": "-1 0 328 146",
    }


def test_days_lie_where_their_share_of_the_year_is() -> None:
    """Half of 364 days is half of each width."""
    half = START + timedelta(days=182)
    drawn = drawings(a_year(held=[START, half], planned=[half]))
    assert drawn["wide-only"].held == "M0 92V76M520 92V76"
    assert drawn["middle"].planned == "M320 92V76"
    assert drawn["narrow"].held == "M0 92V76M163 92V76"


def test_sessions_outside_the_year_are_left_out() -> None:
    outside = [START - timedelta(days=1), END]
    assert drawings(a_year(held=outside))["wide-only"].held == ""


def test_mentors_have_brackets_with_the_longest_name_that_fits() -> None:
    labels = ("with Tomasz Wieczorek", "Tomasz Wieczorek", "Tomasz W.")
    spans = [
        Span(labels, START, START + timedelta(days=91)),
        Span(labels, START + timedelta(days=91), START + timedelta(days=98)),
        Span(labels, START + timedelta(days=98), END),
    ]
    drawn = drawings(a_year(mentors=spans))
    wide = drawn["wide-only"].brackets
    assert [bracket.path for bracket in wide] == [
        "M0 24V20H257V24",
        "M263 24V20H277V24",
        "M283 24V20H1040V24",
    ]
    assert [bracket.label for bracket in wide] == [
        Text(0, 13, labels[0]),
        None,
        Text(283, 13, labels[0]),
    ]
    narrow = drawn["narrow"].brackets[0].label
    assert narrow is not None
    assert narrow.words == "Tomasz W."


def test_bands_say_what_is_past_now_and_to_come() -> None:
    third = timedelta(days=120)
    spans = [
        Span(("Mentor leads",), START, START + third),
        Span(("Junior leads",), START + third, START + 3 * third),
        Span(("Independent",), START + 3 * third, END),
    ]
    bands = drawings(a_year(phases=spans))["wide-only"].bands
    assert [band.state for band in bands] == ["past", "now", "later"]
    assert bands[0].x == 1
    assert bands[0].width == pytest.approx(1040 * 120 / 364 - 3.5, abs=0.1)


def test_stones_are_signed_open_or_later() -> None:
    """What lapsed is as open as the next; all behind that comes later."""
    stones = [
        Stone("First", "signed 2 Apr", date(2026, 4, 2), is_signed=True),
        Stone("Second", "lapsed 29 May", date(2026, 5, 29)),
        Stone("Third", "lapsed 31 Aug", date(2026, 8, 31)),
        Stone("Fourth", "due 30 Nov", date(2026, 11, 30)),
    ]
    drawn = drawings(a_year(stones=stones))
    for drawing in drawn.values():
        states = [stone.state for stone in drawing.stones]
        assert states == ["signed", "open", "open", "later"]
        assert [bool(stone.check) for stone in drawing.stones] == [True] + [False] * 3
    assert drawn["wide-only"].stones[0].path == "M88.6 91L95.6 98L88.6 105L81.6 98Z"
    assert all(stone.name is None for stone in drawn["narrow"].stones)


def test_a_name_that_has_no_room_drops_and_the_box_grows() -> None:
    stones = [
        Stone("A milestone", "due 2 Apr", date(2026, 8, 2)),
        Stone("Another one", "due 3 Apr", date(2026, 8, 3)),
    ]
    drawing = drawings(a_year(stones=stones))["wide-only"]
    first, second = (stone.name for stone in drawing.stones)
    assert first is not None
    assert second is not None
    assert (first.y, second.y) == (151, 187)
    assert drawing.grid.endswith("M440 122V172")
    assert drawing.height == 174 + 36


def test_today_is_drawn_inside_the_year_alone() -> None:
    x = 1040 * 255 / 364
    today = drawings(a_year())["wide-only"].today
    assert today is not None
    assert today.path == f"M{x:.1f} 16V104"
    assert today.label == Text(round(x + 6, 1), 13, "Today, week 37")
    for day in (START - timedelta(days=1), END):
        assert drawings(a_year(today=day))["wide-only"].today is None


def test_the_label_of_today_stays_inside_and_off_the_mentors_name() -> None:
    late = drawings(a_year(today=END - timedelta(days=1)))["wide-only"].today
    assert late is not None
    assert late.label.anchor == "end"
    mentors = [Span(("with Tomasz Wieczorek",), START, END)]
    early = drawings(a_year(today=START + timedelta(days=20), mentors=mentors))
    drawing = early["wide-only"]
    assert drawing.today is not None
    assert drawing.today.label.y < 0
    assert drawing.view_box == "-1 -18 1042 192"


def test_months_are_marked_and_named_where_they_have_room() -> None:
    drawn = drawings(a_year(ends_on=date(2027, 3, 4)))
    wide, narrow = drawn["wide-only"], drawn["narrow"]
    assert wide.grid.count("98v7") == 13
    assert wide.grid.startswith("M0 98v7M85 98v7")
    assert wide.months[:2] == [Text(4, 117, "Mar"), Text(89, 117, "Apr")]
    assert [text.words for text in wide.months] == MONTHS[2:] + MONTHS[:2]
    assert [text.words for text in narrow.months] == list("MAMJJASONDJF")


DAYS = st.integers(min_value=-30, max_value=400).map(lambda n: START + timedelta(n))
STONES = st.lists(
    st.builds(
        Stone,
        name=st.text(min_size=1, max_size=30),
        note=st.text(min_size=1, max_size=12),
        due_on=DAYS,
        is_signed=st.booleans(),
    ),
    max_size=14,
).map(lambda stones: sorted(stones, key=lambda stone: stone.due_on))


@given(STONES, DAYS)
def test_no_two_names_touch(stones: list[Stone], today: date) -> None:
    for drawing in draw(a_year(today=today, stones=stones)).drawings:
        rows: dict[float, float] = {}
        for stone, drawn in zip(stones, drawing.stones, strict=True):
            if drawn.name is None or drawn.note is None:
                continue
            length = max(len(stone.name), len(stone.note)) * LETTER
            ahead = {"start": 0.0, "middle": length / 2, "end": length}
            left = drawn.name.x - ahead[drawn.name.anchor]
            if drawn.name.y in rows:
                assert left >= rows[drawn.name.y] + APART - 0.2
            rows[drawn.name.y] = left + length
            assert drawn.note.y < drawing.height


@given(STONES, st.lists(DAYS, max_size=60), DAYS)
def test_every_coordinate_lies_in_the_box(
    stones: list[Stone], held: list[date], today: date
) -> None:
    for drawing in draw(a_year(today=today, stones=stones, held=held)).drawings:
        paths = [drawing.held, *(stone.path for stone in drawing.stones)]
        for x in re.findall(r"[ML]([-\d.]+) ", "".join(paths)):
            assert -7 <= float(x) <= drawing.width + 7


def test_the_picture_keeps_what_people_are_called_as_text() -> None:
    name = 'A <b>"bold"</b> & long one'
    picture = draw(
        a_year(
            mentors=[Span((name,), START, END)],
            phases=[Span((name,), START, END)],
            stones=[Stone(name, "due", TODAY)],
        )
    )

    drawn = ET.fromstring(f"<figure>{svg(picture)}</figure>")  # noqa: S314 # our own

    assert [one.get("class") for one in drawn] == ["wide-only", "middle", "narrow"]
    words = [
        (text.text, text.get("class")) for text in drawn[0].iter("text") if text.text
    ]
    assert [pair for pair in words if pair[0] == name] == [
        (name, None),
        (name, "strong"),
        (name, "label strong"),
    ]
    assert {path.get("class") for path in drawn[2].iter("path")} == {
        "axis",
        "grid",
        "today",
        "stone open",
    }
