"""A curve of who stays, as it is drawn."""

import re

from preceptor.insights.figures.pictures import Picture, Place, curve

PLACES = [Place(0, 15, 1.0, 1.0, 1.0), Place(12, 14, 0.9, 0.5, 1.0)]


def test_a_share_holds_until_the_next_place_and_the_last_has_its_interval() -> None:
    svg = curve(Picture(PLACES, "Who stays", 24, "at risk"), "company")
    wide, _narrow = svg.split("</svg>")[:2]
    (line,) = re.findall(r'class="curve" d="([^"]+)"', wide)
    (whisker,) = re.findall(r'class="range" d="([^"]+)"', wide)
    assert line == "M50.0 14.0H396.0V37.6"
    assert whisker == "M396.0 14.0V132.0"
    assert ">15</text>" in wide
    assert ">14</text>" in wide
