import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import tablib
from django.test import Client
from django.utils import timezone
from kombu import Connection
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from pairings.models import Program
from preceptor.accounts.entries import HistoryEntry
from preceptor.accounts.models import Membership, Organisation
from preceptor.insights import tasks
from preceptor.insights.delivery_figures.beside import Team
from preceptor.insights.figures import closing
from preceptor.insights.figures.quarters import Quarter
from preceptor.insights.models import QuarterReport, ReportReader
from preceptor.insights.quarterly import actions
from preceptor.insights.quarterly.document import as_json, from_json
from preceptor.insights.quarterly.making import of_organisation, of_program
from preceptor.insights.quarterly.making import program as making
from reviews.models import ReviewSession
from reviews.taxonomy import Group, Kind, label
from tests.cast import Cast
from tests.factories import EnrolmentFactory, PairingFactory, ProgramFactory

As = Callable[[Membership], Client]
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
Q3, WEEK = Quarter(2026, 3), timedelta(weeks=1)


@pytest.fixture
def year(cast: Cast) -> Program:
    """A program since January with five pairs that met each week, all but the last."""
    program = ProgramFactory.create(
        organisation=cast.tidewater,
        name="The year",
        starts_on=date(2026, 1, 5),
        created_at=datetime(2025, 12, 1, tzinfo=UTC),
    )
    mentor = EnrolmentFactory.create(
        program=program, membership=cast.anjali, side="mentor"
    )
    for number in range(5):
        junior = EnrolmentFactory.create(program=program)
        pair = PairingFactory.create(program=program, mentor=mentor, junior=junior)
        ReviewSession.objects.bulk_create(
            ReviewSession(
                organisation=cast.tidewater,
                pairing=pair,
                mentor=cast.anjali,
                junior=junior.membership,
                state=ReviewSession.State.CLOSED,
                is_logged=True,
                title="Print the rate",
                opened_at=datetime(2026, 1, 5, 9, tzinfo=UTC) + week * WEEK,
                closed_at=datetime(2026, 1, 5, 10, tzinfo=UTC) + week * WEEK,
                held_on=date(2026, 1, 5) + week * WEEK,
                minutes=50,
            )
            for week in range(26, 36 if number < 4 else 26)
        )
    closing.close(program, NOW)
    program.staff.create(organisation=cast.tidewater, membership=cast.ruth, role="lead")
    return program


def page(program: Program, rest: str = "") -> str:
    return f"/o/tidewater/programs/{program.pk}/quarters/2026-Q3/{rest}"


def test_a_report_is_the_figures_of_the_closed_months(year: Program) -> None:
    report = of_program(year, Q3, NOW)
    assert (report.title, report.quarter, report.months) == ("The year", "2026-Q3", 3)
    assert [sheet.key for sheet in report.sheets] == [
        *("record", "learning", "staying", "returns")
    ]
    pairs, alive, kept, stones = report.summary
    assert pairs.value == 5
    assert (alive.value, alive.n) == (0.8, 5)
    assert kept.value is not None
    assert kept.low is not None
    assert kept.low < kept.value
    assert stones.note == "Nothing of it happened in these months."
    by_label = {line.label: line for _sheet, _part, line in report.lines}
    assert by_label["Minutes a session"].value == 50
    # A cohort of five has no curve, and no flaw was found in what was logged.
    assert "Fewer than ten people" in by_label["The year"].note
    assert by_label["Real flaws caught alone"].value is None


def test_a_report_comes_back_from_its_document(year: Program) -> None:
    report = of_program(year, Q3, NOW)
    assert from_json(as_json(report)) == report


def test_a_report_asks_as_much_for_ten_pairs_as_for_five(
    year: Program, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(5):
        of_program(year, Q3, NOW)
    mentor = year.enrolments.get(side="mentor")
    for _number in range(5):
        junior = EnrolmentFactory.create(program=year)
        PairingFactory.create(program=year, mentor=mentor, junior=junior)
    with django_assert_num_queries(5):
        of_program(year, Q3, NOW)


def test_the_report_of_all_has_a_line_a_program(cast: Cast, year: Program) -> None:
    report = of_organisation(cast.tidewater, Q3, NOW)
    assert [(line.label, line.value) for line in report.summary] == [
        *(("programs", 2), ("pairs in the quarter", 5), ("juniors", 5))
    ]
    labels = [
        line.label for _s, part, line in report.lines if part.startswith("Planned")
    ]
    assert sorted(labels) == ["Preceptorship, spring", "The year"]


def test_quarter_report_is_for_who_oversees(cast: Cast, as_: As, year: Program) -> None:
    html = unescape(as_(cast.ruth).get(page(year)).content.decode())
    assert "The year, 2026-Q3" in html
    assert "what was counted of its months stays as it is" in html
    assert "Mail it each quarter" in html
    assert as_(cast.anjali).get(page(year)).status_code == 403
    hostile = ("0001-Q1", "1899-Q4", "9999-Q1", "2_26-Q3", "+026-Q3", "٢٠٢٦-Q3")
    for text in ("2026-Q5", "2026", "never", "2999-Q1", *hostile):
        path = page(year).replace("2026-Q3", text)
        assert as_(cast.ruth).get(path).status_code == 404
    first = page(year).replace("2026-Q3", "1900-Q1")
    assert as_(cast.ruth).get(first).status_code == 200
    assert as_(cast.ruth).get("/o/tidewater/quarters/2026-Q3/").status_code == 403
    assert as_(cast.mark).get("/o/tidewater/quarters/2026-Q3/").status_code == 200


def test_quarters_lists_the_programs_that_one_oversees(
    cast: Cast,
    as_: As,
    year: Program,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    def shown(member: Membership) -> list[str]:
        rows = as_(member).get("/o/tidewater/quarters/").context["page"]
        return sorted(row.name for row in rows)

    assert shown(cast.mark) == ["Preceptorship, spring", "The year"]
    assert shown(cast.otis) == ["Preceptorship, spring"]
    assert as_(cast.anjali).get("/o/tidewater/quarters/").status_code == 403
    client = as_(cast.ruth)
    client.get("/o/tidewater/quarters/")
    with django_assert_num_queries(5):
        client.get("/o/tidewater/quarters/")


def test_files_hold_every_figure_safely_and_are_noted(
    cast: Cast, as_: As, year: Program
) -> None:
    Program.objects.filter(pk=year.pk).update(name="=1+1\x0b")
    answer = as_(cast.ruth).get(page(year, "report.csv"))
    assert answer["Content-Disposition"] == 'attachment; filename="11-2026-q3.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    # Nothing is told of cost and delivery yet.
    assert {row["sheet"] for row in rows} == {
        *("Summary", "Pairs, milestones and depth", "Learning", "Who stays")
    }
    [length] = [row for row in rows if row["figure"] == "Minutes a session"]
    assert (float(length["value"]), length["n"]) == (50.0, "40")
    assert "'=1+1" in {row["figure"] for row in rows}
    book = tablib.Databook().load(
        as_(cast.ruth).get(page(year, "report.xlsx")).content, "xlsx"
    )
    assert [sheet.title for sheet in book.sheets()] == [
        "Summary",
        "Pairs, milestones and depth",
        "Learning",
        "Who stays",
        "Cost, return and delivery",
    ]
    told = HistoryEntry.objects.filter(what="export").order_by("pk")
    assert [(row.actor_id, row.program_id) for row in told] == [
        (cast.ruth.pk, year.pk),
        (cast.ruth.pk, year.pk),
    ]
    assert as_(cast.ruth).get(page(year, "report.pdf")).status_code == 404


@pytest.fixture
def many(cast: Cast, year: Program) -> list[str]:
    """Forty more programs that ran in the quarter, by name."""
    made = Program.objects.bulk_create(
        Program(
            organisation=cast.tidewater,
            name=f"Site {number}",
            state=Program.State.RUNNING,
            starts_on=year.starts_on,
            ends_on=year.ends_on,
            created_at=year.created_at,
        )
        for number in range(40)
    )
    for program in made[:4]:
        closing.close(program, NOW)
    return [program.name for program in made]


def test_the_files_of_all_have_a_line_for_every_program(
    cast: Cast, as_: As, year: Program, many: list[str]
) -> None:
    answer = as_(cast.olga).get("/o/tidewater/quarters/2026-Q3/report.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    for part in (
        "Planned weeks that were kept",
        "Real flaws that juniors caught alone",
    ):
        told = {row["figure"] for row in rows if row["part"] == part}
        assert told == {*many, "The year", "Preceptorship, spring"}


def test_the_report_of_all_asks_as_much_for_forty_programs_as_for_two(
    cast: Cast, year: Program, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(4):
        of_organisation(cast.tidewater, Q3, NOW)


def test_the_report_of_all_asks_no_more_for_forty(
    cast: Cast, many: list[str], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    told: list[tuple[int, int]] = []
    with django_assert_num_queries(4):
        of_organisation(cast.tidewater, Q3, NOW, lambda *step: told.append(step))
    assert told == [(n, 42) for n in range(5)]


def test_delivery_is_told_up_to_the_day_where_the_organisation_is(
    cast: Cast, year: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Late in UTC it is tomorrow in Auckland, and early yesterday in Honolulu."""
    asked: list[date] = []

    def beside(_program: Program, until: date) -> list[Team]:
        asked.append(until)
        return []

    monkeypatch.setattr(making, "teams_beside", beside)
    evening = datetime(2026, 8, 20, 22, tzinfo=UTC)
    for zone in ("Pacific/Auckland", "UTC", "Pacific/Honolulu"):
        year.organisation.time_zone = zone
        of_program(year, Q3, evening.replace(hour=2 if "Hon" in zone else 22))
    assert asked == [date(2026, 8, 22), date(2026, 8, 21), date(2026, 8, 20)]


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every program takes longer than a page waits."""
    monkeypatch.setattr(actions, "AT_ONCE", 0)


@pytest.mark.usefixtures("large")
def test_a_large_report_is_made_by_a_worker_and_kept(
    cast: Cast,
    as_: As,
    year: Program,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(tasks.make_report, "delay", asked.append)
    client = as_(cast.ruth)
    assert "A worker makes this report" in client.get(page(year)).content.decode()
    assert client.get(page(year, "report.csv")).status_code == 303
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined] # a context manager
        client.post(page(year, "make/"))
        client.post(page(year, "make/"))
    [pk] = asked
    assert "Waiting for a worker" in client.get(page(year)).content.decode()
    actions.take_up(pk)
    actions.take_up(pk)
    polled = client.get(page(year), headers={"HX-Request": "true"})
    assert polled["HX-Redirect"] == page(year)
    html = client.get(page(year)).content.decode()
    assert "Pairs that are alive" in html
    assert "Make it anew" in html
    assert client.get(page(year, "report.xlsx")).status_code == 200


@pytest.mark.usefixtures("large")
def test_a_report_that_was_lost_with_its_worker_is_made_all_the_same(
    cast: Cast,
    as_: As,
    year: Program,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(tasks.make_report, "delay", asked.append)
    row = QuarterReport.objects.create(
        organisation=cast.tidewater, program=year, year=2026, number=3, state="running"
    )
    client = as_(cast.ruth)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined] # a context manager
        client.post(page(year, "make/"))
    assert asked == []
    assert "The report is being made" in client.get(page(year)).content.decode()

    rows = QuarterReport.objects.filter(pk=row.pk)
    rows.update(asked_at=timezone.now() - timedelta(minutes=16))
    assert "Make the report" in client.get(page(year)).content.decode()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined] # a context manager
        client.post(page(year, "make/"))
    assert asked == [row.pk]
    rows.update(state="running")
    actions.take_up(row.pk)
    assert "Pairs that are alive" in client.get(page(year)).content.decode()


def queued(pk: int, broker: Connection) -> object:
    by: dict[str, Any] = {"connection": broker, "retry": False}
    return tasks.make_report.apply_async((pk,), **by)


@pytest.mark.usefixtures("large")
def test_a_report_that_could_not_be_queued_says_so_at_once(
    cast: Cast,
    as_: As,
    year: Program,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    """Nobody waits a quarter of an hour for a worker that never heard of it."""
    client = as_(cast.ruth)
    with monkeypatch.context() as away:
        nowhere = Connection("redis://127.0.0.1:9/0")
        away.setattr(tasks.make_report, "delay", lambda pk: queued(pk, nowhere))
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined] # a context manager
            client.post(page(year, "make/"))
    assert "The report failed" in client.get(page(year)).content.decode()
    asked: list[int] = []
    monkeypatch.setattr(tasks.make_report, "delay", asked.append)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined] # a context manager
        client.post(page(year, "make/"))
    assert asked == [QuarterReport.objects.get().pk]


def test_a_report_that_fails_says_so(
    cast: Cast, as_: As, year: Program, large: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = QuarterReport.objects.create(
        organisation=cast.tidewater, program=year, year=2026, number=3
    )
    monkeypatch.setattr(actions, "of_program", lambda *_args: 1 / 0)
    actions.take_up(row.pk)
    html = as_(cast.ruth).get(page(year)).content.decode()
    assert "The report failed" in html
    assert "Make the report" in html


def test_a_worker_knows_the_categories_of_its_organisation(
    cast: Cast, year: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = QuarterReport.objects.create(
        organisation=cast.tidewater, program=year, year=2026, number=3
    )
    own = Kind("own_rust", "Iron oxide", Group.DESIGN)
    Organisation.objects.filter(pk=cast.tidewater.pk).update(own_categories=[own.row()])
    called: list[str] = []
    monkeypatch.setattr(
        actions, "of_program", lambda *_args: called.append(label("own_rust"))
    )
    monkeypatch.setattr(actions, "as_json", lambda _report: {})
    actions.take_up(row.pk)
    assert called == ["Iron oxide"]


def test_what_another_version_made_is_made_anew(
    cast: Cast, as_: As, year: Program, large: None
) -> None:
    QuarterReport.objects.create(
        organisation=cast.tidewater,
        program=year,
        year=2026,
        number=3,
        state="done",
        document={"title": 1},
        made_at=timezone.now(),
    )
    html = as_(cast.ruth).get(page(year)).content.decode()
    assert "A worker makes this report" in html


def test_report_schedule_keeps_what_two_tabs_changed(
    cast: Cast, as_: As, year: Program
) -> None:
    path = f"/o/tidewater/programs/{year.pk}/quarters/mail/"
    client = as_(cast.ruth)
    seen = client.get(path).context["seen"]
    first = {"day": "12", "readers": [cast.ruth.pk, cast.mark.pk], "seen": seen}
    assert client.post(path, first).status_code == 303
    assert set(ReportReader.objects.values_list("member", flat=True)) == {
        *(cast.ruth.pk, cast.mark.pk)
    }
    late = client.post(path, {"day": "15", "readers": [cast.olga.pk], "seen": seen})
    assert late.status_code == 409
    html = unescape(late.content.decode())
    assert "Saved by now: 12" in html
    assert "Mark Osei, Ruth Adeyemi" in html or "Ruth Adeyemi, Mark Osei" in html
    again = {"day": "15", "readers": [], "seen": late.context["seen"]}
    assert client.post(path, again).status_code == 303
    assert not ReportReader.objects.exists()


def test_report_schedule_takes_who_may_read_alone(
    cast: Cast, as_: As, year: Program
) -> None:
    path = f"/o/tidewater/programs/{year.pk}/quarters/mail/"
    client = as_(cast.ruth)
    for sent in (
        {"day": "12", "readers": [cast.anjali.pk]},
        {"day": "12", "readers": [cast.otto.pk]},
        {"day": "3", "readers": [cast.ruth.pk]},
    ):
        assert client.post(path, sent).status_code == 422
    assert as_(cast.otis).get(path).status_code == 404
    year.state = Program.State.ARCHIVED
    year.save()
    sent = {"day": "12", "readers": [cast.ruth.pk]}
    assert client.post(path, sent).status_code == 409


def test_reports_of_long_ago_go_and_what_never_was_made(
    cast: Cast, settings: Settings
) -> None:
    now = timezone.now()
    for number, (state, days) in enumerate(
        [("done", 399), ("done", 401), ("failed", 6), ("failed", 8), ("queued", 8)]
    ):
        at = now - timedelta(days=days)
        is_done = state == "done"
        QuarterReport.objects.create(
            organisation=cast.tidewater,
            year=2020 + number,
            state=state,
            document={} if is_done else None,
            asked_at=at,
            made_at=at if is_done else None,
        )
    assert actions.prune_reports(now) == 2
    left = QuarterReport.objects.order_by("year").values_list("year", flat=True)
    assert list(left) == [2020, 2022, 2024]
    settings.REPORT_DAYS = 0
    assert actions.prune_reports(now + timedelta(days=900)) == 1
