"""The two of a pair, or two tabs, write the same thing at the same moment."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from threading import Event
from time import sleep
from typing import Any

import pytest
from django.utils import timezone

from pairings import ports
from pairings.actions import pauses, phases, together
from pairings.actions.pairings import end
from pairings.actions.rematches import ask_rematch
from pairings.models import (
    Agreement,
    Handover,
    Pairing,
    PairNote,
    Pause,
    PhaseMove,
    RematchRequest,
)
from preceptor.accounts.models import Membership
from reviews.actions import acknowledge_handover, release_handover
from tests.cast import Cast, make_cast
from tests.pairings.test_concurrency import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    """The cast in committed rows, and nothing of upper apps attached."""
    for name in ("started", "ended", "paused", "resumed"):
        monkeypatch.setattr(ports, name, [])
    return make_cast()


@pytest.fixture(autouse=True)
def dawdle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever holds the pairing takes their time, so that two surely overlap."""

    def slowly(real: Callable[[Pairing], Pairing]) -> Callable[[Pairing], Pairing]:
        def held(pairing: Pairing) -> Pairing:
            found = real(pairing)
            sleep(0.3)
            return found

        return held

    monkeypatch.setattr(together, "_standing", slowly(together._standing))
    monkeypatch.setattr(phases, "_held", slowly(phases._held))


def agreeing(cast: Cast, actor: Membership, meets: str, version: int) -> Any:
    return lambda: together.write_agreement(
        actor=actor,
        pairing=Pairing.objects.with_people().get(pk=cast.pairing.pk),
        texts={"junior_expects": "", "mentor_expects": "", "meets": meets},
        version=version,
        now=timezone.now(),
    )


def noting(cast: Cast, actor: Membership, text: str, version: int, kind: str) -> Any:
    return lambda: together.write_note(
        actor=actor,
        pairing=cast.pairing,
        kind=kind,
        text=text,
        version=version,
        now=timezone.now(),
    )


@pytest.mark.parametrize("version", [0, 1])
def test_of_two_agreements_at_once_one_is_written(cast: Cast, version: int) -> None:
    if version:
        agreeing(cast, cast.ines, "As before", 0)()
    outcomes = at_once(
        agreeing(cast, cast.ines, "Mondays", version),
        agreeing(cast, cast.tomasz, "Fridays", version),
    )
    assert sorted(outcomes) == ["Stale", "done"]
    newest = Agreement.objects.order_by("-version")[0]
    assert newest.version == version + 1
    assert newest.meets == ("Mondays", "Fridays")[outcomes.index("done")]


def test_the_same_agreement_from_two_tabs_is_one(cast: Cast) -> None:
    twice = agreeing(cast, cast.ines, "Mondays", 0)
    assert at_once(twice, twice) == ["done", "done"]
    assert Agreement.objects.count() == 1


def test_nobody_agrees_to_what_changes_meanwhile(cast: Cast) -> None:
    """Whoever is second: the change, agreed to by one, or the word for what was."""
    agreeing(cast, cast.ines, "Mondays", 0)()

    def agree() -> None:
        pairing = Pairing.objects.with_people().get(pk=cast.pairing.pk)
        now = timezone.now()
        together.agree(actor=cast.tomasz, pairing=pairing, version=1, now=now)

    outcomes = at_once(agree, agreeing(cast, cast.ines, "Fridays", 1))
    assert outcomes in (["done", "done"], ["Conflict", "done"])
    first, second = Agreement.objects.order_by("version")
    assert first.is_agreed == (outcomes[0] == "done")
    assert not second.is_agreed


def test_agreeing_twice_at_once_is_agreeing_once(cast: Cast) -> None:
    agreeing(cast, cast.ines, "Mondays", 0)()

    def agree() -> None:
        pairing = Pairing.objects.with_people().get(pk=cast.pairing.pk)
        now = timezone.now()
        together.agree(actor=cast.tomasz, pairing=pairing, version=1, now=now)

    assert sorted(at_once(agree, agree)) == ["Conflict", "done"]


@pytest.mark.parametrize("kind", PairNote.Kind.values)
@pytest.mark.parametrize("version", [0, 1])
def test_of_two_notes_at_once_one_is_kept(cast: Cast, kind: str, version: int) -> None:
    if version:
        noting(cast, cast.tomasz, "As before", 0, kind)()
    texts = ["Hers", "His"]
    outcomes = at_once(
        noting(cast, cast.ines, texts[0], version, kind),
        noting(cast, cast.tomasz, texts[1], version, kind),
    )
    assert sorted(outcomes) == ["Stale", "done"]
    note = PairNote.objects.get()
    assert (note.text, note.version) == (texts[outcomes.index("done")], version + 1)


def test_notes_and_the_end_at_once_leave_no_note_after_it(cast: Cast) -> None:
    def ending() -> None:
        mine = Pairing.objects.get(pk=cast.pairing.pk)
        end(actor=cast.ruth, pairing=mine, reason="over", now=timezone.now())

    written = noting(cast, cast.ines, "Hers", 0, PairNote.Kind.SHARED)
    outcomes = at_once(written, ending)
    assert outcomes[1] == "done"
    assert PairNote.objects.count() == (outcomes[0] == "done")
    assert outcomes[0] in ("done", "Conflict")


def asking(cast: Cast, actor: Membership, phase: str) -> Any:
    now = timezone.now()
    return lambda: phases.ask_phase(
        actor=actor, pairing=cast.pairing, phase=phase, now=now
    )


def test_two_who_ask_for_the_same_phase_at_once_agree(cast: Cast) -> None:
    outcomes = at_once(
        asking(cast, cast.ines, "junior_leads"),
        asking(cast, cast.tomasz, "junior_leads"),
    )
    assert outcomes == ["done", "done"]
    assert PhaseMove.objects.get().agreed_on is not None
    assert Pairing.objects.get(pk=cast.pairing.pk).phase == "junior_leads"


def test_two_who_ask_for_different_phases_at_once_do_not(cast: Cast) -> None:
    outcomes = at_once(
        asking(cast, cast.ines, "junior_leads"),
        asking(cast, cast.tomasz, "independent"),
    )
    assert sorted(outcomes) == ["Conflict", "done"]
    assert PhaseMove.objects.get().agreed_at is None
    assert Pairing.objects.get(pk=cast.pairing.pk).phase == "mentor_leads"


def test_two_wishes_at_once_are_one(cast: Cast) -> None:
    def wishing(actor: Membership) -> Callable[[], object]:
        now = timezone.now()
        return lambda: ask_rematch(actor=actor, pairing=cast.pairing, now=now)

    assert at_once(wishing(cast.ines), wishing(cast.tomasz)) == ["done", "done"]
    assert RematchRequest.objects.count() == 1


def pausing(cast: Cast, starts_on: date | None, now: datetime) -> Any:
    return lambda: pauses.pause(
        actor=cast.ruth,
        pairing=cast.pairing,
        starts_on=starts_on,
        back_on=timezone.localdate(now) + timedelta(days=30),
        reason="",
        now=now,
    )


def test_of_two_pauses_at_once_one_moves_the_year(cast: Cast) -> None:
    now, ended = timezone.now(), cast.ines_enrolled.ends_on
    ahead = timezone.localdate(now) + timedelta(days=10)
    outcomes = at_once(pausing(cast, None, now), pausing(cast, ahead, now))
    assert sorted(outcomes) == ["Conflict", "done"]
    made = Pause.objects.get()
    cast.ines_enrolled.refresh_from_db()
    moved = (cast.ines_enrolled.ends_on - ended).days
    assert moved == made.moved_days == (30, 20)[outcomes.index("done")]


def test_resuming_twice_at_once_moves_once(cast: Cast) -> None:
    now, ended = timezone.now(), cast.ines_enrolled.ends_on
    pausing(cast, None, now)()
    on = timezone.localdate(now) + timedelta(days=12)

    def resume() -> None:
        pauses.resume(pairing=Pairing.objects.get(pk=cast.pairing.pk), on=on)

    assert sorted(at_once(resume, resume)) == ["Conflict", "done"]
    cast.ines_enrolled.refresh_from_db()
    assert (cast.ines_enrolled.ends_on - ended).days == 12


def test_a_pause_called_off_as_it_begins_leaves_the_pairing_active(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is begun while the one who calls it off has yet to say that it is over."""
    now, close, closing = timezone.now(), pauses._close, Event()

    def slowly(made: Pause, on: date, days: int) -> None:
        closing.set()
        sleep(0.4)
        close(made, on, days)

    monkeypatch.setattr(pauses, "_close", slowly)
    later = now + timedelta(days=3)
    Pause.objects.create(
        organisation=cast.tidewater,
        pairing=cast.pairing,
        starts_on=timezone.localdate(now) + timedelta(days=1),
        created_by=cast.ruth,
    )

    def resume() -> None:
        on = timezone.localdate(now)
        pauses.resume(pairing=Pairing.objects.get(pk=cast.pairing.pk), on=on)

    def begin() -> None:
        assert closing.wait(timeout=10)
        pauses.begin_all_due(later)

    outcomes = at_once(resume, begin)
    assert outcomes == ["done", "done"]
    assert Pairing.objects.get(pk=cast.pairing.pk).state == Pairing.State.ACTIVE
    assert not Pause.objects.open().exists()


def releasing(cast: Cast, version: int) -> Any:
    return lambda: release_handover(
        pairing=cast.pairing,
        word=None,
        word_version=0,
        sessions=(),
        version=version,
        now=timezone.now(),
    )


def test_two_tabs_release_a_handover_once(cast: Cast) -> None:
    outcomes = at_once(releasing(cast, 0), releasing(cast, 0))
    assert sorted(outcomes) == ["Conflict", "done"]
    assert Handover.objects.get().version == 1


def test_what_is_released_anew_meanwhile_is_not_acknowledged(cast: Cast) -> None:
    releasing(cast, 0)()

    def acknowledge() -> None:
        acknowledge_handover(
            actor=cast.tomasz, pairing=cast.pairing, version=1, now=timezone.now()
        )

    outcomes = at_once(acknowledge, releasing(cast, 1))
    assert outcomes in (["done", "done"], ["Conflict", "done"])
    made = Handover.objects.get()
    assert (made.version, made.acknowledged_at) == (2, None)
