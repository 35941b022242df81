"""The list from which a mentor is chosen: searched and turned over, the form kept."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from pairings import lists
from pairings.models import Pairing
from preceptor.accounts.models import Membership
from tests.cast import Cast

As = Callable[[Membership], Client]


@pytest.fixture(autouse=True)
def one_on_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists.page_of, "__defaults__", (1,))


def address(cast: Cast) -> str:
    query = f"?junior={cast.mai_enrolled.pk}"
    return f"/o/tidewater/programs/{cast.program.pk}/pair/{query}"


def form(cast: Cast, **more: object) -> dict[str, object]:
    return {
        "mentor": cast.anjali_enrolled.pk,
        "kind": "secondary",
        "starts_on": (timezone.localdate() + timedelta(days=9)).isoformat(),
        "last_on": cast.program.last_on.isoformat(),
        **more,
    }


@pytest.mark.parametrize("looks", [{"page": 2}, {"find": 1, "q": "tomasz"}])
def test_pair_keeps_who_was_chosen_while_looking(
    cast: Cast, as_: As, looks: dict[str, object]
) -> None:
    response = as_(cast.ruth).post(address(cast), form(cast, **looks))
    html = response.content.decode()
    assert response.status_code == 200
    assert [str(c.enrolment) for c in response.context["page"]] == ["Tomasz Wieczorek"]
    chosen = f'name="mentor" value="{cast.anjali_enrolled.pk}" checked'
    assert html.count(chosen) == 1
    assert "Anjali Mehta, chosen before" in html
    assert html.count(f'value="{form(cast)["starts_on"]}"') == 1
    assert Pairing.objects.count() == 1


def test_pair_says_nothing_of_what_is_missing_while_looking(
    cast: Cast, as_: As
) -> None:
    response = as_(cast.ruth).post(address(cast), form(cast, mentor="", page=2))
    assert response.status_code == 200
    assert 'class="error"' not in response.content.decode()


def test_pair_with_who_was_chosen_on_another_page(cast: Cast, as_: As) -> None:
    response = as_(cast.ruth).post(address(cast), form(cast, q="tomasz"))
    assert response.status_code == 303
    pairing = Pairing.objects.get(junior=cast.mai_enrolled)
    assert (pairing.mentor, pairing.kind) == (cast.anjali_enrolled, "secondary")
