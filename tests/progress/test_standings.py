"""What stands is read in one query, and the pairing's phases read from it."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from pairings.actions.phases import agree_phase, ask_phase
from pairings.models import Pairing, PhaseMove
from progress.autonomy import ALONE, LEADS, OBSERVE, TOGETHER
from progress.models import (
    Assessment,
    AutonomyGrant,
    AutonomyRequest,
    Competency,
    Evidence,
    GrowthPlan,
    Outcome,
)
from progress.standings import reached, standings_of
from tests.cast import Cast
from tests.progress.commits import committed

pytestmark = pytest.mark.django_db
WEEK = timedelta(weeks=1)


def competencies(plan: GrowthPlan) -> list[Competency]:
    rows = Competency.objects.filter(version=plan.version_id)
    return list(rows.order_by("area__position", "position"))


def noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))


def grant(
    plan: GrowthPlan, one: Competency, level: int, *, weeks_ago: int = 0
) -> AutonomyGrant:
    pairing = Pairing.objects.get(junior=plan.junior)
    return AutonomyGrant.objects.create(
        organisation_id=plan.organisation_id,
        plan=plan,
        competency=one,
        level=level,
        granted_by=pairing.mentor.membership,
        granted_at=noon(timezone.localdate() - weeks_ago * WEEK),
    )


def show(plan: GrowthPlan, one: Competency, *, weeks_ago: int) -> Evidence:
    on = timezone.localdate() - weeks_ago * WEEK
    return Evidence.objects.create(
        organisation_id=plan.organisation_id,
        plan=plan,
        competency=one,
        kind=Evidence.Kind.LINK,
        url=f"https://example.com/{one.pk}/{weeks_ago}",
        title="A change of two files",
        held_on=on,
        tagged_by=plan.junior.membership,
    )


def agree(
    plan: GrowthPlan, one: Competency, state: str, level: int | None = None
) -> None:
    now = timezone.now()
    pairing = Pairing.objects.get(junior=plan.junior)
    assessment = Assessment.objects.create(
        organisation_id=plan.organisation_id,
        plan=plan,
        version_id=one.version_id,
        occasion=Assessment.Occasion.OWN,
        opened_by=plan.junior.membership,
        self_in_at=now,
        mentor_in_at=now,
    )
    Outcome.objects.create(
        organisation_id=plan.organisation_id,
        assessment=assessment,
        version_id=one.version_id,
        competency=one,
        state=state,
        level=level,
    )
    assessment.junior_signed_at = assessment.mentor_signed_at = now
    assessment.mentor_signed_by = pairing.mentor.membership
    assessment.signed_at = now
    assessment.save()


def test_the_newest_grant_stands_and_evidence_keeps_it(
    plan: GrowthPlan, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    today = timezone.localdate()
    first, second, third, *_rest = competencies(plan)
    grant(plan, first, LEADS, weeks_ago=20)
    newest = grant(plan, first, ALONE, weeks_ago=13)
    show(plan, first, weeks_ago=3)
    show(plan, first, weeks_ago=15)
    grant(plan, second, LEADS, weeks_ago=13)
    grant(plan, third, TOGETHER, weeks_ago=2)

    with django_assert_num_queries(1):
        found = standings_of(plan.pk, today)

    one = found.of(first.key)
    assert (one.grant, one.standing.level, one.evidence) == (newest.pk, ALONE, 2)
    assert one.granted_on == today - 13 * WEEK
    assert one.last_on == today - 3 * WEEK
    assert one.standing.lapses_on == today + 9 * WEEK
    assert found.of(second.key).standing.is_lapsed(today)
    assert Counter(found.held) == {OBSERVE: 22, TOGETHER: 1, ALONE: 1}
    assert (found.leading, found.alone) == (1, 1)
    assert (found.to_confirm, found.asked, found.is_begun) == (1, 0, True)


def test_a_competency_stands_through_versions_by_its_key(plan: GrowthPlan) -> None:
    one = competencies(plan)[0]
    grant(plan, one, LEADS)
    assert plan.version is not None
    framework = plan.version.framework
    later = framework.versions.create(
        organisation=plan.organisation,
        number=9,
        published_at=None,
    )
    area = later.areas.create(organisation=plan.organisation, name="A", position=0)
    same = Competency.objects.create(
        organisation=plan.organisation,
        version=later,
        area=area,
        key=one.key,
        name="The same in other words",
        position=0,
    )
    GrowthPlan.objects.filter(pk=plan.pk).update(version=later)

    found = standings_of(plan.pk, timezone.localdate())
    assert found.counted == [same.key]
    assert found.held == [LEADS]


def test_what_both_agreed_does_not_apply_is_not_counted(plan: GrowthPlan) -> None:
    first, second, *_rest = competencies(plan)
    agree(plan, first, Outcome.State.NOT_APPLICABLE)
    found = standings_of(plan.pk, timezone.localdate())
    assert len(found.counted) == 23
    assert first.key not in found.counted
    assert second.key in found.counted

    agree(plan, first, Outcome.State.IMPROVING)
    assert len(standings_of(plan.pk, timezone.localdate()).counted) == 24


def test_a_year_without_a_framework_counts_nothing(plan: GrowthPlan) -> None:
    GrowthPlan.objects.update(version=None)
    found = standings_of(plan.pk, timezone.localdate())
    assert (found.counted, found.by_key, found.to_confirm) == ([], {}, 0)
    pairing = Pairing.objects.get()
    assert reached(pairing, "junior_leads", timezone.localdate()) is None


def test_what_is_granted_stays(plan: GrowthPlan) -> None:
    made = grant(plan, competencies(plan)[0], LEADS)
    for change in (
        lambda: AutonomyGrant.objects.update(level=ALONE),
        made.delete,
    ):
        with pytest.raises(IntegrityError):
            committed(change)
    assert AutonomyGrant.objects.get().level == LEADS


def test_a_step_is_one_of_the_four(plan: GrowthPlan) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        grant(plan, competencies(plan)[0], 5)


def test_what_is_asked_for_is_counted_until_it_is_answered(plan: GrowthPlan) -> None:
    one = competencies(plan)[0]
    asked = AutonomyRequest.objects.create(
        organisation_id=plan.organisation_id,
        plan=plan,
        competency=one,
        level=LEADS,
        word="Three in a row",
    )
    found = standings_of(plan.pk, timezone.localdate())
    assert (found.asked, found.of(one.key).asked) == (1, LEADS)
    asked.answer = grant(plan, one, LEADS)
    asked.save()
    assert standings_of(plan.pk, timezone.localdate()).asked == 0


def test_a_change_of_phase_keeps_what_was_counted(plan: GrowthPlan, cast: Cast) -> None:
    for one in competencies(plan)[:12]:
        grant(plan, one, LEADS)
    grant(plan, competencies(plan)[12], LEADS, weeks_ago=30)
    now = timezone.now()
    move = ask_phase(
        actor=cast.ines,
        pairing=cast.pairing,
        phase=Pairing.Phase.JUNIOR_LEADS,
        now=now,
    )
    grant(plan, competencies(plan)[13], ALONE)
    agree_phase(actor=cast.tomasz, move=move, now=now)
    kept = PhaseMove.objects.get()
    assert (kept.reached, kept.counted) == (12, 24)


def test_no_count_goes_with_a_phase_that_asks_for_nothing(
    plan: GrowthPlan, cast: Cast
) -> None:
    Pairing.objects.update(phase=Pairing.Phase.JUNIOR_LEADS)
    move = ask_phase(
        actor=cast.ines,
        pairing=cast.pairing,
        phase=Pairing.Phase.MENTOR_LEADS,
        now=timezone.now(),
    )
    assert (move.reached, move.counted) == (None, None)


def test_keys_are_those_of_the_framework(plan: GrowthPlan) -> None:
    found = standings_of(plan.pk, timezone.localdate())
    assert {*found.counted} == {one.key for one in competencies(plan)}
    assert all(isinstance(key, UUID) for key in found.counted)
