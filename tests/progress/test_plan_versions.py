"""A plan keeps its version until the junior or the mentor of today moves it on."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from preceptor.accounts.models import Membership
from preceptor.http import url
from progress.actions.frameworks import (
    adopt_starter,
    begin_draft,
    choose_framework,
    publish,
)
from progress.frameworks.changes import fingerprint
from progress.models import FrameworkVersion, GrowthPlan, PlanVersionMove
from tests.cast import Cast

As = Callable[[Membership], Client]


@pytest.fixture
def newer(cast: Cast, plan: GrowthPlan) -> FrameworkVersion:
    """A second version of what the plan began with, of which one is reworded."""
    assert plan.version is not None
    now = timezone.now()
    draft = begin_draft(actor=cast.mark, framework=plan.version.framework, now=now)
    draft.competencies.filter(name="Disagreeing well").update(about="In other words")
    publish(
        actor=cast.mark,
        draft=draft,
        note="Plainer",
        seen=fingerprint(draft.content()),
        now=now,
    )
    return draft


def page(plan: GrowthPlan) -> str:
    return url("tidewater", "progress:move_version", plan.pk)


def year(plan: GrowthPlan) -> str:
    return url("tidewater", "progress:plan", plan.pk)


def version_of(plan: GrowthPlan) -> FrameworkVersion | None:
    return GrowthPlan.objects.get(pk=plan.pk).version


def test_a_plan_keeps_its_version_when_a_newer_one_is_published(
    cast: Cast, as_: As, plan: GrowthPlan, newer: FrameworkVersion
) -> None:
    assert version_of(plan) == plan.version
    html = as_(cast.ines).get(year(plan)).content.decode()
    assert "Engineering with AI, version 1" in html
    assert f"{page(plan)}?to={newer.pk}" in html


def test_move_version_shows_what_changes_and_writes_nothing(
    cast: Cast, as_: As, plan: GrowthPlan, newer: FrameworkVersion
) -> None:
    response = as_(cast.ines).get(f"{page(plan)}?to={newer.pk}")
    html = response.content.decode()
    assert response.context["shown"].changes.counts == {
        "added": 0,
        "removed": 0,
        "reworded": 1,
    }
    assert "<ins>In other words</ins>" in html
    assert "Plainer" in html
    assert version_of(plan) == plan.version


@pytest.mark.parametrize("person", ["ines", "tomasz"])
def test_move_version_keeps_who_moved_it(
    cast: Cast, as_: As, plan: GrowthPlan, newer: FrameworkVersion, person: str
) -> None:
    member = getattr(cast, person)
    client = as_(member)
    sent = {"to": newer.pk, "seen": plan.version_id}
    assert client.post(page(plan), sent).headers["Location"] == year(plan)
    assert version_of(plan) == newer
    move = PlanVersionMove.objects.get()
    assert (move.plan, move.from_version, move.to_version, move.moved_by) == (
        plan,
        plan.version,
        newer,
        member,
    )
    html = client.get(page(plan)).content.decode()
    assert "It has the newest version there is" in html
    assert "moved it from version 1" in html


def test_move_version_of_two_at_once_happens_once(
    cast: Cast, as_: As, plan: GrowthPlan, newer: FrameworkVersion
) -> None:
    sent = {"to": newer.pk, "seen": plan.version_id}
    answers = [
        as_(member).post(page(plan), sent).status_code
        for member in (cast.ines, cast.tomasz)
    ]
    assert answers == [303, 409]
    assert PlanVersionMove.objects.count() == 1


def test_move_version_goes_nowhere_but_ahead(
    cast: Cast, as_: As, plan: GrowthPlan, newer: FrameworkVersion
) -> None:
    draft = begin_draft(actor=cast.mark, framework=newer.framework, now=timezone.now())
    client = as_(cast.ines)
    for wrong in (draft.pk, plan.version_id, 0):
        sent = {"to": wrong, "seen": plan.version_id}
        assert client.post(page(plan), sent).status_code == 409
    assert version_of(plan) == plan.version


def test_a_plan_from_before_frameworks_is_offered_what_its_program_begins_with(
    cast: Cast, as_: As, plan: GrowthPlan
) -> None:
    begun, plan.version = plan.version, None
    assert begun is not None
    plan.save()
    client = as_(cast.ines)
    assert (
        "began before there were frameworks" in client.get(year(plan)).content.decode()
    )
    assert client.get(page(plan)).context["shown"].changes.counts["added"] == 24
    client.post(page(plan), {"to": begun.pk, "seen": ""})
    assert version_of(plan) == begun


def test_a_plan_may_follow_its_program_to_another_framework(
    cast: Cast, as_: As, plan: GrowthPlan, newer: FrameworkVersion
) -> None:
    other = adopt_starter(organisation_id=cast.tidewater.pk, now=timezone.now())
    choose_framework(program=cast.program, framework=other.framework)
    ahead = as_(cast.ines).get(page(plan)).context["ahead"]
    assert ahead == [newer, other]
    as_(cast.ines).post(page(plan), {"to": other.pk, "seen": plan.version_id})
    html = as_(cast.ines).get(page(plan)).content.decode()
    moved = "from Engineering with AI, version 1, to Engineering with AI 2, version 1."
    assert moved in html


def test_who_reads_the_record_alone_moves_nothing(
    cast: Cast, as_: As, plan: GrowthPlan, newer: FrameworkVersion
) -> None:
    for member in (cast.ruth, cast.olga, cast.lars):
        client = as_(member)
        html = client.get(year(plan)).content.decode()
        assert "Engineering with AI, version 1" in html
        assert page(plan) not in html
        sent = {"to": newer.pk, "seen": plan.version_id}
        assert client.post(page(plan), sent).status_code == 403
