from datetime import date, timedelta

import pytest
from django.db import Error, IntegrityError, transaction
from django.utils import timezone

from progress.actions.frameworks import begin_draft, publish
from progress.evidence import Gathered, gathered
from progress.frameworks.changes import fingerprint
from progress.models import Competency, Evidence, GrowthPlan
from tests.cast import Cast
from tests.progress.commits import committed


def competency(plan: GrowthPlan, place: int = 0) -> Competency:
    assert plan.version
    return plan.version.competencies.order_by("area__position", "position")[place]


def link(plan: GrowthPlan, cast: Cast, **given: object) -> Evidence:
    values = {
        "competency": competency(plan),
        "url": "https://tidewater.example/talk",
        "title": "A talk on retries",
        "held_on": date(2026, 3, 2),
        **given,
    }
    return Evidence.objects.create(
        organisation=plan.organisation,
        plan=plan,
        kind="link",
        tagged_by=cast.ines,
        **values,
    )


def test_evidence_is_never_changed(plan: GrowthPlan, cast: Cast) -> None:
    row = link(plan, cast)
    for change in ({"title": "Another"}, {"held_on": date(2026, 3, 3)}):
        with pytest.raises(Error, match="not changed"), transaction.atomic():
            Evidence.objects.filter(pk=row.pk).update(**change)
    row.delete()


@pytest.mark.parametrize("signed_before", [False, True])
def test_evidence_stays_once_both_signed_after_it(
    plan: GrowthPlan, cast: Cast, signed_before: bool
) -> None:
    now = timezone.now()
    row = link(plan, cast, tagged_at=now)
    signed_at = now + timedelta(hours=-1 if signed_before else 1)
    plan.milestones.filter(pk=plan.milestones.all()[0].pk).update(
        junior_signed_at=signed_at,
        mentor_signed_at=signed_at,
        mentor_signed_by=cast.tomasz,
        signed_at=signed_at,
    )
    if signed_before:
        row.delete()
        return
    with pytest.raises(Error, match="older than"):
        committed(row.delete)


def test_the_same_is_tagged_to_a_competency_once(plan: GrowthPlan, cast: Cast) -> None:
    link(plan, cast)
    with pytest.raises(IntegrityError, match="evidence_once"), transaction.atomic():
        link(plan, cast, title="By another name")
    link(plan, cast, competency=competency(plan, 1))
    link(plan, cast, url="https://tidewater.example/other")


def test_gathered_counts_through_the_versions(plan: GrowthPlan, cast: Cast) -> None:
    first, second = competency(plan), competency(plan, 1)
    assert gathered(plan) == {}
    link(plan, cast, held_on=date(2026, 3, 9))
    link(plan, cast, url="https://tidewater.example/other")
    link(plan, cast, competency=second)
    assert plan.version
    now, framework = timezone.now(), plan.version.framework
    draft = begin_draft(actor=cast.olga, framework=framework, now=now)
    draft.competencies.exclude(key__in=[first.key, second.key])[0].delete()
    seen = fingerprint(draft.content())
    publish(actor=cast.olga, draft=draft, note="", seen=seen, now=now)
    later = draft.competencies.get(key=first.key)
    link(plan, cast, competency=later, held_on=date(2026, 2, 1))
    assert gathered(plan) == {
        first.key: Gathered(3, date(2026, 3, 9)),
        second.key: Gathered(1, date(2026, 3, 2)),
    }
