import re

import pytest
from django.test import override_settings

from preceptor.accounts.models import Membership
from reviews.models import Blob, ReviewSession, Revision, ViewedFile
from tests.cast import Cast
from tests.reviews.conftest import BASE, DIFF, FINDING, As, open_as

HTMX = {"HX-Request": "true"}
SECOND = DIFF.replace("delivery", "retry")


@pytest.fixture
def two_files(cast: Cast, as_: As) -> ReviewSession:
    return open_as(cast.ines, as_, cast, diff=DIFF + SECOND)


def revise(session: ReviewSession, text: str) -> None:
    """A further revision of the change."""
    body = text.encode()
    blob = Blob.objects.create(
        organisation=session.organisation, sha256=body[-32:], body=body
    )
    Revision.objects.create(
        organisation=session.organisation,
        session=session,
        number=2,
        blob=blob,
        added=1,
        removed=1,
        file_count=2,
    )


def viewed(session: ReviewSession, member: Membership, as_: As) -> list[bool]:
    """Of each file whether its tick is set on the reading page."""
    page = as_(member).get(f"{BASE}{session.pk}/read/").content.decode()
    ticks = re.findall(r'<input type="checkbox" name="viewed"[^>]*>', page)
    return ["checked" in tick for tick in ticks]


def test_mark_viewed_is_ones_own_and_can_be_taken_back(
    two_files: ReviewSession, cast: Cast, as_: As
) -> None:
    path = f"{BASE}{two_files.pk}/viewed/2/"
    answer = as_(cast.ines).post(path, {"viewed": "on", "revision": "1"})
    assert answer["Location"] == f"{BASE}{two_files.pk}/read/?from=1#f1"
    as_(cast.ines).post(path, {"viewed": "on", "revision": "1"})
    assert ViewedFile.objects.count() == 1
    assert viewed(two_files, cast.ines, as_) == [False, True]
    assert viewed(two_files, cast.tomasz, as_) == [False, False]
    page = as_(cast.ines).get(f"{BASE}{two_files.pk}/read/").content.decode()
    assert "1 of 2 files viewed" in page
    as_(cast.ines).post(path, {"revision": "1"})
    assert viewed(two_files, cast.ines, as_) == [False, False]


def test_mark_viewed_tells_the_page_how_far_it_is(
    two_files: ReviewSession, cast: Cast, as_: As
) -> None:
    path = f"{BASE}{two_files.pk}/viewed/1/"
    answer = as_(cast.ines).post(path, {"viewed": "on"}, headers=HTMX)
    text = answer.content.decode()
    assert 'id="viewed"' in text
    assert "1 of 2 files viewed" in text
    assert as_(cast.ines).post(f"{BASE}{two_files.pk}/viewed/3/").status_code == 404


def test_a_revision_takes_back_the_marks_of_the_files_that_it_changes(
    two_files: ReviewSession, cast: Cast, as_: As
) -> None:
    for number in (1, 2):
        as_(cast.ines).post(
            f"{BASE}{two_files.pk}/viewed/{number}/", {"viewed": "on", "revision": "1"}
        )
    revise(two_files, DIFF + SECOND.replace("timeout=0", "timeout=3"))
    assert viewed(two_files, cast.ines, as_) == [True, False]


def test_a_page_of_an_older_revision_marks_what_it_showed(
    two_files: ReviewSession, cast: Cast, as_: As
) -> None:
    revise(two_files, DIFF.replace("timeout=0", "timeout=3") + SECOND)
    for number in (1, 2):
        as_(cast.ines).post(
            f"{BASE}{two_files.pk}/viewed/{number}/", {"viewed": "on", "revision": "1"}
        )
    assert viewed(two_files, cast.ines, as_) == [False, True]


def test_a_viewed_file_is_folded_and_the_tree_counts_own_findings(
    two_files: ReviewSession, cast: Cast, as_: As
) -> None:
    as_(cast.tomasz).post(f"{BASE}{two_files.pk}/findings/new/", FINDING)
    as_(cast.ines).post(f"{BASE}{two_files.pk}/viewed/1/", {"viewed": "on"})
    page = as_(cast.ines).get(f"{BASE}{two_files.pk}/read/").content.decode()
    assert page.count('<details class="body">') == 1
    assert page.count('<details class="body" open>') == 1
    assert 'data-leaf="1" class="viewed"' in page
    assert '<span class="found" hidden>' in page
    assert '<span class="found">' not in page
    theirs = as_(cast.tomasz).get(f"{BASE}{two_files.pk}/read/").content.decode()
    assert theirs.count('<span class="found"><b>1</b>') == 1


@pytest.mark.parametrize(
    ("view", "unified"), [("file", 0), ("split", 0), ("unified", 2)]
)
def test_read_lays_out_files_as_the_person_chose(
    view: str, unified: int, two_files: ReviewSession, cast: Cast, as_: As
) -> None:
    client, page = as_(cast.ines), f"{BASE}{two_files.pk}/read/"
    answer = client.get(f"{page}?view={view}")
    assert (answer.status_code, answer["Location"]) == (303, page)
    html = client.get(page).content.decode()
    assert html.count('class="file unified"') == unified
    assert f'data-view="{view}" aria-current="true"' in html


@pytest.mark.parametrize("secure", [True, False])
def test_the_cookie_of_the_layout_is_as_the_others_are(
    two_files: ReviewSession, cast: Cast, as_: As, *, secure: bool
) -> None:
    with override_settings(SESSION_COOKIE_SECURE=secure):
        answer = as_(cast.ines).get(f"{BASE}{two_files.pk}/read/?view=split")
    cookie = answer.cookies["view"]
    assert (cookie["samesite"], cookie["httponly"]) == ("Lax", True)
    assert bool(cookie["secure"]) == secure
