"""The privacy page says what the table says, to anybody."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape
from pytest_django.fixtures import Settings

from preceptor.accounts import entrance
from preceptor.accounts.held import NOBODY, Topic, everything
from preceptor.accounts.rights import RIGHTS, Relation, Resource, Right
from preceptor.accounts.signing_in.models import Provider
from preceptor.accounts.signing_in.views import federation
from preceptor.acting import acting
from preceptor.http import url
from preceptor.insights.figures.crowd import FEWEST
from preceptor.personal import actions
from preceptor.personal.models import Erasure
from preceptor.personal.preview import Line, preview_of
from preceptor.personal.privacy import PEOPLE, chapters, readers_of
from progress.models import CheckIn
from reviews.models import Finding
from reviews.views import reading
from tests.cast import Cast
from tests.personal.test_mine import As
from tests.personal.words import MOMENT, make

pytestmark = pytest.mark.django_db


def test_privacy_is_read_without_signing_in() -> None:
    client = Client()
    page = client.get("/privacy/")
    assert page.status_code == 200
    text = page.content.decode()
    for held in everything():
        assert escape(str(held.what)) in text, held.key
    assert "a figure over a program alone, of at least five juniors" in text
    assert FEWEST == 5
    assert not client.cookies.get("sessionid")


def test_it_names_every_cookie() -> None:
    cookies = {
        settings.SESSION_COOKIE_NAME,
        settings.CSRF_COOKIE_NAME,
        entrance.COOKIE,
        reading.VIEW_COOKIE,
        federation.COOKIE,
    }
    sets = r"\.set_cookie\(|^ +\w+\.save\(response\)"
    source = "\n".join(path.read_text() for path in sources())
    assert len(re.findall(sets, source, re.MULTILINE)) == len(cookies) - 2
    said = "Four cookies, and for five minutes a fifth"
    assert said in Client().get("/privacy/").content.decode()


def sources() -> Iterator[Path]:
    """The Python that runs in the product."""
    for app in ("preceptor", "pairings", "reviews", "progress"):
        yield from (settings.BASE_DIR / app).rglob("*.py")


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "until you are erased"),
        (1, "for a day at most"),
        (400, "for 400 days at most"),
    ],
)
def test_it_says_for_how_long_what_grows_is_kept(
    settings: Settings, days: int, said: str
) -> None:
    settings.OUTBOX_DAYS = settings.READINGS_DAYS = days
    why = {one.topic: one.why for one in chapters()}
    assert f"That it was sent is kept {said}" in why[Topic.MESSAGES]
    assert f"who opened it, {said}." in why[Topic.YEAR]


def test_readers_are_those_of_the_table_of_rights() -> None:
    for held in everything():
        said = readers_of(held)
        if isinstance(held.read_by, Resource):
            for relation in Relation:
                right = RIGHTS[relation].get(held.read_by, Right.NONE)
                assert (str(PEOPLE[relation]) in said) == (right >= Right.READ)


def test_who_oversees_is_told_to_see_no_text_of_the_room() -> None:
    unseen = {str(what) for one in chapters() for what in one.unseen}
    by_key = {held.key: str(held.what) for held in everything()}
    room = ("findings", "comments", "notes", "lessons", "explanations", "check_ins")
    assert {by_key[key] for key in room} <= unseen
    assert by_key["milestones"] not in unseen
    assert [one.key for one in everything() if one.read_by == NOBODY]


def test_what_owners_read_is_not_said_to_be_hidden_from_them(
    cast: Cast, as_: As
) -> None:
    """On a member's page, and in the history."""
    provider = Provider.objects.create(
        organisation=cast.tidewater, kind="oidc", name="Tidewater ID"
    )
    with acting("web", user=cast.ines.user_id):
        SocialAccount.objects.create(
            user=cast.ines.user, provider=provider.code, uid="ines", extra_data={}
        )
        Authenticator.objects.create(user=cast.ines.user, type="totp", data={})
    olga = as_(cast.olga)
    member = olga.get(url("tidewater", "organisation:member", cast.ines.pk)).text
    assert "Tidewater ID" in member
    history = olga.get(url("tidewater", "insights:history")).text
    assert "added their own second step" in history

    account = next(one for one in chapters() if one.topic == Topic.ACCOUNT)
    by_key = {held.key: held.what for held in everything()}
    unseen = {what for one in chapters() for what in one.unseen}
    # The log of a program's messages says of one that its reader turned it off.
    assert unseen & {by_key["identities"], by_key["message_kinds"]} == set()
    assert "second factor" in account.why
    assert "is in the history, which owners read" in account.why


def test_an_owner_is_told_no_count_of_what_they_may_not_read(cast: Cast) -> None:
    make(Finding, "author", cast.ines, title="Off by one")
    make(CheckIn, "plan__junior__membership", cast.ines, went_well="Calm")
    own = {line.held.key: line.count for line in preview_of(cast.ines, cast.ines).goes}
    theirs = {
        line.held.key: line.count for line in preview_of(cast.ines, cast.olga).goes
    }
    assert (own["findings"], own["check_ins"]) == (1, 1)
    assert (theirs["findings"], theirs["check_ins"]) == (None, None)
    assert theirs["drafts"] is None
    # The one of the check-in is in a draft, of which she is to learn nothing.
    assert (own["enrolments"], theirs["enrolments"]) == (1, 2)


def test_nobody_learns_from_the_preview_who_would_rather_not_have_them(
    cast: Cast, as_: As
) -> None:
    counts = {line.held.key: line.count for line in preview_of(cast.mei, cast.mei).goes}
    assert counts["avoidances"] is None


def test_the_preview_folds_what_goes_by_topic_and_what_stays_by_reason(
    cast: Cast, as_: As
) -> None:
    """Each line once, and each reason that several have once."""
    preview = preview_of(cast.tomasz, cast.olga)
    piled = [line for pile in preview.goes_by_topic for line in pile.lines]
    assert sorted(map(key, piled)) == sorted(map(key, preview.goes))
    piled = [line for pile in preview.stays_by_reason for line in pile.lines]
    alone = preview.stays_apart
    assert sorted(map(key, piled + alone)) == sorted(map(key, preview.stays))
    assert {one.count is None for one in alone} == {True, False}

    path = url("tidewater", "personal:erase", cast.tomasz.pk)
    page = as_(cast.olga).get(path).content.decode()

    assert page.count("<details>") == len(Topic) + len(preview.stays_by_reason) + 1
    of_its_own = [str(line.held.because) for line in alone]
    reasons = [str(pile.title) for pile in preview.stays_by_reason] + of_its_own
    assert [page.count(escape(reason)) for reason in reasons] == [1] * len(reasons)


def key(line: Line) -> str:
    return line.held.key


@pytest.mark.parametrize(
    ("route", "asked"), [("personal:mine", 4), ("personal:requests", 5)]
)
def test_pages_ask_as_much_for_one_row_as_for_three(
    cast: Cast, as_: As, route: str, asked: int, queries: "Callable[[Client, str], int]"
) -> None:
    client = as_(cast.olga)
    actions.ask_archive(actor=cast.olga, now=MOMENT)
    actions.ask_erasure(actor=cast.ines, now=MOMENT)
    of_one = queries(client, url("tidewater", route))
    actions.ask_erasure(actor=cast.devon, now=MOMENT)
    actions.ask_erasure(actor=cast.mai, now=MOMENT)
    of_three = queries(client, url("tidewater", route))
    assert Erasure.objects.count() == 3
    assert (of_one, of_three) == (asked, asked)


@pytest.fixture
def queries() -> Callable[[Client, str], int]:
    def count(client: Client, path: str) -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        return len(asked)

    return count
