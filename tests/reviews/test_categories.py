"""An organisation's own flaw categories, and every place where one is chosen."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from preceptor.accounts.models import Membership, Organisation
from progress.actions import begin_plan
from progress.actions.framework_files import known_categories
from progress.frameworks.reading import plain_name
from progress.gaps import category_gaps
from progress.models import Competency, GrowthPlan
from reviews import taxonomy
from reviews.actions import categories as actions
from reviews.likeness import Meeting, meet
from reviews.models import Finding, ReviewSession
from reviews.taxonomy import Group, Kind
from tests.cast import Cast
from tests.reviews.conftest import BASE, FINDING
from tests.reviews.test_likeness import finding

As = Callable[[Membership], Client]
PAGES = f"{BASE}categories/"
FLAKY = Kind("own_flaky_retry", "Flaky retry", Group.OPERATIONAL, "It hides a fault.")
ANSWERS = {
    "label": "Flaky retry",
    "group": "operational",
    "help": "It hides a fault.",
    "cwe": "CWE-390",
}


def keep(cast: Cast, *kinds: Kind) -> None:
    rows = Organisation.objects.filter(pk=cast.tidewater.pk)
    rows.update(own_categories=[one.row() for one in kinds])


def kept(cast: Cast) -> list[Kind]:
    row = Organisation.objects.get(pk=cast.tidewater.pk)
    return taxonomy.own_of(row.own_categories)


@pytest.fixture
def flaky(revealed: ReviewSession, cast: Cast) -> ReviewSession:
    """The flaw that Ines and Tomasz found is of the organisation's own kind."""
    keep(cast, FLAKY)
    Finding.objects.filter(title=FINDING["title"]).update(category=FLAKY.key)
    return revealed


def test_one_is_added_and_shows_where_findings_are_written(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    answer = as_(cast.olga).post(f"{PAGES}add/", ANSWERS)
    assert (answer.status_code, answer["Location"]) == (303, PAGES)
    assert kept(cast) == [Kind(**{**ANSWERS, **OF_FLAKY})]
    path = f"{BASE}{reading.pk}/findings/new/"
    page = as_(cast.ines).get(path).text
    assert '<option value="own_flaky_retry" data-help="It hides a fault."' in page
    assert page.index("own_flaky_retry") < page.index("Integrity of the work")
    words = {**FINDING, "category": "own_flaky_retry"}
    assert as_(cast.ines).post(path, words).status_code == 303
    assert Finding.objects.get().get_category_display() == "Flaky retry"


OF_FLAKY: dict[str, Any] = {
    "key": "own_flaky_retry",
    "group": Group.OPERATIONAL,
    "cwe": 390,
}


def test_those_of_others_are_none(reading: ReviewSession, cast: Cast, as_: As) -> None:
    Organisation.objects.exclude(pk=cast.tidewater.pk).update(
        own_categories=[FLAKY.row()]
    )
    path = f"{BASE}{reading.pk}/findings/new/"
    assert "own_flaky_retry" not in as_(cast.ines).get(path).text
    words = {**FINDING, "category": FLAKY.key}
    assert as_(cast.ines).post(path, words).status_code == 422
    assert as_(cast.olga).get(f"{PAGES}{FLAKY.key}/").status_code == 404


def test_it_is_known_in_its_request_alone() -> None:
    with taxonomy.spoken([FLAKY.row()]):
        assert taxonomy.label(FLAKY.key) == "Flaky retry"
        assert taxonomy.group_of(FLAKY.key) == "operational"
        with taxonomy.spoken():
            assert FLAKY.key not in taxonomy.kinds()
    assert FLAKY.key not in taxonomy.kinds()
    assert taxonomy.label("own_heap_of_sand") == "Heap of sand"


@pytest.mark.parametrize(
    "path", ["findings/", "board/", "export.md", "export.json", "findings/?category="]
)
def test_it_is_called_by_its_name_wherever_a_finding_is(
    flaky: ReviewSession, cast: Cast, as_: As, path: str
) -> None:
    ask = f"{BASE}{flaky.pk}/{path}" + (FLAKY.key if path.endswith("=") else "")
    page = as_(cast.ines).get(ask).text
    assert "Flaky retry" in page
    keep(cast, Kind(FLAKY.key, "Hidden fault", Group.DESIGN))
    page = as_(cast.ines).get(ask).text
    assert "Hidden fault" in page
    assert "Flaky retry" not in page


def test_filters_find_it_retired_too(flaky: ReviewSession, cast: Cast, as_: As) -> None:
    keep(cast, Kind(**{**ANSWERS, **OF_FLAKY}, is_retired=True))
    ines = as_(cast.ines)
    for query, count in ((FLAKY.key, 1), ("secrets", 0)):
        page = ines.get(BASE, {"category": query}).text
        assert ("No session fits" in page) == (count == 0)
        assert f'<option value="{FLAKY.key}"' in page
    found = ines.get(f"{BASE}{flaky.pk}/findings/", {"category": FLAKY.key})
    assert [one.finding.category for one in found.context["flaws"]] == [
        FLAKY.key,
        FLAKY.key,
    ]


def test_findings_of_its_group_may_be_one() -> None:
    with taxonomy.spoken([FLAKY.row()]):
        own, load = finding(category=FLAKY.key), finding(category="load")
        assert meet(own, load) == Meeting.LINES
        assert meet(own, finding(category="logic")) is None
    assert meet(own, load) is None
    assert meet(own, own) == Meeting.LINES


def test_competencies_and_their_files_know_it(cast: Cast, as_: As) -> None:
    with taxonomy.spoken([FLAKY.row()]):
        assert known_categories()[plain_name("Flaky retry")] == FLAKY.key
    assert FLAKY.key not in known_categories()


def test_a_year_names_it_among_what_was_never_met(cast: Cast) -> None:
    begin_plan(cast.pairing)
    plan = GrowthPlan.objects.get()
    one = Competency(name="Steady hands", categories=[FLAKY.key])
    with taxonomy.spoken([FLAKY.row()]):
        gaps = dict(category_gaps(plan, [one]))
    assert [
        (gap.name, gap.help, list(gap.competencies))
        for gap in gaps[Group.OPERATIONAL.label]
    ][-1] == ("Flaky retry", "It hides a fault.", ["Steady hands"])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"label": ""}, "This field is required."),
        ({"label": "logic"}, "There is a category with this name already"),
        ({"label": "FLAKY RETRY"}, "There is a category with this name already"),
        ({"label": "x" * 41}, "40 are the most"),
        ({"group": "magic"}, "group-e"),
        ({"help": ""}, "help-e"),
        ({"cwe": "CWE-0"}, "Write 1 or more."),
    ],
)
def test_add_category_refuses_with_a_sentence(
    cast: Cast, as_: As, change: dict[str, str], sentence: str
) -> None:
    keep(cast, FLAKY)
    page = as_(cast.olga).post(
        f"{PAGES}add/", {**ANSWERS, "label": "Another", **change}
    )
    assert page.status_code == 422
    assert sentence in page.text
    assert kept(cast) == [FLAKY]


def test_keys_are_told_apart_and_stay(cast: Cast) -> None:
    labels = ("Überlange Wörter am Rand", "Überlange Wörter am Ende", "日本")
    for label in labels:
        actions.add_category(
            actor=cast.olga, label=label, group=Group.DESIGN, help="x", cwe=None
        )
    keys = [one.key for one in kept(cast)]
    assert keys == ["own_uberlange_worter", "own_uberlange_wort_2", "own_category"]
    stands = actions.category_settings(kept(cast)[2])
    sent = {**stands, "label": "Rust"}
    actions.edit_category(actor=cast.olga, key="own_category", sent=sent, seen={})
    assert (kept(cast)[2].key, kept(cast)[2].label) == ("own_category", "Rust")


def test_forty_are_the_most(cast: Cast, as_: As) -> None:
    keep(cast, *(Kind(f"own_{n}", f"Own {n}", Group.DESIGN) for n in range(40)))
    assert as_(cast.olga).post(f"{PAGES}add/", ANSWERS).status_code == 409
    assert "Add a category" not in as_(cast.olga).get(PAGES).text


def test_edit_category_renames_and_two_owners_lose_nothing(cast: Cast, as_: As) -> None:
    keep(cast, FLAKY)
    olga, path = as_(cast.olga), f"{PAGES}{FLAKY.key}/"
    seen = json.dumps({"label": "Flaky retry", "group": "operational", "cwe": ""})
    answer = {**ANSWERS, "label": "Retry", "cwe": "", "seen": seen}
    assert olga.post(path, answer).status_code == 303
    assert kept(cast)[0].label == "Retry"
    page = olga.post(path, {**answer, "label": "Loop", "group": "design"})
    assert page.status_code == 409
    assert "Saved by now: Retry" in page.text
    assert kept(cast)[0].group == Group.OPERATIONAL


def test_retire_category_keeps_what_is_used(
    flaky: ReviewSession, cast: Cast, as_: As
) -> None:
    olga, path = as_(cast.olga), f"{PAGES}{FLAKY.key}/"
    assert "keep it" in olga.get(f"{path}retire/").text
    assert olga.post(f"{path}retire/").status_code == 303
    assert kept(cast)[0].is_retired
    assert Finding.objects.filter(category=FLAKY.key).count() == 2
    form = as_(cast.ines).get(f"{BASE}{flaky.pk}/board/late/").text
    assert FLAKY.key not in form
    assert olga.post(f"{path}bring-back/").status_code == 303
    assert not kept(cast)[0].is_retired


def test_a_retired_one_stays_on_the_finding_that_is_edited(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    keep(cast, FLAKY)
    ines, path = as_(cast.ines), f"{BASE}{reading.pk}/findings/"
    ines.post(f"{path}new/", {**FINDING, "category": FLAKY.key})
    own = Finding.objects.get()
    keep(cast, Kind(FLAKY.key, "Flaky retry", Group.OPERATIONAL, is_retired=True))
    assert f'value="{FLAKY.key}" selected' in ines.get(f"{path}{own.pk}/").text
    assert FLAKY.key not in ines.get(f"{path}new/").text
    words = {**FINDING, "category": FLAKY.key, "title": "Said better"}
    assert ines.post(f"{path}{own.pk}/", words).status_code == 303
    own.refresh_from_db()
    assert (own.title, own.category) == ("Said better", FLAKY.key)
    assert ines.post(f"{path}new/", words).status_code == 422


def test_one_that_nobody_used_goes(cast: Cast, as_: As) -> None:
    keep(cast, FLAKY)
    olga, path = as_(cast.olga), f"{PAGES}{FLAKY.key}/"
    assert "it goes for good" in olga.get(f"{path}retire/").text
    olga.post(f"{path}retire/")
    assert kept(cast) == []
    assert olga.post(f"{path}retire/").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_much_for_three_as_for_one(
    flaky: ReviewSession,
    cast: Cast,
    as_: As,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    more = (Kind(f"own_{n}", f"Own {n}", Group.DESIGN) for n in range(1, count))
    keep(cast, FLAKY, *more)
    olga = as_(cast.olga)
    olga.get(PAGES)
    with django_assert_num_queries(3):
        page = olga.get(PAGES).text
    assert page.count("/retire/") == count
    assert "Two are not joined into one" in page
    assert '<td class="num" data-label="Findings:">2</td>' in page


def test_own_ones_cost_no_query(flaky: ReviewSession, cast: Cast, as_: As) -> None:
    ines, path = as_(cast.ines), f"{BASE}{flaky.pk}/findings/"
    ines.get(path)

    def asked() -> int:
        seen: list[str] = []

        def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
            seen.append(sql)
            return execute(sql, *rest)

        with connection.execute_wrapper(note):
            ines.get(path)
        return len(seen)

    with_own = asked()
    keep(cast)
    Finding.objects.update(category="logic")
    assert asked() == with_own
