from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from pairings.models import Pairing
from reviews.models import ReviewSession
from tests.cast import Cast
from tests.reviews.conftest import BASE, CLOSE, DIFF, VERDICT, As


def logged(cast: Cast, **more: object) -> dict[str, object]:
    today = timezone.localdate().isoformat()
    words = {"pairing": cast.pairing.pk, "held_on": today, "change": "Rate cache"}
    return {**words, **more}


def test_log_needs_three_answers(cast: Cast, as_: As) -> None:
    answer = as_(cast.tomasz).post(f"{BASE}log/", logged(cast))
    session = ReviewSession.objects.get()
    assert answer["Location"] == f"{BASE}{session.pk}/"
    assert (session.state, session.is_logged) == ("closed", True)
    assert (session.mentor, session.junior) == (cast.tomasz, cast.ines)
    assert session.held_on == timezone.localdate()
    assert not session.passes.exists()
    assert list(ReviewSession.objects.held()) == [session]


def test_log_keeps_account_lesson_link_and_next_day(cast: Cast, as_: As) -> None:
    link = "https://git.example/pulls/7"
    next_on = timezone.localdate() + timedelta(days=7)
    words = {"change": link, "account": "It made up an API.", "lesson": "Look it up."}
    words |= {"minutes": "50", "next_on": next_on.isoformat()}
    answer = as_(cast.ines).post(f"{BASE}log/", logged(cast, **words))
    page = as_(cast.tomasz).get(answer["Location"]).content.decode()
    for expected in ("git.example/pulls/7", "made up an API", "Look it up.", "50"):
        assert expected in page
    session = ReviewSession.objects.get()
    assert (session.link, session.next_on) == (link, next_on)


def test_log_with_its_diff(cast: Cast, as_: As) -> None:
    """The diff is looked at like any other before it is kept, and then read."""
    client = as_(cast.tomasz)
    answer = client.post(f"{BASE}log/", logged(cast, diff=DIFF))
    session = ReviewSession.objects.get()
    preview = answer["Location"]
    assert preview.startswith(f"{BASE}{session.pk}/revisions/")
    assert "Is this the change?" in client.get(preview).content.decode()
    assert not session.revisions.exists()
    for _twice in range(2):
        assert client.post(preview).status_code == 303
    assert session.revisions.get().data == DIFF.encode()
    page = as_(cast.ines).get(f"{BASE}{session.pk}/read/").content.decode()
    assert "delivery.py" in page
    assert "Lock" not in page
    answer = client.get(f"{BASE}{session.pk}/revisions/new/")
    assert answer["Location"] == f"{BASE}{session.pk}/"


def test_log_takes_a_diff_for_the_change(cast: Cast, as_: As) -> None:
    """Words, a link or a diff: each of them says which change it was."""
    client = as_(cast.tomasz)
    words = logged(cast, change="", diff=DIFF)
    assert client.post(f"{BASE}log/", words).status_code == 303
    assert "delivery.py" in ReviewSession.objects.get().title
    for diff in ("", "not a diff"):
        answer = client.post(f"{BASE}log/", logged(cast, change="", diff=diff))
        assert answer.status_code == 422
        assert "Say what the session was about" in answer.content.decode()


def test_log_keeps_what_was_typed_beside_a_diff_that_is_none(
    cast: Cast, as_: As
) -> None:
    words = logged(cast, diff="not a diff", account="It made up an API.")
    answer = as_(cast.tomasz).post(f"{BASE}log/", words)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "this is not a unified diff" in page
    assert "It made up an API." in page
    assert ReviewSession.objects.count() == 0


def test_the_change_of_a_logged_session_comes_later(cast: Cast, as_: As) -> None:
    as_(cast.tomasz).post(f"{BASE}log/", logged(cast))
    session = ReviewSession.objects.get()
    page = f"{BASE}{session.pk}/"
    assert "Add the change" in as_(cast.ines).get(page).content.decode()
    answer = as_(cast.ines).post(f"{page}revisions/new/", {"diff": DIFF})
    as_(cast.ines).post(answer["Location"])
    assert session.revisions.count() == 1
    assert "Add the change" not in as_(cast.ines).get(page).content.decode()


def test_log_twice_is_one(cast: Cast, as_: As) -> None:
    for _ in range(2):
        as_(cast.ines).post(f"{BASE}log/", logged(cast, lesson="Once."))
    assert ReviewSession.objects.get().lessons.count() == 1


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (1, "The day lies ahead: today is {today}"),
        (-71, "The pairing began later, on {began}"),
    ],
)
def test_log_refuses_a_day_that_cannot_be(
    days: int, words: str, cast: Cast, as_: As
) -> None:
    day = timezone.localdate() + timedelta(days=days)
    fields = logged(cast, held_on=day.isoformat(), lesson="Kept.")
    answer = as_(cast.ines).post(f"{BASE}log/", fields)
    page = answer.content.decode()
    assert answer.status_code == 422
    days_named = {"today": timezone.localdate(), "began": cast.pairing.starts_on}
    written = {name: date_format(on, "j F Y") for name, on in days_named.items()}
    assert page.count(words.format(**written)) == 2
    assert "Kept." in page
    assert not ReviewSession.objects.exists()


def test_log_asks_for_the_change_in_words(cast: Cast, as_: As) -> None:
    answer = as_(cast.ines).post(f"{BASE}log/", logged(cast, change=" "))
    assert answer.status_code == 422
    assert "Say what the session was about" in answer.content.decode()


def test_log_is_for_own_pairings(cast: Cast, as_: As) -> None:
    answer = as_(cast.devon).post(f"{BASE}log/", logged(cast))
    assert answer.status_code == 422
    assert not ReviewSession.objects.exists()


def test_abandon_asks_and_keeps_what_was_written(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    path = f"{BASE}{reading.pk}/abandon/"
    assert "Abandon this session?" in as_(cast.ines).get(path).content.decode()
    for _ in range(2):
        answer = as_(cast.ines).post(path)
        assert answer["Location"] == f"{BASE}{reading.pk}/"
    reading.refresh_from_db()
    assert reading.state == "abandoned"
    assert reading.revisions.count() == 1
    page = as_(cast.tomasz).get(f"{BASE}{reading.pk}/").content.decode()
    assert "Abandoned on" in page


def test_a_lesson_written_while_the_other_closes_is_kept(
    revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    page = f"{BASE}{revealed.pk}/"
    today = str(timezone.localdate())
    end = {**CLOSE, "held_on": today, "minutes": "45"}
    as_(cast.ines).post(f"{page}close/", {**end, "lesson": "From Ines"})
    as_(cast.tomasz).post(f"{page}lessons/", {"text": "From the board"})
    late = {**end, "minutes": "50", "lesson": "From the second close"}
    as_(cast.tomasz).post(f"{page}close/", late)
    revealed.refresh_from_db()
    assert revealed.minutes == 45
    assert [lesson.text for lesson in revealed.lessons.all()] == [
        "From Ines",
        "From the board",
        "From the second close",
    ]


def test_a_former_mentor_finishes_or_abandons(
    revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    now = timezone.now()
    Pairing.objects.update(state="ended", ended_at=now, end_reason="Moved away")
    page = f"{BASE}{revealed.pk}/"
    assert as_(cast.tomasz).get(f"{page}board/").status_code == 200
    today = timezone.localdate().isoformat()
    words = {**CLOSE, "held_on": today, "minutes": "40"}
    assert as_(cast.tomasz).post(f"{page}close/", words).status_code == 303
    revealed.refresh_from_db()
    assert revealed.state == "closed"
    answer = as_(cast.tomasz).post(f"{BASE}log/", logged(cast))
    assert answer.status_code == 422


def test_lock_of_an_abandoned_session_is_refused(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    as_(cast.tomasz).post(f"{BASE}{reading.pk}/abandon/")
    answer = as_(cast.ines).post(f"{BASE}{reading.pk}/lock/", VERDICT)
    assert answer.status_code == 409


def test_log_refuses_a_day_beyond_the_calendar(cast: Cast, as_: As) -> None:
    words = {"held_on": "0001-01-01", "next_on": "9999-12-31"}
    answer = as_(cast.ines).post(f"{BASE}log/", logged(cast, **words))
    assert answer.status_code == 422
    assert answer.content.decode().count("between the years 2000 and 2199") >= 2
