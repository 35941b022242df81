"""A junior's next mentor takes over: seen by the junior, released, acknowledged."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from pairings import reminders
from pairings.actions.pairings import end, pair, replace
from pairings.models import Enrolment, Handover, Pairing, PairNote
from preceptor.accounts.models import Membership, User
from preceptor.notifications import kinds
from preceptor.notifications.deliverer import deliver
from preceptor.notifications.letters import on_day
from preceptor.notifications.models import Delivery
from preceptor.notifications.planner import plan
from progress.actions import begin_plan
from progress.models import (
    Assessment,
    AutonomyGrant,
    Competency,
    Goal,
    GrowthPlan,
    Outcome,
)
from reviews.models import Action, BlindPass, Finding, ReleasedSession, ReviewSession
from tests.cast import Cast
from tests.letters import letter_to

As = Callable[[Membership], Client]
WORD = "Give her a minute before you speak"


@pytest.fixture
def after(cast: Cast) -> Pairing:
    """Ines goes on with Anjali from today."""
    begin_plan(cast.pairing)
    return replace(
        actor=cast.ruth,
        pairing=cast.pairing,
        mentor=cast.anjali_enrolled,
        starts_on=timezone.localdate(),
        ends_on=cast.program.ends_on,
        reason="Tomasz moves to Lisbon",
        now=timezone.now(),
    )


@pytest.fixture
def ahead(cast: Cast) -> Pairing:
    """Ines goes on with Anjali in five days; Tomasz has left."""
    begin_plan(cast.pairing)
    now = timezone.now()
    end(actor=cast.ruth, pairing=cast.pairing, reason="Tomasz left", now=now)
    return pair(
        actor=cast.ruth,
        mentor=cast.anjali_enrolled,
        junior=cast.ines_enrolled,
        starts_on=timezone.localdate(now) + timedelta(days=5),
        ends_on=cast.program.ends_on,
        now=now,
    )


def held(cast: Cast, title: str, *, state: str = "closed") -> ReviewSession:
    """A revealed session with Tomasz: a flaw that stands, and an action to do."""
    now = timezone.now()
    session = ReviewSession.objects.create(
        organisation=cast.tidewater,
        pairing=cast.pairing,
        mentor=cast.tomasz,
        junior=cast.ines,
        title=title,
        state=state,
        revealed_at=now,
        closed_at=now if state == "closed" else None,
        held_on=now.date() - timedelta(days=9) if state == "closed" else None,
        tool="chat assistant",
        driver="junior",
    )
    own = BlindPass.objects.create(
        organisation=cast.tidewater,
        session=session,
        reviewer=cast.ines,
        side="junior",
        locked_at=now,
        verdict="reject",
        confidence="0.3",
    )
    Finding.objects.create(
        organisation=cast.tidewater,
        session=session,
        blind_pass=own,
        author=cast.ines,
        category="debug_code",
        severity="major",
        title=f"Flaw of {title}",
        adjudication="real",
    )
    Action.objects.create(
        organisation=cast.tidewater,
        session=session,
        added_by=cast.ines,
        owner=cast.ines,
        text=f"To do of {title}",
        due_on=timezone.localdate(),
    )
    return session


def page(pairing: Pairing, step: str = "") -> str:
    return f"/o/tidewater/pairings/{pairing.pk}/{step}"


def shown(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def tell(cast: Cast, as_: As, text: str = WORD, version: int = 0) -> None:
    answer = as_(cast.tomasz).post(
        page(cast.pairing, "word/"), {"version": version, "text": text}
    )
    assert answer.status_code == 303


def assess(cast: Cast, *, is_signed: bool) -> Assessment:
    """Ines and Tomasz call her proficient in the first competency of all."""
    now, year = timezone.now(), GrowthPlan.objects.get()
    assert year.version is not None
    assessment = Assessment.objects.create(
        organisation=cast.tidewater,
        plan=year,
        version=year.version,
        occasion="needs",
        opened_by=cast.ines,
        mentor=cast.tomasz,
        self_in_at=now,
        mentor_in_at=now,
    )
    Outcome.objects.create(
        organisation=cast.tidewater,
        version=year.version,
        assessment=assessment,
        competency=year.version.competencies.get(position=0),
        level=4,
        state=Outcome.State.IMPROVING,
    )
    if is_signed:
        Assessment.objects.update(
            junior_signed_at=now,
            mentor_signed_at=now,
            mentor_signed_by=cast.tomasz,
            signed_at=now,
        )
    return assessment


@pytest.mark.parametrize("is_signed", [True, False])
def test_the_next_mentor_reads_the_levels_that_both_signed(
    is_signed: bool, cast: Cast, after: Pairing, as_: As
) -> None:
    assess(cast, is_signed=is_signed)
    for member in (cast.ines, cast.anjali):
        text = shown(as_(member), page(after, "handover/"))
        assert ("proficient" in text, "improving" in text) == (is_signed, is_signed)
        assert ("No assessment is signed yet." in text) == (not is_signed)


def release(client: Client, pairing: Pairing, **data: object) -> int:
    sent = {"version": 0, "word_version": 0, **data}
    return client.post(page(pairing, "handover/release/"), sent).status_code


def test_the_next_mentor_reads_which_goals_both_agreed_to(
    cast: Cast, after: Pairing, as_: As
) -> None:
    now, year = timezone.now(), GrowthPlan.objects.get()
    for position, agreed_at in enumerate((now, None)):
        Goal.objects.create(
            organisation=cast.tidewater,
            plan=year,
            text=f"Goal {position}",
            position=position,
            proposed_by=cast.ines,
            junior_agreed_at=now,
            mentor_agreed_at=agreed_at,
        )
    told = shown(as_(cast.anjali), page(after, "handover/"))
    agreed, open_one = told.split("Goal 0")[1].split("Goal 1")
    assert "agreed by both" in agreed
    assert "not agreed yet" in open_one
    assert "agreed by both" not in open_one


def test_the_story_of_a_handover(cast: Cast, after: Pairing, as_: As) -> None:
    first, second = held(cast, "Retry"), held(cast, "Labels")
    Goal.objects.create(
        organisation=cast.tidewater,
        plan=GrowthPlan.objects.get(),
        text="Ask who else writes this row",
        proposed_by=cast.ines,
    )
    tell(cast, as_)
    ines, anjali, handover = as_(cast.ines), as_(cast.anjali), page(after, "handover/")

    before = shown(anjali, handover)
    for text in (WORD, "Retry", "Labels"):
        assert text not in before
    assert "Ask who else writes this row" in before
    assert "Waits for the junior" in shown(as_(cast.ruth), page(after))
    for path in (page(after), "/o/tidewater/"):
        assert "Look at the handover to Anjali Mehta" in shown(ines, path)
    seen = shown(ines, handover)
    for text in (WORD, "Retry", "Labels", "Flaw of Retry", "To do of Labels"):
        assert text in seen

    assert release(ines, after, word_version=1, sessions=[first.pk]) == 303
    read = shown(anjali, handover)
    for text in (WORD, "Retry", "Flaw of Retry", "To do of Retry"):
        assert text in read
    assert "Labels" not in read
    for path in (page(after), "/o/tidewater/"):
        assert "Read the handover of Ines Carvalho" in shown(anjali, path)
    assert "Flaw of Retry" in shown(anjali, f"/o/tidewater/sessions/{first.pk}/")
    assert anjali.get(f"/o/tidewater/sessions/{second.pk}/").status_code == 404

    answer = anjali.post(page(after, "handover/acknowledge/"), {"version": 1})
    assert answer.status_code == 303
    assert Handover.objects.get().acknowledged_at is not None
    assert "Acknowledged by the mentor" in shown(as_(cast.ruth), page(after))
    assert "Anjali Mehta acknowledged it" in shown(ines, handover)


def test_all_of_them_by_one_tick(cast: Cast, after: Pairing, as_: As) -> None:
    both = {held(cast, "Retry").pk, held(cast, "Labels").pk}
    assert release(as_(cast.ines), after, is_all=1) == 303
    assert set(ReleasedSession.objects.values_list("session", flat=True)) == both


def test_what_is_not_over_is_not_offered(cast: Cast, after: Pairing, as_: As) -> None:
    still_open = held(cast, "Open", state="revealed")
    ines = as_(cast.ines)
    assert "Open</label>" not in shown(ines, page(after, "handover/"))
    assert release(ines, after, sessions=[still_open.pk]) == 422
    assert not Handover.objects.exists()


def test_actions_go_along_until_they_are_done(
    cast: Cast, after: Pairing, as_: As
) -> None:
    first = held(cast, "Retry")
    held(cast, "Labels")
    ines, anjali = as_(cast.ines), as_(cast.anjali)
    assert "To do of" not in shown(ines, page(after))
    release(ines, after, sessions=[first.pk])
    for client in (ines, anjali):
        assert "To do of Retry" in shown(client, page(after))
        assert "To do of Labels" not in shown(client, page(after))
    done = f"/o/tidewater/sessions/{first.pk}/actions/{first.actions.get().pk}/done/"
    assert done in shown(ines, page(after))
    assert done not in shown(anjali, page(after))
    assert anjali.post(done).status_code == 403
    answer = ines.post(done, {"from": "pairing", "pairing": after.pk})
    assert answer.headers["Location"] == page(after) + "#actions"
    for client in (ines, anjali):
        assert "To do of Retry" not in shown(client, page(after))


def test_a_word_that_changed_is_read_again_first(
    cast: Cast, after: Pairing, as_: As
) -> None:
    ines, anjali, handover = as_(cast.ines), as_(cast.anjali), page(after, "handover/")
    tell(cast, as_)
    tell(cast, as_, "Something else", 1)
    assert release(ines, after, word_version=1) == 409
    assert release(ines, after, word_version=2) == 303
    tell(cast, as_, "A later thought", 2)
    assert "A later thought" not in shown(anjali, handover)
    assert "Something else" in shown(anjali, handover)
    assert "It was changed since you released it" in shown(ines, handover)
    assert PairNote.objects.get().version == 3


def test_a_stale_tab_releases_nothing(cast: Cast, after: Pairing, as_: As) -> None:
    first, ines = held(cast, "Retry"), as_(cast.ines)
    assert release(ines, after) == 303
    assert release(ines, after, sessions=[first.pk]) == 409
    assert not ReleasedSession.objects.exists()


def test_what_was_released_anew_is_acknowledged_anew(
    cast: Cast, after: Pairing, as_: As
) -> None:
    first, ines, anjali = held(cast, "Retry"), as_(cast.ines), as_(cast.anjali)
    acknowledge = page(after, "handover/acknowledge/")
    assert anjali.post(acknowledge, {"version": 0}).status_code == 409
    release(ines, after)
    anjali.post(acknowledge, {"version": 1})
    release(ines, after, version=1, sessions=[first.pk])
    assert Handover.objects.get().acknowledged_at is None
    assert anjali.post(acknowledge, {"version": 1}).status_code == 409
    assert anjali.post(acknowledge, {"version": 2}).status_code == 303


def test_the_next_mentor_sees_what_is_left_to_the_junior(
    cast: Cast, after: Pairing, as_: As
) -> None:
    plan = GrowthPlan.objects.get(junior=cast.ines_enrolled)
    one = Competency.objects.filter(version=plan.version)[0]
    AutonomyGrant.objects.create(
        organisation=plan.organisation,
        plan=plan,
        competency=one,
        level=3,
        granted_by=cast.tomasz,
    )
    text = shown(as_(cast.anjali), page(after, "handover/"))
    assert "1 of 24 competencies at “junior leads” or beyond" in text
    link = f'href="/o/tidewater/growth/{plan.pk}/autonomy/"'
    assert link in text
    ended = Pairing.objects.get(pk=cast.pairing.pk)
    assert ended.state == Pairing.State.ENDED


def test_each_does_their_own_part(cast: Cast, after: Pairing, as_: As) -> None:
    held(cast, "Retry")
    assert release(as_(cast.anjali), after, is_all=1) == 403
    release(as_(cast.ines), after)
    answer = as_(cast.ines).post(page(after, "handover/acknowledge/"), {"version": 1})
    assert answer.status_code == 403
    assert as_(cast.tomasz).get(page(after, "handover/")).status_code == 404
    assert as_(cast.ruth).get(page(after, "handover/")).status_code == 403


def test_a_first_pairing_has_nothing_to_hand_over(cast: Cast, as_: As) -> None:
    assert as_(cast.ines).get(page(cast.pairing, "handover/")).status_code == 404
    assert "Handover from" not in shown(as_(cast.ines), page(cast.pairing))


def test_a_word_belongs_to_its_mentor(cast: Cast, after: Pairing, as_: As) -> None:
    assert as_(cast.tomasz).get(page(cast.pairing, "word/")).status_code == 200
    assert as_(cast.ines).get(page(cast.pairing, "word/")).status_code == 403
    assert as_(cast.anjali).get(page(cast.pairing, "word/")).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_queries_do_not_grow(
    cast: Cast, after: Pairing, as_: As, count: int
) -> None:
    for number in range(count):
        held(cast, f"Session {number}")
    release(as_(cast.ines), after, is_all=1)
    # What a mentor opens first within an hour is told to the junior.
    for member, expected in ((cast.ines, 21), (cast.anjali, 24)):
        client = as_(member)
        with CaptureQueriesContext(connection) as queries:
            text = shown(client, page(after, "handover/"))
        assert text.count("Flaw of Session") == count
        assert len(queries) == expected


def test_the_next_mentor_reads_from_the_first_day_on(
    cast: Cast, ahead: Pairing, as_: As
) -> None:
    session = held(cast, "Retry")
    tell(cast, as_)
    ines, anjali, handover = as_(cast.ines), as_(cast.anjali), page(ahead, "handover/")
    assert release(ines, ahead, word_version=1, sessions=[session.pk]) == 303
    told = shown(ines, handover)
    assert "Anjali Mehta can read it from" in told
    assert "reads it from" in told

    early = shown(anjali, handover)
    assert "your first day together" in early
    for text in (WORD, "Retry", "I have read it"):
        assert text not in early
    assert anjali.get(f"/o/tidewater/sessions/{session.pk}/").status_code == 404
    for path in (page(ahead), "/o/tidewater/"):
        text = shown(anjali, path)
        assert "Read the handover" not in text
        assert "To do of Retry" not in text
    acknowledge = page(ahead, "handover/acknowledge/")
    assert anjali.post(acknowledge, {"version": 1}).status_code == 409

    Pairing.objects.filter(pk=ahead.pk).update(starts_on=timezone.localdate())
    assert WORD in shown(anjali, handover)
    assert anjali.get(f"/o/tidewater/sessions/{session.pk}/").status_code == 200
    assert anjali.post(acknowledge, {"version": 1}).status_code == 303


def mailed(
    monkeypatch: pytest.MonkeyPatch,
    now: datetime,
    kind: kinds.Kind[Any] = reminders.HANDED_OVER,
) -> list[str]:
    """The subjects of what goes to mentors at a moment."""
    assert kind in kinds.registered()
    with monkeypatch.context() as alone:
        alone.setattr(kinds, "_kinds", {kind.name: kind})
        mail.outbox.clear()
        plan(now)
        deliver(lambda: now)
    return [f"{one.to[0].split('.')[0]}: {one.subject}" for one in mail.outbox]


def test_a_release_is_told_to_the_next_mentor_once(
    cast: Cast, after: Pairing, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    ines, now = as_(cast.ines), timezone.now() + timedelta(days=2)
    assert mailed(monkeypatch, now) == []
    release(ines, after)
    told = ["anjali: Ines Carvalho released the handover to you"]
    assert mailed(monkeypatch, now) == told
    assert mail.outbox[0].body.count(page(after, "handover/")) == 1
    assert mailed(monkeypatch, now) == []
    release(ines, after, version=1)
    assert mailed(monkeypatch, now) == told
    release(ines, after, version=2)
    as_(cast.anjali).post(page(after, "handover/acknowledge/"), {"version": 3})
    assert mailed(monkeypatch, now) == []


def test_a_release_ahead_is_told_on_the_first_morning(
    cast: Cast, ahead: Pairing, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    release(as_(cast.ines), ahead)
    assert mailed(monkeypatch, timezone.now() + timedelta(days=4)) == []
    assert mailed(monkeypatch, timezone.now() + timedelta(days=6)) != []


def test_a_release_says_whether_the_pairing_has_begun(
    cast: Cast, after: Pairing, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the day on which the mentor reads it, where they live."""
    release(as_(cast.ines), after)
    mailed(monkeypatch, timezone.now() + timedelta(days=2))
    User.objects.filter(pk=cast.anjali.user_id).update(time_zone="Pacific/Auckland")
    there = ZoneInfo("Pacific/Auckland")
    midnight = datetime.combine(after.starts_on + timedelta(days=1), time(), there)
    day = on_day(after.starts_on)
    for now, said in (
        (midnight - timedelta(minutes=1), f"Your pairing begins on {day}."),
        (midnight, f"Your pairing began on {day}."),
    ):
        Delivery.objects.update(not_before=now)
        found = letter_to(cast.anjali, "handover-released", now)
        assert found.message.detail == said


def test_the_last_mentor_is_asked_for_a_word_once(
    cast: Cast, ahead: Pairing, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind, now = reminders.ASKED_FOR_WORD, timezone.now() + timedelta(minutes=1)
    asked = ["tomasz: A few lines for Ines Carvalho’s next mentor"]
    assert mailed(monkeypatch, now, kind) == asked
    assert page(cast.pairing, "word/") in mail.outbox[0].body
    assert mailed(monkeypatch, now + timedelta(days=1), kind) == []


@pytest.mark.parametrize("why", ["written", "released", "over"])
def test_nobody_is_asked_for_a_word_that_is_of_no_use(
    cast: Cast,
    ahead: Pairing,
    as_: As,
    monkeypatch: pytest.MonkeyPatch,
    why: str,
) -> None:
    if why == "written":
        tell(cast, as_)
    elif why == "released":
        release(as_(cast.ines), ahead)
    else:
        gone = Enrolment.objects.filter(pk=cast.ines_enrolled.pk)
        gone.update(ends_on=timezone.localdate())
    now = timezone.now() + timedelta(minutes=1)
    assert mailed(monkeypatch, now, reminders.ASKED_FOR_WORD) == []
