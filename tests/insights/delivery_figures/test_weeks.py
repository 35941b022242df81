from collections.abc import Callable
from datetime import date, timedelta
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from preceptor.accounts.entries import HistoryEntry
from preceptor.accounts.models import Membership, StagedUpload
from preceptor.insights.delivery_figures.files import HEADER
from preceptor.insights.models import TeamWeek
from tests.cast import Cast

As = Callable[[Membership], Client]
WEEKS = "/o/tidewater/delivery/"
UPLOAD = f"{WEEKS}upload/"


def file(*rows: str) -> dict[str, SimpleUploadedFile]:
    body = "\n".join([",".join(HEADER), *rows]).encode()
    return {"file": SimpleUploadedFile("weeks.csv", body, "text/csv")}


def confirm(client: Client, *rows: str) -> str:
    """Uploads and takes over; where it leads."""
    preview = client.post(UPLOAD, file(*rows))["Location"]
    shown = client.get(preview).context["todo"].fingerprint
    answer = client.post(f"{preview}import/", {"fingerprint": shown})
    assert answer.status_code == 303
    return str(answer["Location"])


def week(cast: Cast, **fields: object) -> TeamWeek:
    own = {"team": "Billing", "monday": date(2026, 3, 30), "deployments": 4}
    return TeamWeek.objects.create(
        organisation=cast.tidewater, **{**own, "failures": 1, **fields}
    )


def test_weeks_teaches_where_there_is_none(cast: Cast, as_: As) -> None:
    html = as_(cast.ruth).get(WEEKS).content.decode()
    assert "No week is told yet" in html
    assert f'href="{UPLOAD}"' in html
    assert UPLOAD not in as_(cast.otis).get(WEEKS).content.decode()


def test_weeks_asks_as_much_for_three_as_for_one(
    cast: Cast, as_: As, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_(cast.mark)
    week(cast)
    client.get(WEEKS)
    with django_assert_num_queries(4):
        client.get(WEEKS)
    week(cast, team="Rates")
    week(cast, team="Customs")
    with django_assert_num_queries(4):
        client.get(WEEKS)


def test_weeks_can_be_narrowed_to_a_team(cast: Cast, as_: As) -> None:
    week(cast)
    week(cast, team="Rates")
    page = as_(cast.otis).get(f"{WEEKS}?team=rat").context["page"]
    assert [row.team for row in page] == ["Rates"]


def test_the_template_is_a_file_that_the_upload_reads(cast: Cast, as_: As) -> None:
    body = as_(cast.mark).get(f"{WEEKS}template.csv").content
    answer = as_(cast.mark).post(
        UPLOAD, {"file": SimpleUploadedFile("template.csv", body)}
    )
    todo = as_(cast.mark).get(answer["Location"]).context["todo"]
    assert todo.counts["new"] == 2


def test_a_file_shows_what_is_wrong_by_line_and_keeps_what_is_right(
    cast: Cast, as_: As
) -> None:
    week(cast)
    client = as_(cast.mark)
    next_week = timezone.localdate() + timedelta(days=7)
    rows = (
        "Billing,2026-W14,60,5,1,9",
        "Billing,2026-W15,61,6,1,9",
        "Billing,soon,61,6,1,9",
        f"Billing,{next_week},61,6,1,9",
        "Haulage,2026-W15,61,6,1,9",
    )
    preview = client.post(UPLOAD, file(*rows))["Location"]
    html = unescape(client.get(preview).content.decode())
    assert "“soon” is no week" in html
    assert "that week is not over yet" in html
    assert "Nobody of a program is on these teams" in html
    assert "Take over 3 weeks" in html
    assert "leave out 2 rows" in html
    assert TeamWeek.objects.count() == 1
    shown = client.get(preview).context["todo"].fingerprint
    client.post(f"{preview}import/", {"fingerprint": shown})
    assert TeamWeek.objects.count() == 3
    first = TeamWeek.objects.get(team="Billing", monday=date(2026, 3, 30))
    assert (first.deployments, first.throughput, first.written_by) == (5, 9, cast.mark)
    assert not StagedUpload.objects.exists()


def test_a_preview_tells_the_figures_and_what_they_would_write_over(
    cast: Cast, as_: As
) -> None:
    week(cast)
    client = as_(cast.mark)
    rows = "Billing,2026-W14,60,5,1,", "Billing,2026-W15,61.5,,,"
    preview = client.post(UPLOAD, file(*rows))["Location"]
    answer = client.get(preview)
    told = [
        [(str(name), str(value), before) for name, value, before in one.told]
        for one in answer.context["todo"].effects
    ]
    assert told == [
        [
            ("Lead time, hours", "60.0", None),
            ("Deployments a week", "5", 4),
            ("Change failures", "1", None),
        ],
        [("Lead time, hours", "61.5", None)],
    ]
    assert "Deployments a week: 5 in place of 4<br>" in answer.content.decode()


def test_an_empty_cell_leaves_what_stands(cast: Cast, as_: As) -> None:
    week(cast)
    confirm(as_(cast.mark), "billing,2026-W14,,,0,12")
    row = TeamWeek.objects.get()
    assert (row.team, row.deployments, row.failures, row.throughput) == (
        *("Billing", 4, 0, 12),
    )


def test_a_correction_may_not_leave_more_failures_than_deployments(
    cast: Cast, as_: As
) -> None:
    week(cast)
    client = as_(cast.mark)
    preview = client.post(UPLOAD, file("Billing,2026-W14,,,5,"))["Location"]
    html = client.get(preview).content.decode()
    assert "has more change failures than deployments" in html


def test_a_lead_writes_of_the_teams_they_lead_alone(cast: Cast, as_: As) -> None:
    client = as_(cast.ruth)
    preview = client.post(
        UPLOAD, file("Billing,2026-W14,,5,0,", "Haulage,2026-W14,,5,0,")
    )["Location"]
    html = unescape(client.get(preview).content.decode())
    assert "nobody of a program that you lead is on this team" in html
    assert client.get(preview).context["counts"]["new"] == 1
    theirs = week(cast, team="Haulage")
    assert client.get(f"{WEEKS}{theirs.pk}/").status_code == 403
    assert client.post(f"{WEEKS}{theirs.pk}/remove/").status_code == 403


def test_what_changed_in_between_is_shown_again(cast: Cast, as_: As) -> None:
    client = as_(cast.mark)
    preview = client.post(UPLOAD, file("Billing,2026-W14,,5,0,"))["Location"]
    shown = client.get(preview).context["todo"].fingerprint
    week(cast)
    answer = client.post(f"{preview}import/", {"fingerprint": shown})
    assert answer.status_code == 409
    assert "Something changed in between" in answer.content.decode()
    assert TeamWeek.objects.get().deployments == 4


def test_a_file_is_its_owners_and_is_taken_over_once(cast: Cast, as_: As) -> None:
    client = as_(cast.mark)
    preview = client.post(UPLOAD, file("Billing,2026-W14,,5,0,"))["Location"]
    assert as_(cast.olga).get(preview).status_code == 410
    shown = client.get(preview).context["todo"].fingerprint
    assert client.post(f"{preview}import/", {"fingerprint": shown}).status_code == 303
    assert client.post(f"{preview}import/", {"fingerprint": shown}).status_code == 410


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "Choose one with rows"),
        (b"PK\x03\x04", "spreadsheet file"),
        (b"team,deployments\nBilling,3\n", "These columns are missing: week"),
    ],
)
def test_a_file_of_no_use_says_so(cast: Cast, as_: As, body: bytes, said: str) -> None:
    answer = as_(cast.mark).post(UPLOAD, {"file": SimpleUploadedFile("a.csv", body)})
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_edit_week_keeps_what_two_tabs_changed_and_asks_where_both_did(
    cast: Cast, as_: As
) -> None:
    row = week(cast, throughput=3)
    client, page = as_(cast.mark), f"{WEEKS}{row.pk}/"
    stood = {"lead_time_hours": "", "deployments": "4", "failures": "1"}
    seen = client.get(page).context["seen"]
    first = {**stood, "throughput": "3", "deployments": "6", "seen": seen}
    assert client.post(page, first).status_code == 303
    other = {**stood, "throughput": "8", "seen": seen}
    assert client.post(page, other).status_code == 303
    row.refresh_from_db()
    assert (row.deployments, row.throughput) == (6, 8)
    late = client.post(
        page, {**stood, "throughput": "3", "deployments": "9", "seen": seen}
    )
    assert late.status_code == 409
    html = late.content.decode()
    assert "Yours: 9" in html
    assert "Saved by now: 6" in html
    row.refresh_from_db()
    assert row.deployments == 6


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"failures": "5"}, "more change failures than deployments"),
        ({"deployments": "-1"}, "Write 0 or more."),
        ({"deployments": "", "failures": ""}, "Tell one figure at least"),
    ],
)
def test_edit_week_says_what_is_wrong(
    cast: Cast, as_: As, changed: dict[str, str], said: str
) -> None:
    row = week(cast)
    sent = {"lead_time_hours": "", "deployments": "4", "failures": "1", **changed}
    answer = as_(cast.mark).post(f"{WEEKS}{row.pk}/", {**sent, "throughput": ""})
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_remove_week(cast: Cast, as_: As) -> None:
    row = week(cast)
    assert as_(cast.mark).get(f"{WEEKS}{row.pk}/remove/").status_code == 200
    assert as_(cast.mark).post(f"{WEEKS}{row.pk}/remove/").status_code == 303
    assert not TeamWeek.objects.exists()


def test_an_export_is_safe_to_open_read_again_and_noted(cast: Cast, as_: As) -> None:
    week(cast, team="=1+1")
    body = as_(cast.otis).get(f"{WEEKS}weeks.csv").content
    assert b"'=1+1,2026-03-30,,4,1," in body
    entry = HistoryEntry.objects.filter(what="export").get()
    assert (entry.actor_id, entry.after) == (
        cast.otis.pk,
        {"subject": "weekly delivery figures"},
    )


def test_delivery_says_that_nothing_is_claimed(cast: Cast, as_: As) -> None:
    page = f"/o/tidewater/programs/{cast.program.pk}/delivery/"
    assert "No team of this program" in as_(cast.ruth).get(page).content.decode()
    monday = cast.program.starts_on + timedelta(days=14)
    monday -= timedelta(days=monday.weekday())
    week(cast, team="integrations", monday=monday)
    html = unescape(as_(cast.otis).get(page).content.decode())
    assert "does not say that it caused it" in html
    # One pair: what the team's mentoring is would say how often the two met.
    assert "Mentoring depth is not told of this team" in html
    assert html.count('role="img"') == 2
