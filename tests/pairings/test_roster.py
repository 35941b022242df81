"""The pure side of a roster: bytes to rows, rows to effects."""

import csv
import io
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairings.roster.effects import Change, Kind, Known, plan
from pairings.roster.faults import HEADER, Fault
from pairings.roster.files import MAX_BYTES, BadFile
from pairings.roster.rows import (
    Roster,
    Row,
    read,
)
from pairings.roster.skills import (
    BadDegree,
    Degrees,
    Said,
    in_order,
    join_skills,
    settled,
    split_skills,
)
from pairings.tables import plain, safe, to_csv

HEAD = "name,e-mail,side,team,skills,heads,hours,line manager e-mail,time zone"
ANA = (
    "Ana Sousa,ana@example.com,junior,Billing,python; sql,2,6.5,"
    "lars@example.com,Europe/Lisbon"
)
ANA_ROW = Row(
    line=2,
    email="ana@example.com",
    side="junior",
    name="Ana Sousa",
    team="Billing",
    skills=(Said("python"), Said("sql")),
    heads=2,
    hours=Decimal("6.5"),
    manager="lars@example.com",
    time_zone="Europe/Lisbon",
)


def degrees(said: Iterable[Said]) -> Degrees:
    return tuple((one.name, one.degree or 0) for one in said)


def rows(text: str) -> list[Row]:
    return list(read(text.encode()).rows)


def fault_of(data: bytes) -> tuple[Fault, str]:
    with pytest.raises(BadFile) as raised:
        read(data)
    return raised.value.fault, raised.value.detail


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_read_in_every_delimiter_and_line_end(delimiter: str, end: str) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end)
    writer.writerows(csv.reader([HEAD, ANA]))
    assert rows(out.getvalue()) == [ANA_ROW]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_read_in_every_encoding(encoding: str) -> None:
    text = "name,email,side\nJosé Núñez,jose@example.com,mentor\n"
    assert read(text.encode(encoding)) == Roster(
        rows=[Row(line=2, email="jose@example.com", side="mentor", name="José Núñez")],
        ignored=[],
    )


def test_read_windows_quotes_and_dashes() -> None:
    text = "name,email,side,team\nMai Tran,mai@example.com,junior,R&D – “core”\n"
    assert read(text.encode("cp1252")).rows[0].team == "R&D – “core”"


def test_read_the_hint_that_some_spreadsheets_write() -> None:
    [row] = rows("sep=|\ne-mail|side|team\na@example.com|mentor|a,b;c\n")
    assert (row.line, row.email, row.team) == (3, "a@example.com", "a,b;c")


def test_read_quoted_newlines_and_counts_lines_as_an_editor_does() -> None:
    text = 'e-mail,side,team\na@example.com,mentor,"two\nlines"\n\nb@example.com,x,\n'
    first, second = rows(text)
    assert (first.line, first.team) == (2, "two\nlines")
    assert (second.line, second.fault, second.detail) == (5, Fault.BAD_SIDE, "x")


def test_read_columns_in_any_order_case_and_spelling() -> None:
    [row] = rows("SIDE;Email Address;Full_Name\nMentor;A@Example.com; Ana \n")
    assert row == Row(line=2, email="a@example.com", side="mentor", name="Ana")


def test_read_names_columns_that_it_ignores() -> None:
    found = read(b"e-mail,side,shoe size,,favourite\na@example.com,mentor,42,,tea\n")
    assert found.ignored == ["shoe size", "favourite"]
    assert found.rows == [Row(line=2, email="a@example.com", side="mentor")]


@pytest.mark.parametrize(
    ("header", "cells", "cleared"),
    [
        ("works from,works until", ",", ("works_from", "works_until")),
        ("works from,works until", "09:00,17:00", ()),
        ("works from", "", ()),
        ("heads,hours,training done,employed since", ",,,", ()),
    ],
)
def test_read_tells_what_is_none_from_what_is_not_said(
    header: str, cells: str, cleared: tuple[str, ...]
) -> None:
    [row] = rows(f"e-mail,side,{header}\na@example.com,mentor,{cells}\n")
    assert (row.fault, row.cleared) == (None, cleared)


def test_read_an_absent_cell_as_empty_and_an_absent_column_as_unsaid() -> None:
    [row] = rows("e-mail,side,team,skills,line manager\na@example.com,mentor\n")
    assert (row.team, row.skills, row.manager) == ("", (), "")
    assert (row.heads, row.hours) == (None, None)


@pytest.mark.parametrize(
    ("data", "fault", "detail"),
    [
        (b"", Fault.EMPTY, ""),
        (b"\xef\xbb\xbf", Fault.EMPTY, ""),
        (b"\n \n,,\n", Fault.EMPTY, ""),
        (b"e-mail,side\n\n,,\n", Fault.NO_ROWS, ""),
        (b"PK\x03\x04\x14\x00\x06\x00[Content_Types].xml", Fault.SPREADSHEET, ""),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Fault.SPREADSHEET, ""),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", Fault.BINARY, ""),
        (b"e-mail,side\na@example.com,men\0tor\n", Fault.BINARY, ""),
        (b"\xff\xfe\x00", Fault.BINARY, ""),
        (b"name,team\nAna,Billing\n", Fault.MISSING_COLUMNS, "e-mail, side"),
        (b"a@example.com,mentor\n", Fault.MISSING_COLUMNS, "e-mail, side"),
        (b"e-mail,side,mail\na@example.com,mentor,b\n", Fault.COLUMN_TWICE, "e-mail"),
        (b'e-mail,side\na@example.com,"mentor\n', Fault.QUOTES, "2"),
        (b'e-mail,side\na@b.cd,mentor\n"a"b,mentor\n', Fault.QUOTES, "3"),
        (
            b"e-mail,side\n" + b"x" * 200_000 + b",mentor\n",
            Fault.CELL_TOO_LONG,
            "2",
        ),
        (b"x" * (MAX_BYTES + 1), Fault.TOO_LARGE, str(MAX_BYTES)),
        (
            b"e-mail,side\n" + b"a@example.com,mentor\n" * 20_001,
            Fault.TOO_MANY_ROWS,
            "20000",
        ),
    ],
)
def test_read_refuses_a_file(data: bytes, fault: Fault, detail: str) -> None:
    assert fault_of(data) == (fault, detail)


@pytest.mark.parametrize(
    ("cells", "fault", "detail"),
    [
        ({"email": ""}, Fault.NO_EMAIL, ""),
        ({"email": "ana at example"}, Fault.BAD_EMAIL, "ana at example"),
        ({"email": "ana..lee@example.com"}, Fault.BAD_EMAIL, "ana..lee@example.com"),
        ({"side": "boss"}, Fault.BAD_SIDE, "boss"),
        ({"heads": "21"}, Fault.BAD_HEADS, "21"),
        ({"heads": "-1"}, Fault.BAD_HEADS, "-1"),
        ({"heads": "two"}, Fault.BAD_HEADS, "two"),
        ({"hours": "40.5"}, Fault.BAD_HOURS, "40.5"),
        ({"hours": "1.25"}, Fault.BAD_HOURS, "1.25"),
        ({"hours": "NaN"}, Fault.BAD_HOURS, "NaN"),
        ({"hours": "1e999999"}, Fault.BAD_HOURS, "1e999999"),
        ({"zone": "Mars/Olympus"}, Fault.BAD_TIME_ZONE, "Mars/Olympus"),
        ({"manager": "Lars"}, Fault.BAD_MANAGER, "Lars"),
        ({"manager": "Ana@example.com"}, Fault.OWN_MANAGER, ""),
        ({"team": "t" * 81}, Fault.TEAM_TOO_LONG, "80"),
        ({"skills": "ok; " + "s" * 61}, Fault.SKILL_TOO_LONG, "60"),
        ({"skills": "ok:1; go:9"}, Fault.BAD_DEGREE, "go:9"),
        ({"name": "n" * 121}, Fault.NAME_TOO_LONG, "120"),
        ({"team": "t" * 2001}, Fault.CELL_TOO_LONG, "team"),
        ({"team": "bell\x07"}, Fault.BAD_CHARACTER, "team"),
        ({"zone": "UTC,extra"}, Fault.TOO_MANY_CELLS, "9"),
    ],
)
def test_read_keeps_the_fault_with_its_row(
    cells: dict[str, str], fault: Fault, detail: str
) -> None:
    values = {
        "name": "Ana",
        "email": "ana@example.com",
        "side": "mentor",
        "team": "",
        "skills": "",
        "heads": "",
        "hours": "",
        "manager": "",
        "zone": "",
        **cells,
    }
    good = "Bo,bo@example.com,junior,,,,,,"
    bad, kept = rows(f"{HEAD}\n{','.join(values.values())}\n{good}\n")
    assert (bad.line, bad.fault, bad.detail) == (2, fault, detail)
    assert (kept.line, kept.fault, kept.email) == (3, None, "bo@example.com")


MORE = "e-mail,side,areas,languages,works from,works until,training,employed since\n"


def test_read_what_else_a_profile_says() -> None:
    [row] = rows(
        f"{MORE}a@example.com,mentor,Rates; Fleet;Rates,English;pt-BR,8:30,16:45,"
        "2025-03-31,2019-09-01\n"
    )
    assert (row.product_areas, row.languages) == (("Rates", "Fleet"), ("en", "pt"))
    assert (row.works_from, row.works_until) == (time(8, 30), time(16, 45))
    assert (row.trained_on, row.employed_since) == (date(2025, 3, 31), date(2019, 9, 1))


@pytest.mark.parametrize(
    ("cells", "fault", "detail"),
    [
        ("a;b;c;d;e;f;g;h;i;j;k,,,,,", Fault.TOO_MANY_AREAS, "10"),
        (f"{'a' * 61},,,,,", Fault.AREA_TOO_LONG, "60"),
        (",Klingon,,,,", Fault.BAD_LANGUAGE, "Klingon"),
        (",,9,17:00,,", Fault.BAD_CLOCK, "9"),
        (",,24:00,17:00,,", Fault.BAD_CLOCK, "24:00"),
        (",,09:00,,,", Fault.HALF_A_DAY, "09:00"),
        (",,09:00,9:00,,", Fault.HALF_A_DAY, "09:00"),
        (",,,,31.3.2025,", Fault.BAD_DAY, "31.3.2025"),
        (",,,,,0999-01-01", Fault.BAD_DAY, "0999-01-01"),
    ],
)
def test_read_keeps_the_fault_of_what_else_a_profile_says(
    cells: str, fault: Fault, detail: str
) -> None:
    [row] = rows(f"{MORE}a@example.com,mentor,{cells}\n")
    assert (row.fault, row.detail) == (fault, detail)


def test_read_takes_a_decimal_comma() -> None:
    [row] = rows('e-mail,side,hours\na@example.com,mentor,"6,5"\n')
    assert row.hours == Decimal("6.5")


def test_read_refuses_the_second_row_of_an_email_whatever_its_capitals() -> None:
    first, second, third = rows(
        "e-mail,side\na@example.com,mentor\nb@example.com,mentor\nA@Example.com,junior\n"
    )
    assert (first.fault, second.fault) == (None, None)
    assert (third.line, third.fault, third.detail) == (4, Fault.EMAIL_TWICE, "2")


def test_a_row_that_is_refused_does_not_use_up_its_email() -> None:
    first, second = rows("e-mail,side\na@example.com,boss\na@example.com,mentor\n")
    assert (first.fault, second.fault) == (Fault.BAD_SIDE, None)


def test_split_skills_keeps_each_once_in_order() -> None:
    assert split_skills(" SQL ; python,, sql:3;\nrust  lang : 1;HTTP:2:3;C+:+") == (
        Said("SQL"),
        Said("python"),
        Said("rust lang", 1),
        Said("HTTP:2", 3),
        Said("C+:+"),
    )


@pytest.mark.parametrize(
    "part", ["python:0", "python:4", "python:12", "python:123", "ISO:9001"]
)
def test_split_skills_refuses_what_is_no_degree(part: str) -> None:
    with pytest.raises(BadDegree, match=part):
        split_skills(f"sql; {part}")


def test_settled_keeps_spelling_and_degree_where_none_is_said() -> None:
    said = (Said("SQL"), Said("PYTHON", 1), Said("go"))
    known = (("Python", 3), ("sql", 3), ("rust", 2))
    assert settled(said, known) == (("sql", 3), ("go", 2), ("Python", 1))


ANA_KNOWN = Known(
    is_enrolled=True,
    side="junior",
    team="Billing",
    skills=(("python", 3), ("sql", 1)),
    heads=2,
    hours=Decimal("6.5"),
    manager="lars@example.com",
)
LARS = {"lars@example.com": Known()}


def test_plan_names_what_is_new_changed_and_the_same() -> None:
    new, update, same = plan(
        [
            replace(ANA_ROW, email="new@example.com"),
            replace(ANA_ROW, email="moved@example.com", heads=3, team="Routing"),
            ANA_ROW,
        ],
        {
            **LARS,
            "moved@example.com": ANA_KNOWN,
            "ana@example.com": replace(ANA_KNOWN, hours=Decimal("6.50")),
        },
    )
    assert (new.kind, new.changes) == (Kind.NEW, ())
    assert update.kind == Kind.UPDATE
    assert update.changes == [
        Change("team", "Billing", "Routing"),
        Change("heads", "2", "3"),
    ]
    assert (same.kind, same.changes) == (Kind.UNCHANGED, [])


def test_plan_changes_nothing_that_the_file_does_not_say() -> None:
    row = Row(line=2, email="ana@example.com", side="junior")
    [effect] = plan([row], {"ana@example.com": ANA_KNOWN})
    assert effect.kind == Kind.UNCHANGED


@pytest.mark.parametrize(
    ("row", "known", "fault"),
    [
        (replace(ANA_ROW, name=""), {}, Fault.NO_NAME),
        (
            ANA_ROW,
            {"ana@example.com": Known(is_active=False)},
            Fault.INACTIVE,
        ),
        (
            replace(ANA_ROW, side="mentor"),
            {"ana@example.com": replace(ANA_KNOWN, is_paired=True)},
            Fault.PAIRED_ON_OTHER_SIDE,
        ),
    ],
)
def test_plan_refuses_a_row(row: Row, known: dict[str, Known], fault: Fault) -> None:
    [effect] = plan([row], LARS | known)
    assert (effect.kind, effect.row.fault) == (Kind.ERROR, fault)


def test_plan_leaves_out_a_line_manager_who_is_no_member() -> None:
    [effect] = plan([ANA_ROW], {})
    assert (effect.kind, effect.unknown_manager) == (Kind.NEW, "lars@example.com")
    assert effect.row.manager is None


def test_plan_takes_a_line_manager_from_the_same_file() -> None:
    lars = Row(line=3, email="lars@example.com", side="mentor", name="Lars")
    effect, _lars = plan([ANA_ROW, lars], {})
    assert (effect.row.manager, effect.unknown_manager) == ("lars@example.com", "")
    effect, _lars = plan([ANA_ROW, replace(lars, fault=Fault.BAD_SIDE)], {})
    assert effect.unknown_manager == "lars@example.com"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "'=", "\uff1d"])
def test_a_cell_that_a_spreadsheet_would_run_is_quoted(start: str) -> None:
    assert safe(f"{start}1+1") == f"'{start}1+1"


def test_a_plain_cell_stays_as_it_is() -> None:
    assert [safe(cell) for cell in ("", "a=b", "O'Neil", "'quoted'")] == [
        "",
        "a=b",
        "O'Neil",
        "'quoted'",
    ]


@given(st.text(alphabet=st.sampled_from("'=+-@\t\r\n\uff1dab"), max_size=6))
def test_plain_undoes_safe(cell: str) -> None:
    assert plain(safe(cell)) == cell
    assert not safe(cell).startswith(("=", "+", "-", "@", "\t", "\r", "\uff1d"))


@given(st.binary(max_size=400))
def test_read_of_any_bytes_is_rows_or_a_reason(data: bytes) -> None:
    with suppress(BadFile):
        assert read(data).rows


words = st.text(
    alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]),
    min_size=1,
    max_size=20,
).map(lambda text: " ".join(text.split()))
names = words.filter(lambda word: bool(word) and not re.search(r"[;,]", word))
skills = st.lists(
    st.builds(Said, names, st.integers(1, 3)),
    max_size=4,
    unique_by=lambda said: said.name.casefold(),
).map(lambda found: tuple(Said(*one) for one in in_order(degrees(found))))
emails = st.from_regex(r"[a-z+=][a-z0-9+-]{0,8}@[a-z]{1,8}\.[a-z]{2,3}", fullmatch=True)
people = st.builds(
    Row,
    line=st.just(0),
    email=emails,
    side=st.sampled_from(["mentor", "junior"]),
    name=words,
    team=words,
    skills=skills,
    heads=st.integers(0, 20),
    hours=st.integers(0, 400).map(lambda tenths: Decimal(tenths) / 10),
    manager=st.just(""),
    time_zone=st.sampled_from(["", "UTC", "Asia/Kolkata"]),
    product_areas=st.lists(names, max_size=3, unique=True).map(tuple),
    languages=st.lists(st.sampled_from(["en", "pt", "zh"]), unique=True).map(tuple),
    trained_on=st.none() | st.dates(date(1950, 1, 1), date(2199, 12, 31)),
    employed_since=st.none() | st.dates(date(1950, 1, 1), date(2199, 12, 31)),
)
hours = st.tuples(st.times(), st.times()).map(
    lambda both: tuple(at.replace(second=0, microsecond=0) for at in both)
)
people = st.tuples(
    people, st.none() | hours.filter(lambda both: both[0] != both[1])
).map(
    lambda found: (
        replace(found[0], works_from=found[1][0], works_until=found[1][1])
        if found[1]
        else found[0]
    )
)


@given(st.lists(people, min_size=1, max_size=5, unique_by=lambda row: row.email))
def test_what_is_exported_is_read_back_and_changes_nothing(found: list[Row]) -> None:
    data = to_csv(
        HEADER,
        (
            [
                row.name,
                row.email,
                row.side,
                row.team or "",
                join_skills(degrees(row.skills or ())),
                str(row.heads),
                str(row.hours),
                "",
                row.time_zone,
                "; ".join(row.product_areas or ()),
                "; ".join(row.languages or ()),
                f"{row.works_from:%H:%M}" if row.works_from else "",
                f"{row.works_until:%H:%M}" if row.works_until else "",
                str(row.trained_on or ""),
                str(row.employed_since or ""),
            ]
            for row in found
        ),
    )
    again = read(data).rows
    assert [replace(row, line=0, cleared=()) for row in again] == found
    known = {
        row.email: Known(
            is_enrolled=True,
            side=row.side,
            team=row.team or "",
            skills=degrees(row.skills or ()),
            heads=row.heads or 0,
            hours=row.hours or Decimal(0),
            product_areas=row.product_areas or (),
            languages=row.languages or (),
            works_from=row.works_from,
            works_until=row.works_until,
            trained_on=row.trained_on,
            employed_since=row.employed_since,
        )
        for row in found
    }
    assert {effect.kind for effect in plan(again, known)} == {Kind.UNCHANGED}
