"""Holidays from a calendar file: what is shown is what is written."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from preceptor.accounts.actions import add_holidays
from preceptor.accounts.actions.holiday_files import years_ahead
from preceptor.accounts.calendar_files import MAX_BYTES
from preceptor.accounts.models import Holiday, Membership, StagedUpload
from progress.actions import begin_plan
from progress.models import Milestone
from tests.cast import Cast

As = Callable[[Membership], Client]
HOLIDAYS = "/o/tidewater/members/holidays/"
UPLOAD = f"{HOLIDAYS}upload/"
CALENDAR = (
    b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:New Year\r\n"
    b"DTSTART;VALUE=DATE:20200101\r\nRRULE:FREQ=YEARLY\r\nEND:VEVENT\r\n"
    b"END:VCALENDAR\r\n"
)


def calendar(**named: date) -> bytes:
    events = "".join(
        f"BEGIN:VEVENT\r\nSUMMARY:{name}\r\nDTSTART;VALUE=DATE:{day:%Y%m%d}\r\n"
        "END:VEVENT\r\n"
        for name, day in named.items()
    )
    return f"BEGIN:VCALENDAR\r\n{events}END:VCALENDAR\r\n".encode()


def upload(client: Client, data: bytes = CALENDAR) -> str:
    """Where the preview is, or the page that refuses it."""
    file = SimpleUploadedFile("days.ics", data)
    answer = client.post(UPLOAD, {"file": file})
    return answer["Location"] if answer.status_code == 303 else answer.text


def confirm(
    client: Client, path: str, fingerprint: str = "", days: Sequence[date] = ()
) -> int:
    """Takes all of the days that are offered, where none are named."""
    page = client.get(path)
    if page.status_code == 200:
        todo = page.context["todo"]
        fingerprint = fingerprint or todo.fingerprint
        days = days or list(todo.offered)
    texts = [f"{day}" for day in days] or ["none"]
    answer = {"fingerprint": fingerprint, "day": texts}
    return client.post(f"{path}import/", answer).status_code


@pytest.fixture
def due(cast: Cast) -> date:
    """The day of a milestone of Ines, ahead of today."""
    begin_plan(cast.pairing)
    today = timezone.localdate()
    return Milestone.objects.filter(due_on__gt=today)[1].due_on


def test_it_is_shown_and_then_written(cast: Cast, as_: As, due: date) -> None:
    add_holidays(
        actor=cast.mark,
        days=[due + timedelta(days=1)],
        name="Ours",
        now=timezone.now(),
    )
    mark = as_(cast.mark)
    data = calendar(Harbour=due, Theirs=due + timedelta(days=1), Old=date(1999, 1, 1))
    path = upload(mark, data)
    page = mark.get(path).text
    assert "1 milestone of 1 junior moves to the next working day." in page
    assert "in the file: Theirs" in page
    assert "lies in none of these years" in page
    assert page.count('name="day"') == 1
    assert Holiday.objects.count() == 1
    assert confirm(mark, path) == 303
    assert Holiday.objects.names(cast.tidewater.pk) == {
        due: "Harbour",
        due + timedelta(days=1): "Ours",
    }
    assert Milestone.objects.filter(nominal_on=due).count() == 1
    said = mark.get(HOLIDAYS).text
    assert "1 holiday was added. 1 milestone of 1 junior moves" in said


def test_an_owner_chooses_which_days(cast: Cast, as_: As) -> None:
    mark, today = as_(cast.mark), timezone.localdate()
    days = [today + timedelta(days=n) for n in (3, 4, 5)]
    path = upload(mark, calendar(One=days[0], Two=days[1], Three=days[2]))
    assert mark.get(path).text.count(" checked>") == 3
    assert confirm(mark, path, days=days[::2]) == 303
    assert sorted(Holiday.objects.names(cast.tidewater.pk)) == days[::2]


def test_none_that_is_chosen_is_said(cast: Cast, as_: As) -> None:
    mark = as_(cast.mark)
    path = upload(mark)
    seen = mark.get(path).context["todo"].fingerprint
    answer = mark.post(f"{path}import/", {"fingerprint": seen})
    assert answer.status_code == 422
    assert "No day is chosen" in answer.text
    assert " checked>" not in answer.text
    assert Holiday.objects.count() == 0


def test_what_moves_by_the_days_that_were_chosen_is_seen_before(
    cast: Cast, as_: As, due: date
) -> None:
    """The preview told of all of them; of fewer something else is true."""
    mark, other = as_(cast.mark), timezone.localdate() + timedelta(days=400)
    path = upload(mark, calendar(Harbour=due, Later=other))
    seen = mark.get(path).context["todo"].fingerprint
    answer = {"fingerprint": seen, "day": [f"{other}"]}
    again = mark.post(f"{path}import/", answer)
    assert again.status_code == 409
    assert "Nothing is due that would move." in again.text
    assert again.text.count(" checked>") == 1
    answer["fingerprint"] = again.context["todo"].fingerprint
    assert mark.post(f"{path}import/", answer).status_code == 303
    assert list(Holiday.objects.names(cast.tidewater.pk)) == [other]


def test_a_repeated_one_is_read_for_three_years(cast: Cast, as_: As) -> None:
    mark = as_(cast.mark)
    assert confirm(mark, upload(mark)) == 303
    first, last = years_ahead(cast.mark, timezone.now())
    years = range(first.year, last.year + 1)
    assert sorted(Holiday.objects.names(cast.tidewater.pk)) == [
        date(year, 1, 1) for year in years
    ]
    assert len(years) == 3


def test_what_changed_in_between_is_shown_again(cast: Cast, as_: As, due: date) -> None:
    mark = as_(cast.mark)
    path = upload(mark, calendar(Harbour=due))
    seen = mark.get(path).context["todo"].fingerprint
    add_holidays(actor=cast.olga, days=[due], name="Ours", now=timezone.now())
    assert confirm(mark, path, seen) == 409
    assert Holiday.objects.get().name == "Ours"


def test_two_confirmations_write_once(cast: Cast, as_: As) -> None:
    mark = as_(cast.mark)
    path = upload(mark)
    seen = mark.get(path).context["todo"].fingerprint
    assert [confirm(mark, path, seen) for _ in range(2)] == [303, 410]
    assert Holiday.objects.count() == 3
    assert StagedUpload.objects.count() == 0


def test_the_file_is_ones_own_and_for_an_hour(cast: Cast, as_: As) -> None:
    mark = as_(cast.mark)
    path = upload(mark)
    assert as_(cast.olga).get(path).status_code == 410
    assert as_(cast.ruth).get(path).status_code == 403
    late = timezone.now() - timedelta(minutes=61)
    StagedUpload.objects.update(created_at=late)
    assert mark.get(path).status_code == 410
    assert confirm(mark, path, "any") == 410


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b"hello", "This is no calendar file."),
        (b"x" * (MAX_BYTES + 1), "larger than 300 kB"),
        (b"BEGIN:VCALENDAR\r\nEND:VCALENDAR", "The calendar has no entry."),
    ],
)
def test_a_file_of_no_use_is_refused_with_a_sentence(
    cast: Cast, as_: As, data: bytes, sentence: str
) -> None:
    assert sentence in upload(as_(cast.mark), data)
    assert StagedUpload.objects.count() == 0


def test_an_upload_from_elsewhere_is_refused(cast: Cast) -> None:
    """The token of the form is looked at although the limit comes first."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.mark.user)
    file = SimpleUploadedFile("days.ics", CALENDAR)
    assert client.post(UPLOAD, {"file": file}).status_code == 403


def test_a_name_is_text_alone(cast: Cast, as_: As) -> None:
    mark, day = as_(cast.mark), timezone.localdate() + timedelta(days=3)
    path = upload(mark, calendar(**{"<b>Feast</b>": day}))
    assert "&lt;b&gt;Feast&lt;/b&gt;" in mark.get(path).text


@pytest.mark.parametrize("count", [1, 3])
def test_the_preview_asks_as_much_for_three_as_for_one(
    cast: Cast, as_: As, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    today = timezone.localdate()
    named = {f"Day {n}": today + timedelta(days=n) for n in range(count)}
    mark = as_(cast.mark)
    path = upload(mark, calendar(**named))
    mark.get(path)
    with django_assert_num_queries(5):
        assert mark.get(path).text.count('<th scope="row">') == count
