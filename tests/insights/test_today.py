"""Today, for each of the cast: what is next, the week, and whom it shows what."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from pairings.models import Enrolment, Pairing
from preceptor.accounts.models import Membership
from preceptor.insights.access import pairings_of
from preceptor.insights.sittings import sessions_around
from preceptor.insights.steps import Step, next_step
from preceptor.insights.week import Entry, this_week, with_next_on
from progress.actions import begin_plan, tell_hours
from progress.models import GrowthPlan, Milestone
from progress.protected import WEEK, monday_of
from reviews.models import BlindPass, Finding, ReviewSession
from tests.cast import Cast
from tests.factories import EnrolmentFactory, PairingFactory

TITLE = "Cache the rate table"
As = Callable[[Membership], Client]


def opened(
    cast: Cast, *locked: str, pairing: Pairing | None = None, title: str = TITLE
) -> ReviewSession:
    """A session with its two passes, those of the named sides locked."""
    pairing = pairing or cast.pairing
    session = ReviewSession.objects.create(
        organisation=cast.tidewater,
        pairing=pairing,
        mentor=pairing.mentor.membership,
        junior=pairing.junior.membership,
        title=title,
        tool="coding agent",
    )
    for side, reviewer in (("mentor", session.mentor), ("junior", session.junior)):
        is_locked = side in locked
        BlindPass.objects.create(
            organisation=cast.tidewater,
            session=session,
            reviewer=reviewer,
            side=side,
            verdict=BlindPass.Verdict.FIX if is_locked else "",
            confidence=0.4 if is_locked else None,
            locked_at=timezone.now() if is_locked else None,
        )
    return session


def held(
    cast: Cast, on: date, next_on: date | None = None, pairing: Pairing | None = None
) -> ReviewSession:
    pairing = pairing or cast.pairing
    return ReviewSession.objects.create(
        organisation=cast.tidewater,
        pairing=pairing,
        mentor=pairing.mentor.membership,
        junior=pairing.junior.membership,
        title="Retry the webhooks",
        state=ReviewSession.State.CLOSED,
        is_logged=True,
        closed_at=timezone.now(),
        held_on=on,
        next_on=next_on,
    )


def parts(member: Membership, today: date) -> tuple[Step | None, list[Entry]]:
    pairings = list(with_next_on(pairings_of(member)))
    sessions = list(sessions_around(member, today))
    return (
        next_step(member, pairings, sessions, [], today),
        this_week(member, pairings, sessions, today),
    )


def step(member: Membership) -> Step:
    found = parts(member, timezone.localdate())[0]
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("locked", "title", "button"),
    [
        ((), f"Finish reading “{TITLE}” alone", "Continue your blind pass"),
        (("mentor",), f"Finish reading “{TITLE}” alone", "Continue your blind pass"),
        (("junior",), f"Wait for Tomasz to lock “{TITLE}”", "See where it stands"),
        (("mentor", "junior"), f"Reveal “{TITLE}”", "Go to the reveal"),
    ],
)
def test_the_step_of_a_junior_follows_the_locks(
    cast: Cast, locked: tuple[str, ...], title: str, button: str
) -> None:
    session = opened(cast, *locked)

    found = step(cast.ines)

    assert (found.title, found.button) == (title, button)
    assert found.path == f"/o/tidewater/sessions/{session.pk}/"


def test_a_revealed_session_is_to_be_taken_apart_by_both(cast: Cast) -> None:
    session = opened(cast, "mentor", "junior")
    ReviewSession.objects.update(
        state=ReviewSession.State.REVEALED, revealed_at=timezone.now()
    )

    assert [step(member).title for member in (cast.ines, cast.tomasz)] == [
        f"Take “{session.title}” apart"
    ] * 2


def test_the_facts_tell_of_the_other_only_whether_it_is_locked(
    cast: Cast, as_: As
) -> None:
    session = opened(cast, "mentor")
    for number, member in enumerate((cast.ines, cast.ines, cast.tomasz)):
        Finding.objects.create(
            organisation=cast.tidewater,
            session=session,
            blind_pass=session.passes.get(reviewer=member),
            author=member,
            category="logic",
            severity="major",
            title=f"Flaw {number} by {member}",
        )

    page = as_(cast.ines).get("/o/tidewater/").content.decode()

    assert "open, 2 findings" in page
    assert f"locked on {timezone.localdate():%A}" in page
    assert "by Tomasz" not in page


def test_a_reveal_comes_before_a_reading_and_that_before_a_milestone(
    cast: Cast,
) -> None:
    begin_plan(cast.pairing)
    Milestone.objects.update(due_on=timezone.localdate())
    assert step(cast.ines).title == "Sign off “First meeting”"
    opened(cast, title="First")
    opened(cast, "mentor", "junior", title="Second")

    assert step(cast.ines).title == "Reveal “Second”"
    ReviewSession.objects.filter(title="Second").update(state="abandoned")
    assert step(cast.ines).title == "Finish reading “First” alone"


def test_a_milestone_is_signed_by_both_once(cast: Cast) -> None:
    begin_plan(cast.pairing)
    today = timezone.localdate()
    Milestone.objects.update(due_on=today + timedelta(days=60))
    Milestone.objects.filter(name="First meeting").update(
        due_on=today + timedelta(days=6), junior_signed_at=timezone.now()
    )

    first = Milestone.objects.get(name="First meeting")
    assert step(cast.tomasz).title == "Sign off “First meeting”"
    assert step(cast.tomasz).path == f"/o/tidewater/growth/milestones/{first.pk}/"
    assert "Ines Carvalho" in step(cast.tomasz).about
    assert step(cast.ines).title == "Bring a change to read with Tomasz Wieczorek"


def test_the_pair_that_waited_longest_meets_next(cast: Cast) -> None:
    today = timezone.localdate()
    with_mai = PairingFactory.create(
        program=cast.program, mentor=cast.tomasz_enrolled, junior=cast.mai_enrolled
    )
    held(cast, today - timedelta(days=3))
    held(cast, today - timedelta(days=9), pairing=with_mai)
    assert step(cast.tomasz).title == "Bring a change to read with Mai Tran"
    assert step(cast.tomasz).path.endswith(f"/sessions/new/?pairing={with_mai.pk}")

    opened(cast, "mentor", pairing=with_mai)

    assert step(cast.tomasz).title == "Bring a change to read with Ines Carvalho"


def test_a_former_mentor_still_finishes_what_is_open(cast: Cast) -> None:
    opened(cast)
    Pairing.objects.update(
        state=Pairing.State.ENDED, ended_at=timezone.now(), end_reason="moved away"
    )

    assert step(cast.tomasz).title == f"Finish reading “{TITLE}” alone"


def test_a_junior_between_two_mentors_keeps_the_year(cast: Cast, as_: As) -> None:
    begin_plan(cast.pairing)
    ines, alone = as_(cast.ines), "You have no mentor at the moment."
    assert alone not in ines.get("/o/tidewater/").content.decode()
    Pairing.objects.update(
        state=Pairing.State.ENDED, ended_at=timezone.now(), end_reason="moved away"
    )
    today = ines.get("/o/tidewater/")
    assert today.context["line"].plan == GrowthPlan.objects.get()
    html = today.content.decode()
    assert alone in html
    assert "You are not in a pair yet" not in html
    assert alone not in as_(cast.mai).get("/o/tidewater/").content.decode()
    Enrolment.objects.update(ends_on=timezone.localdate())
    assert alone not in ines.get("/o/tidewater/").content.decode()


def test_a_pair_that_has_yet_to_begin_asks_for_no_session(cast: Cast, as_: As) -> None:
    ahead = timezone.localdate() + timedelta(days=9)
    Pairing.objects.update(starts_on=ahead)
    today = as_(cast.ines).get("/o/tidewater/")
    assert today.context["step"] is None
    assert "Begins on" in today.content.decode()


def test_a_pause_asks_for_no_session(cast: Cast) -> None:
    Pairing.objects.update(state=Pairing.State.PAUSED)

    assert parts(cast.ines, timezone.localdate()) == (None, [])


def week(member: Membership, today: date) -> list[tuple[date, str, str, str]]:
    entries = parts(member, today)[1]
    return [(one.on, one.text, one.title, one.tag) for one in entries]


def test_the_week_runs_from_monday_and_six_days_ahead(cast: Cast) -> None:
    sunday = date(2026, 6, 21)
    begin_plan(cast.pairing)
    Milestone.objects.update(due_on=date(2026, 9, 1))
    Milestone.objects.filter(name="Month 2").update(due_on=date(2026, 6, 27))
    Milestone.objects.filter(name="Month 4").update(due_on=date(2026, 6, 28))
    held(cast, date(2026, 6, 14), next_on=date(2026, 6, 19))
    held(cast, date(2026, 6, 15), next_on=date(2026, 6, 23))

    assert week(cast.ines, sunday) == [
        (date(2026, 6, 15), "Session", "Retry the webhooks", "held"),
        (date(2026, 6, 23), "Next session", "with Tomasz Wieczorek", "planned"),
        (date(2026, 6, 27), "Milestone", "Month 2", "due"),
    ]
    assert week(cast.anjali, sunday) == []


def test_a_session_that_did_not_come_about_says_so(cast: Cast) -> None:
    friday = date(2026, 6, 19)
    held(cast, date(2026, 6, 10), next_on=date(2026, 6, 17))
    late = (date(2026, 6, 17), "Next session", "with Ines Carvalho", "not held yet")
    assert week(cast.tomasz, friday) == [late]

    opened(cast, "mentor", "junior")

    ready = (friday, "Reveal and take apart", TITLE, "ready to reveal")
    assert week(cast.tomasz, friday) == [ready]


def test_staff_see_what_needs_them_and_no_title(cast: Cast, as_: As) -> None:
    session = opened(cast)
    for member in (cast.ruth, cast.otis, cast.mark, cast.olga):
        page = as_(member).get("/o/tidewater/").content.decode()
        assert "No session yet, 10 weeks after the start" in page
        assert session.title not in page
        assert "Juniors without a mentor" in page
        assert ("Pair Devon" in page) == (member != cast.otis)


def test_nobody_else_sees_what_needs_attention(cast: Cast, as_: As) -> None:
    for member in (cast.ines, cast.tomasz, cast.lars, cast.mei):
        page = as_(member).get("/o/tidewater/").content.decode()
        assert "Needs attention" not in page


def test_a_line_manager_sees_when_reports_met_and_no_title(cast: Cast, as_: As) -> None:
    PairingFactory.create(
        program=cast.program, mentor=cast.anjali_enrolled, junior=cast.mai_enrolled
    )
    met = held(cast, date(2026, 3, 4))

    page = as_(cast.lars).get("/o/tidewater/").content.decode()

    assert "Ines Carvalho with Tomasz Wieczorek" in page
    assert "4 March" in page
    assert "Mai Tran" not in page
    assert met.title not in page


def test_somebody_in_no_pair_is_told_what_will_be_here(cast: Cast, as_: As) -> None:
    for member in (cast.devon, cast.mei):
        page = as_(member).get("/o/tidewater/").content.decode()
        assert "You are not in a pair yet" in page


def test_a_manager_of_an_empty_organisation_is_sent_to_the_first_program(
    cast: Cast, as_: As
) -> None:
    page = as_(cast.otto).get("/o/harbour/").content.decode()

    assert "No program runs yet" in page
    assert "Tidewater" not in page


def test_a_mentor_chooses_whose_year(cast: Cast, as_: As) -> None:
    with_mai = PairingFactory.create(
        program=cast.program, mentor=cast.tomasz_enrolled, junior=cast.mai_enrolled
    )
    stranger = PairingFactory.create(
        program=cast.program, mentor=cast.anjali_enrolled, junior=cast.devon_enrolled
    )
    for pairing in (cast.pairing, with_mai, stranger):
        begin_plan(pairing)
    plans = dict(GrowthPlan.objects.values_list("junior", "pk"))
    client = as_(cast.tomasz)

    def chosen(year: object) -> str:
        page = client.get(f"/o/tidewater/?year={year}")
        return str(page.context["line"].plan.junior)

    assert chosen(plans[with_mai.junior_id]) == "Mai Tran"
    assert chosen(plans[stranger.junior_id]) == "Ines Carvalho"
    assert chosen("x") == "Ines Carvalho"


@pytest.mark.parametrize("count", [1, 3])
def test_the_queries_of_a_mentor_do_not_grow(cast: Cast, as_: As, count: int) -> None:
    pairings = [cast.pairing] + [
        PairingFactory.create(program=cast.program, mentor=cast.tomasz_enrolled)
        for _ in range(count - 1)
    ]
    for pairing in pairings:
        begin_plan(pairing)
        opened(cast, pairing=pairing)
        held(cast, timezone.localdate(), pairing=pairing)
    client = as_(cast.tomasz)
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/o/tidewater/")

    assert len(page.context["pairings"]) == count
    assert len(queries) == 18


@pytest.mark.parametrize("count", [1, 2])
def test_the_queries_of_a_junior_do_not_grow(cast: Cast, as_: As, count: int) -> None:
    """The weeks that were told, and the pauses between, come with one query."""
    begin_plan(cast.pairing)
    plan, today = GrowthPlan.objects.get(), timezone.localdate()
    for weeks in range(count):
        tell_hours(plan=plan, monday=monday_of(today - weeks * WEEK), hours=Decimal(3))
        held(cast, today - weeks * WEEK)
    client = as_(cast.ines)
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/o/tidewater/").content.decode()

    assert page.count('aria-pressed="true"') == count
    assert len(queries) == 17


@pytest.mark.parametrize("count", [1, 3])
def test_the_queries_of_staff_do_not_grow(cast: Cast, as_: As, count: int) -> None:
    Enrolment.objects.exclude(pk=cast.devon_enrolled.pk).filter(
        side="junior", pairings_as_junior=None
    ).delete()
    for _ in range(count - 1):
        PairingFactory.create(program=cast.program, mentor=cast.anjali_enrolled)
        EnrolmentFactory.create(program=cast.program)
    client = as_(cast.mark)
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/o/tidewater/")

    assert len(page.context["concerns"]) == count
    assert len(page.context["unpaired"]) == count
    assert len(queries) == 14


@pytest.mark.parametrize("count", [1, 3])
def test_the_queries_of_a_line_manager_do_not_grow(
    cast: Cast, as_: As, count: int
) -> None:
    for _ in range(count - 1):
        PairingFactory.create(
            program=cast.program,
            mentor=cast.anjali_enrolled,
            junior__line_manager=cast.lars,
        )
    client = as_(cast.lars)
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/o/tidewater/")

    assert len(page.context["reports"]) == count
    assert len(queries) == 7
