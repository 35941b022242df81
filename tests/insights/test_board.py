"""The pair board: what each pair needs, its weeks, its figures, and who sees it."""

import csv
import io
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from pairings.models import Enrolment, Pairing, Pause, Program, RematchRequest
from preceptor.accounts.models import Membership
from preceptor.insights.attention import concerns
from preceptor.insights.board.figures import figures
from preceptor.insights.board.pairs import Board, Group, Row
from progress.actions import begin_plan
from progress.models import Milestone
from reviews.models import ReviewSession
from tests.cast import Cast
from tests.factories import EnrolmentFactory, PairingFactory

As = Callable[[Membership], Client]
DAY, WEEK = timedelta(days=1), timedelta(days=7)
SAID_ALONE = "The rate cache nobody may read of"


def address(cast: Cast, rest: str = "board/") -> str:
    return f"/o/tidewater/programs/{cast.program.pk}/{rest}"


def met(cast: Cast, on: date, pairing: Pairing | None = None, **more: object) -> None:
    pairing = pairing or cast.pairing
    ReviewSession.objects.create(
        organisation=cast.tidewater,
        pairing=pairing,
        mentor=pairing.mentor.membership,
        junior=pairing.junior.membership,
        title=SAID_ALONE,
        state="closed",
        is_logged=True,
        closed_at=timezone.now(),
        held_on=on,
        **more,
    )


def board_of(cast: Cast) -> Board:
    program = Program.objects.get(pk=cast.program.pk)
    return Board(program, timezone.localdate(), sees_wishes=True)


def rows_of(cast: Cast) -> list[Row]:
    return board_of(cast).rows


def row_of(cast: Cast) -> Row:
    [row] = [row for row in rows_of(cast) if row.pair.pk == cast.pairing.pk]
    return row


def second(cast: Cast, **more: object) -> Pairing:
    """Mai with Anjali."""
    return PairingFactory.create(
        program=cast.program,
        mentor=cast.anjali_enrolled,
        junior=cast.mai_enrolled,
        **more,
    )


def end(pairing: Pairing) -> None:
    over = {"state": "ended", "ended_at": timezone.now(), "end_reason": "Moved away"}
    Pairing.objects.filter(pk=pairing.pk).update(**over)


def rest(cast: Cast, *, weeks: int, back_on: date | None) -> None:
    Pairing.objects.filter(pk=cast.pairing.pk).update(state="paused")
    Pause.objects.create(
        organisation=cast.tidewater,
        pairing=cast.pairing,
        starts_on=timezone.localdate() - weeks * WEEK,
        back_on=back_on,
        reason="The child is ill",
        created_by=cast.ruth,
    )


def test_board_says_of_a_pair_what_today_says(cast: Cast) -> None:
    today = timezone.localdate()
    begin_plan(cast.pairing)
    begin_plan(second(cast))
    met(cast, today - 5 * WEEK)
    Milestone.objects.filter(plan__junior=cast.mai_enrolled).update(due_on=today + WEEK)

    said = concerns(Pairing.objects.all(), today, limit=9, is_wide=False)

    rows = [row for row in rows_of(cast) if row.group is Group.NEEDS]
    assert [row.needs for row in rows] == [concern.reasons for concern in said]
    assert [row.pair.pk for row in rows] == [concern.pairing.pk for concern in said]
    assert len(rows) == 2
    assert "No session for 5 weeks; the plan is every week" in row_of(cast).needs


def test_board_puts_first_who_lost_their_mentor_then_what_stands_longest(
    cast: Cast,
) -> None:
    today = timezone.localdate()
    devons = PairingFactory.create(program=cast.program, junior=cast.devon_enrolled)
    mais = second(cast)
    for pairing, weeks in ((cast.pairing, 1), (mais, 4), (devons, 6)):
        met(cast, today - weeks * WEEK, pairing)

    def order() -> list[tuple[str, Group]]:
        return [(row.pair.junior, row.group) for row in rows_of(cast)]

    assert order() == [
        ("Devon Marsh", Group.NEEDS),
        ("Mai Tran", Group.NEEDS),
        ("Ines Carvalho", Group.COURSE),
    ]
    Membership.objects.filter(pk=cast.tomasz.pk).update(is_active=False)
    assert order()[0] == ("Ines Carvalho", Group.NEEDS)
    reason = "Tomasz Wieczorek is deactivated, so nobody mentors here."
    assert row_of(cast).needs == (reason,)


def test_board_names_a_wish_for_another_match_to_who_may_settle_it(
    cast: Cast, as_: As
) -> None:
    met(cast, timezone.localdate())
    RematchRequest.objects.create(
        organisation=cast.tidewater,
        pairing=cast.pairing,
        asked_by=cast.ines,
        asked_at=timezone.now(),
    )
    said = "Another match was asked for on"
    for member in (cast.ruth, cast.mark, cast.olga):
        assert said in as_(member).get(address(cast)).content.decode()
    assert said not in as_(cast.otis).get(address(cast)).content.decode()
    for name in ("board.csv", "board.xlsx?state=all"):
        assert said.encode() not in as_(cast.otis).get(address(cast, name)).content
    assert said.encode() in as_(cast.ruth).get(address(cast, "board.csv")).content


def test_board_shows_a_pause_without_its_reason(cast: Cast, as_: As) -> None:
    rest(cast, weeks=2, back_on=date(2199, 1, 4))
    row = row_of(cast)
    assert (row.group, row.needs) == (Group.PAUSED, ("Paused until 4 January",))
    assert (row.weeks.missed, row.weeks.due) == (8, 8)
    assert "ill" not in as_(cast.ruth).get(address(cast)).content.decode().split()
    Pause.objects.update(back_on=None)
    assert row_of(cast).needs == ("Paused, nobody knows yet until when",)


def test_board_counts_the_weeks_of_a_pair(cast: Cast) -> None:
    today = timezone.localdate()
    for ago in (0, 1, 1, 5):
        met(cast, today - ago * WEEK)
    weeks = row_of(cast).weeks
    # The program began seventy days ago, so that its eleventh week begins today.
    assert [state.value for state in weeks.states[:12]] == [
        *("missed", "missed", "missed", "missed", "missed", "met", "missed"),
        *("missed", "missed", "twice", "met", "ahead"),
    ]
    assert (weeks.sessions, weeks.kept, weeks.due, weeks.passed) == (4, 3, 11, 11)


def test_board_puts_who_lost_their_mentor_before_what_stands_longer(cast: Cast) -> None:
    today = timezone.localdate()
    mais = second(cast)
    met(cast, today - 4 * WEEK)
    met(cast, today - 6 * WEEK, mais)
    Membership.objects.filter(pk=cast.tomasz.pk).update(is_active=False)
    first, then = rows_of(cast)
    assert (first.pair.junior, len(first.needs)) == ("Ines Carvalho", 2)
    assert then.pair.junior == "Mai Tran"


def test_board_says_of_the_last_junior_that_a_mentor_has_no_seat_for_them(
    cast: Cast,
) -> None:
    today = timezone.localdate()
    mais = PairingFactory.create(
        program=cast.program,
        mentor=cast.tomasz_enrolled,
        junior=cast.mai_enrolled,
        starts_on=today - 2 * WEEK,
    )
    devons = PairingFactory.create(
        program=cast.program,
        mentor=cast.anjali_enrolled,
        junior=cast.devon_enrolled,
    )
    for pairing, weeks in ((cast.pairing, 0), (mais, 0), (devons, 5)):
        met(cast, today - weeks * WEEK, pairing)
    Enrolment.objects.filter(pk=cast.tomasz_enrolled.pk).update(heads=1)
    assert [(row.pair.junior, row.group) for row in rows_of(cast)] == [
        ("Devon Marsh", Group.NEEDS),
        ("Mai Tran", Group.NEEDS),
        ("Ines Carvalho", Group.COURSE),
    ]
    said = "Tomasz Wieczorek is full: seats for 1 junior, and this one is beyond"
    assert rows_of(cast)[1].needs == (said,)


def proposed(cast: Cast, *, days: int, **more: object) -> Pairing:
    """Mai to Anjali, who has accepted."""
    asked_at = timezone.now() - timedelta(days=days)
    return second(
        cast,
        state="proposed",
        proposed_at=asked_at,
        mentor_accepted_at=asked_at,
        **more,
    )


@pytest.mark.parametrize(
    ("days", "group", "said"),
    [
        (1, Group.PROPOSED, "Waits for Mai Tran since "),
        (5, Group.NEEDS, "No answer from Mai Tran since "),
    ],
)
def test_board_says_for_whom_a_proposal_waits(
    cast: Cast, as_: As, days: int, group: Group, said: str
) -> None:
    pairing = proposed(cast, days=days)
    [row] = [row for row in rows_of(cast) if row.pair.pk == pairing.pk]
    assert row.group is group
    assert len(row.needs) == 1
    assert row.needs[0].startswith(said)
    assert (row.load.taken, row.weeks.missed) == (1, 0)
    assert {state.value for state in row.weeks.states[11:]} == {"ahead"}
    address_of_it = f'href="/o/tidewater/pairings/{pairing.pk}/'
    html = as_(cast.ruth).get(address(cast, "board/?state=proposed")).content.decode()
    assert said in html
    assert html.count(address_of_it) == 1
    assert "4 of 6 seats are free" in html
    link = f'href="{address(cast, "pair/")}?junior={cast.mai_enrolled.pk}"'
    assert link not in html
    html = as_(cast.otis).get(address(cast, "board/?state=proposed")).content.decode()
    assert said in html
    assert address_of_it not in html


def test_board_leaves_out_a_proposal_that_came_to_nothing(cast: Cast, as_: As) -> None:
    pairing = proposed(
        cast,
        days=1,
        declined_at=timezone.now(),
        declined_by=cast.mai,
        decline_reason="x",
    )
    assert pairing.pk not in {row.pair.pk for row in rows_of(cast)}
    html = as_(cast.ruth).get(address(cast)).content.decode()
    assert f'href="{address(cast, "pair/")}?junior={cast.mai_enrolled.pk}"' in html
    assert "5 of 6 seats are free" in html


def test_board_misses_nothing_of_a_secondary_mentor(cast: Cast) -> None:
    pairing = second(cast, kind="secondary")
    met(cast, timezone.localdate() - WEEK, pairing)
    [row] = [row for row in rows_of(cast) if row.pair.pk == pairing.pk]
    assert (row.group, row.weeks.missed, row.weeks.sessions) == (Group.COURSE, 0, 1)
    assert row.load.taken == 0


def test_board_says_when_the_two_meet_next(cast: Cast) -> None:
    today = timezone.localdate()
    met(cast, today - 2 * WEEK, next_on=today + 5 * DAY)
    met(cast, today - WEEK, next_on=today + DAY)
    assert row_of(cast).next_on == today + DAY
    noon = timezone.make_aware(datetime.combine(today, datetime.min.time()))
    for days, state in ((-2, "planned"), (3, "planned"), (4, "planned")):
        ReviewSession.objects.create(
            organisation=cast.tidewater,
            pairing=cast.pairing,
            mentor=cast.tomasz,
            junior=cast.ines,
            state=state,
            planned_at=noon + timedelta(days=days, hours=12),
            planned_minutes=60,
            led_by="mentor",
            arranged_at=timezone.now(),
        )
    assert row_of(cast).next_on == today + 3 * DAY


def test_board_counts_a_mentors_juniors_of_their_seats(cast: Cast, as_: As) -> None:
    PairingFactory.create(
        program=cast.program, mentor=cast.tomasz_enrolled, junior=cast.mai_enrolled
    )
    load = row_of(cast).load
    assert (load.taken, load.seats, load.is_over) == (2, 3, False)
    Enrolment.objects.filter(pk=cast.tomasz_enrolled.pk).update(heads=1)
    assert row_of(cast).load.is_over
    html = as_(cast.ruth).get(address(cast)).content.decode()
    assert '<small class="meta late">2 of 1 seat taken</small>' in html


def test_board_shows_the_next_milestone(cast: Cast, as_: As) -> None:
    client = as_(cast.ruth)

    def html() -> str:
        return client.get(address(cast)).content.decode()

    assert "no plan yet" in html()
    begin_plan(cast.pairing)
    today = timezone.localdate()
    stones = Milestone.objects.order_by("due_on", "pk")
    first = stones[0]
    assert first.name in html()
    assert '<span class="late">' in html()
    Milestone.objects.filter(pk=first.pk).update(due_on=today)
    Milestone.objects.exclude(pk=first.pk).update(due_on=today + 18 * DAY)
    assert 'First meeting<br class="wide"> <span class="meta">today</span>' in html()
    signed = timezone.now()
    one, others = stones.filter(pk=first.pk), stones.exclude(pk=first.pk)
    for found, said in ((one, "in 18 days"), (others, "all si")):
        found.update(
            signed_at=signed,
            junior_signed_at=signed,
            mentor_signed_at=signed,
            mentor_signed_by=cast.tomasz,
        )
        assert said in html()


def test_board_figures_come_with_their_n(cast: Cast, as_: As) -> None:
    today = timezone.localdate()
    begin_plan(cast.pairing)
    mais = second(cast, starts_on=today - 4 * WEEK)
    for pairing, weeks in ((cast.pairing, 1), (cast.pairing, 2), (mais, 3), (mais, 9)):
        met(cast, today - weeks * WEEK, pairing)
    due = Milestone.objects.filter(due_on__lt=today)
    count, oldest = due.count(), today - due.order_by("due_on")[0].due_on
    found = figures(board_of(cast))
    assert (found.pairs, found.paused, found.met) == (2, 0, 1)
    assert (found.sessions, found.fewest, found.most, found.each) == (3, 1, 2, 1.5)
    assert found.kept is not None
    assert (found.kept.hits, found.kept.n) == (3, 14)
    assert (found.late, found.due, found.oldest) == (count, count, oldest.days)
    html = as_(cast.ruth).get(address(cast, "board/?q=nobody")).content.decode()
    assert "3 of 14 (8 % to 48 %)" in html
    assert "No pair fits these filters." in html
    assert "caught" not in html
    rest(cast, weeks=1, back_on=None)
    found = figures(board_of(cast))
    assert (found.pairs, found.paused, found.met, found.sessions) == (1, 1, 0, 1)


def test_board_filters(cast: Cast, as_: As) -> None:
    over = second(cast)
    end(over)
    client = as_(cast.ruth)

    def found(query: str) -> list[str]:
        response = client.get(address(cast, f"board/?{query}"))
        return [row.pair.junior for row in response.context["page"]]

    ines, both = ["Ines Carvalho"], ["Ines Carvalho", "Mai Tran"]
    assert found("") == found("q=TOMASZ") == found("q=ines") == ines
    assert found("state=active") == found("phase=mentor_leads") == ines
    assert found("state=all") == found("state=all&q=a") == both
    assert found("state=ended") == ["Mai Tran"]
    assert found(f"state=all&mentor={cast.anjali_enrolled.pk}") == ["Mai Tran"]
    assert found(f"mentor={cast.tomasz_enrolled.pk}") == ines
    assert found(f"team={cast.ines_enrolled.team}") == ines
    assert found("q=nobody") == found("state=paused") == []
    assert found("phase=independent") == []
    assert found("mentor=x&team=Nowhere&state=odd&q=%00&page=99") == ines


def test_board_is_for_who_oversees_the_program(cast: Cast, as_: As) -> None:
    second(cast)
    program = address(cast, "")
    for member in (cast.ruth, cast.otis, cast.mark, cast.olga):
        assert as_(member).get(program).headers["Location"] == address(cast)
        html = as_(member).get(address(cast)).content.decode()
        assert "Ines Carvalho" in html
        assert "Mai Tran" in html
        assert SAID_ALONE not in html
        assert re.search('<a href="/o/tidewater/programs/" aria-current="page">', html)
    for member in (cast.ines, cast.tomasz, cast.lars):
        for rest in ("board/", "board.csv", "board.xlsx"):
            assert as_(member).get(address(cast, rest)).status_code == 403
        html = as_(member).get(program).content.decode()
        assert "Mai Tran" not in html


def test_board_counts_seats_and_who_waits(cast: Cast, as_: As) -> None:
    response = as_(cast.ruth).get(address(cast))
    figures = response.context["figures"]
    assert (figures.paired, figures.juniors, figures.unpaired) == (1, 3, 2)
    assert (figures.free, figures.seats, figures.mentors) == (5, 6, 2)
    html = response.content.decode()
    assert "Led by Ruth Adeyemi." in html
    assert "5 of 6 seats are free" in html
    assert "2 juniors without a mentor" in html
    link = f'href="{address(cast, "pair/")}?junior={cast.mai_enrolled.pk}"'
    assert link in html
    assert link not in as_(cast.otis).get(address(cast)).content.decode()


def test_board_holds_nothing_of_another_program(cast: Cast) -> None:
    other = PairingFactory.create(program__organisation=cast.tidewater)
    assert other.program_id != cast.program.pk
    assert [row.pair.pk for row in rows_of(cast)] == [cast.pairing.pk]


def test_board_escapes_names_and_teams(cast: Cast, as_: As) -> None:
    hostile = '<img src=x onerror="x">'
    Enrolment.objects.filter(pk=cast.ines_enrolled.pk).update(team=hostile)
    Membership.objects.filter(pk=cast.tomasz.pk).update(called=hostile)
    html = as_(cast.ruth).get(address(cast)).content.decode()
    assert hostile not in html
    assert html.count("&lt;img src=x onerror=&quot;x&quot;&gt;") >= 3


def test_board_reads_the_same_from_both_files(cast: Cast, as_: As) -> None:
    today = timezone.localdate()
    begin_plan(cast.pairing)
    second(cast)
    met(cast, today - WEEK, next_on=today + DAY)
    Enrolment.objects.filter(pk=cast.ines_enrolled.pk).update(
        team='=HYPERLINK("http://x","y")'
    )
    client = as_(cast.ruth)

    response = client.get(address(cast, "board.csv?q=ines"))
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    text = response.content.decode("utf-8-sig")
    [plain] = csv.DictReader(io.StringIO(text))
    response = client.get(address(cast, "board.xlsx?q=ines"))
    sheet = load_workbook(io.BytesIO(response.content)).active
    assert sheet is not None
    header, cells = sheet.iter_rows()
    titles = [str(cell.value) for cell in header]
    rich = {title: cell.value for title, cell in zip(titles, cells, strict=True)}

    assert list(plain) == titles
    assert plain["junior"] == rich["junior"] == "Ines Carvalho"
    assert plain["team"] == rich["team"] == '\'=HYPERLINK("http://x","y")'
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert plain["last session"] == (today - WEEK).isoformat()
    assert rich["last session"] == datetime.combine(today - WEEK, datetime.min.time())
    assert (plain["sessions"], rich["sessions"]) == ("1", 1)
    assert plain["next session"] == (today + DAY).isoformat()
    assert plain["what it needs"] == rich["what it needs"] != ""
    text = client.get(address(cast, "board.csv")).content.decode("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(text)))) == 3


def test_board_makes_its_files_of_any_name(cast: Cast, as_: As) -> None:
    Enrolment.objects.filter(pk=cast.ines_enrolled.pk).update(team="\x07=1+1\x1b\uffff")
    client = as_(cast.ruth)
    body = client.get(address(cast, "board.xlsx")).content
    sheet = load_workbook(io.BytesIO(body)).active
    assert sheet is not None
    assert sheet["C2"].value == "'=1+1"
    text = client.get(address(cast, "board.csv")).content.decode("utf-8-sig")
    assert next(csv.DictReader(io.StringIO(text)))["team"] == "'=1+1"


def test_board_asks_as_much_for_three_pairs_as_for_one(
    cast: Cast, as_: As, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client, today = as_(cast.ruth), timezone.localdate()
    begin_plan(cast.pairing)
    met(cast, today)
    client.get(address(cast))
    with django_assert_num_queries(17):
        client.get(address(cast))
    for _ in range(2):
        junior = EnrolmentFactory.create(program=cast.program)
        pairing = PairingFactory.create(program=cast.program, junior=junior)
        begin_plan(pairing)
        met(cast, today - 6 * WEEK, pairing)
    with django_assert_num_queries(17):
        client.get(address(cast))


@pytest.mark.parametrize("state", ["draft", "running", "closed", "archived"])
def test_board_opens_in_every_state_of_the_program(
    cast: Cast, as_: As, state: str
) -> None:
    Program.objects.filter(pk=cast.program.pk).update(state=state)
    response = as_(cast.ruth).get(address(cast))
    assert response.status_code == 200
    assert bool(row_of(cast).needs) == (state == "running")


def test_board_leads_to_matching_where_several_wait_and_to_no_empty_filters(
    cast: Cast, as_: As
) -> None:
    html = as_(cast.ruth).get(address(cast)).content.decode()
    primary = f'class="button primary" href="{address(cast, "matching/")}"'
    assert primary in html
    second(cast)
    assert primary not in as_(cast.ruth).get(address(cast)).content.decode()
    end(Pairing.objects.get(junior=cast.mai_enrolled))
    end(cast.pairing)
    html = as_(cast.ruth).get(address(cast)).content.decode()
    assert 'href="?state=all"' in html
    Pairing.objects.all().delete()
    html = as_(cast.ruth).get(address(cast)).content.decode()
    assert "Once a junior has a mentor" in html
    assert 'role="search"' not in html


def test_board_teaches_where_nobody_is_enrolled(cast: Cast, as_: As) -> None:
    Pairing.objects.all().delete()
    Enrolment.objects.all().delete()
    html = as_(cast.ruth).get(address(cast)).content.decode()
    assert "Nobody is enrolled yet" in html
    assert "<table" not in html
