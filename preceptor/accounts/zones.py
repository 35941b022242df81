from functools import cache
from itertools import groupby
from zoneinfo import available_timezones

REGIONS = (
    *("Africa", "America", "Antarctica", "Arctic", "Asia"),
    *("Atlantic", "Australia", "Europe", "Indian", "Pacific"),
)


@cache
def zones_by_region() -> list[tuple[str, list[tuple[str, str]]]]:
    """UTC, then the zones that are named for a place, as choices of a select."""
    places = sorted(
        name for name in available_timezones() if name.split("/")[0] in REGIONS
    )
    return [
        ("UTC", [("UTC", "UTC")]),
        *(
            (region, [(name, _place_of(name)) for name in names])
            for region, names in groupby(places, lambda name: name.split("/")[0])
        ),
    ]


def zones_with(name: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """The same, and a zone that is in use though nobody is offered it."""
    regions = zones_by_region()
    if any(name == known for _, names in regions for known, _ in names):
        return regions
    return [(name, [(name, name)]), *regions]


def _place_of(name: str) -> str:
    return name.split("/", 1)[1].replace("_", " ").replace("/", ", ")
