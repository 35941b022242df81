from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from preceptor.notifications import kinds
from preceptor.notifications.deliverer import deliver
from preceptor.notifications.delivering.claims import MAX_ATTEMPTS
from preceptor.notifications.kinds import Kind, Message
from preceptor.notifications.models import (
    Delivery,
    KindPreference,
    Timing,
    Webhook,
    Wording,
)
from preceptor.notifications.planner import plan
from progress.models import Milestone
from tests.cast import Cast
from tests.notifications.conftest import KIND, message
from tests.notifications.postbox import Postbox
from tests.notifications.test_deliverer import INES, text

NOON = datetime(2026, 12, 7, 12, tzinfo=UTC)
MORNING = datetime(2026, 12, 8, 8, tzinfo=UTC)
LATER = MORNING + timedelta(hours=7)


def told(delivery: Delivery, milestone: Milestone) -> Message:
    return replace(message(delivery, milestone), detail=f"<{milestone.name}> is open.")


@pytest.fixture(autouse=True)
def kind(monkeypatch: pytest.MonkeyPatch) -> Kind[Milestone]:
    """The only kind, which reads as one that says how things stand."""
    kind = replace(KIND, message=told)
    monkeypatch.setattr(kinds, "_kinds", {KIND.name: kind})
    return kind


@pytest.fixture
def three(milestone: Milestone, cast: Cast) -> list[Milestone]:
    """Ines's milestones of one day; she wants a digest, which is written by now."""
    KindPreference.objects.create(
        organisation=cast.tidewater,
        member=cast.ines,
        kind=KIND.name,
        timing=Timing.DAILY,
    )
    others = [
        Milestone(
            organisation=cast.tidewater,
            plan=milestone.plan,
            kind=Milestone.Kind.CHECK_IN,
            name=f"Meeting {number}",
            due_on=date(2026, 12, 10),
        )
        for number in (3, 4)
    ]
    all_three = [milestone, *Milestone.objects.bulk_create(others)]
    plan(NOON)
    plan(MORNING)
    return all_three


def at(now: datetime) -> int:
    return deliver(clock=lambda: now)


def states() -> list[tuple[str, str]]:
    rows = Delivery.objects.filter(kind=KIND.name).order_by("subject", "-channel")
    return list(rows.values_list("channel", "state"))


def the_digest() -> Delivery:
    return Delivery.objects.get(kind=Delivery.DIGEST)


def test_digest_is_one_mail_of_all_that_was_held(
    three: list[Milestone], box: Postbox
) -> None:
    assert at(NOON) == 0
    assert at(MORNING) == 1
    (mail,) = box.mails
    assert mail["To"] == INES
    assert mail["Subject"] == "Second meeting is due, and 2 more"
    plain, html = text(mail, "plain").replace("\r", ""), text(mail, "html")
    places = []
    for milestone in three:
        link = f"https://preceptor.example/milestones/{milestone.pk}"
        assert f"{milestone.name} is due\n<{milestone.name}> is open.\n{link}" in plain
        assert f"&lt;{milestone.name}&gt; is open." in html
        places.append(html.index(f'href="{link}"'))
    assert places == sorted(places)
    assert states() == [("inbox", "sent"), ("email", "digested")] * 3
    digest = the_digest()
    assert (digest.state, digest.sent_at) == ("sent", MORNING)
    assert {row.sent_at for row in digest.items.all()} == {MORNING}
    assert (at(MORNING), len(box.mails)) == (0, 1)


def test_what_waits_for_a_chat_that_was_taken_away_is_a_digest_of_its_own(
    three: list[Milestone], cast: Cast
) -> None:
    """Else it and what is for the new chat would stand in the way of each other, and
    of each run of the planner.
    """
    hook = Webhook.objects.create(
        organisation=cast.tidewater,
        member=cast.ines,
        service="slack",
        sealed=b"",
        host="hooks.example",
        made_at=NOON,
    )
    Delivery.objects.filter(kind=KIND.name, channel="email").update(
        channel="chat", state="held", digest=None
    )
    held = Delivery.objects.filter(kind=KIND.name, channel="chat")
    held.filter(subject__in=[one.pk for one in three[1:]]).update(webhook=hook)
    plan(LATER)
    taken = held.order_by("subject").values_list("webhook", "digest__webhook")
    assert list(taken) == [(None, None), (hook.pk, hook.pk), (hook.pk, hook.pk)]
    assert len(set(held.values_list("digest", flat=True))) == 2


def test_digest_begins_with_what_is_most_urgent(
    three: list[Milestone], box: Postbox
) -> None:
    Delivery.objects.filter(subject=three[2].pk, channel="email").update(urgency=10)
    assert at(MORNING) == 1
    assert box.mails[0]["Subject"] == "Meeting 4 is due, and 2 more"


def test_digest_says_first_of_each_what_its_program_says(
    three: list[Milestone], box: Postbox, cast: Cast
) -> None:
    Wording.objects.create(
        organisation=cast.tidewater,
        program_id=cast.program.pk,
        kind=KIND.name,
        opening="Meet <early>,\nask late.",
        changed_by=cast.ruth,
        changed_at=NOON,
    )
    assert at(MORNING) == 1
    (mail,) = box.mails
    plain = text(mail, "plain").replace("\r", "")
    said = "Meeting 3 is due\nMeet <early>,\nask late.\n<Meeting 3> is open."
    assert said in plain
    assert text(mail, "html").count("Meet &lt;early&gt;,<br>ask late.") == 3


def sign(milestone: Milestone, cast: Cast) -> None:
    Milestone.objects.filter(pk=milestone.pk).update(
        junior_signed_at=NOON,
        mentor_signed_at=NOON,
        mentor_signed_by=cast.tomasz,
        signed_at=NOON,
    )


def test_digest_leaves_out_what_fell_away(
    three: list[Milestone], box: Postbox, cast: Cast
) -> None:
    sign(three[0], cast)
    assert at(MORNING) == 1
    (mail,) = box.mails
    assert mail["Subject"] == "Meeting 3 is due, and 1 more"
    assert "Second meeting" not in text(mail, "html")
    withdrawn = [("inbox", "withdrawn"), ("email", "withdrawn")]
    assert states() == withdrawn + [("inbox", "sent"), ("email", "digested")] * 2


def test_digest_of_nothing_is_withdrawn(
    three: list[Milestone], box: Postbox, cast: Cast
) -> None:
    for milestone in three:
        sign(milestone, cast)
    assert at(MORNING) == 0
    assert box.tried == []
    assert the_digest().state == "withdrawn"
    assert {state for _channel, state in states()} == {"withdrawn"}


def test_digest_goes_to_nobody_who_was_deactivated(
    three: list[Milestone], box: Postbox, cast: Cast
) -> None:
    cast.ines.is_active = False
    cast.ines.save()
    assert at(MORNING) == 0
    assert (box.tried, the_digest().state) == ([], "withdrawn")


def test_digest_that_was_refused_goes_out_later_as_it_stands_then(
    three: list[Milestone], box: Postbox, cast: Cast
) -> None:
    box.reply_to_all = "451 try again"
    assert at(MORNING) == 0
    assert the_digest().state == "pending"
    assert {state for channel, state in states() if channel == "email"} == {"held"}
    sign(three[1], cast)
    box.reply_to_all = ""
    assert at(MORNING + timedelta(minutes=2)) == 1
    assert box.mails[0]["Subject"] == "Second meeting is due, and 1 more"


def test_digest_that_fails_for_good_says_so_of_each(
    three: list[Milestone], box: Postbox
) -> None:
    Delivery.objects.filter(kind=Delivery.DIGEST).update(attempts=MAX_ATTEMPTS - 1)
    box.reply_to_all = "554 no"
    assert at(MORNING) == 0
    rows = Delivery.objects.filter(channel="email")
    assert set(rows.values_list("state", "error")) == {
        ("failed", "SMTPDataError: (554, b'no')")
    }


@pytest.fixture
def poisoned(monkeypatch: pytest.MonkeyPatch) -> Callable[[Milestone], None]:
    def poison(at_fault: Milestone) -> None:
        def fails(row: Delivery, about: Milestone) -> Message:
            if about == at_fault:
                raise ValueError("no words")
            return told(row, about)

        kind = replace(KIND, message=fails)
        monkeypatch.setattr(kinds, "_kinds", {KIND.name: kind})

    return poison


def test_digest_goes_without_one_that_does_not_render(
    three: list[Milestone], box: Postbox, poisoned: Callable[[Milestone], None]
) -> None:
    poisoned(three[1])
    assert at(MORNING) == 1
    assert box.mails[0]["Subject"] == "Second meeting is due, and 1 more"
    left = Delivery.objects.get(channel="email", subject=three[1].pk)
    assert (left.state, left.digest, left.attempts) == ("held", None, 1)
    assert left.error == "ValueError: no words"


def test_what_left_its_digest_comes_in_a_later_one(
    three: list[Milestone],
    box: Postbox,
    poisoned: Callable[[Milestone], None],
    kind: Kind[Milestone],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    poisoned(three[1])
    assert at(MORNING) == 1
    monkeypatch.setattr(kinds, "_kinds", {KIND.name: kind})
    afternoon = MORNING + timedelta(hours=8)
    plan(afternoon)
    assert at(afternoon) == 1
    assert box.mails[1]["Subject"] == "Meeting 3 is due"
