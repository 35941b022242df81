import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from pairings.models import Pairing
from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from progress.actions import begin_plan, prepare_checkin
from progress.models import CheckIn, GrowthPlan, ProtectedWeek
from progress.models.checkins import WORDS
from progress.protected import monday_of
from tests.cast import Cast, make_cast

As = Callable[[Membership], Client]
TEXT = {
    "went_well": "I lead now.\nAnd it is slower",
    "hardest": "Races feel like luck",
    "differently": "Ask earlier",
    "next_focus": "One without preparing",
    "mood": "going well",
}


def prepare(plan: GrowthPlan) -> str:
    return f"/o/tidewater/growth/{plan.pk}/check-ins/prepare/"


def address(checkin: CheckIn, step: str = "") -> str:
    return f"/o/tidewater/growth/check-ins/{checkin.pk}/{step}"


def hand(plan: GrowthPlan, **given: Any) -> CheckIn:
    now = timezone.now()
    fields = {"organisation": plan.organisation, "plan": plan, "handed_at": now}
    return CheckIn.objects.create(**{**fields, **TEXT, **given})


def answered(plan: GrowthPlan, by: Membership, **given: Any) -> CheckIn:
    now = timezone.now()
    return hand(plan, answer="Go on", answered_by=by, answered_at=now, **given)


def test_a_draft_is_kept_gone_on_with_and_handed_over(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    client = as_(cast.ines)
    response = client.post(prepare(plan), {"went_well": "A", "version": 0})
    draft = plan.checkins.get()
    assert (response.status_code, response["Location"]) == (303, prepare(plan))
    assert (draft.went_well, draft.version, draft.handed_at) == ("A", 1, None)
    page = client.get(prepare(plan)).content.decode()
    assert re.search(r"<textarea[^>]*>\s*A</textarea>", page)
    assert client.get(address(draft))["Location"] == prepare(plan)

    fields = {**TEXT, "version": 1, "then": "hand"}
    response = client.post(prepare(plan), fields)
    assert (response.status_code, response["Location"]) == (303, address(draft))
    handed = plan.checkins.get()
    assert handed.words == TEXT
    assert handed.handed_at is not None
    assert "I lead now" not in client.get(prepare(plan)).content.decode()


def test_discard_checkin_throws_away_the_draft_that_was_seen(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    client, discard = as_(cast.ines), prepare(plan).replace("prepare", "discard")
    assert client.get(discard)["Location"] == prepare(plan)
    assert discard not in client.get(prepare(plan)).content.decode()
    handed = hand(plan)
    for version, text in enumerate(("A", "B")):
        client.post(prepare(plan), {"went_well": text, "version": version})
    assert discard in client.get(prepare(plan)).content.decode()
    assert "B</p>" in client.get(discard).content.decode()
    assert client.post(discard, {"version": 1}).status_code == 409
    assert plan.checkins.drafts().get().went_well == "B"
    assert as_(cast.tomasz).post(discard, {"version": 2}).status_code == 403
    response = client.post(discard, {"version": 2})
    assert response["Location"] == f"/o/tidewater/growth/{plan.pk}/"
    assert plan.checkins.get() == handed
    assert client.post(discard, {"version": handed.version}).status_code == 409
    late = client.post(prepare(plan), {"hardest": "Late", "version": 2, "then": "hand"})
    assert (late.status_code, "Late</textarea>" in late.content.decode()) == (409, True)
    assert "discarded while you wrote" in late.content.decode()


def test_the_mentor_answers_and_both_read(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    checkin, tomasz = hand(plan), as_(cast.tomasz)
    assert "It waits for your answer" in tomasz.get(address(checkin)).content.decode()
    assert TEXT["hardest"] in tomasz.get(address(checkin, "answer/")).content.decode()
    fields = {"answer": "Lead the next two", "version": 1}
    response = tomasz.post(address(checkin, "answer/"), fields)
    assert (response.status_code, response["Location"]) == (303, address(checkin))
    checkin.refresh_from_db()
    assert (checkin.answer, checkin.answered_by) == ("Lead the next two", cast.tomasz)
    for client in (tomasz, as_(cast.ines)):
        page = client.get(address(checkin)).content.decode()
        assert "Tomasz Wieczorek answered on" in page
        assert "Lead the next two" in page
        assert "Races feel like luck" in page
        assert "see that a check-in took place, and when" in page


def test_what_is_answered_stays_as_it_is(plan: GrowthPlan, cast: Cast, as_: As) -> None:
    checkin = answered(plan, cast.tomasz)
    ines, tomasz = as_(cast.ines), as_(cast.tomasz)
    assert ines.get(address(checkin, "edit/")).status_code == 409
    edited = ines.post(address(checkin, "edit/"), {**TEXT, "mood": "X", "version": 1})
    assert edited.status_code == 409
    again = tomasz.post(address(checkin, "answer/"), {"answer": "B", "version": 1})
    assert again.status_code == 409
    assert tomasz.get(address(checkin, "answer/")).status_code == 303
    for change in ({"answer": "B"}, {"hardest": "B"}, {"answered_at": None}):
        with pytest.raises(DatabaseError, match="is answered"), transaction.atomic():
            CheckIn.objects.filter(pk=checkin.pk).update(**change)
    checkin.refresh_from_db()
    assert (checkin.answer, checkin.words) == ("Go on", TEXT)


def test_edit_checkin_until_it_is_answered(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    checkin, client = hand(plan), as_(cast.ines)
    path = address(checkin, "edit/")
    assert "Races feel like luck" in client.get(path).content.decode()
    fields = {**TEXT, "hardest": "Locks", "version": 1}
    assert client.post(path, fields).status_code == 303
    checkin.refresh_from_db()
    assert (checkin.hardest, checkin.version) == ("Locks", 2)
    assert client.post(path, fields).status_code == 303
    other = client.post(path, {**TEXT, "hardest": "Mine", "version": 1})
    page = other.content.decode()
    assert other.status_code == 409
    assert "changed while you wrote" in page
    assert "Mine" in page
    assert "Locks" in page
    assert 'name="version" value="2"' in page


def test_the_mentor_answers_what_they_read(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    checkin = hand(plan, hardest="New wording", version=2)
    fields = {"answer": "My answer", "version": 1}
    response = as_(cast.tomasz).post(address(checkin, "answer/"), fields)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Read it again first" in page
    assert "New wording" in page
    assert "My answer" in page
    assert 'name="version" value="2"' in page
    checkin.refresh_from_db()
    assert checkin.answered_at is None


def test_an_answer_in_between_leaves_the_juniors_words_to_another(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    checkin, client = answered(plan, cast.tomasz), as_(cast.ines)
    fields = {**TEXT, "hardest": "Mine", "version": 1}
    page = client.post(address(checkin, "edit/"), fields).content.decode()
    assert "answered while you wrote" in page
    assert "Go on" in page
    assert "Mine" in page
    assert f'action="{prepare(plan)}"' in page
    assert 'name="version" value="0"' in page


def test_two_tabs_on_a_draft_lose_nothing(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    client = as_(cast.ines)
    client.post(prepare(plan), {"went_well": "First tab", "version": 0})
    fields = {"went_well": "Second tab", "version": 0}
    response = client.post(prepare(plan), fields)
    page = response.content.decode()
    assert response.status_code == 409
    assert "First tab" in page
    assert "Second tab" in page
    assert 'name="version" value="1"' in page
    assert client.post(prepare(plan), {**fields, "version": 1}).status_code == 303
    assert plan.checkins.get().went_well == "Second tab"

    hands = {"went_well": "Second tab", "version": 2, "then": "hand"}
    assert client.post(prepare(plan), hands).status_code == 303
    late = client.post(prepare(plan), {"went_well": "Third", "version": 2})
    assert late.status_code == 409
    assert "discarded while you wrote" in late.content.decode()
    assert client.post(prepare(plan), hands).status_code == 303
    assert plan.checkins.count() == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"went_well": "x" * 50_000}, "10000 are the most"),
        ({"mood": "x" * 50_000}, "40 are the most"),
        ({"hardest": "a\x00b"}, "Null characters"),
        ({"then": "hand"}, "Write at least one of the first three"),
    ],
)
def test_prepare_checkin_says_what_is_wrong_and_keeps_the_rest(
    fields: dict[str, str], words: str, plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    sent = {"next_focus": "Kept words", "version": "0", **fields}
    response = as_(cast.ines).post(prepare(plan), sent)
    page = response.content.decode()
    assert response.status_code == 422
    assert words in page
    assert "Kept words" in page
    assert not plan.checkins.exists()


@pytest.mark.parametrize(
    ("answer", "words"),
    [("", "Write an answer"), ("x" * 50_000, "10000 are the most")],
)
def test_answer_checkin_says_what_is_wrong(
    answer: str, words: str, plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    checkin = hand(plan)
    fields = {"answer": answer, "version": 1}
    response = as_(cast.tomasz).post(address(checkin, "answer/"), fields)
    assert response.status_code == 422
    assert words in response.content.decode()


def test_a_mentor_finds_no_draft(plan: GrowthPlan, cast: Cast, as_: As) -> None:
    draft = hand(plan, handed_at=None)
    client = as_(cast.tomasz)
    for step in ("", "edit/", "answer/"):
        assert client.get(address(draft, step)).status_code == 404
    assert as_(cast.ines).get(address(draft, "edit/")).status_code == 404


def test_the_record_says_that_and_when(plan: GrowthPlan, cast: Cast, as_: As) -> None:
    answered(plan, cast.tomasz)
    client = as_(cast.lars)
    for path in (
        f"/o/tidewater/growth/{plan.pk}/",
        f"/o/tidewater/growth/{plan.pk}/check-ins/",
    ):
        page = client.get(path).content.decode()
        assert "Check-in of " in page
        assert "answered" in page
        for text in (*TEXT.values(), "Go on"):
            assert text not in page


def test_a_former_mentor_reads_no_words(plan: GrowthPlan, cast: Cast, as_: As) -> None:
    checkin = answered(plan, cast.tomasz)
    Pairing.objects.filter(pk=cast.pairing.pk).update(
        state=Pairing.State.ENDED,
        ends_on=timezone.localdate(),
        ended_at=timezone.now(),
        end_reason="Moved on",
    )
    assert as_(cast.tomasz).get(address(checkin)).status_code == 403


def test_a_checkin_gathers_the_weeks_since_the_last_one(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    """Of four weeks three were told; what lay before belongs to the one before."""
    now, this = timezone.now(), monday_of(timezone.localdate())
    hand(plan, handed_at=now - timedelta(weeks=4))
    checkin = hand(plan)
    for weeks, hours in ((0, 2), (1, 4), (3, "0.5"), (4, 4), (5, 4)):
        ProtectedWeek.objects.create(
            organisation=plan.organisation,
            plan=plan,
            monday=this - timedelta(weeks=weeks),
            hours=hours,
        )
    page = as_(cast.tomasz).get(address(checkin)).content.decode()
    assert "6.5 h" in page
    assert "of 12 h planned, in 3 of 4 weeks told" in page


@pytest.mark.parametrize("count", [1, 3])
def test_checkins_ask_as_much_for_three_as_for_one(
    count: int,
    plan: GrowthPlan,
    cast: Cast,
    as_: As,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(count):
        answered(plan, cast.tomasz)
    client = as_(cast.tomasz)
    # One of them tells the junior of this opening.
    with django_assert_num_queries(11):
        page = client.get(f"/o/tidewater/growth/{plan.pk}/check-ins/").content
    assert page.count(b'<time datetime="') == count


def test_checkins_go_on_behind_twenty(plan: GrowthPlan, cast: Cast, as_: As) -> None:
    for _ in range(21):
        hand(plan)
    client = as_(cast.ines)
    path = f"/o/tidewater/growth/{plan.pk}/check-ins/"
    assert "Page 1 of 2" in client.get(path).content.decode()
    assert client.get(f"{path}?page=2").content.count(b'<time datetime="') == 1


def test_plan_quotes_the_newest_three(plan: GrowthPlan, cast: Cast, as_: As) -> None:
    now = timezone.now()
    for days in range(4):
        hand(plan, went_well=f"Day {days}\nmore", handed_at=now - timedelta(days=days))
    path = f"/o/tidewater/growth/{plan.pk}/"
    page = as_(cast.tomasz).get(path).content.decode()
    assert re.findall("“(Day .)”", page) == ["Day 0", "Day 1", "Day 2"]
    assert "Next: One without preparing" in page
    assert "Write one" not in page
    page = as_(cast.ines).get(path).content.decode()
    assert "Write one" in page
    assert "You and your mentors of today read these" in page
    hand(plan, handed_at=None)
    assert "Go on with your draft" in as_(cast.ines).get(path).content.decode()
    assert "Go on with your draft" not in as_(cast.tomasz).get(path).content.decode()


@pytest.mark.django_db(transaction=True)
def test_one_draft_comes_of_two_that_begin_at_the_same_moment() -> None:
    cast = make_cast()
    begin_plan(cast.pairing)
    plan = GrowthPlan.objects.get()

    def begin(text: str) -> bool:
        words = dict.fromkeys(WORDS, text)
        try:
            prepare_checkin(
                plan=plan, words=words, version=0, hands_over=False, now=timezone.now()
            )
        except Conflict:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=4) as pool:
        kept = list(pool.map(begin, "ABCD"))
    assert sorted(kept) == [False, False, False, True]
    assert plan.checkins.count() == 1
