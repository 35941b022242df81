from dataclasses import replace
from datetime import UTC, date, datetime
from email.message import EmailMessage

import pytest
from pytest_django.fixtures import Settings

from preceptor.notifications import kinds
from preceptor.notifications.deliverer import deliver
from preceptor.notifications.delivering.headers import thread_id
from preceptor.notifications.models import Delivery, KindPreference, Timing
from preceptor.notifications.planner import plan
from preceptor.notifications.unsubscribing import read
from progress.models import Milestone
from tests.cast import Cast
from tests.notifications.conftest import KIND
from tests.notifications.postbox import Postbox
from tests.notifications.test_deliverer import text

AHEAD = datetime(2026, 12, 7, 8, tzinfo=UTC)
DAY = datetime(2026, 12, 10, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def base_url(settings: Settings) -> None:
    settings.BASE_URL = "https://preceptor.example:8443"


def mails_at(box: Postbox, *moments: datetime) -> list[EmailMessage]:
    for now in moments:
        plan(now)
        deliver(clock=lambda now=now: now)  # type: ignore[misc] # of this round
    return box.mails


def token_in(mail: EmailMessage) -> str:
    address = mail["List-Unsubscribe"].strip()
    assert address.startswith("<https://preceptor.example:8443/unsubscribe/")
    assert address.endswith("/>")
    return str(address.rsplit("/", 2)[1])


@pytest.mark.usefixtures("kind")
def test_mail_carries_what_is_asked_of_bulk_senders(
    milestone: Milestone, box: Postbox, cast: Cast
) -> None:
    (mail,) = mails_at(box, AHEAD)
    row = Delivery.objects.carriers().get()
    assert read(token_in(mail)) == (cast.ines.pk, "step")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-ID"] == "<step.tidewater.preceptor.example>"
    assert mail["Feedback-ID"] == f"step:{cast.tidewater.pk}:reminder:preceptor"
    assert mail["Precedence"] == "bulk"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["Message-ID"] == (
        f"<delivery-{row.pk}.{cast.tidewater.pk}@preceptor.example>"
    )
    for name in ("From", "To", "Subject", "Date", "MIME-Version"):
        assert len(mail.get_all(name) or []) == 1


@pytest.mark.usefixtures("kind")
def test_mails_about_one_thing_are_of_one_thread(
    milestone: Milestone, box: Postbox, cast: Cast
) -> None:
    """Also where its date moved, and it is another matter."""
    first_pk = milestone.pk
    first, second = mails_at(box, AHEAD, DAY)
    Milestone.objects.update(due_on=date(2026, 12, 13))
    third = mails_at(box, DAY)[2]
    thread = f"<milestone-{first_pk}.{cast.ines.pk}@preceptor.example>"
    assert {mail["References"] for mail in (first, second, third)} == {thread}
    assert {mail["In-Reply-To"] for mail in (first, second, third)} == {thread}
    assert len({mail["Message-ID"] for mail in (first, second, third)}) == 3
    milestone.pk = None
    milestone.save()
    fourth = mails_at(box, DAY)[3]
    assert fourth["References"] != thread


THREADS = {
    "archive": {"data-ready"},
    "assessment": {"assessment"},
    "check-in": {"check-in"},
    "erasures": {"erasure-asked"},
    "handover": {"handover-released"},
    "invitations": {"invitation-unanswered"},
    "milestone": {"milestone", "milestone-to-lead"},
    "pairing": {
        "handover-word",
        "junior-without-mentor",
        "mentor-gone",
        "no-session",
        "pair-stalled",
        "pairing-proposed",
        "pairing-published",
        "pairing-unanswered",
    },
    "phase": {"phase-proposed"},
    "plan": {"protected-hours"},
    "report": {"quarter-report"},
    "session": {
        "action-due",
        "no-next-date",
        "pass-waiting",
        "reveal-ready",
        "session-invitation",
        "session-tomorrow",
        "session-without-change",
    },
}
"""Of which rows the kinds' subjects are ids."""


def test_kinds_share_a_thread_where_they_are_about_the_same_thing() -> None:
    """Under one id, a handover and a pairing are still two things."""
    found: dict[str, set[str]] = {}
    parents: dict[str, set[str]] = {}
    for kind in kinds.registered():
        found.setdefault(kind.thread, set()).add(kind.name)
        row = Delivery(organisation_id=1, recipient_id=2, subject=3, kind=kind.name)
        parents.setdefault(kind.thread, set()).add(thread_id(row, kind))
    assert found == THREADS
    assert all(len(ids) == 1 for ids in parents.values())
    assert len(set.union(*parents.values())) == len(THREADS)


def test_what_nobody_can_turn_off_offers_no_way_and_says_why(
    milestone: Milestone, box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    required = replace(KIND, required="Someone waits for <your> answer.")
    monkeypatch.setattr(kinds, "_kinds", {KIND.name: required})
    (mail,) = mails_at(box, AHEAD)
    assert mail["List-Unsubscribe"] is None
    assert mail["List-Unsubscribe-Post"] is None
    assert "Someone waits for <your> answer." in text(mail, "plain")
    assert "Someone waits for &lt;your&gt; answer." in text(mail, "html")
    assert "Put it off</a>" in text(mail, "html")
    assert "be done with it" not in text(mail, "plain")


@pytest.mark.usefixtures("kind")
def test_mail_leads_to_where_its_reader_settles_what_comes(
    milestone: Milestone, box: Postbox
) -> None:
    (mail,) = mails_at(box, AHEAD)
    row = Delivery.objects.carriers().get()
    messages = "https://preceptor.example:8443/o/tidewater/messages"
    plain, html = text(mail, "plain"), text(mail, "html")
    for link in (f"{messages}/{row.pk}/", f"{messages}/preferences/"):
        assert f": {link}\n" in plain.replace("\r", "")
        assert f'href="{link}"' in html


@pytest.mark.usefixtures("kind")
def test_digest_is_turned_off_as_a_digest(
    milestone: Milestone, box: Postbox, cast: Cast
) -> None:
    KindPreference.objects.create(
        organisation=cast.tidewater,
        member=cast.ines,
        kind="step",
        timing=Timing.DAILY,
    )
    later = AHEAD.replace(hour=12)
    (mail,) = mails_at(box, later, AHEAD.replace(day=8))
    assert read(token_in(mail)) == (cast.ines.pk, Delivery.DIGEST)
    assert "/messages/preferences/" in text(mail, "html")
    assert "Put it off" not in text(mail, "html")
    assert mail["References"] is None
    assert mail["List-ID"] == "<digest.tidewater.preceptor.example>"
