"""Sessions that lie ahead: planned, in series, moved, cancelled, given their change."""

from datetime import datetime, timedelta
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from django.utils.formats import date_format

from pairings.actions.pairings import end
from preceptor.notifications import kinds
from preceptor.notifications.deliverer import deliver
from preceptor.notifications.delivering.lanes import ChatLane
from preceptor.notifications.models import Delivery, Preferences, Webhook
from preceptor.notifications.planner import plan as plan_deliveries
from reviews.models import ChangeSuggestion, ReviewSession
from reviews.reminders import INVITATION, NO_CHANGE
from reviews.reminders.ahead import due as without_change_due
from reviews.reminders.invitations import due as invitations_due
from tests.cast import Cast
from tests.reviews.conftest import BASE, DIFF, PROVENANCE, As

LONDON = ZoneInfo("Europe/London")


@pytest.fixture
def ahead() -> datetime:
    """Ten in the morning in London, eight days from now."""
    day = timezone.localdate() + timedelta(days=8)
    return datetime(day.year, day.month, day.day, 10, tzinfo=LONDON)


def words(at: datetime, **more: str) -> dict[str, str]:
    local = {"day": f"{at:%Y-%m-%d}", "time": f"{at:%H:%M}", "minutes": "50"}
    return {**local, "led_by": "junior", "weeks": "1", **more}


def plan(cast: Cast, as_: As, at: datetime, **more: str) -> ReviewSession:
    page = f"{BASE}plan/{cast.pairing.pk}/"
    answer = as_(cast.tomasz).post(page, words(at, **more))
    assert answer.status_code == 303, answer.content.decode()
    return ReviewSession.objects.get(pk=int(answer["Location"].split("/")[-2]))


def mails(now: datetime) -> list[Any]:
    """What leaves of planned sessions once the planner and the deliverer have run."""
    before = len(mail.outbox)
    of_planned = {one.name: one for one in (INVITATION, NO_CHANGE)}
    alone = mock.patch.object(kinds, "_kinds", of_planned)
    with alone, time_machine.travel(now, tick=False):
        plan_deliveries(now)
        deliver(lambda: now)
    return mail.outbox[before:]


def calendar_in(message: EmailMultiAlternatives) -> tuple[str, str]:
    body, kind = message.alternatives[1]
    return str(body), str(kind)


def test_plan_and_plan_again(cast: Cast, as_: As, ahead: datetime) -> None:
    session = plan(cast, as_, ahead)
    assert plan(cast, as_, ahead) == session
    assert (session.state, session.planned_minutes) == ("planned", 50)
    assert session.planned_at == ahead
    assert (session.mentor, session.led_by_whom) == (cast.tomasz, cast.ines)
    page = as_(cast.ines).get(f"{BASE}{session.pk}/").content.decode()
    assert "10:00" in page
    assert "You lead." in page
    assert "Bring the change" in page
    assert "10:00" in as_(cast.ines).get(BASE).content.decode()


@pytest.mark.parametrize(
    ("days", "hour", "says"),
    [
        (-1, 10, "This moment has passed"),
        (400, 10, "The pairing ends on {last}"),
        (4000, 10, "The pairing ends on {last}"),
    ],
)
def test_plan_refuses_other_days(
    days: int, hour: int, says: str, cast: Cast, as_: As
) -> None:
    day = timezone.localdate() + timedelta(days=days)
    at = datetime(day.year, day.month, day.day, hour, tzinfo=LONDON)
    answer = as_(cast.ines).post(f"{BASE}plan/{cast.pairing.pk}/", words(at))
    assert answer.status_code == 422
    last = date_format(cast.pairing.last_on, "j F Y")
    assert says.format(last=last) in answer.content.decode()
    assert f'value="{at:%Y-%m-%d}"' in answer.content.decode()


def test_a_series_that_outlives_the_pairing_is_refused(
    cast: Cast, as_: As, ahead: datetime
) -> None:
    cast.pairing.ends_on = ahead.date() + timedelta(days=10)
    cast.pairing.save()
    page = f"{BASE}plan/{cast.pairing.pk}/"
    answer = as_(cast.ines).post(page, words(ahead, weeks="4"))
    assert answer.status_code == 422
    assert "nothing can be planned beyond it" in answer.content.decode()
    assert ReviewSession.objects.count() == 0


def test_a_series_by_one_mail(cast: Cast, as_: As, ahead: datetime) -> None:
    plan(cast, as_, ahead, weeks="4")
    assert ReviewSession.objects.planned().count() == 4
    sent = mails(timezone.now())
    assert sorted(message.to[0] for message in sent) == sorted(
        [cast.ines.user.email, cast.tomasz.user.email]
    )
    body, kind = calendar_in(sent[0])
    assert kind == "text/calendar; method=REQUEST"
    assert "RRULE:FREQ=WEEKLY;COUNT=4" in body
    assert mails(timezone.now()) == []


def test_move_sends_the_new_time(cast: Cast, as_: As, ahead: datetime) -> None:
    session = plan(cast, as_, ahead)
    mails(timezone.now())
    later = ahead + timedelta(days=1, hours=2)
    page = f"{BASE}{session.pk}/move/"
    answer = as_(cast.ines).post(page, {**words(later), "sequence": "0"})
    assert answer.status_code == 303
    session.refresh_from_db()
    assert (session.planned_at, session.sequence) == (later, 1)
    sent = mails(timezone.now())
    assert len(sent) == 2
    assert sent[0].subject.startswith("Changed: session with")
    body, _kind = calendar_in(sent[0])
    assert "SEQUENCE:1" in body
    assert f"DTSTART;TZID=Europe/London:{later:%Y%m%dT%H%M}00" in body


def test_the_first_mail_is_the_first_though_the_session_was_moved(
    cast: Cast, as_: As, ahead: datetime
) -> None:
    session = plan(cast, as_, ahead)
    page = f"{BASE}{session.pk}/move/"
    later = ahead + timedelta(days=1)
    as_(cast.ines).post(page, {**words(later), "sequence": "0"})
    sent = mails(timezone.now())
    assert len(sent) == 2
    assert all(message.subject.startswith("Session with") for message in sent)
    as_(cast.ines).post(page, {**words(ahead), "sequence": "1"})
    assert mails(timezone.now())[0].subject.startswith("Changed: session with")


def test_move_on_a_stale_page_says_what_stands(
    cast: Cast, as_: As, ahead: datetime
) -> None:
    session = plan(cast, as_, ahead)
    page = f"{BASE}{session.pk}/move/"
    first, second = ahead + timedelta(days=1), ahead + timedelta(days=2)
    as_(cast.ines).post(page, {**words(first), "sequence": "0"})
    answer = as_(cast.tomasz).post(page, {**words(second), "sequence": "0"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert f"it is planned for {first:%A}, {first.day} {first:%B}, 10:00 now" in text
    assert f'value="{second:%Y-%m-%d}"' in text
    answer = as_(cast.tomasz).post(page, {**words(second), "sequence": "1"})
    assert answer.status_code == 303
    session.refresh_from_db()
    assert session.planned_at == second


def test_move_all_later_ones_by_as_much(cast: Cast, as_: As, ahead: datetime) -> None:
    first = plan(cast, as_, ahead, weeks="4")
    rows = ReviewSession.objects.planned().order_by("planned_at")
    second = rows[1]
    before = [row.starts_at.astimezone(LONDON).replace(tzinfo=None) for row in rows]
    to = before[1] + timedelta(days=7, hours=1)
    more = {"sequence": "0", "is_following": "on"}
    page = f"{BASE}{second.pk}/move/"
    assert as_(cast.ines).post(page, {**words(to), **more}).status_code == 303
    after = [
        row.starts_at.astimezone(LONDON).replace(tzinfo=None) for row in rows.all()
    ]
    shift = timedelta(days=7, hours=1)
    assert after == [before[0], *(one + shift for one in before[1:])]
    first.refresh_from_db()
    assert first.sequence == 1


def test_cancel_tells_who_was_invited(cast: Cast, as_: As, ahead: datetime) -> None:
    session = plan(cast, as_, ahead)
    mails(timezone.now())
    for _twice in range(2):
        answer = as_(cast.ines).post(f"{BASE}{session.pk}/cancel/")
        assert answer.status_code == 303
    session.refresh_from_db()
    assert (session.state, session.sequence) == ("abandoned", 1)
    sent = mails(timezone.now())
    assert {message.subject.partition(":")[0] for message in sent} == {"Cancelled"}
    assert calendar_in(sent[0])[1] == "text/calendar; method=CANCEL"
    page = as_(cast.ines).get(f"{BASE}{session.pk}/").content.decode()
    assert "cancelled" in page
    assert "Bring the change" not in page


def test_cancel_before_the_mail_says_nothing_at_all(
    cast: Cast, as_: As, ahead: datetime
) -> None:
    session = plan(cast, as_, ahead)
    as_(cast.ines).post(f"{BASE}{session.pk}/cancel/")
    assert mails(timezone.now()) == []


def test_cancel_the_rest_of_a_series(cast: Cast, as_: As, ahead: datetime) -> None:
    plan(cast, as_, ahead, weeks="4")
    third = ReviewSession.objects.planned().order_by("planned_at")[2]
    as_(cast.ines).post(f"{BASE}{third.pk}/cancel/", {"is_following": "on"})
    assert ReviewSession.objects.planned().count() == 2
    body, kind = calendar_in(mails(timezone.now())[0])
    assert kind == "text/calendar; method=REQUEST"
    assert body.count("EXDATE") == 1


def test_the_end_of_a_pairing_cancels_what_is_planned(
    cast: Cast, as_: As, ahead: datetime
) -> None:
    session = plan(cast, as_, ahead)
    end(actor=cast.ruth, pairing=cast.pairing, reason="Moved", now=timezone.now())
    session.refresh_from_db()
    assert session.cancelled_at is not None


def test_without_a_change_the_day_before_both_hear(
    cast: Cast, as_: As, ahead: datetime
) -> None:
    session = plan(cast, as_, ahead)
    as_(cast.ines).post(
        f"{BASE}suggestions/{cast.pairing.pk}/", {"title": "The rate cache"}
    )
    mails(timezone.now())
    day_before = ahead - timedelta(days=1)
    assert mails(day_before.replace(hour=7)) == []
    sent = mails(day_before.replace(hour=8))
    assert len(sent) == 2
    assert sent[0].subject.startswith("No change yet for the session with")
    assert "One change is suggested" in str(sent[0].body)
    assert f"/sessions/{session.pk}/" in str(sent[0].body)
    assert "rate cache" not in str(sent[0].body)


def test_a_change_in_time_says_nothing(cast: Cast, as_: As, ahead: datetime) -> None:
    session = plan(cast, as_, ahead)
    mails(timezone.now())
    bring(cast, as_, session=str(session.pk))
    assert mails((ahead - timedelta(days=1)).replace(hour=9)) == []


def bring(cast: Cast, as_: As, **more: str) -> ReviewSession:
    client = as_(cast.ines)
    fields = {"pairing": str(cast.pairing.pk), "title": "Retry", "diff": DIFF}
    answer = client.post(f"{BASE}new/", {**fields, **PROVENANCE, **more})
    assert answer.status_code == 303, answer.content.decode()
    answer = client.post(answer["Location"])
    return ReviewSession.objects.get(pk=int(answer["Location"].split("/")[-3]))


def test_the_change_opens_the_planned_session(
    cast: Cast, as_: As, ahead: datetime
) -> None:
    session = plan(cast, as_, ahead)
    suggestion = ChangeSuggestion.objects.create(
        organisation=cast.tidewater,
        pairing=cast.pairing,
        author=cast.tomasz,
        title="Retries",
        link="https://code.example/7",
    )
    form = as_(cast.ines).get(
        f"{BASE}new/?pairing={cast.pairing.pk}"
        f"&session={session.pk}&suggestion={suggestion.pk}"
    )
    assert 'value="Retries"' in form.content.decode()
    more = {"session": str(session.pk), "suggestion": str(suggestion.pk)}
    assert bring(cast, as_, **more) == session
    session.refresh_from_db()
    assert (session.state, session.title) == ("reading", "Retry")
    assert session.link == "https://code.example/7"
    assert session.passes.count() == 2
    assert list(cast.pairing.suggestions.waiting()) == []


def test_two_changes_for_one_planned_session(
    cast: Cast, as_: As, ahead: datetime
) -> None:
    """The second is told so, keeps what was put right, may open one of its own."""
    session = plan(cast, as_, ahead)
    fields = {"pairing": str(cast.pairing.pk), "title": "Late", "diff": DIFF}
    fields |= {**PROVENANCE, "session": str(session.pk)}
    preview = as_(cast.tomasz).post(f"{BASE}new/", fields)["Location"]
    bring(cast, as_, session=str(session.pk))
    answer = as_(cast.tomasz).post(preview, {**PROVENANCE, "tool": "Put right"})
    assert answer.status_code == 422
    assert "has its change already" in answer.content.decode()
    assert 'value="Put right"' in answer.content.decode()
    answer = as_(cast.tomasz).post(preview, {"alone": "1"})
    assert answer.status_code == 303
    assert sorted(ReviewSession.objects.values_list("title", flat=True)) == [
        "Late",
        "Retry",
    ]


def test_suggest_and_drop(cast: Cast, as_: As) -> None:
    page = f"{BASE}suggestions/{cast.pairing.pk}/"
    answer = as_(cast.ines).post(page, {"title": "X", "link": "javascript:alert(1)"})
    assert answer.status_code == 422
    for _twice in range(2):
        as_(cast.ines).post(page, {"title": "The rate cache", "reason": "It leaks"})
    (one,) = ChangeSuggestion.objects.all()
    assert "It leaks" in as_(cast.tomasz).get(page).content.decode()
    for _twice in range(2):
        assert as_(cast.tomasz).post(f"{page}{one.pk}/drop/").status_code == 303
    assert ChangeSuggestion.objects.count() == 0


def test_today_names_the_planned_session(cast: Cast, as_: As) -> None:
    at = timezone.localtime(timezone.now() + timedelta(hours=20), LONDON)
    plan(cast, as_, at.replace(minute=0))
    page = as_(cast.ines).get("/o/tidewater/").content.decode()
    assert f"Bring the change for {at:%A}, {at:%H}:00" in page
    assert f"Session at {at:%H}:00" in page


@pytest.mark.parametrize("count", [1, 3])
def test_due_is_one_query_however_many(
    count: int, cast: Cast, as_: As, ahead: datetime, django_assert_num_queries: Any
) -> None:
    for hours in range(count):
        plan(cast, as_, ahead + timedelta(hours=hours))
    with django_assert_num_queries(2):
        assert len(list(invitations_due(timezone.now()))) == 2 * count
        assert len(list(without_change_due(ahead - timedelta(hours=1)))) == 2 * count


def test_the_planner_runs_both_kinds(cast: Cast, as_: As, ahead: datetime) -> None:
    plan(cast, as_, ahead)
    plan_deliveries(ahead - timedelta(hours=2))
    kinds = Delivery.objects.values_list("kind", flat=True)
    assert {"session-invitation", "session-without-change"} <= set(kinds)


def test_who_reads_chats_alone_has_the_invitation_by_mail_too(
    cast: Cast, as_: As, ahead: datetime
) -> None:
    """Else their calendar would never hear of it."""
    own: dict[str, Any] = {"organisation": cast.tidewater, "member": cast.ines}
    Preferences.objects.create(**own, by_email=False, by_chat=True)
    Webhook.objects.create(
        **own, service="slack", sealed=b"-", host="hooks.example", made_at=ahead
    )
    plan(cast, as_, ahead)
    with mock.patch.object(ChatLane, "claim", return_value=[]):
        sent = mails(timezone.now())
    (hers,) = (one for one in sent if one.to == [cast.ines.user.email])
    assert "text/calendar" in calendar_in(hers)[1]
    rows = Delivery.objects.filter(recipient=cast.ines, kind=INVITATION.name)
    assert set(rows.values_list("channel", flat=True)) == {"inbox", "chat", "email"}
