from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from pairings.actions.pairings import end
from pairings.models import Enrolment, Pairing
from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from tests.cast import Cast
from tests.pairings.pairing_form import form, page, refused

As = Callable[[Membership], Client]


def test_end_names_what_it_does_and_keeps_everything(
    cast: Cast, as_: As, heard: list[tuple[str, Pairing]]
) -> None:
    address = f"/o/tidewater/pairings/{cast.pairing.pk}/end/"
    client = as_(cast.ruth)
    html = client.get(address).content.decode()
    assert "End the pairing of Ines Carvalho and Tomasz Wieczorek?" in html
    assert "growth plan stay as they are" in html
    response = client.post(address, {"reason": "Tomasz moves to Lisbon"})
    assert response.status_code == 303
    cast.pairing.refresh_from_db()
    assert (cast.pairing.state, cast.pairing.end_reason) == (
        "ended",
        "Tomasz moves to Lisbon",
    )
    assert cast.pairing.ends_on == timezone.localdate()
    assert cast.pairing.ended_at is not None
    assert heard == [("ended", cast.pairing)]


def test_end_asks_for_a_reason(cast: Cast, as_: As) -> None:
    address = f"/o/tidewater/pairings/{cast.pairing.pk}/end/"
    response = as_(cast.ruth).post(address, {"reason": "  "})
    assert refused(response, "reason") == "Say why it ends; the record keeps it."
    cast.pairing.refresh_from_db()
    assert cast.pairing.state == "active"


def test_end_twice_changes_nothing_the_second_time(
    cast: Cast, as_: As, heard: list[tuple[str, Pairing]]
) -> None:
    address = f"/o/tidewater/pairings/{cast.pairing.pk}/end/"
    client = as_(cast.ruth)
    client.post(address, {"reason": "first"})
    response = client.post(address, {"reason": "second"})
    assert response.status_code == 409
    assert "This pairing is ended already" in response.content.decode()
    cast.pairing.refresh_from_db()
    assert cast.pairing.end_reason == "first"
    assert len(heard) == 1
    assert "nothing to end" in client.get(address).content.decode()


def test_end_frees_the_junior_and_the_seat(cast: Cast, as_: As) -> None:
    Enrolment.objects.filter(pk=cast.tomasz_enrolled.pk).update(heads=1)
    end(actor=cast.ruth, pairing=cast.pairing, reason="moves", now=timezone.now())
    client = as_(cast.ruth)
    answers = form(cast)
    response = client.post(page(cast, cast.ines_enrolled), answers)
    assert response.status_code == 303
    answers = form(cast, mentor=cast.tomasz_enrolled.pk)
    assert client.post(page(cast, cast.mai_enrolled), answers).status_code == 303


def test_end_before_it_began_leaves_no_day(cast: Cast) -> None:
    later = timezone.localdate() + timedelta(days=10)
    Pairing.objects.filter(pk=cast.pairing.pk).update(starts_on=later)
    end(actor=cast.ruth, pairing=cast.pairing, reason="no", now=timezone.now())
    cast.pairing.refresh_from_db()
    assert (cast.pairing.starts_on, cast.pairing.ends_on) == (later, later)


def test_end_is_for_who_arranges(cast: Cast, as_: As) -> None:
    address = f"/o/tidewater/pairings/{cast.pairing.pk}/end/"
    for member in (cast.otis, cast.tomasz, cast.ines, cast.lars):
        assert as_(member).post(address, {"reason": "x"}).status_code == 403
    for member in (cast.mei, cast.devon, cast.otto):
        assert as_(member).post(address, {"reason": "x"}).status_code == 404


def test_end_of_a_proposal_is_a_conflict(cast: Cast) -> None:
    Pairing.objects.update(state="proposed", proposed_at=timezone.now())
    with pytest.raises(Conflict):
        end(actor=cast.ruth, pairing=cast.pairing, reason="x", now=timezone.now())
