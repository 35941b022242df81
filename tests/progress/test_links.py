import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from secrets import token_urlsafe

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from pairings.models import Program
from preceptor.accounts.models import Membership, User
from preceptor.http import Conflict
from progress.actions import add_link, revoke_link
from progress.completion import own_lessons
from progress.models import GrowthPlan, PlanLink, SharedLesson
from reviews.models import Lesson
from tests.cast import Cast
from tests.progress.years import (
    FLAW,
    GOAL,
    MENTORS_LESSON,
    NOTE,
    OWN_LESSON,
    PROPOSED,
    REASON,
    TALK,
    add_goal,
    add_session,
    fill,
    sign,
)

As = Callable[[Membership], Client]
ALL = list(PlanLink.Part)
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


def share(plan: GrowthPlan, *parts: str, days: int = 7, lessons: bool = False) -> str:
    """The token of a link to the year."""
    return add_link(
        actor=plan.junior.membership,
        plan=plan,
        name="My next manager",
        expires_on=timezone.localdate() + timedelta(days=days),
        parts=parts,
        lessons=list(own_lessons(plan)) if lessons else [],
        key=token_urlsafe(32),
        now=timezone.now(),
    )


def opened(token: str, client: Client | None = None) -> tuple[int, str]:
    response = (client or Client()).get(f"/shared/{token}/")
    assert {name: response[name] for name in HEADERS} == HEADERS
    assert not response.cookies
    return response.status_code, response.content.decode()


def links_of(plan: GrowthPlan, end: str = "") -> str:
    return f"/o/tidewater/growth/{plan.pk}/links/{end}"


def test_a_link_shows_what_was_ticked_to_whoever_has_it(plan: GrowthPlan) -> None:
    fill(plan)
    sign(plan)
    status, page = opened(share(plan, *ALL, lessons=True))
    assert status == 200
    for words in (GOAL, OWN_LESSON, "2 levels up", "of 3 real flaws", "Completed:"):
        assert words in page
    assert page.count("Tomasz Wieczorek") == 2
    assert "Ines Carvalho shares this with you" in page


def test_nothing_of_anybody_else_is_in_it(plan: GrowthPlan) -> None:
    """The mentor's lesson and proposal, notes, findings and names could be."""
    fill(plan)
    sign(plan)
    _status, page = opened(share(plan, *ALL, lessons=True))
    for words in (
        MENTORS_LESSON,
        PROPOSED,
        NOTE,
        FLAW,
        REASON,
        TALK,
        "My next manager",
        "/o/",
    ):
        assert words not in page
    named = [part for part in ALL if part != PlanLink.Part.MENTORS]
    _status, page = opened(share(plan, *named, lessons=True))
    assert "Tomasz" not in page


SHOWN = {
    "goals": GOAL,
    "levels": "2 levels up",
    "sessions": "Sessions held",
    "catches": "real flaws",
    "sign_offs": "Completion review</th>",
    "mentors": "Tomasz",
    "autonomy": "1 of 24 competencies at “junior leads” or beyond",
    "evidence": "Pieces of evidence</dt>",
}


@pytest.mark.parametrize("part", SHOWN)
def test_each_part_stands_for_itself(part: str, plan: GrowthPlan) -> None:
    fill(plan)
    _status, page = opened(share(plan, part))
    assert {name for name, words in SHOWN.items() if words in page} == {part}
    assert OWN_LESSON not in page


def test_only_a_ticked_lesson_of_ones_own_is_shown(plan: GrowthPlan) -> None:
    add_session(plan)
    assert OWN_LESSON not in opened(share(plan, "sessions"))[1]
    assert OWN_LESSON in opened(share(plan, lessons=True))[1]
    foreign = Lesson.objects.get(text=MENTORS_LESSON)
    token = share(plan, lessons=True)
    link = PlanLink.objects.latest("pk")
    SharedLesson.objects.create(
        organisation=plan.organisation, link=link, lesson=foreign
    )
    assert MENTORS_LESSON not in opened(token)[1]


def test_a_lesson_that_was_removed_leaves_the_link(plan: GrowthPlan) -> None:
    add_session(plan)
    token = share(plan, lessons=True)
    Lesson.objects.get(text=OWN_LESSON).delete()
    assert opened(token)[0] == 200
    assert not SharedLesson.objects.exists()


def test_the_digest_alone_is_kept(plan: GrowthPlan) -> None:
    token = share(plan, "sessions")
    assert len(token) >= 43
    link = PlanLink.objects.get()
    assert len(link.token_hash) == 64
    with connection.cursor() as cursor:
        cursor.execute("SELECT progress_planlink::text FROM progress_planlink")
        assert token not in cursor.fetchone()[0]


def test_a_wrong_token_costs_what_a_dead_one_does(plan: GrowthPlan) -> None:
    dead = share(plan, "sessions")
    PlanLink.objects.update(revoked_at=timezone.now())
    spent = []
    for token in (dead, "x" * 43, "x", "ü", "%00"):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            status, page = opened(token)
        assert (status, "Nothing is shared here" in page) == (404, True)
        spent.append(len(asked))
    assert spent == [1] * 5


@pytest.mark.parametrize(
    ("zone", "last", "first_not"),
    [
        ("Pacific/Auckland", "2026-03-10T10:59:59", "2026-03-10T11:00:00"),
        ("America/Los_Angeles", "2026-03-11T06:59:59", "2026-03-11T07:00:00"),
        ("UTC", "2026-03-10T23:59:59", "2026-03-11T00:00:00"),
    ],
)
def test_it_ends_with_its_day_where_the_junior_is(
    zone: str, last: str, first_not: str, plan: GrowthPlan
) -> None:
    """Also on days on which clocks change: Los Angeles went on to UTC-7 on the 8th."""
    User.objects.filter(pk=plan.junior.membership.user_id).update(time_zone=zone)
    share(plan, "sessions")
    link = PlanLink.objects.select_related("plan__junior__membership__user").get()
    link.expires_on = date(2026, 3, 10)
    assert link.works(datetime.fromisoformat(last).replace(tzinfo=UTC))
    assert not link.works(datetime.fromisoformat(first_not).replace(tzinfo=UTC))


def test_after_its_last_day_there_is_nothing(plan: GrowthPlan) -> None:
    token = share(plan, "sessions", days=0)
    assert opened(token)[0] == 200
    day = timezone.localdate() - timedelta(days=2)
    PlanLink.objects.update(expires_on=day)
    assert opened(token)[0] == 404


@pytest.mark.parametrize("who", ["membership", "user"])
def test_it_ends_with_the_juniors_place(who: str, plan: GrowthPlan, cast: Cast) -> None:
    token = share(plan, "sessions")
    if who == "user":
        User.objects.filter(pk=cast.ines.user_id).update(is_active=False)
    else:
        Membership.objects.filter(pk=cast.ines.pk).update(is_active=False)
    assert opened(token)[0] == 404


def test_it_is_the_same_page_to_who_is_signed_in(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    token = share(plan, "sessions")
    for person in (cast.ines, cast.otto):
        status, page = opened(token, as_(person))
        assert status == 200
        assert str(person) not in page or person == cast.ines
        assert "csrf" not in page


def test_only_looking_is_possible(plan: GrowthPlan) -> None:
    token = share(plan, "sessions")
    assert Client().post(f"/shared/{token}/").status_code == 405
    assert Client().head(f"/shared/{token}/").status_code == 200


def test_the_junior_sees_when_it_was_last_opened(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    token = share(plan, "sessions")
    ines = as_(cast.ines)
    assert Client().head(f"/shared/{token}/").status_code == 200
    assert "Never opened." in ines.get(links_of(plan)).content.decode()
    opened(token)
    assert "Last opened on" in ines.get(links_of(plan)).content.decode()


def test_the_address_is_shown_once(
    plan: GrowthPlan, cast: Cast, as_: As, settings: Settings
) -> None:
    settings.BASE_URL = "https://preceptor.example"
    ines = as_(cast.ines)
    day = timezone.localdate() + timedelta(days=5)
    sent = {"name": "My next manager", "expires_on": day, "parts": ["sessions"]}
    response = ines.post(links_of(plan, "add/"), sent)
    assert (response.status_code, response["Location"]) == (303, links_of(plan))
    page = ines.get(links_of(plan)).content.decode()
    token = page.split("https://preceptor.example/shared/", 1)[1].split("/", 1)[0]
    assert opened(token)[0] == 200
    assert token not in ines.get(links_of(plan)).content.decode()


def test_a_form_that_is_sent_twice_makes_one_link(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    ines, add = as_(cast.ines), links_of(plan, "add/")

    def opened_form() -> dict[str, object]:
        page = ines.get(add).content.decode()
        key = re.search(r'name="key" value="([\w-]{43})"', page)
        assert key is not None
        day = timezone.localdate()
        return {"name": "Dana", "expires_on": day, "parts": "goals", "key": key[1]}

    def send(sent: dict[str, object]) -> str:
        assert ines.post(add, sent).status_code == 303
        page = ines.get(links_of(plan)).content.decode()
        return page.split("/shared/", 1)[1].split("/", 1)[0]

    sent = opened_form()
    first = send(sent)
    assert send(sent) == first
    assert PlanLink.objects.count() == 1
    assert opened(first)[0] == 200
    others = {first, send({**sent, "parts": "levels"}), send(opened_form())}
    assert len(others) == PlanLink.objects.count() == 3
    PlanLink.objects.update(revoked_at=timezone.now())
    assert ines.post(add, sent).status_code == 409
    assert opened(first)[0] == 404


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("expires_on", "", "Give the last day on which it works"),
        ("expires_on", "yesterday", "is over: choose today or a later day"),
        ("expires_on", "too late", "A link works for a year at most"),
        ("expires_on", "31 June", "Give a day, such as 2027-01-31"),
        ("name", "", "Say for whom it is"),
        ("name", "x" * 81, "80 are the most"),
        ("parts", [], "Tick at least one thing that it shows"),
        ("parts", ["findings"], "is not one of the available choices"),
        ("lessons", ["0"], "One of these lessons is gone"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    *,
    field: str,
    value: str | list[str],
    says: str,
    plan: GrowthPlan,
    cast: Cast,
    as_: As,
) -> None:
    add_session(plan)
    today = timezone.localdate()
    days = {"yesterday": today - timedelta(1), "too late": today + timedelta(366)}
    sent = {"name": "Zebra", "expires_on": today, "parts": ["goals"]}
    sent[field] = days.get(value, value) if isinstance(value, str) else value
    response = as_(cast.ines).post(links_of(plan, "add/"), sent)
    page = response.content.decode()
    assert (response.status_code, says in page) == (422, True)
    assert not PlanLink.objects.exists()
    if field != "name":
        assert 'value="Zebra"' in page
    if field != "parts":
        assert 'value="goals" checked' in page


def test_a_lesson_of_the_mentor_can_not_be_ticked(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    add_session(plan)
    page = as_(cast.ines).get(links_of(plan, "add/")).content.decode()
    assert OWN_LESSON in page
    assert MENTORS_LESSON not in page
    assert "checked" not in page


def test_revoking_ends_it_at_once_and_for_good(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    token, other = share(plan, "sessions"), share(plan, "goals")
    link = PlanLink.objects.earliest("pk")
    path = f"/o/tidewater/growth/links/{link.pk}/revoke/"
    asked = as_(cast.ines).get(path).content.decode()
    assert "My next manager" in asked
    assert opened(token)[0] == 200
    assert as_(cast.ines).post(path).status_code == 303
    assert (opened(token)[0], opened(other)[0]) == (404, 200)
    assert as_(cast.ines).post(path).status_code == 409
    with pytest.raises(Conflict):
        revoke_link(link=link, now=timezone.now())


def test_in_an_archived_program_none_is_made_and_any_can_be_revoked(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    token = share(plan, "sessions")
    Program.objects.filter(pk=cast.program.pk).update(state=Program.State.ARCHIVED)
    sent = {"name": "x", "expires_on": timezone.localdate(), "parts": ["goals"]}
    assert "Make a link" not in as_(cast.ines).get(links_of(plan)).content.decode()
    assert as_(cast.ines).post(links_of(plan, "add/"), sent).status_code == 409
    assert opened(token)[0] == 200
    link = PlanLink.objects.get()
    path = f"/o/tidewater/growth/links/{link.pk}/revoke/"
    assert as_(cast.ines).post(path).status_code == 303
    assert opened(token)[0] == 404


@pytest.mark.parametrize("name", ["tomasz", "ruth", "lars", "olga"])
def test_nobody_else_makes_sees_or_revokes_links(
    name: str, plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    share(plan, "sessions")
    client = as_(getattr(cast, name))
    link = PlanLink.objects.get()
    assert client.get(links_of(plan)).status_code == 403
    assert client.get(links_of(plan, "add/")).status_code == 403
    path = f"/o/tidewater/growth/links/{link.pk}/revoke/"
    assert client.post(path).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_and_pages_ask_the_same_however_much_there_is(
    rows: int,
    plan: GrowthPlan,
    cast: Cast,
    as_: As,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    fill(plan)
    for number in range(1, rows):
        add_goal(plan, 20 + number)
        add_session(plan)
        share(plan, "goals")
    token = share(plan, *ALL, lessons=True)
    client = as_(cast.ines)
    client.get(links_of(plan))
    with django_assert_num_queries(6):
        client.get(links_of(plan))
    with django_assert_num_queries(14):
        opened(token)
