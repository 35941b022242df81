"""Reminders through the real beat, the real worker and a real SMTP server."""

from datetime import timedelta
from time import sleep

import pytest
from django.utils import formats, timezone

from pairings.models import Pairing
from preceptor.http import url
from preceptor.notifications.delivering.parcels import STANDS_FOR
from preceptor.notifications.models import Delivery
from progress.models import GrowthPlan, Milestone
from tests.cast import Cast
from tests.factories import EnrolmentFactory
from tests.notifications.postbox import HANG, HOLD, SLOW, Postbox
from tests.notifications.processes import Celery, reach_at_any_hour, text

INES = "ines.carvalho@example.com"
TOMASZ = "tomasz.wieczorek@example.com"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def milestone(cast: Cast) -> Milestone:
    """Of Ines and Tomasz, in ten days: the first mail is due, the second is not.

    The two met today, so that nothing else is due to them.
    """
    reach_at_any_hour()
    Pairing.objects.update(last_met_on=timezone.localdate())
    plan = GrowthPlan.objects.create(
        organisation=cast.tidewater,
        junior=cast.ines_enrolled,
        starts_on=cast.program.starts_on,
    )
    return Milestone.objects.create(
        organisation=cast.tidewater,
        plan=plan,
        kind=Milestone.Kind.CHECK_IN,
        name="Second meeting",
        due_on=timezone.localdate() + timedelta(days=10),
    )


def outbox() -> set[tuple[str, str, int]]:
    """Address, state and attempts of every mail."""
    mails = Delivery.objects.carriers()
    return set(mails.values_list("recipient__user__email", "state", "attempts"))


def test_a_reminder_arrives_once_by_beat_worker_and_smtp(
    celery: Celery, post: Postbox, milestone: Milestone, cast: Cast
) -> None:
    celery.beat()
    celery.worker()
    celery.wait(lambda: len(post.mails) == 2, "both mails")
    celery.wait_for_runs(2)
    assert sorted(post.addresses) == [INES, TOMASZ]
    assert outbox() == {(INES, "sent", 1), (TOMASZ, "sent", 1)}
    day = formats.date_format(milestone.due_on, "l, j F")
    path = url("tidewater", "progress:milestone", milestone.pk)
    subjects = {
        INES: f"Your milestone Second meeting is due on {day}",
        TOMASZ: f"Second meeting of Ines Carvalho is due on {day}",
    }
    for mail in post.mails:
        delivery = Delivery.objects.carriers().get(recipient__user__email=mail["To"])
        assert mail["Subject"] == subjects[mail["To"]]
        assert mail["Message-ID"] == (
            f"<delivery-{delivery.pk}.{cast.tidewater.pk}@preceptor.example>"
        )
        assert mail["Auto-Submitted"] == "auto-generated"
        link = f"https://preceptor.example{path}"
        assert f":\n{link}\n" in text(mail, "plain")
        assert f'href="{link}"' in text(mail, "html")


def test_a_worker_killed_while_it_sends_delivers_after_the_lease(
    celery: Celery, post: Postbox, milestone: Milestone
) -> None:
    post.reply_to_all = HANG
    celery.beat()
    killed = celery.worker()
    celery.wait(lambda: post.tried, "a mail, up to its last line")
    killed.kill()
    killed.wait()
    (first,) = post.tried
    (second,) = {INES, TOMASZ} - {first}
    assert outbox() == {(first, "claimed", 1), (second, "claimed", 1)}
    assert post.mails == []
    leases = Delivery.objects.carriers().values_list("pk", "leased_until")
    lease_of = {pk: until for pk, until in leases if until}
    post.reply_to_all = ""
    celery.worker()
    celery.wait(lambda: len(post.mails) == 2, "both mails, after the lease")
    celery.wait_for_runs(2)
    assert outbox() == {(first, "sent", 2), (second, "sent", 2)}
    assert sorted(post.addresses) == [INES, TOMASZ]
    assert sorted(post.tried) == sorted([first, first, second])
    for delivery in Delivery.objects.carriers():
        assert delivery.sent_at is not None
        assert delivery.sent_at >= lease_of[delivery.pk]


def test_a_milestone_signed_between_claim_and_send_sends_nothing(
    celery: Celery, post: Postbox, milestone: Milestone, cast: Cast
) -> None:
    """The first of two claimed mails is in the server's hands while both sign."""
    post.reply_to_all = HOLD
    celery.beat()
    celery.worker()
    celery.wait(lambda: post.tried, "the first of two mails")
    (first,) = post.tried
    (second,) = {INES, TOMASZ} - {first}
    assert outbox() == {(first, "claimed", 1), (second, "claimed", 1)}
    now = timezone.now()
    Milestone.objects.filter(pk=milestone.pk).update(
        junior_signed_at=now,
        mentor_signed_at=now,
        mentor_signed_by=cast.tomasz,
        signed_at=now,
    )
    sleep(STANDS_FOR.total_seconds())
    post.released.set()
    celery.wait_for_runs(2)
    assert post.tried == [first]
    assert outbox() == {(first, "sent", 1), (second, "withdrawn", 1)}


def test_the_planner_runs_while_a_slow_server_has_much_to_take(
    celery: Celery, post: Postbox, milestone: Milestone, cast: Cast
) -> None:
    """With one worker that does one thing at a time, and a run due each second."""
    celery.environment["PRECEPTOR_DRAIN_SECONDS"] = "1"
    post.reply_to_all = SLOW
    for junior in EnrolmentFactory.create_batch(6, program=cast.program):
        plan = GrowthPlan.objects.create(
            organisation=cast.tidewater,
            junior=junior,
            starts_on=milestone.plan.starts_on,
        )
        Milestone.objects.create(
            organisation=cast.tidewater,
            plan=plan,
            kind=Milestone.Kind.CHECK_IN,
            name="Second meeting",
            due_on=milestone.due_on,
        )
    reach_at_any_hour()
    celery.worker()
    celery.beat()
    celery.wait(lambda: len(post.tried) == 1, "the first of eight mails")
    begun = celery.runs("plan")
    celery.wait(lambda: len(post.mails) == 8, "all eight")
    assert celery.runs("plan") >= begun + 2
    celery.wait_for_runs(1)
    assert {(state, tried) for _address, state, tried in outbox()} == {("sent", 1)}


def test_a_worker_that_is_told_to_stop_finishes_what_it_sends(
    celery: Celery, post: Postbox, milestone: Milestone
) -> None:
    """As production runs it, with a process that does the work under the one told."""
    post.reply_to_all = HOLD
    celery.beat()
    worker = celery.start("worker", "--concurrency", "1", "--without-mingle")
    celery.wait(lambda: post.tried, "the first of two mails")
    worker.terminate()
    celery.wait(lambda: "Warm shutdown" in celery.log.read_text(), "its word")
    assert worker.poll() is None
    post.released.set()
    assert worker.wait(60) == 0
    assert outbox() == {(INES, "sent", 1), (TOMASZ, "sent", 1)}
    assert sorted(post.addresses) == [INES, TOMASZ]
