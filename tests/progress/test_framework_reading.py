"""Files of frameworks: what they say, what is refused and why, and there and back."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairings.roster.files import BadFile
from progress.actions.framework_files import known_categories
from progress.frameworks.changes import changes_between
from progress.frameworks.content import AreaText, CompetencyText, Content, name_key
from progress.frameworks.faults import BadFramework, Fault
from progress.frameworks.planning import Plan, planned
from progress.frameworks.reading import FrameworkFile, looks_like_json, read_framework
from progress.frameworks.writing import as_csv, as_json
from progress.starter import starter
from reviews.taxonomy import Category

LEVEL_COLUMNS = "novice,advanced beginner,competent,proficient,expert"
HEADER = f"key,area,area about,competency,about,{LEVEL_COLUMNS},categories\n"


def read(data: bytes) -> FrameworkFile:
    return read_framework(data, known_categories(), is_json=looks_like_json(data))


def document(*competencies: Any, **more: Any) -> bytes:
    areas = [{"name": "Reading", "competencies": list(competencies)}]
    return json.dumps({"name": "Ours", "areas": areas, **more}).encode()


def one(name: str = "Reading a change", **more: Any) -> dict[str, Any]:
    return {"name": name, "levels": ["a", "b", "c", "d", "e"], **more}


def text(name: str, key: UUID | None = None, about: str = "") -> CompetencyText:
    return CompetencyText(key or uuid4(), name, about, ("1", "2", "3", "4", "5"), ())


def holding(*competencies: CompetencyText, area: str = "Reading") -> Content:
    return Content((AreaText(area, "", competencies),))


def outcome(plan: Plan) -> list[tuple[str, str]]:
    return [(effect.name, effect.kind.value) for effect in plan.effects]


def faults(file: FrameworkFile) -> list[tuple[int, Fault | None, str]]:
    return [(row.place, row.fault, row.detail) for row in file.rows]


# Text as the product keeps it: stripped, with line feeds alone.
LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0\r")


def texts(least: int, most: int) -> st.SearchStrategy[str]:
    raw = st.text(LETTERS, min_size=least, max_size=most)
    return raw.map(str.strip).filter(lambda said: len(said) >= least)


COMPETENCIES = st.builds(
    CompetencyText,
    key=st.uuids(),
    name=texts(1, 120),
    about=texts(0, 500),
    levels=st.tuples(*[texts(0, 600)] * 5),
    categories=st.lists(st.sampled_from(Category.values), unique=True).map(tuple),
)
AREAS = st.builds(
    AreaText,
    name=texts(1, 120),
    about=texts(0, 500),
    competencies=st.lists(COMPETENCIES, max_size=3).map(tuple),
)
CONTENTS = st.lists(
    AREAS, min_size=1, max_size=4, unique_by=lambda area: name_key(area.name)
).map(lambda areas: Content(tuple(areas)))


def is_sound(content: Content) -> bool:
    names = [name_key(competency.name) for _area, competency in content]
    keys = [competency.key for _area, competency in content]
    return len(set(names)) == len(names) and len(set(keys)) == len(keys)


@given(CONTENTS.filter(is_sound))
def test_an_export_comes_back_as_it_was(content: Content) -> None:
    for data in (as_json("Ours", "", content), as_csv(content)):
        assert planned(Content(), read(data), removes=False).content == content
        again = planned(content, read(data), removes=True)
        assert again.content == content
        assert not again.writes


def test_the_starter_comes_back_as_it_was() -> None:
    content = starter().content
    for data in (as_json("Ours", "", content), as_csv(content)):
        assert planned(Content(), read(data), removes=False).content == content


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "'=1", "\uff1d1"])
def test_no_cell_of_a_csv_runs_as_a_formula(start: str) -> None:
    content = holding(text(f"{start} name", about=f"{start} about"), area=f"{start} a")
    cells = as_csv(content).decode("utf-8-sig").splitlines()[1].split(",")
    assert not any(cell.startswith(("=", "+", "-", "@", "\uff1d")) for cell in cells)
    assert planned(Content(), read(as_csv(content)), removes=False).content == content


REFUSED: list[tuple[dict[str, Any], Fault, str]] = [
    (one(levels={"novice": "a", "guru": "b"}), Fault.UNKNOWN_LEVEL, "guru"),
    (one(levels={"Expert": "a", "expert": "b"}), Fault.UNKNOWN_LEVEL, "expert"),
    (one(levels=["a", "b"]), Fault.LEVEL_COUNT, "2"),
    (one(levels="a"), Fault.BAD_SHAPE, "levels"),
    (one(levels={"novice": 3}), Fault.BAD_SHAPE, "novice"),
    (one(levels={"novice": "x" * 601}), Fault.TOO_LONG, "novice"),
    (one(categories=["wrong_colour"]), Fault.UNKNOWN_CATEGORY, "wrong_colour"),
    (one(categories=[1]), Fault.BAD_SHAPE, "categories"),
    (one(name=""), Fault.NO_NAME, ""),
    (one(name="x" * 121), Fault.TOO_LONG, "name"),
    (one(name="a\0b"), Fault.BAD_CHARACTER, "name"),
    (one(about="x" * 50_000), Fault.TOO_LONG, "about"),
    (one(about="\ud800"), Fault.BAD_CHARACTER, "about"),
    (one(key="seven"), Fault.BAD_KEY, "seven"),
]


@pytest.mark.parametrize(("competency", "fault", "detail"), REFUSED)
def test_a_faulty_competency_is_left_out_with_its_reason(
    competency: dict[str, Any], fault: Fault, detail: str
) -> None:
    file = read(document(one("Before"), competency, one("After")))
    assert faults(file) == [(1, None, ""), (2, fault, detail), (3, None, "")]
    names = [
        said.name for _area, said in planned(Content(), file, removes=False).content
    ]
    assert names == ["Before", "After"]


def test_of_two_with_one_name_or_key_the_first_counts() -> None:
    key = str(uuid4())
    file = read(
        document(one("A", key=key), one("a"), one("B", key=key), one("C"), one("C"))
    )
    assert [(row.place, row.fault, row.also) for row in file.rows] == [
        (1, None, ""),
        (2, Fault.NAME_TWICE, "1"),
        (3, Fault.KEY_TWICE, "1"),
        (4, None, ""),
        (5, Fault.NAME_TWICE, "4"),
    ]


WHOLE: list[tuple[bytes, Fault, str]] = [
    (b'{"areas": ', Fault.BAD_JSON, "1"),
    (b'{\n"areas": [\n,]}', Fault.BAD_JSON, "3"),
    (b'{"areas": ' + b"[" * 100_000, Fault.BAD_JSON, "1"),
    (b"[]", Fault.NO_AREAS, ""),
    (b'{"areas": {}}', Fault.NO_AREAS, ""),
    (b'{"areas": []}', Fault.NOTHING_IN_IT, ""),
    (b'{"areas": [], "name": "%s"}' % (b"x" * 121), Fault.LONG_HEAD, "name"),
    (b'{"areas": [], "about": "%s"}' % (b"x" * 501), Fault.LONG_HEAD, "about"),
    (b'{"areas": [], "areas": []}', Fault.TWICE_IN_JSON, "areas"),
    ('{"name": "\u00e9",\n "a": "é"}'.encode("latin-1"), Fault.NOT_UTF8, "1"),
    (document(*[one(str(n)) for n in range(2_001)]), Fault.TOO_MANY, "2,000"),
    (
        json.dumps({"areas": [{"name": str(n)} for n in range(101)]}).encode(),
        Fault.TOO_MANY_AREAS,
        "100",
    ),
]


@pytest.mark.parametrize(("data", "fault", "detail"), WHOLE)
def test_a_file_of_no_use_says_why(data: bytes, fault: Fault, detail: str) -> None:
    with pytest.raises(BadFramework) as refused:
        read(data)
    assert (refused.value.fault, refused.value.detail) == (fault, detail)


def test_a_csv_without_one_of_the_five_levels_says_which() -> None:
    data = HEADER.replace("expert", "guru").encode() + b",Reading,,One,,a,b,c,d,e,\n"
    with pytest.raises(BadFile) as refused:
        read(data)
    assert refused.value.detail == "expert"


def test_a_csv_says_the_line_of_each_fault() -> None:
    rows = [
        ",Reading,,One,,a,b,c,d,e,edge_case; Logic",
        ",,,Two,,a,b,c,d,e,",
        ",Reading,,,,a,,,,,",
        ",Reading,,Four,,a,b,c,d,e,wrong colour",
        ",Reading,,one,,a,b,c,d,e,",
        ",Reading,,Six,,a,b,c,d,e,,more",
        ",Empty,What it is for,,,,,,,,",
    ]
    file = read((HEADER + "\n".join(rows)).encode())
    assert faults(file) == [
        (2, None, ""),
        (3, Fault.NO_AREA, ""),
        (4, Fault.NO_NAME, ""),
        (5, Fault.UNKNOWN_CATEGORY, "wrong colour"),
        (6, Fault.NAME_TWICE, "one"),
        (7, Fault.TOO_MANY_CELLS, "11"),
        (8, None, ""),
    ]
    content = planned(Content(), file, removes=False).content
    assert [
        (area.name, area.about, len(area.competencies)) for area in content.areas
    ] == [
        ("Reading", "", 1),
        ("Empty", "What it is for", 0),
    ]
    assert content.areas[0].competencies[0].categories == ("edge_case", "logic")


def test_unknown_fields_and_columns_are_named() -> None:
    assert read(document(one(colour="red"))).ignored == ["colour"]
    data = HEADER.replace("\n", ",master\n") + ",Reading,,One,,a,b,c,d,e,,more\n"
    assert read(data.encode()).ignored == ["master"]


def test_a_competency_is_found_by_key_else_by_name() -> None:
    named, keyed = text("Named"), text("Old name")
    file = read(document(one("named"), one("New name", key=str(keyed.key)), one("New")))
    plan = planned(holding(named, keyed), file, removes=False)
    assert outcome(plan) == [
        ("named", "reworded"),
        ("New name", "reworded"),
        ("New", "new"),
    ]
    assert [said.key for _area, said in plan.content][:2] == [named.key, keyed.key]


def test_what_the_file_does_not_name_stays_or_goes_as_asked() -> None:
    present = Content((AreaText("Old", "Kept", (text("Left"),)),))
    file = read(document(one("Brought")))
    stays = planned(present, file, removes=False)
    assert [area.name for area in stays.content.areas] == ["Reading", "Old"]
    assert outcome(stays) == [("Brought", "new")]
    goes = planned(present, file, removes=True)
    assert [area.name for area in goes.content.areas] == ["Reading"]
    assert outcome(goes) == [("Brought", "new"), ("Left", "removed")]


def test_what_the_file_does_not_say_of_a_competency_stays() -> None:
    present = holding(text("One", about="As it was"))
    file = read(document({"name": "One", "levels": {"expert": "Other"}}))
    (said,) = (said for _area, said in planned(present, file, removes=False).content)
    assert (said.about, said.levels) == ("As it was", ("1", "2", "3", "4", "Other"))


def test_what_a_faulty_row_names_is_not_removed() -> None:
    present = holding(text("One"), text("Two"))
    file = read(document(one("One", levels=["too few"]), one("Three")))
    plan = planned(present, file, removes=True)
    assert outcome(plan) == [("One", "error"), ("Three", "new"), ("Two", "removed")]
    assert {said.name for _area, said in plan.content} == {"One", "Three"}


def test_a_new_name_that_another_one_keeps_is_refused() -> None:
    first, second = text("First"), text("Second")
    file = read(
        document(one("Third", key=str(first.key)), one("First", key=str(second.key)))
    )
    present = holding(first, second, text("Third"))
    plan = planned(present, file, removes=False)
    assert outcome(plan) == [("Third", "error"), ("First", "error")]
    assert {said.name for _area, said in plan.content} == {"First", "Second", "Third"}


def test_two_may_change_names_with_each_other() -> None:
    first, second = text("First"), text("Second")
    file = read(
        document(one("Second", key=str(first.key)), one("First", key=str(second.key)))
    )
    plan = planned(holding(first, second), file, removes=False)
    assert [(said.key, said.name) for _area, said in plan.content] == [
        (first.key, "Second"),
        (second.key, "First"),
    ]


@given(CONTENTS.filter(is_sound), CONTENTS.filter(is_sound))
def test_changes_tell_the_two_versions_apart_by_key(was: Content, now: Content) -> None:
    changes = changes_between(was, now)
    before = {said.key for _area, said in was}
    after = {said.key for _area, said in now}
    assert {change.key for change in changes.of("added")} == after - before
    assert {change.key for change in changes.of("removed")} == before - after
    assert not changes_between(now, now)
    assert bool(changes) == (was != now)


def test_very_many_names_are_looked_through_once() -> None:
    """The last of 200,000 names comes twice: comparing each with all took minutes."""
    names = ", ".join(f'"{number}": 0' for number in (*range(200_000), 199_999))
    with pytest.raises(BadFramework) as refused:
        read(f'{{"areas": {{{names}}}}}'.encode())
    assert refused.value.fault is Fault.TWICE_IN_JSON
