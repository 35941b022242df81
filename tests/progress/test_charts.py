import re
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from progress.charts import Chart, Point, drawn, middles

SHARES = st.tuples(*[st.floats(0, 1)] * 3).map(sorted)


def points(shares: list[list[float] | None]) -> list[Point]:
    places = middles(len(shares))
    return [
        Point(x, "Mar", "M", "1/3", share[1], share[0], share[2])
        if share
        else Point(x, "Mar", "M", "")
        for x, share in zip(places, shares, strict=True)
    ]


def parts(svg: str) -> ET.Element:
    return ET.fromstring(f"<all>{svg}</all>")  # noqa: S314 # our own


@given(st.lists(st.none() | SHARES, max_size=14))
def test_each_share_is_a_dot_at_its_height_in_both_widths(
    shares: list[list[float] | None],
) -> None:
    svg = drawn(Chart("Caught", points(shares)), "c")
    known = [share for share in shares if share]
    if not known:
        assert svg == ""
        return
    wide, narrow = parts(svg)
    for drawing, top, bottom in ((wide, 14, 336), (narrow, 14, 216)):
        heights = [float(dot.attrib["cy"]) for dot in drawing.iter("circle")]
        expected = [bottom - share[1] * (bottom - top) for share in known]
        assert [round(y, 1) for y in heights] == [round(y, 1) for y in expected]


def test_a_month_without_a_point_parts_the_line_and_keeps_its_name() -> None:
    share = [0.2, 0.4, 0.6]
    svg = drawn(Chart("Caught", points([share, share, None, share])), "c")
    wide = parts(svg)[0]
    assert len(wide.findall("path[@class='curve']")) == 2
    names = [text.text for text in wide.findall("text[@class='strong']")]
    assert names == ["Mar"] * 4


def test_the_axis_is_the_whole_range_whatever_the_shares_are() -> None:
    svg = drawn(Chart("Caught", points([[0.4, 0.41, 0.42]])), "c")
    ticks = re.findall(r'text-anchor="end">([^<]+)<', svg)
    assert ticks[:5] == ["0", "25", "50", "75", "100 %"]


def test_words_are_escaped_and_the_last_point_is_named_beside_it() -> None:
    chart = Chart("<b>", points([[0.1, 0.2, 0.3]]), last=("20 % in <March>", "n = 9"))
    svg = drawn(chart, "c")
    assert "<b>" not in svg
    assert "20 % in &lt;March&gt;" in svg
    assert '<title id="c-wide-only">&lt;b&gt;</title>' in svg


def test_a_chart_without_a_line_has_the_slope_on_which_both_agree() -> None:
    svg = drawn(Chart("Said", points([[0.1, 0.2, 0.3]]), is_line=False), "r")
    wide = parts(svg)[0]
    slope = wide.find("path[@class='gap']")
    assert slope is not None
    assert slope.attrib["d"] == "M50.0 336.0L642.0 14.0"
    assert wide.find("path[@class='curve']") is None
