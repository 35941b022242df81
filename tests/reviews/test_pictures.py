import re
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from reviews.pictures import WIDE, Seen, overlap_row

counts = st.integers(0, 60)


def seen(junior: int, both: int, mentor: int) -> Seen:
    return Seen(junior, both, mentor, "Who <saw> what", "Ines & co", "Tomasz")


@given(counts, counts, counts)
def test_each_flaw_has_one_shape_inside_the_frame(
    junior: int, both: int, mentor: int
) -> None:
    drawn = overlap_row(seen(junior, both, mentor), "row")
    if junior + both + mentor == 0:
        assert drawn == ""
        return
    ET.fromstring(f"<div>{drawn}</div>")  # noqa: S314 - our own
    assert drawn.count('class="is-junior"') == 2 * junior
    assert drawn.count('class="is-both"') == 2 * both
    assert drawn.count('class="is-mentor"') == 2 * mentor
    wide = drawn.partition("</svg>")[0]
    places = [float(x) for x in re.findall(r' (?:cx|x)="([\d.]+)"', wide)]
    assert all(0 <= x <= WIDE.width for x in places)


@given(counts, counts, counts, st.integers(1, 60))
def test_the_unseen_are_outlines_inside_the_frame(
    junior: int, both: int, mentor: int, unseen: int
) -> None:
    words = ("Who saw what", "Ines", "Tomasz saw 5")
    drawn = overlap_row(
        Seen(junior, both, mentor + 1, *words, unseen, "perhaps unseen"), "row"
    )
    assert drawn.count('class="ghost"') == 2 * unseen
    wide = drawn.partition("</svg>")[0]
    places = [float(x) for x in re.findall(r' (?:cx|x)="([\d.]+)"', wide)]
    assert all(0 <= x <= WIDE.width for x in places)


def test_the_unseen_are_named_below_where_there_is_room() -> None:
    words = ("Who saw what", "Ines saw 4", "Tomasz saw 5", 2, "perhaps unseen")
    drawn = overlap_row(Seen(2, 2, 3, *words), "row")
    assert drawn.count(f'y="{WIDE.height - 4:g}">perhaps unseen') == 1
    crowded = overlap_row(Seen(2, 0, 0, *words), "row")
    assert f'y="{WIDE.height - 4:g}">perhaps unseen' not in crowded


def test_the_picture_is_named_and_its_words_are_escaped() -> None:
    drawn = overlap_row(seen(2, 2, 3), "row")
    assert '<title id="row-w">Who &lt;saw&gt; what</title>' in drawn
    assert "Ines &amp; co" in drawn
    assert drawn.count('role="img"') == 2


def test_a_brace_spans_what_one_saw_alone() -> None:
    only_mentor = overlap_row(seen(0, 0, 1), "row")
    assert "Ines" not in only_mentor
    assert only_mentor.count("Tomasz") == 2
