"""What stands of a year goes with the whole of it alone: no row of it by itself."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import Error, connection, models, transaction
from django.utils import timezone

from progress.actions import (
    hand_in,
    keep_outcomes,
    keep_ratings,
    open_assessment,
    sign_assessment,
)
from progress.actions.assessments import Agreed, Said
from progress.autonomy import LEADS
from progress.models import (
    Assessment,
    AutonomyGrant,
    AutonomyRequest,
    CheckIn,
    Evidence,
    GrowthPlan,
    Milestone,
    Outcome,
    Rating,
)
from tests.cast import Cast
from tests.progress.commits import committed
from tests.progress.test_standings import competencies, grant, show
from tests.progress.years import sign

KEPT: tuple[type[models.Model], ...] = (
    Assessment,
    Rating,
    Outcome,
    Evidence,
    AutonomyGrant,
    CheckIn,
    Milestone,
)


@pytest.fixture
def year(plan: GrowthPlan, cast: Cast) -> GrowthPlan:
    """With an assessment, evidence, autonomy, a check-in and a milestone that stand."""
    first = competencies(plan)[0]
    show(plan, first, weeks_ago=2)
    asked = AutonomyRequest.objects.create(
        organisation_id=plan.organisation_id,
        plan=plan,
        competency=first,
        level=LEADS,
        word="Three in a row",
    )
    asked.answer = grant(plan, first, LEADS)
    asked.save()
    CheckIn.objects.create(
        organisation_id=plan.organisation_id,
        plan=plan,
        hardest="The queue",
        handed_at=timezone.now(),
        answer="We look at it together",
        answered_by=cast.tomasz,
        answered_at=timezone.now(),
    )
    assess(plan, cast)
    sign(plan)
    return plan


@transaction.atomic
def assess(plan: GrowthPlan, cast: Cast) -> None:
    """Every step of it in one transaction, each draft written twice."""
    now = timezone.now()
    one = open_assessment(actor=cast.ines, plan=plan, occasion="needs", now=now)
    all_of_it = [row.pk for row in competencies(plan)]
    for member in (cast.ines, cast.tomasz):
        for edits, level in enumerate((2, 3)):
            said = Said(is_said=True, level=level, method="observed", note="")
            keep_ratings(
                actor=member,
                assessment=one,
                said=dict.fromkeys(all_of_it, said),
                edits=edits,
            )
        hand_in(actor=member, assessment=one, now=now)
        one.refresh_from_db()
    for edits, level in enumerate((2, 3)):
        agreed = Agreed(level=level, state="improving", note="")
        keep_outcomes(
            assessment=one, agreed=dict.fromkeys(all_of_it, agreed), edits=edits
        )
    for member in (cast.ines, cast.tomasz):
        sign_assessment(actor=member, assessment=one, edits=2, now=now)
        one.refresh_from_db()


def refused(change: Callable[[], Any]) -> bool:
    try:
        committed(change)
    except Error:
        return True
    return False


def test_drafts_are_written_over_in_the_transaction_that_hands_them_in(
    year: GrowthPlan,
) -> None:
    connection.check_constraints()
    assert Assessment.objects.get().signed_at
    assert set(Rating.objects.values_list("level", flat=True)) == {3}


def test_no_row_that_stands_goes_by_itself(year: GrowthPlan) -> None:
    for model in KEPT:
        rows = model._default_manager.all()
        if model is Milestone:
            rows = rows.filter(signed_at__isnull=False)
        assert rows.exists()
        assert refused(rows.filter(pk=rows[0].pk).delete), model
        assert refused(rows.delete), model


def test_what_stands_is_not_put_there_again_otherwise(year: GrowthPlan) -> None:
    """A row that is there is asked for; so no other may take its place."""
    for model in (Rating, Outcome):
        row = model._default_manager.all()[0]

        def replace(row: Any = row) -> None:
            row.delete()
            row.pk, row.level = None, 5
            row.save(force_insert=True)

        assert refused(replace), model


def test_the_whole_of_it_goes(year: GrowthPlan) -> None:
    year.delete()
    connection.check_constraints()
    for model in KEPT:
        assert not model._default_manager.exists(), model
