from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations
from threading import Barrier, Thread

import pytest
from django.db import Error, connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from pairings.models import Enrolment, Pairing
from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from preceptor.templatetags.preceptor import day
from progress.actions import evaluate_mentor
from progress.models import Batch, JuniorEvaluation, MentorEvaluation, Release
from progress.questions import OF_MENTOR
from tests.cast import Cast, make_cast
from tests.factories import EnrolmentFactory, PairingFactory

As = Callable[[Membership], Client]
ALL = list(OF_MENTOR)
TODAY = timezone.localdate


def pair_up(junior: Enrolment, cast: Cast) -> Pairing:
    """With Tomasz, in the last weeks of a year: the completion is asked for."""
    today = TODAY()
    pairing: Pairing = PairingFactory.create(
        program=cast.program,
        mentor=cast.tomasz_enrolled,
        junior=junior,
        starts_on=today - timedelta(days=340),
        ends_on=today + timedelta(days=20),
    )
    return pairing


@pytest.fixture
def pairings(cast: Cast) -> dict[str, Pairing]:
    """Tomasz has three juniors, all of whom are near their end."""
    cast.pairing.delete()
    juniors = {"ines": cast.ines_enrolled, "devon": cast.devon_enrolled}
    juniors["mai"] = cast.mai_enrolled
    return {name: pair_up(junior, cast) for name, junior in juniors.items()}


def address(pairing: Pairing, occasion: str = "") -> str:
    end = f"{occasion}/" if occasion else ""
    return f"/o/tidewater/growth/with/{pairing.pk}/{end}"


def say(value: int) -> dict[str, int]:
    return dict.fromkeys(ALL, value)


def answer(pairing: Pairing, value: int, occasion: str = "completion") -> None:
    evaluate_mentor(
        pairing=pairing, occasion=occasion, answers=say(value), today=TODAY()
    )


def end(*pairings: Pairing) -> None:
    Pairing.objects.filter(pk__in=[one.pk for one in pairings]).update(
        state=Pairing.State.ENDED,
        ended_at=timezone.now(),
        ends_on=TODAY(),
        end_reason="The year is over.",
    )


def test_evaluate_keeps_a_juniors_answers_for_their_own_form(
    pairings: dict[str, Pairing], cast: Cast, as_: As
) -> None:
    ines, pairing = as_(cast.ines), pairings["ines"]
    form = address(pairing, "completion")
    answers = {"time": "5", "waits": "2", "why": ""}
    assert ines.post(form, answers)["Location"] == address(pairing)
    row = MentorEvaluation.objects.get()
    assert (row.answers, row.batch.closed_on) == ({"time": 5, "waits": 2}, None)
    page = ines.get(form).content.decode()
    assert 'value="2" required' not in page
    assert page.count("checked") == len(ALL)
    ines.post(form, {"time": "1"})
    assert MentorEvaluation.objects.get().answers == {"time": 1}
    assert "Change your answers" in ines.get(address(pairing)).content.decode()


def test_evaluate_says_what_is_missing_and_keeps_the_rest(
    pairings: dict[str, Pairing], cast: Cast, as_: As
) -> None:
    form = address(pairings["ines"], "completion")
    nothing = as_(cast.ines).post(form, {})
    assert nothing.status_code == 422
    assert "Answer at least one question" in nothing.content.decode()
    odd = as_(cast.tomasz).post(form, {"time": "9", "word": "Go on like this."})
    assert odd.status_code == 422
    assert "Go on like this." in odd.content.decode()
    long = as_(cast.tomasz).post(form, {"time": "4", "word": "a" * 50_000})
    assert long.status_code == 422
    assert "a" * 50_000 in long.content.decode()
    assert not JuniorEvaluation.objects.exists()


def seen_in(page: str) -> str:
    return page.partition('name="seen" value="')[2].partition('"')[0]


def test_evaluate_overwrites_nothing_that_another_tab_gave(
    pairings: dict[str, Pairing], cast: Cast, as_: As
) -> None:
    form, tomasz = address(pairings["ines"], "completion"), as_(cast.tomasz)
    seen = seen_in(tomasz.get(form).content.decode())
    first = {"time": "4", "word": "Go on like this.", "seen": seen}
    assert tomasz.post(form, first).status_code == 303
    assert tomasz.post(form, first).status_code == 303  # The button, twice.
    late = {"time": "2", "word": "Ask for the test first.", "seen": seen}
    refused = tomasz.post(form, late)
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "You gave other answers meanwhile, in another tab." in page
    assert "<blockquote>Go on like this.</blockquote>" in page
    assert "Ask for the test first.</textarea>" in page
    row = JuniorEvaluation.objects.get()
    assert (row.answers, row.word) == ({"time": 4}, "Go on like this.")
    assert tomasz.post(form, {**late, "seen": seen_in(page)}).status_code == 303
    assert JuniorEvaluation.objects.get().word == "Ask for the test first."


def test_evaluate_overwrites_no_numbers_of_another_tab(
    pairings: dict[str, Pairing], cast: Cast, as_: As
) -> None:
    form, ines = address(pairings["ines"], "completion"), as_(cast.ines)
    seen = seen_in(ines.get(form).content.decode())
    assert ines.post(form, {"time": "4", "seen": seen}).status_code == 303
    assert ines.post(form, {"time": "2", "seen": seen}).status_code == 409
    assert MentorEvaluation.objects.get().answers == {"time": 4}


def test_evaluate_keeps_a_word_that_comes_too_late(
    pairings: dict[str, Pairing], cast: Cast, as_: As
) -> None:
    pairing, tomasz = pairings["ines"], as_(cast.tomasz)
    sent = {"time": "4", "word": "Go on like this."}
    for occasion, why in (
        ("midpoint", "The time for these answers is over."),
        ("midpoint", "too short to be looked back on half-way"),
    ):
        refused = tomasz.post(address(pairing, occasion), sent)
        page = refused.content.decode()
        assert (refused.status_code, why in page) == (409, True)
        assert "Go on like this." in page
        assert "<textarea" not in page
        days = {"starts_on": TODAY() - timedelta(days=70), "ends_on": TODAY()}
        Pairing.objects.filter(pk=pairing.pk).update(**days)
    assert not JuniorEvaluation.objects.exists()


def test_the_browser_cuts_nothing_off_a_word(
    pairings: dict[str, Pairing], cast: Cast, as_: As
) -> None:
    form = address(pairings["ines"], "completion")
    assert "maxlength" not in as_(cast.tomasz).get(form).content.decode()


def test_what_was_said_half_way_stays_where_the_pairing_ends_early(
    pairings: dict[str, Pairing], cast: Cast, as_: As
) -> None:
    pairing = pairings["ines"]
    JuniorEvaluation.objects.create(
        organisation=cast.tidewater,
        pairing=pairing,
        occasion="midpoint",
        answers={"time": 4},
        word="Go on like this.",
    )
    days = {"starts_on": TODAY() - timedelta(days=70), "ends_on": TODAY()}
    Pairing.objects.filter(pk=pairing.pk).update(**days)
    page = as_(cast.ines).get(address(pairing)).content.decode()
    assert "Go on like this." in page
    assert page.count('class="button primary"') == 1


def test_the_last_day_is_said_on_which_it_can_be_answered(
    pairings: dict[str, Pairing], cast: Cast, as_: As
) -> None:
    pairing, ines = pairings["ines"], as_(cast.ines)
    Pairing.objects.filter(pk=pairing.pk).update(
        state=Pairing.State.ENDED,
        ended_at=timezone.now(),
        end_reason="The year is over.",
        ends_on=TODAY() - timedelta(days=59),
    )
    said = f"Until {day(TODAY())}."
    assert said in ines.get(address(pairing)).content.decode()
    assert ines.get(address(pairing, "completion")).status_code == 200


def test_evaluate_keeps_to_its_time(
    pairings: dict[str, Pairing], cast: Cast, as_: As
) -> None:
    pairing = pairings["ines"]
    ines = as_(cast.ines)
    over = ines.get(address(pairing, "midpoint"))
    assert (over.status_code, "is over" in over.content.decode()) == (409, True)
    assert ines.get(address(pairing, "birthday")).status_code == 404
    Pairing.objects.update(ends_on=TODAY() + timedelta(days=200))
    early = ines.get(address(pairing, "completion"))
    assert (early.status_code, "too early" in early.content.decode()) == (409, True)
    assert ines.get(address(pairing, "midpoint")).status_code == 200


def test_the_junior_reads_what_the_mentor_gave(
    pairings: dict[str, Pairing], cast: Cast, as_: As
) -> None:
    form = address(pairings["ines"], "completion")
    fields = {"time": "4", "leads": "5", "word": "Lead the security review."}
    assert as_(cast.tomasz).post(form, fields).status_code == 303
    page = as_(cast.ines).get(address(pairings["ines"])).content.decode()
    assert "Lead the security review." in page
    assert page.count("can’t say</dd>") == 4
    for person in (cast.ruth, cast.olga, cast.mark):
        assert as_(person).get(address(pairings["ines"])).status_code == 403
    assert as_(cast.devon).get(address(pairings["ines"])).status_code == 404


def test_the_third_junior_releases_the_averages_once(
    pairings: dict[str, Pairing],
) -> None:
    answer(pairings["ines"], 1)
    answer(pairings["devon"], 4)
    assert not Release.objects.exists()
    answer(pairings["mai"], 5)
    batch = Batch.objects.get()
    assert batch.closed_on == TODAY()
    rows = set(Release.objects.values_list("question", "n", "mean"))
    assert rows == {(key, 3, Decimal("3.33")) for key in ALL}
    with pytest.raises(Conflict):
        answer(pairings["ines"], 5)


def test_evaluate_offers_no_form_for_what_is_released(
    pairings: dict[str, Pairing], cast: Cast, as_: As
) -> None:
    form = address(pairings["ines"], "completion")
    for pairing in pairings.values():
        assert as_(cast.ines).get(form).status_code == 200
        answer(pairing, 4)
    for asked in (as_(cast.ines).get(form), as_(cast.ines).post(form, {"time": "1"})):
        assert asked.status_code == 409
        assert "released already" in asked.content.decode()
    assert as_(cast.tomasz).get(form).status_code == 200


def test_one_junior_counts_once_however_often_they_answer(
    pairings: dict[str, Pairing],
) -> None:
    answer(pairings["ines"], 1, "midpoint")
    answer(pairings["ines"], 3)
    answer(pairings["devon"], 5)
    assert not Release.objects.exists()
    answer(pairings["mai"], 5)
    means = set(Release.objects.values_list("n", "mean"))
    assert means == {(3, Decimal("4.00"))}


def test_a_question_with_fewer_than_three_answers_is_not_released(
    pairings: dict[str, Pairing],
) -> None:
    for name, left_out in (("ines", "time"), ("devon", "none"), ("mai", "none")):
        said = {key: 4 for key in ALL if key != left_out}
        evaluate_mentor(
            pairing=pairings[name],
            occasion="completion",
            answers=said,
            today=TODAY(),
        )
    released = set(Release.objects.values_list("question", flat=True))
    assert released == set(ALL) - {"time"}


def test_late_answers_open_the_next_batch(
    pairings: dict[str, Pairing], cast: Cast
) -> None:
    for pairing in pairings.values():
        answer(pairing, 4, "midpoint")
    answer(pairings["ines"], 2)
    closed, opened = Batch.objects.order_by("pk")
    assert (closed.evaluations.count(), opened.evaluations.count()) == (3, 1)
    assert opened.closed_on is None
    assert opened.releases.count() == 0


CHANGES = [
    "UPDATE progress_batch SET closed_on = NULL",
    "DELETE FROM progress_batch",
    "UPDATE progress_release SET mean = 5",
    "DELETE FROM progress_release",
    """UPDATE progress_mentorevaluation SET answers = '{"time": 1}'""",
    "DELETE FROM progress_mentorevaluation",
    """INSERT INTO progress_release (organisation_id, batch_id, question, n, mean)
    SELECT organisation_id, id, 'other', 3, 1 FROM progress_batch""",
    """INSERT INTO progress_mentorevaluation
        (organisation_id, batch_id, pairing_id, occasion, answers)
    SELECT organisation_id, batch_id, pairing_id, 'midpoint', '{}'
    FROM progress_mentorevaluation LIMIT 1""",
]


@pytest.mark.parametrize("sql", CHANGES)
def test_the_database_refuses_changes_to_what_was_released(
    sql: str, pairings: dict[str, Pairing]
) -> None:
    for pairing in pairings.values():
        answer(pairing, 3)
    with (
        pytest.raises(Error, match="is released"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


def test_an_answer_can_be_moved_into_no_released_batch(
    pairings: dict[str, Pairing],
) -> None:
    for pairing in pairings.values():
        answer(pairing, 3, "midpoint")
    answer(pairings["ines"], 5)
    closed, opened = Batch.objects.order_by("pk")
    with pytest.raises(Error, match="is released"), transaction.atomic():
        opened.evaluations.update(batch=closed)


def test_releases_are_read_by_leads_and_later_by_the_mentor(
    pairings: dict[str, Pairing], cast: Cast, as_: As
) -> None:
    for pairing in pairings.values():
        answer(pairing, 4)
    by_program = f"/o/tidewater/growth/released/{cast.program.pk}/"
    own = "/o/tidewater/growth/released/"
    for person in (cast.ruth, cast.mark, cast.olga):
        page = as_(person).get(by_program).content.decode()
        assert page.count("4.0</td>") == len(ALL), person
    for person in (cast.otis, cast.tomasz, cast.ines):
        assert as_(person).get(by_program).status_code == 403
    assert "4.0" not in as_(cast.tomasz).get(own).content.decode()
    end(pairings["ines"], pairings["devon"])
    assert "4.0" not in as_(cast.tomasz).get(own).content.decode()
    end(pairings["mai"])
    page = as_(cast.tomasz).get(own).content.decode()
    assert page.count("4.0</td>") == len(ALL)
    assert "4.0" not in as_(cast.anjali).get(own).content.decode()


def test_a_mentor_who_runs_the_program_waits_as_every_mentor(
    pairings: dict[str, Pairing], cast: Cast, as_: As
) -> None:
    Membership.objects.filter(pk=cast.tomasz.pk).update(role=Membership.Role.OWNER)
    for pairing in pairings.values():
        answer(pairing, 4)
    cast.tomasz.refresh_from_db()
    page = as_(cast.tomasz).get(f"/o/tidewater/growth/released/{cast.program.pk}/")
    assert "Nothing is released yet" in page.content.decode()


def test_no_two_releases_differ_by_one_person(
    pairings: dict[str, Pairing], cast: Cast
) -> None:
    """Whatever the order of answers: each lies in one batch, of three juniors each."""
    more = [
        pair_up(EnrolmentFactory.create(program=cast.program), cast) for _ in range(2)
    ]
    everybody = [*pairings.values(), *more]
    for occasion in ("midpoint", "completion"):
        for value, pairing in enumerate(everybody, 1):
            answer(pairing, value, occasion)
    behind = [
        {row.pairing.junior_id for row in batch.evaluations.select_related("pairing")}
        for batch in Batch.objects.filter(closed_on__isnull=False)
    ]
    assert [len(juniors) for juniors in behind] == [3, 3, 3]
    assert MentorEvaluation.objects.count() == 10
    rows = [
        set(batch.evaluations.values_list("pk", flat=True))
        for batch in Batch.objects.all()
    ]
    assert all(one.isdisjoint(other) for one, other in combinations(rows, 2))


@pytest.mark.parametrize("mentors", [1, 3])
def test_releases_asks_as_often_for_one_mentor_as_for_three(
    mentors: int,
    cast: Cast,
    as_: As,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _mentor in range(mentors):
        mentor = EnrolmentFactory.create(
            program=cast.program, side=Enrolment.Side.MENTOR
        )
        batch = Batch.objects.create(
            organisation=cast.tidewater, mentor=mentor.membership
        )
        Release.objects.create(
            organisation=cast.tidewater, batch=batch, question="time", n=3, mean=4
        )
        Batch.objects.filter(pk=batch.pk).update(closed_on=date(2026, 5, 4))
    client = as_(cast.ruth)
    path = f"/o/tidewater/growth/released/{cast.program.pk}/"
    client.get(path)
    with django_assert_num_queries(7):
        page = client.get(path).content.decode()
    assert page.count("May 2026") == 2 * mentors


@pytest.mark.django_db(transaction=True)
def test_three_juniors_at_the_same_moment_make_one_release() -> None:
    cast = make_cast()
    cast.pairing.delete()
    juniors = (cast.ines_enrolled, cast.devon_enrolled, cast.mai_enrolled)
    pairings = [pair_up(junior, cast) for junior in juniors]
    barrier = Barrier(3)

    def run(pairing: Pairing) -> None:
        try:
            barrier.wait(timeout=10)
            answer(pairing, 4)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[pairing]) for pairing in pairings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (batch,) = Batch.objects.all()
    assert batch.evaluations.count() == 3
    assert batch.releases.count() == len(ALL)
