"""What a roster's columns are called, and why a file or a row is refused."""

from collections.abc import Mapping
from enum import StrEnum

COLUMNS: Mapping[str, tuple[str, frozenset[str]]] = {
    "name": ("name", frozenset({"name", "fullname", "displayname"})),
    "email": ("e-mail", frozenset({"email", "mail", "emailaddress"})),
    "side": ("side", frozenset({"side", "role"})),
    "team": ("team", frozenset({"team"})),
    "skills": ("skills", frozenset({"skills", "skill"})),
    "heads": ("heads", frozenset({"heads", "juniorsatmost"})),
    "hours": ("hours", frozenset({"hours", "hoursaweek", "hoursperweek"})),
    "manager": (
        "line manager e-mail",
        frozenset({"linemanageremail", "linemanager", "manageremail", "manager"}),
    ),
    "time_zone": ("time zone", frozenset({"timezone", "tz"})),
    "product_areas": (
        "product areas",
        frozenset({"productareas", "productarea", "areas", "area"}),
    ),
    "languages": ("languages", frozenset({"languages", "language"})),
    "works_from": ("works from", frozenset({"worksfrom"})),
    "works_until": ("works until", frozenset({"worksuntil", "worksto"})),
    "trained_on": (
        "training done",
        frozenset({"trainingdone", "trainedon", "trained", "training"}),
    ),
    "employed_since": (
        "employed since",
        frozenset({"employedsince", "hiredon", "startdate"}),
    ),
}
"""By the row's field: the column's name as written, the names that are understood."""
HEADER = [name for name, _names in COLUMNS.values()]


class Fault(StrEnum):
    """Why a file or a row is refused; the sentences live with the views."""

    TOO_LARGE = "too large"
    EMPTY = "empty"
    SPREADSHEET = "spreadsheet"
    BINARY = "binary"
    QUOTES = "quotes"
    NO_ROWS = "no rows"
    TOO_MANY_ROWS = "too many rows"
    MISSING_COLUMNS = "missing columns"
    COLUMN_TWICE = "column twice"
    TOO_MANY_CELLS = "too many cells"
    CELL_TOO_LONG = "cell too long"
    BAD_CHARACTER = "bad character"
    NO_EMAIL = "no email"
    BAD_EMAIL = "bad email"
    EMAIL_TWICE = "email twice"
    BAD_SIDE = "bad side"
    BAD_HEADS = "bad heads"
    BAD_HOURS = "bad hours"
    BAD_TIME_ZONE = "bad time zone"
    TEAM_TOO_LONG = "team too long"
    SKILL_TOO_LONG = "skill too long"
    BAD_DEGREE = "bad degree"
    TOO_MANY_AREAS = "too many areas"
    AREA_TOO_LONG = "area too long"
    BAD_LANGUAGE = "bad language"
    BAD_CLOCK = "bad clock"
    HALF_A_DAY = "half a day"
    BAD_DAY = "bad day"
    BAD_KIND = "bad kind"
    NAME_TOO_LONG = "name too long"
    BAD_MANAGER = "bad manager"
    OWN_MANAGER = "own manager"
    MANAGERS_IN_A_CIRCLE = "managers in a circle"
    NO_NAME = "no name"
    INACTIVE = "inactive"
    PAIRED_ON_OTHER_SIDE = "paired on other side"
