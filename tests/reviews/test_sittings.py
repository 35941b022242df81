"""A large change in sittings: proposed, changed by hand, and how far each has come."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.models import Finding, ReviewSession, SittingFile
from reviews.sitting_forms import MOST_ROWS, rows_of
from reviews.sittings import MOST_LINES, Sized, proposed
from tests.cast import Cast
from tests.reviews.conftest import BASE, DIFF, FINDING, As, open_as

PATHS = st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map("/".join)
FILES = st.lists(st.tuples(PATHS, st.integers(0, 600)), min_size=1, max_size=40).map(
    lambda rows: [Sized(f"{path}{at}", lines) for at, (path, lines) in enumerate(rows)]
)


@given(FILES)
def test_proposed_puts_every_file_into_one_sitting(files: list[Sized]) -> None:
    found = proposed(files)
    assert found.keys() == {file.path for file in files}
    assert sorted(set(found.values())) == list(range(1, max(found.values()) + 1))
    for number in found.values():
        inside = [file.lines for file in files if found[file.path] == number]
        assert sum(inside) <= MOST_LINES or sum(map(bool, inside)) == 1


@given(FILES)
def test_proposed_keeps_a_folder_that_fits_together(files: list[Sized]) -> None:
    found = proposed(files)
    for folder in {file.path.rpartition("/")[0] for file in files}:
        inside = [f for f in files if f.path.rpartition("/")[0] == folder]
        if sum(file.lines for file in inside) <= MOST_LINES:
            assert len({found[file.path] for file in inside}) == 1


def test_proposed_sittings_are_about_equally_long() -> None:
    files = [Sized(f"app{at}/x.py", 50) for at in range(10)]
    assert list(proposed(files).values()) == [1] * 5 + [2] * 5


def test_rows_of_very_many_files_are_folders() -> None:
    many = [Sized(f"src/d{at % 90}/f{at}.py", 1) for at in range(3_000)]
    rows = rows_of(many)
    assert len(rows) == 90
    assert sum(len(row.paths) for row in rows) == 3_000
    assert rows[0].name == "src/d0/"
    assert len(rows_of(many[:MOST_ROWS])) == MOST_ROWS


def diff_of(**files: int) -> str:
    parts = []
    for name, count in files.items():
        body = "".join(f"+{name} line {at}\n" for at in range(count))
        path = name.replace("_", "/") + ".py"
        parts.append(f"--- a/{path}\n+++ b/{path}\n@@ -0,0 +1,{count} @@\n{body}")
    return "".join(parts)


@pytest.fixture
def large(cast: Cast, as_: As) -> ReviewSession:
    """Three files of 250 lines, two of them in one folder."""
    return open_as(
        cast.ines, as_, cast, diff=diff_of(app_one=250, app_two=100, web_three=250)
    )


def test_a_large_change_gets_the_advice(
    large: ReviewSession, reading: ReviewSession, cast: Cast, as_: As
) -> None:
    client = as_(cast.ines)
    page = client.get(f"{BASE}{large.pk}/read/").content.decode()
    assert "600 changed lines are a lot for one sitting." in page
    assert f'href="{BASE}{large.pk}/sittings/"' in page
    small = client.get(f"{BASE}{reading.pk}/read/").content.decode()
    assert "for one sitting" not in small


def test_sittings_are_proposed_and_changed_by_hand(
    large: ReviewSession, cast: Cast, as_: As
) -> None:
    client = as_(cast.ines)
    page = client.get(f"{BASE}{large.pk}/sittings/").content.decode()
    assert [
        f'name="row{at}" value="{n}"' in page for at, n in enumerate((1, 1, 2))
    ] == [
        True,
        True,
        True,
    ]
    chosen = {"row0": "3", "row1": "1", "row2": "3"}
    assert client.post(f"{BASE}{large.pk}/sittings/", chosen).status_code == 303
    rows = SittingFile.objects.values_list("path", "sitting")
    assert dict(rows) == {"app/one.py": 2, "app/two.py": 1, "web/three.py": 2}
    page = as_(cast.tomasz).get(f"{BASE}{large.pk}/read/").content.decode()
    assert "2 sittings" in page
    assert "0 of 2 files viewed, 500 lines" in page


def test_coverage_counts_each_readers_files(
    large: ReviewSession, cast: Cast, as_: As
) -> None:
    client = as_(cast.ines)
    chosen = {"row0": "1", "row1": "1", "row2": "2"}
    client.post(f"{BASE}{large.pk}/sittings/", chosen)
    client.post(f"{BASE}{large.pk}/viewed/1/", {"viewed": "on"})
    as_(cast.tomasz).post(f"{BASE}{large.pk}/viewed/3/", {"viewed": "on"})
    page = client.get(f"{BASE}{large.pk}/read/").content.decode()
    assert "1 of 2 files viewed, 350 lines" in page
    assert "0 of 1 file viewed, 250 lines" in page
    assert f'href="{BASE}{large.pk}/read/?sitting=1&amp;from=2#f2"' in page
    own = client.get(f"{BASE}{large.pk}/sittings/").content.decode()
    assert "1 of 1 file viewed" not in own
    large.refresh_from_db()
    ReviewSession.objects.filter(pk=large.pk).update(
        state="revealed", revealed_at=large.opened_at
    )
    both = client.get(f"{BASE}{large.pk}/sittings/").content.decode()
    assert "1 of 1 file viewed" in both


@pytest.fixture
def split(large: ReviewSession, cast: Cast, as_: As) -> ReviewSession:
    """The first and the last file in sitting 1, the one between them in 2."""
    chosen = {"row0": "1", "row1": "2", "row2": "1"}
    as_(cast.ines).post(f"{BASE}{large.pk}/sittings/", chosen)
    return large


def files_in(page: str) -> list[str]:
    return re.findall(r'<section class="file[^"]*" id="f(\d+)"', page)


def leaves_in(page: str) -> list[str]:
    return re.findall(r'data-leaf="(\d+)"', page)


def test_read_shows_the_files_of_its_sitting(
    split: ReviewSession, cast: Cast, as_: As
) -> None:
    client, read = as_(cast.ines), f"{BASE}{split.pk}/read/"
    page = client.get(f"{read}?sitting=1").content.decode()
    assert (files_in(page), leaves_in(page)) == (["1", "3"], ["1", "3"])
    assert "0 of 2 files viewed</span>" in page
    assert f'<a href="{read}">All files</a>' in page
    (bring,) = re.findall(r'hx-get="([^"]*files/[^"]*)"', page)
    more = client.get(bring.replace("&amp;", "&"), headers={"HX-Request": "true"})
    assert files_in(more.content.decode()) == ["3"]
    other = client.get(f"{read}?sitting=2").content.decode()
    assert (files_in(other), leaves_in(other)) == (["2"], ["2"])
    for everything in ("", "?sitting=7", "?sitting=x"):
        page = client.get(f"{read}{everything}").content.decode()
        assert (files_in(page), leaves_in(page)) == (["1", "2", "3"],) * 2


def test_read_offers_the_next_sitting_once_one_is_viewed(
    split: ReviewSession, cast: Cast, as_: As
) -> None:
    client, page = as_(cast.ines), f"{BASE}{split.pk}/"
    following = f'class="button" href="{page}read/?sitting=2&amp;from=2#f2"'
    words = {"viewed": "on", "sitting": "1"}
    first = client.post(f"{page}viewed/1/", words)
    assert first["Location"] == f"{page}read/?from=3&sitting=1#f3"
    assert following not in client.get(first["Location"]).content.decode()
    ticked = client.post(
        f"{page}viewed/3/", words, headers={"HX-Request": "true"}
    ).content.decode()
    assert 'id="sittings" aria-labelledby="sittings-h" hx-swap-oob="true"' in ticked
    assert "2 of 2 files viewed</span>" in ticked
    for shown in (ticked, client.get(f"{page}read/?sitting=1").content.decode()):
        assert following in shown
    client.post(f"{page}viewed/2/", {"viewed": "on", "sitting": "2"})
    last = client.get(f"{page}read/?sitting=2").content.decode()
    assert "Every file of every sitting is viewed." in last


def test_a_finding_in_another_sitting_leads_out_of_this_one(
    split: ReviewSession, cast: Cast, as_: As
) -> None:
    client, page = as_(cast.ines), f"{BASE}{split.pk}/"
    words = {**FINDING, "path": "app/two.py"}
    assert client.post(f"{page}findings/new/", words).status_code == 303
    one = client.get(f"{page}read/?sitting=1").content.decode()
    assert 'class="plain" href="?from=2#f2-n5"' in one
    assert (
        'class="plain" href="#f2-n5"'
        in client.get(f"{page}read/?sitting=2").content.decode()
    )


def test_the_layout_is_chosen_within_the_sitting(
    split: ReviewSession, cast: Cast, as_: As
) -> None:
    client, read = as_(cast.ines), f"{BASE}{split.pk}/read/"
    page = client.get(f"{read}?sitting=2").content.decode()
    assert 'href="?view=unified&amp;sitting=2"' in page
    answer = client.get(f"{read}?view=unified&sitting=2")
    assert answer["Location"] == f"{read}?sitting=2"


def test_the_layout_is_chosen_on_the_revision_that_is_read(
    large: ReviewSession, cast: Cast, as_: As
) -> None:
    client, read = as_(cast.ines), f"{BASE}{large.pk}/read/"
    there = client.post(f"{BASE}{large.pk}/revisions/new/", {"diff": DIFF})["Location"]
    client.post(there)
    page = client.get(f"{read}?revision=1").content.decode()
    assert 'href="?view=unified&amp;revision=1"' in page
    answer = client.get(f"{read}?view=unified&revision=1")
    assert answer["Location"] == f"{read}?revision=1"


def test_what_is_saved_without_script_leads_back_to_its_sitting(
    split: ReviewSession, cast: Cast, as_: As
) -> None:
    client, page = as_(cast.ines), f"{BASE}{split.pk}/"
    read = f"{page}read/?sitting=1"
    shown = client.get(read).content.decode()
    asked = "findings/new/?revision=1&amp;sitting=1"
    assert shown.count(f'href="{page}{asked}') == 3  # the file, the lines, the change
    form = client.get(f"{page}{asked.replace('&amp;', '&')}").content.decode()
    assert '<input type="hidden" name="sitting" value="1">' in form
    assert f'data-cancel href="{read}"' in form
    words = {**FINDING, "path": "web/three.py", "sitting": "1"}
    saved = client.post(f"{page}findings/new/", words)
    assert saved["Location"] == f"{page}read/?from=3&sitting=1#f3-n5"
    landed = client.get(saved["Location"]).content.decode()
    assert " id=f3-n5>" in landed
    finding = Finding.objects.get()
    edit = f"{page}findings/{finding.pk}/"
    assert landed.count(f'href="{edit}?sitting=1"') == 2  # below its line, and listed
    words |= {"version": str(finding.version), "title": "Other"}
    assert client.post(edit, words)["Location"] == read
    beyond = {**FINDING, "path": "app/two.py", "sitting": "1", "title": "Beyond"}
    there = client.post(f"{page}findings/new/", beyond)["Location"]
    assert there == f"{page}read/?from=2#f2-n5"
    kept = client.post(f"{page}draft/", {"verdict": "reject", "sitting": "1"})
    assert kept["Location"] == read
    gone = client.post(f"{edit}remove/", {"sitting": "1"})
    assert gone["Location"] == read


def test_own_leads_out_of_the_sitting_that_a_tab_shows(
    split: ReviewSession, cast: Cast, as_: As
) -> None:
    client, page = as_(cast.ines), f"{BASE}{split.pk}/"
    client.post(f"{page}findings/new/", {**FINDING, "path": "app/two.py"})
    shown = client.get(f"{page}read/?sitting=1").content.decode()
    own = f"{page}findings/own/?revision=1&amp;sitting=1"
    assert f'data-own="{own}"' in shown
    asked = own.replace("&amp;", "&")
    fresh = client.get(asked, headers={"HX-Request": "true"}).content.decode()
    assert 'class="plain" href="?from=2#f2-n5"' in fresh


def test_a_wrong_number_is_refused(large: ReviewSession, cast: Cast, as_: As) -> None:
    chosen = {"row0": "0", "row1": "x", "row2": "51"}
    answer = as_(cast.ines).post(f"{BASE}{large.pk}/sittings/", chosen)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert all(f'id="id_row{at}-e"' in page for at in range(3))
    assert SittingFile.objects.count() == 0


def test_the_split_is_taken_back(large: ReviewSession, cast: Cast, as_: As) -> None:
    client = as_(cast.ines)
    page = f"{BASE}{large.pk}/sittings/"
    client.post(page, {"row0": "1", "row1": "1", "row2": "2"})
    assert client.post(page, {"clear": "1"}).status_code == 303
    assert SittingFile.objects.count() == 0


def test_a_session_that_is_over_keeps_its_split(
    large: ReviewSession, cast: Cast, as_: As
) -> None:
    client = as_(cast.ines)
    page = f"{BASE}{large.pk}/sittings/"
    client.post(page, {"row0": "1", "row1": "1", "row2": "2"})
    client.post(f"{BASE}{large.pk}/abandon/")
    assert client.post(page, {"clear": "1"}).status_code == 409
    assert SittingFile.objects.count() == 3


def test_files_that_came_later_are_named(
    large: ReviewSession, cast: Cast, as_: As
) -> None:
    client = as_(cast.ines)
    client.post(f"{BASE}{large.pk}/sittings/", {"row0": "1", "row1": "1", "row2": "2"})
    more = diff_of(app_one=250, app_two=100, web_three=250, web_four=10)
    there = client.post(f"{BASE}{large.pk}/revisions/new/", {"diff": more})["Location"]
    client.post(there)
    page = client.get(f"{BASE}{large.pk}/read/").content.decode()
    assert "Not assigned yet" in page
    rest = client.get(f"{BASE}{large.pk}/read/?sitting=0").content.decode()
    assert (files_in(rest), leaves_in(rest)) == (["4"], ["4"])


def test_reading_a_large_change_asks_for_its_sittings_once(
    django_assert_num_queries: Callable[..., Any],
    large: ReviewSession,
    cast: Cast,
    as_: As,
) -> None:
    client = as_(cast.ines)
    page = f"{BASE}{large.pk}/read/"
    client.get(page)
    with django_assert_num_queries(9):
        client.get(page)


def test_reading_one_sitting_costs_no_more_than_all(
    django_assert_num_queries: Callable[..., Any],
    split: ReviewSession,
    cast: Cast,
    as_: As,
) -> None:
    client = as_(cast.ines)
    page = f"{BASE}{split.pk}/read/?sitting=1"
    client.get(page)
    with django_assert_num_queries(9):
        client.get(page)
