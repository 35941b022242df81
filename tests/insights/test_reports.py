"""What a line manager reads of their reports, and that it is the record alone."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from pairings.models import Enrolment, Pairing, Pause, Program
from preceptor.accounts.models import Membership
from preceptor.insights.cadence import Kept, kept
from progress.actions import begin_plan
from progress.models import Milestone
from reviews.models import Finding, ReviewSession
from tests.cast import Cast
from tests.factories import EnrolmentFactory, PairingFactory

As = Callable[[Membership], Client]
REPORTS = "/o/tidewater/reports/"
MONDAY = date(2026, 3, 2)
DAY, WEEK = timedelta(days=1), timedelta(days=7)


def session(cast: Cast, held_on: date) -> ReviewSession:
    return ReviewSession.objects.create(
        organisation=cast.tidewater,
        pairing=cast.pairing,
        mentor=cast.tomasz,
        junior=cast.ines,
        title="The rate cache nobody may read of",
        state="closed",
        held_on=held_on,
        minutes=50,
        is_logged=True,
        closed_at=timezone.now(),
    )


@pytest.mark.parametrize(
    ("held", "weeks", "rests", "every", "expected"),
    [
        ([], 4, [], 7, Kept(0, 4)),
        ([0, 8, 9, 27], 4, [], 7, Kept(3, 4)),
        ([0, 8], 4, [(14, 21)], 7, Kept(2, 3)),
        ([0, 15], 4, [(3, 4), (12, 30)], 7, Kept(0, 0)),
        ([0, 15], 4, [], 14, Kept(2, 2)),
        ([0, 15], 3, [], 14, Kept(2, 2)),
        ([0], 3, [], 14, Kept(1, 1)),
        ([0], 0, [], 7, Kept(0, 0)),
    ],
)
def test_weeks_are_kept_by_one_session_in_each(
    held: list[int],
    weeks: int,
    rests: list[tuple[int, int]],
    every: int,
    expected: Kept,
) -> None:
    found = kept(
        [MONDAY + n * DAY for n in held],
        (MONDAY, MONDAY + weeks * WEEK),
        [(MONDAY + since * DAY, MONDAY + until * DAY) for since, until in rests],
        every,
    )
    assert found == expected


def test_reports_show_the_record_of_ones_own(cast: Cast, as_: As) -> None:
    begin_plan(cast.pairing)
    today = timezone.localdate()
    for weeks in (1, 2, 5):
        session(cast, today - weeks * WEEK)
    [row] = as_(cast.lars).get(REPORTS).context["rows"]
    assert (str(row.place), row.pairing) == ("Ines Carvalho", cast.pairing)
    assert row.weeks == Kept(3, 10)
    assert row.milestone == Milestone.objects.order_by("due_on")[0]
    html = as_(cast.lars).get(REPORTS).content.decode()
    for said in ("with Tomasz Wieczorek", "3 of 10", "First meeting", "lapsed"):
        assert said in html
    assert "rate cache" not in html


def test_reports_show_nobody_elses(cast: Cast, as_: As) -> None:
    assert not as_(cast.ruth).get(REPORTS).context["rows"]
    for member in (cast.ines, cast.tomasz, cast.mei):
        html = as_(member).get(REPORTS).content.decode()
        assert "Nobody in a program reports to you" in html
        assert "Ines" not in html.replace(cast.ines.full_name, "", 2)
    assert as_(cast.otto).get(REPORTS).status_code == 404


def test_reports_hold_no_text_of_a_session(cast: Cast, as_: As) -> None:
    row = session(cast, timezone.localdate())
    Finding.objects.create(
        organisation=cast.tidewater,
        session=row,
        author=cast.ines,
        title="The key is in the log",
        category="secrets",
        severity="major",
        path="a.py",
        line_from=1,
        line_to=1,
    )
    html = as_(cast.lars).get(REPORTS).content.decode()
    assert "The key is in the log" not in html


def test_reports_name_who_waits_for_a_mentor(cast: Cast, as_: As) -> None:
    Enrolment.objects.filter(pk=cast.devon_enrolled.pk).update(line_manager=cast.lars)
    rows = as_(cast.lars).get(REPORTS).context["rows"]
    assert [(str(row.place), row.pairing) for row in rows] == [
        ("Devon Marsh", None),
        ("Ines Carvalho", cast.pairing),
    ]


def test_reports_show_a_mentors_pairs_and_the_last_one_once_it_ended(
    cast: Cast, as_: As
) -> None:
    Enrolment.objects.filter(pk=cast.tomasz_enrolled.pk).update(line_manager=cast.mei)
    second = PairingFactory.create(
        program=cast.program, mentor=cast.tomasz_enrolled, junior=cast.mai_enrolled
    )

    def pairs() -> list[Pairing]:
        return [row.pairing for row in as_(cast.mei).get(REPORTS).context["rows"]]

    assert pairs() == [cast.pairing, second]
    over = {"state": "ended", "ended_at": timezone.now(), "end_reason": "Over"}
    Pairing.objects.filter(pk=cast.pairing.pk).update(**over)
    assert pairs() == [second]
    Pairing.objects.filter(pk=second.pk).update(**over)
    assert pairs() == [second]


def test_reports_do_not_count_a_pause(cast: Cast, as_: As) -> None:
    today = timezone.localdate()
    Pause.objects.create(
        organisation=cast.tidewater,
        pairing=cast.pairing,
        starts_on=today - 3 * WEEK,
        created_by=cast.ruth,
    )
    [row] = as_(cast.lars).get(REPORTS).context["rows"]
    assert row.weeks == Kept(0, 7)


@pytest.mark.parametrize(
    ("state", "count"), [("draft", 0), ("running", 1), ("closed", 1), ("archived", 0)]
)
def test_reports_leave_out_drafts_and_what_is_archived(
    cast: Cast, as_: As, state: str, count: int
) -> None:
    Program.objects.filter(pk=cast.program.pk).update(state=state)
    assert len(as_(cast.lars).get(REPORTS).context["rows"]) == count


def test_reports_are_in_the_side_bar_of_who_has_some(cast: Cast, as_: As) -> None:
    link = f'href="{REPORTS}"'
    assert link in as_(cast.lars).get("/o/tidewater/").content.decode()
    assert link not in as_(cast.tomasz).get("/o/tidewater/").content.decode()


def test_reports_ask_as_much_for_three_as_for_one(
    cast: Cast, as_: As, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_(cast.lars)
    begin_plan(cast.pairing)
    client.get(REPORTS)
    with django_assert_num_queries(8):
        client.get(REPORTS)
    for _ in range(2):
        junior = EnrolmentFactory.create(program=cast.program, line_manager=cast.lars)
        begin_plan(PairingFactory.create(program=cast.program, junior=junior))
    with django_assert_num_queries(8):
        client.get(REPORTS)
