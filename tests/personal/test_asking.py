"""Who may ask for what, who does it, and what a worker that dies leaves behind."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from preceptor.accounts.models import Membership, User
from preceptor.http import Conflict, url
from preceptor.personal import actions, chores, erasing
from preceptor.personal.models import STALE, Erasure, LeaversRule
from preceptor.personal.reminders import asked, asked_subjects
from reviews.models import Finding, ReviewSession
from tests.cast import Cast
from tests.factories import MembershipFactory, OrganisationFactory
from tests.personal.words import make

As = Callable[..., Client]
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def erased(cast: Cast, member: Membership) -> Erasure:
    erasure = actions.erase(actor=cast.olga, member=member, now=NOW)
    erasing.take_up(erasure.pk)
    erasure.refresh_from_db()
    return erasure


def test_ask_erasure_tells_the_owners_and_waits(cast: Cast) -> None:
    erasure = actions.ask_erasure(actor=cast.ines, now=NOW)

    assert erasure.due_at == NOW + timedelta(days=7)
    assert actions.ask_erasure(actor=cast.ines, now=NOW) == erasure
    told = asked(NOW).values_list("recipient_id", flat=True)
    assert list(told) == [cast.olga.pk]
    [waiting] = asked_subjects([cast.olga.pk])[cast.olga.pk]
    assert waiting == erasure
    chores.look_after(NOW + timedelta(days=6))
    erasure.refresh_from_db()
    assert erasure.begun_at is None


def test_an_asked_erasure_is_done_by_itself(cast: Cast) -> None:
    erasure = actions.ask_erasure(actor=cast.ines, now=NOW)

    chores.look_after(NOW + timedelta(days=7))

    erasure.refresh_from_db()
    assert erasure.begun_at is not None
    assert not Membership.objects.get(pk=cast.ines.pk).is_active
    assert list(asked(NOW)) == []


def test_call_off_before_it_begins(cast: Cast) -> None:
    actions.ask_erasure(actor=cast.ines, now=NOW)
    actions.call_off(actor=cast.ines, now=NOW)

    chores.look_after(NOW + timedelta(days=8))

    assert Membership.objects.get(pk=cast.ines.pk).is_active
    with pytest.raises(Conflict):
        actions.call_off(actor=cast.ines, now=NOW)


def test_the_last_owner_is_not_erased(cast: Cast) -> None:
    with pytest.raises(Conflict, match="last owner"):
        actions.ask_erasure(actor=cast.olga, now=NOW)
    with pytest.raises(Conflict, match="last owner"):
        actions.erase(actor=cast.olga, member=cast.olga, now=NOW)
    assert not Erasure.objects.exists()


def test_the_last_owner_is_told_before_anything_is_typed(cast: Cast, as_: As) -> None:
    olga = as_(cast.olga)
    paths = [
        url("tidewater", "personal:erase_me"),
        url("tidewater", "personal:erase", cast.olga.pk),
    ]
    for path in paths:
        page = olga.get(path).text
        assert "Somebody else has to be an owner first" in page
        assert 'name="address"' not in page
    Membership.objects.filter(pk=cast.mark.pk).update(role="owner")
    assert all('name="address"' in olga.get(path).text for path in paths)


def test_whoever_became_the_last_owner_waits_for_another(cast: Cast) -> None:
    Membership.objects.filter(pk=cast.mark.pk).update(role="owner")
    erasure = actions.ask_erasure(actor=cast.olga, now=NOW)
    Membership.objects.filter(pk=cast.mark.pk).update(role="member")

    chores.look_after(NOW + timedelta(days=8))

    erasure.refresh_from_db()
    assert erasure.begun_at is None
    assert Membership.objects.get(pk=cast.olga.pk).is_active


def test_erase_wants_the_address_typed(cast: Cast, as_: As) -> None:
    path = url("tidewater", "personal:erase", cast.ines.pk)
    client = as_(cast.olga)

    wrong = client.post(path, {"address": "somebody@else.example"})
    assert wrong.status_code == 422
    assert "Nothing was erased" in wrong.content.decode()
    assert not Erasure.objects.exists()

    right = client.post(path, {"address": cast.ines.user.email.upper()})
    assert right.status_code == 303
    assert Erasure.objects.get().origin == Erasure.Origin.OWNER


def test_erasing_polls_by_its_steps(cast: Cast, as_: As) -> None:
    erasure = actions.erase(actor=cast.olga, member=cast.ines, now=NOW)
    path = url("tidewater", "personal:erasing", erasure.pk)
    client, htmx = as_(cast.olga), {"HX-Request": "true"}
    assert client.get(path, {"done": 0}, headers=htmx).status_code == 204
    erasing.take_up(erasure.pk)
    answer = client.get(path, {"done": 0}, headers=htmx)
    assert "nothing here says who it was" in answer.content.decode()


def test_a_worker_that_died_is_followed_by_another(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed: list[int] = []
    monkeypatch.setattr("preceptor.personal.tasks.erase.delay", handed.append)
    erasure = actions.erase(actor=cast.olga, member=cast.ines, now=NOW)
    real, calls = erasing.erase, []

    def dying(held: Any, member: Membership) -> None:
        calls.append(held.key)
        if len(calls) == 9:
            raise SystemExit
        real(held, member)

    monkeypatch.setattr(erasing, "erase", dying)
    with pytest.raises(SystemExit):
        erasing.take_up(erasure.pk)
    erasure.refresh_from_db()
    reached = erasure.done_steps
    assert reached > 0

    chores.look_after(NOW + STALE)
    assert handed == []
    assert erasure.stepped_at is not None
    chores.look_after(erasure.stepped_at + STALE)
    assert handed == [erasure.pk]
    erasing.take_up(handed[0])

    erasure.refresh_from_db()
    assert calls[9] == calls[8]
    assert erasure.done_steps == erasure.all_steps
    assert erasure.finished_at is not None


def test_an_error_is_said_and_tried_again(
    cast: Cast, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed: list[int] = []
    monkeypatch.setattr("preceptor.personal.tasks.erase.delay", handed.append)
    erasure = actions.erase(actor=cast.olga, member=cast.ines, now=NOW)

    def failing(held: Any, _member: Membership) -> None:
        raise IntegrityError(f"{cast.ines} is in the way of {held.key}")

    with monkeypatch.context() as broken:
        broken.setattr(erasing, "erase", failing)
        with pytest.raises(IntegrityError):
            erasing.take_up(erasure.pk)

    erasure.refresh_from_db()
    assert erasure.failure == "membership: IntegrityError"
    client, path = as_(cast.olga), url("tidewater", "personal:erasing", erasure.pk)
    page = client.get(
        path, {"done": erasure.done_steps}, headers={"HX-Request": "true"}
    )
    assert "membership: IntegrityError" in page.content.decode()
    assert (
        "stopped on an error"
        in client.get(url("tidewater", "personal:requests")).content.decode()
    )
    assert erasure.stepped_at is not None
    chores.look_after(erasure.stepped_at + STALE)
    erasing.take_up(*handed)
    erasure.refresh_from_db()
    assert erasure.failure == ""
    assert erasure.finished_at is not None


def test_who_left_goes_by_the_rule(cast: Cast) -> None:
    actions.set_leavers_rule(actor=cast.olga, days=30, seen=None, now=NOW)
    for member, days in ((cast.mai, 31), (cast.devon, 29)):
        rows = Membership.objects.filter(pk=member.pk)
        rows.update(is_active=False)
        rows.update(left_at=NOW - timedelta(days=days))

    chores.look_after(NOW)
    chores.look_after(NOW)

    [erasure] = Erasure.objects.all()
    assert (erasure.member, erasure.origin) == (cast.mai, Erasure.Origin.LEFT)
    assert erasure.begun_at is None
    assert erasure.due_at == NOW + timedelta(days=7)
    assert list(asked(NOW).values_list("recipient_id", flat=True)) == [cast.olga.pk]
    actions.set_leavers_rule(actor=cast.olga, days=None, seen=30, now=NOW)
    assert not LeaversRule.objects.exists()
    erasure.refresh_from_db()
    assert erasure.called_off_at is not None


def left(member: Membership, days: int) -> None:
    rows = Membership.objects.filter(pk=member.pk)
    rows.update(is_active=False)
    rows.update(left_at=NOW - timedelta(days=days))


def test_the_rule_names_whom_it_finds_before_it_is_saved(cast: Cast, as_: As) -> None:
    left(cast.mai, 1000)
    client, path = as_(cast.olga), url("tidewater", "personal:requests")
    page = client.post(path, {"days": "400", "seen": ""})
    assert page.status_code == 200
    assert str(cast.mai) in page.content.decode()
    assert not LeaversRule.objects.exists()

    sure = page.context["sure"]
    left(cast.devon, 1000)
    again = client.post(path, {"days": "400", "seen": "", "sure": sure})
    assert again.status_code == 200
    assert str(cast.devon) in again.content.decode()
    assert not LeaversRule.objects.exists()

    sure = again.context["sure"]
    saved = client.post(path, {"days": "400", "seen": "", "sure": sure})
    assert saved.status_code == 303
    assert LeaversRule.objects.get().days == 400


def test_of_two_owners_the_second_sees_the_rule_of_the_first(
    cast: Cast, as_: As
) -> None:
    client, path = as_(cast.olga), url("tidewater", "personal:requests")
    actions.set_leavers_rule(actor=cast.olga, days=90, seen=None, now=NOW)
    assert client.post(path, {"days": "30", "seen": ""}).status_code == 409
    assert LeaversRule.objects.get().days == 90
    assert client.post(path, {"days": "30", "seen": "90"}).status_code == 303


def test_who_came_back_is_not_erased_for_having_left(cast: Cast) -> None:
    left(cast.mai, 31)
    actions.set_leavers_rule(actor=cast.olga, days=30, seen=None, now=NOW)
    chores.look_after(NOW)
    Membership.objects.filter(pk=cast.mai.pk).update(is_active=True)

    chores.look_after(NOW + timedelta(days=8))

    erasure = Erasure.objects.get()
    assert (erasure.begun_at, erasure.called_off_at) != (None, None)
    assert erasure.begun_at is None
    assert Membership.objects.get(pk=cast.mai.pk).is_active


def test_a_longer_rule_lets_go_whom_it_does_not_reach(cast: Cast) -> None:
    left(cast.mai, 31)
    actions.set_leavers_rule(actor=cast.olga, days=30, seen=None, now=NOW)
    chores.look_after(NOW)
    actions.set_leavers_rule(actor=cast.olga, days=60, seen=30, now=NOW)
    chores.look_after(NOW + timedelta(days=8))
    assert Erasure.objects.get().called_off_at == NOW


@pytest.mark.parametrize("name", ["Logic", "of the"])
def test_a_name_that_may_be_a_word_waits_for_an_owner(
    cast: Cast, as_: As, name: str
) -> None:
    User.objects.filter(pk=cast.ines.user_id).update(full_name=name)
    make(Finding, "author", cast.tomasz, text=f"Such is {name} rule")
    erasure = actions.ask_erasure(
        actor=Membership.objects.get(pk=cast.ines.pk), now=NOW
    )
    chores.look_after(NOW + timedelta(days=8))
    erasure.refresh_from_db()
    assert erasure.begun_at is None

    client = as_(cast.olga)
    listed = client.get(url("tidewater", "personal:requests")).content.decode()
    assert "waits for an owner" in listed
    page = client.get(url("tidewater", "personal:erase", cast.ines.pk))
    assert f"{name.rsplit(maxsplit=1)[-1]}, in " in page.content.decode()


def test_an_owner_sees_in_how_many_places_each_name_stands(cast: Cast, as_: As) -> None:
    make(Finding, "author", cast.tomasz, text="As Ines Carvalho said")
    make(Finding, "author", cast.tomasz, text="Ines Carvalho, and ines CARVALHO")
    make(Finding, "author", cast.tomasz, text="Ines alone")
    path = url("tidewater", "personal:erase", cast.ines.pk)
    page = as_(cast.olga).get(path)
    told = {one.words: one.places for one in page.context["strikes"].whole}
    assert told == {"Ines Carvalho": 2, cast.ines.user.email: 0}
    assert "Ines, in 3 places" in page.content.decode()
    assert "Carvalho, in 2 places" in page.content.decode()


def test_who_is_being_erased_is_not_let_back_in(cast: Cast, as_: As) -> None:
    """Nor by an invitation that was opened before."""
    actions.erase(actor=cast.olga, member=cast.ines, now=NOW)
    client = as_(cast.olga)
    page = client.post(url("tidewater", "organisation:reactivate", cast.ines.pk))
    assert page.status_code == 409
    assert "is being erased" in page.content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(pk=cast.ines.pk).update(is_active=True)
    assert not Membership.objects.get(pk=cast.ines.pk).is_active


def test_an_account_stays_where_it_is_used_elsewhere(cast: Cast) -> None:
    there = MembershipFactory.create(
        organisation=OrganisationFactory.create(), user=cast.ines.user
    )
    erased(cast, cast.ines)

    there.refresh_from_db()
    assert str(there) == "Ines Carvalho"
    assert str(Membership.objects.get(pk=cast.ines.pk)) == "Former member"
    assert not User.objects.get(pk=there.user_id).memberships.filter(
        organisation=cast.tidewater
    )


def test_an_erased_person_is_signed_out_everywhere(cast: Cast, as_: As) -> None:
    client = as_(cast.ines)
    path = url("tidewater", "insights:today")
    assert client.get(path).status_code == 200
    erased(cast, cast.ines)
    assert client.get(path).status_code == 302


def test_what_was_erased_is_not_erased_again(cast: Cast, as_: As) -> None:
    erased(cast, cast.ines)
    path = url("tidewater", "personal:erase", cast.ines.pk)
    olga = as_(cast.olga)
    assert olga.get(path).status_code == 404
    page = olga.get(url("tidewater", "organisation:member", cast.ines.pk)).text
    offers = ("Erase this person", "Give access again", "Save the role", ".invalid")
    assert [offer for offer in offers if offer in page] == []
    assert "Nothing here says who it was." in page


def test_the_others_pages_stand_after_an_erasure(cast: Cast, as_: As) -> None:
    session = make(
        ReviewSession,
        "junior",
        cast.ines,
        mentor=cast.tomasz,
        pairing=cast.pairing,
        state="closed",
        is_logged=True,
        held_on=NOW.date(),
        closed_at=NOW,
        revealed_at=NOW,
        title="Rates by the day",
    )
    make(Finding, "author", cast.ines, session=session, title="Off by one")
    erased(cast, cast.ines)
    client = as_(cast.tomasz)
    page = client.get(url("tidewater", "reviews:session", session.pk), follow=True)
    assert page.status_code == 200
    assert "Former member" in page.content.decode()
    assert "Off by one" not in page.content.decode()
    for name in ("insights:today", "reviews:sessions", "pairings:programs"):
        assert client.get(url("tidewater", name), follow=True).status_code == 200


def test_parts_of_a_name_are_struck_where_whoever_confirms_says_so(
    cast: Cast, as_: As
) -> None:
    MembershipFactory.create(
        organisation=cast.tidewater, user__full_name="Joana Carvalho"
    )
    make(Finding, "author", cast.tomasz, text="Ines saw it, not the lines")
    make(Finding, "author", cast.tomasz, text="As Carvalho said")
    client, path = as_(cast.olga), url("tidewater", "personal:erase", cast.ines.pk)
    page = client.get(path)
    assert page.context["form"].fields["also"].initial == ["Ines", "ines.carvalho"]

    client.post(path, {"address": cast.ines.user.email, "also": ["Ines"]})
    erasure = Erasure.objects.get()
    assert erasure.also == ["Ines"]
    erasing.take_up(erasure.pk)

    erasure.refresh_from_db()
    assert erasure.also == []
    texts = set(Finding.objects.values_list("text", flat=True))
    assert texts == {"Former member saw it, not the lines", "As Carvalho said"}


def test_a_word_that_is_no_part_of_the_name_is_not_struck(cast: Cast, as_: As) -> None:
    path = url("tidewater", "personal:erase", cast.ines.pk)
    said = {"address": cast.ines.user.email, "also": ["Tomasz"]}
    assert as_(cast.olga).post(path, said).status_code == 422


def test_no_page_names_an_address_of_who_was_erased(cast: Cast, as_: As) -> None:
    """The one that stands in for theirs says nothing to anybody."""
    erased(cast, cast.tomasz)
    olga = as_(cast.olga)
    paths = [
        url("tidewater", "organisation:members"),
        url("tidewater", "pairings:people", cast.program.pk),
        url("tidewater", "pairings:edit_enrolment", cast.tomasz_enrolled.pk),
        url("tidewater", "pairings:mentors"),
        url("tidewater", "pairings:export_mentors"),
    ]
    for path in paths:
        answer = olga.get(path, {"show": "all"})
        text = b"".join(answer).decode()
        assert "Former member" in text, path
        assert "former.invalid" not in text, path
