"""The cells of a roster: text in, a value or a fault out.

An empty cell says that there is none of what can be none: team, skills, product areas,
languages, line manager and, with both cells empty, working hours. Heads and hours stay
as they are, and so do the days of the register, which are not this program's alone.
"""

import re
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import available_timezones

from pairings.languages import UnknownLanguage, split_languages
from pairings.roster.faults import COLUMNS, Fault
from pairings.roster.skills import LONGEST, BadDegree, Said, split_skills

MAX_CELL = 2_000
MOST_AREAS = 10
DAY = ("works_from", "works_until")
SIDES = frozenset({"mentor", "junior"})

_ATOM = r"[a-z0-9_!#$%&'*+/=?^`{|}~-]+"
_EMAIL = re.compile(rf"{_ATOM}(\.{_ATOM})*@[\w-]+(\.[\w-]+)+", re.IGNORECASE)
# Listing the zones reads hundreds of files: once, not for each row.
_TIME_ZONES = frozenset(available_timezones())
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class BadCell(Exception):
    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(fault)
        self.fault = fault
        self.detail = detail[:80]


def values(texts: Mapping[str, str]) -> dict[str, Any]:
    """The fields of a row out of its cells; raises `BadCell` at the first bad one."""
    for name, text in texts.items():
        if len(text) > MAX_CELL:
            raise BadCell(Fault.CELL_TOO_LONG, COLUMNS[name][0])
        if _CONTROL.search(text):
            raise BadCell(Fault.BAD_CHARACTER, COLUMNS[name][0])
    found: dict[str, Any] = {
        "email": _email(texts["email"]),
        "name": _short(texts.get("name", ""), 120, Fault.NAME_TOO_LONG),
        "side": texts["side"].lower(),
        "time_zone": texts.get("time_zone", ""),
        "heads": _heads(texts.get("heads", "")),
        "hours": _hours(texts.get("hours", "")),
        "trained_on": _day(texts.get("trained_on", "")),
        "employed_since": _day(texts.get("employed_since", "")),
        **_working_hours(texts.get("works_from", ""), texts.get("works_until", "")),
    }
    if found["side"] not in SIDES:
        raise BadCell(Fault.BAD_SIDE, texts["side"])
    if found["time_zone"] and found["time_zone"] not in _TIME_ZONES:
        raise BadCell(Fault.BAD_TIME_ZONE, found["time_zone"])
    return found | _said(texts, found["email"])


def _said(texts: Mapping[str, str], email: str) -> dict[str, Any]:
    """Of the columns that the file has: an empty cell says that there is none."""
    found: dict[str, Any] = {}
    if not any(texts.get(name, "?") for name in DAY):
        found["cleared"] = DAY
    if "team" in texts:
        found["team"] = _short(texts["team"], 80, Fault.TEAM_TOO_LONG)
    if "skills" in texts:
        found["skills"] = _skills(texts["skills"])
    if "product_areas" in texts:
        found["product_areas"] = _areas(texts["product_areas"])
    if "languages" in texts:
        found["languages"] = _languages(texts["languages"])
    if "manager" in texts:
        found["manager"] = _manager(texts["manager"], email)
    return found


def _skills(text: str) -> tuple[Said, ...]:
    try:
        skills = split_skills(text)
    except BadDegree as bad:
        raise BadCell(Fault.BAD_DEGREE, str(bad)) from None
    for skill in skills:
        _short(skill.name, LONGEST, Fault.SKILL_TOO_LONG)
    return skills


def _areas(text: str) -> tuple[str, ...]:
    parts = (" ".join(part.split()) for part in re.split(r"[;,\n]", text))
    areas = tuple(dict.fromkeys(part for part in parts if part))
    if len(areas) > MOST_AREAS:
        raise BadCell(Fault.TOO_MANY_AREAS, str(MOST_AREAS))
    for area in areas:
        _short(area, 60, Fault.AREA_TOO_LONG)
    return areas


def _languages(text: str) -> tuple[str, ...]:
    try:
        return tuple(split_languages(text))
    except UnknownLanguage as unknown:
        raise BadCell(Fault.BAD_LANGUAGE, str(unknown)) from None


def _working_hours(first: str, last: str) -> dict[str, time | None]:
    if bool(first) != bool(last):
        raise BadCell(Fault.HALF_A_DAY, first or last)
    hours = {"works_from": _clock(first), "works_until": _clock(last)}
    if first and hours["works_from"] == hours["works_until"]:
        raise BadCell(Fault.HALF_A_DAY, first)
    return hours


def _clock(text: str) -> time | None:
    if not text:
        return None
    if not (found := re.fullmatch(r"([0-9]{1,2})[:.]([0-9]{2})(?::00)?", text)):
        raise BadCell(Fault.BAD_CLOCK, text)
    hour, minute = int(found[1]), int(found[2])
    if hour > 23 or minute > 59:
        raise BadCell(Fault.BAD_CLOCK, text)
    return time(hour, minute)


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadCell(Fault.BAD_DAY, text) from None
    if len(text) != 10 or not 1950 <= day.year < 2200:
        raise BadCell(Fault.BAD_DAY, text)
    return day


def _email(text: str) -> str:
    if not text:
        raise BadCell(Fault.NO_EMAIL)
    if len(text) > 254 or not _EMAIL.fullmatch(text):
        raise BadCell(Fault.BAD_EMAIL, text)
    return text.lower()


def _manager(text: str, own: str) -> str:
    if not text:
        return ""
    if len(text) > 254 or not _EMAIL.fullmatch(text):
        raise BadCell(Fault.BAD_MANAGER, text)
    if text.lower() == own:
        raise BadCell(Fault.OWN_MANAGER)
    return text.lower()


def _short(text: str, most: int, fault: Fault) -> str:
    if len(text) > most:
        raise BadCell(fault, str(most))
    return text


def _heads(text: str) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,2}", text) or int(text) > 20:
        raise BadCell(Fault.BAD_HEADS, text)
    return int(text)


def _hours(text: str) -> Decimal | None:
    """Hours with at most one decimal, behind a point or a comma."""
    if not text:
        return None
    try:
        hours = Decimal(text.replace(",", "."))
    except InvalidOperation:
        raise BadCell(Fault.BAD_HOURS, text) from None
    if not (hours.is_finite() and 0 <= hours <= 40 and hours * 10 % 1 == 0):
        raise BadCell(Fault.BAD_HOURS, text)
    return hours
