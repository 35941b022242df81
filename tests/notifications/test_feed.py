"""A calendar subscription: its address, and what it gives to whom."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import vobject
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from pairings.models import Enrolment, Pairing, Program
from preceptor.accounts.invitations import hash_of
from preceptor.accounts.models import Membership, User
from preceptor.notifications.actions import subscribe
from preceptor.notifications.models import CalendarSubscription
from progress.actions import begin_plan
from progress.models import GrowthPlan, Milestone
from reviews.models import ReviewSession
from tests.cast import Cast
from tests.factories import EnrolmentFactory, MembershipFactory, PairingFactory

As = Callable[[Membership], Client]
PAGE = "/o/tidewater/calendar/"


@pytest.fixture
def plan(cast: Cast) -> GrowthPlan:
    begin_plan(cast.pairing)
    return GrowthPlan.objects.get(junior=cast.ines_enrolled)


def plan_session(pairing: Pairing, days: int, **given: Any) -> ReviewSession:
    at = timezone.now().replace(microsecond=0) + timedelta(days=days)
    usual = {
        "state": "planned",
        "planned_at": at,
        "planned_minutes": 45,
        "led_by": "mentor",
        "arranged_at": timezone.now(),
        "title": "Secret title",
    }
    return ReviewSession.objects.create(
        organisation=pairing.organisation,
        pairing=pairing,
        mentor=pairing.mentor.membership,
        junior=pairing.junior.membership,
        **{**usual, **given},
    )


def address(member: Membership) -> str:
    return f"/calendar/{subscribe(actor=member, now=timezone.now())}.ics"


def fetched(member: Membership) -> Any:
    response = Client().get(address(member))
    assert response.status_code == 200
    found = vobject.readOne(response.content.decode())
    found.validate(raiseException=True)
    return found


def events(member: Membership) -> dict[str, Any]:
    """What the calendar holds, by what each is called."""
    found = fetched(member)
    return {event.summary.value: event for event in found.contents.get("vevent", [])}


def test_a_junior_has_their_year_and_their_sessions(
    cast: Cast, plan: GrowthPlan
) -> None:
    session = plan_session(cast.pairing, 3)
    found = events(cast.ines)
    days = {event.dtstart.value for event in found.values()}
    assert days == {
        *plan.milestones.values_list("due_on", flat=True),
        session.planned_at,
    }
    first = plan.milestones.all()[0]
    event = found[first.name]
    assert event.uid.value == f"milestone-{first.pk}.{cast.tidewater.pk}@localhost"
    address = f"http://localhost:8000/o/tidewater/growth/milestones/{first.pk}/"
    assert event.url.value == address
    sitting = found["Review session with Tomasz Wieczorek"]
    assert sitting.duration.value == timedelta(minutes=45)
    assert sitting.url.value.endswith(f"/o/tidewater/sessions/{session.pk}/")


def test_a_mentor_has_the_years_of_present_juniors(
    cast: Cast, plan: GrowthPlan
) -> None:
    names = {f"{one} of Ines Carvalho" for one in plan.milestones.all()}
    assert set(events(cast.tomasz)) == names
    today = timezone.localdate()
    Pairing.objects.filter(pk=cast.pairing.pk).update(
        state=Pairing.State.ENDED,
        ends_on=today,
        ended_at=timezone.now(),
        end_reason="Moved",
    )
    assert events(cast.tomasz) == {}
    assert len(events(cast.ines)) == len(names)


def test_a_secondary_mentor_has_them_in_their_days(
    cast: Cast, plan: GrowthPlan
) -> None:
    second = PairingFactory.create(
        program=cast.program,
        mentor=cast.anjali_enrolled,
        junior=cast.ines_enrolled,
        kind=Pairing.Kind.SECONDARY,
        starts_on=timezone.localdate() + timedelta(days=1),
    )
    assert events(cast.anjali) == {}
    Pairing.objects.filter(pk=second.pk).update(starts_on=timezone.localdate())
    assert len(events(cast.anjali)) == plan.milestones.count()


@pytest.mark.parametrize(
    "name", ["olga", "mark", "ruth", "otis", "lars", "devon", "mei"]
)
def test_who_reads_the_record_alone_has_no_entry(
    cast: Cast, plan: GrowthPlan, name: str
) -> None:
    """A calendar is of those whom it concerns, not of all who may look."""
    plan_session(cast.pairing, 3)
    assert events(getattr(cast, name)) == {}


def test_no_text_of_the_pair_is_in_it(cast: Cast, plan: GrowthPlan) -> None:
    plan_session(cast.pairing, 3, title="Secret title", claim="Secret claim")
    Milestone.objects.update(
        about="Secret about",
        skipped_at=timezone.now(),
        skipped_by=cast.tomasz,
        skip_reason="Secret reason",
    )
    for member in (cast.ines, cast.tomasz):
        assert "Secret" not in fetched(member).serialize()


def test_what_was_signed_skipped_or_cancelled_says_so(
    cast: Cast, plan: GrowthPlan
) -> None:
    one, other, third = plan.milestones.all()[:3]
    now = timezone.now()
    Milestone.objects.filter(pk=one.pk).update(
        junior_signed_at=now,
        mentor_signed_at=now,
        mentor_signed_by=cast.tomasz,
        signed_at=now,
    )
    Milestone.objects.filter(pk=other.pk).update(
        skipped_at=now, skipped_by=cast.tomasz, skip_reason="Ines was away"
    )
    plan_session(cast.pairing, 3, state="abandoned", cancelled_at=now, sequence=2)
    found = events(cast.ines)
    assert found[f"{one.name}, signed off"].status.value == "CONFIRMED"
    assert found[other.name].status.value == "CANCELLED"
    assert found[third.name].status.value == "CONFIRMED"
    sitting = found["Review session with Tomasz Wieczorek"]
    assert (sitting.status.value, sitting.sequence.value) == ("CANCELLED", "2")


def test_what_lies_past_the_end_of_who_left_is_called_off(
    cast: Cast, plan: GrowthPlan
) -> None:
    *_earlier, before_last, last = plan.milestones.all()
    Enrolment.objects.filter(pk=plan.junior_id).update(ends_on=last.due_on)
    found = events(cast.ines)
    assert found[before_last.name].status.value == "CONFIRMED"
    assert found[last.name].status.value == "CANCELLED"


def test_a_day_that_moved_is_the_same_entry_counted_on(
    cast: Cast, plan: GrowthPlan
) -> None:
    last = plan.milestones.all()[plan.milestones.count() - 1]
    before = events(cast.ines)[last.name]
    day = last.due_on - timedelta(days=1)
    Milestone.objects.filter(pk=last.pk).update(due_on=day)
    after = events(cast.ines)[last.name]
    assert after.uid.value == before.uid.value
    assert (before.sequence.value, after.sequence.value) == ("0", "1")
    assert after.dtstart.value == day
    assert after.last_modified.value >= before.last_modified.value


def test_archived_years_stay_for_their_junior_alone(
    cast: Cast, plan: GrowthPlan
) -> None:
    Program.objects.update(state=Program.State.ARCHIVED)
    assert events(cast.tomasz) == {}
    assert len(events(cast.ines)) == plan.milestones.count()


def test_each_organisation_has_a_calendar_of_its_own(
    cast: Cast, plan: GrowthPlan
) -> None:
    elsewhere = MembershipFactory.create(
        organisation=cast.otto.organisation, user=cast.ines.user
    )
    assert events(elsewhere) == {}
    assert len(events(cast.ines)) == plan.milestones.count()


@pytest.mark.parametrize("count", [1, 3])
def test_a_calendar_asks_as_much_for_three_as_for_one(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for n in range(count):
        junior = EnrolmentFactory.create(program=cast.program)
        pairing = PairingFactory.create(
            program=cast.program, mentor=cast.anjali_enrolled, junior=junior
        )
        begin_plan(pairing)
        plan_session(pairing, n + 1)
    path = address(cast.anjali)
    with django_assert_num_queries(4):
        body = Client().get(path).content.decode()
    assert body.count("SUMMARY:Review session with") == count


def test_the_answer_is_a_private_calendar_without_a_cookie(
    cast: Cast, plan: GrowthPlan, as_: As
) -> None:
    path = address(cast.ines)
    for client in (Client(), as_(cast.ines)):
        before = dict(client.cookies)
        response = client.get(path)
        assert response["Content-Type"] == "text/calendar; charset=utf-8"
        assert response["Cache-Control"] == "private, no-cache"
        assert "Set-Cookie" not in response.headers
        assert dict(response.cookies) == {}
        assert dict(client.cookies) == before
    assert Client().head(path).content == b""
    for method in ("post", "put", "delete"):
        assert getattr(Client(), method)(path).status_code == 405


def test_an_unchanged_calendar_is_not_sent_again(cast: Cast, plan: GrowthPlan) -> None:
    path, client = address(cast.ines), Client()
    etag = client.get(path)["ETag"]
    again = client.get(path, headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    milestone = plan.milestones.all()[0]
    due_on = milestone.due_on + timedelta(days=1)
    Milestone.objects.filter(pk=milestone.pk).update(due_on=due_on)
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 200


def test_the_address_is_shown_once_and_kept_as_a_hash(
    cast: Cast, plan: GrowthPlan, as_: As
) -> None:
    client = as_(cast.ines)
    assert "No calendar fetches this yet" in client.get(PAGE).text
    response = client.post(f"{PAGE}new/")
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    (token,) = set(re.findall(r"localhost:8000/calendar/([\w-]+)\.ics", response.text))
    assert len(token) == 43
    assert f'href="webcal://localhost:8000/calendar/{token}.ics"' in response.text
    row = CalendarSubscription.objects.get()
    assert (row.member, row.token_hash) == (cast.ines, hash_of(token))
    page = client.get(PAGE).text
    assert token not in page
    assert "not yet" in page
    assert Client().get(f"/calendar/{token}.ics").status_code == 200
    row.refresh_from_db()
    assert row.fetched_at is not None
    assert "not yet" not in client.get(PAGE).text


def test_a_new_address_takes_the_place_of_the_old(
    cast: Cast, plan: GrowthPlan, as_: As
) -> None:
    old = address(cast.ines)
    Client().get(old)
    new = address(cast.ines)
    assert Client().get(old).status_code == 404
    row = CalendarSubscription.objects.get()
    assert row.fetched_at is None
    assert Client().get(new).status_code == 200


def test_a_revoked_address_is_dead(cast: Cast, plan: GrowthPlan, as_: As) -> None:
    path, client = address(cast.ines), as_(cast.ines)
    other = address(cast.tomasz)
    assert "Revoke" in client.get(f"{PAGE}revoke/").text
    response = client.post(f"{PAGE}revoke/")
    assert (response.status_code, response["Location"]) == (303, PAGE)
    assert Client().get(path).status_code == 404
    assert Client().get(other).status_code == 200
    assert client.post(f"{PAGE}revoke/").status_code == 303


def test_nobody_else_comes_by_an_address(cast: Cast, plan: GrowthPlan) -> None:
    path = address(cast.ines)
    for wrong in ("x", "a" * 43, hash_of("a"), path[10:-5], "%00", "é"):
        assert Client().get(f"/calendar/{wrong}.ics").status_code == 404
    stored = CalendarSubscription.objects.get().token_hash
    assert Client().get(f"/calendar/{stored}.ics").status_code == 404


def test_who_may_not_come_in_any_more_gets_nothing(
    cast: Cast, plan: GrowthPlan
) -> None:
    path = address(cast.ines)
    Membership.objects.filter(pk=cast.ines.pk).update(is_active=False)
    assert Client().get(path).status_code == 404
    Membership.objects.filter(pk=cast.ines.pk).update(is_active=True)
    assert Client().get(path).status_code == 200
    User.objects.filter(pk=cast.ines.user_id).update(is_active=False)
    assert Client().get(path).status_code == 404


def test_names_with_commas_and_lines_pass(cast: Cast, plan: GrowthPlan) -> None:
    name = "Ines; “the\tsecond”, née ÇÁ 🦊"
    User.objects.filter(pk=cast.ines.user_id).update(full_name=name)
    said = {key.partition(" of ")[2] for key in events(cast.tomasz)}
    assert said == {name.replace("\t", " ")}


def test_the_account_leads_there(cast: Cast, as_: As) -> None:
    page = as_(cast.ines).get("/account/").text
    assert f'href="{PAGE}"' in page


def test_the_page_says_when_it_was_fetched_where_the_reader_is(
    cast: Cast, as_: As
) -> None:
    subscribe(actor=cast.ines, now=timezone.now())
    at = timezone.now().replace(year=2026, month=7, day=1, hour=11, minute=5)
    CalendarSubscription.objects.update(fetched_at=at)
    assert "1 July, 12:05" in as_(cast.ines).get(PAGE).text
