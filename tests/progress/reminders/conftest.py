from datetime import UTC, date, datetime

import pytest
import time_machine

from preceptor.notifications import kinds
from progress.actions import begin_plan
from progress.models import GrowthPlan, Milestone
from progress.reminders import KINDS
from tests.cast import Cast, make_cast

DUE_ON = date(2027, 3, 15)


@pytest.fixture(autouse=True)
def of_years(monkeypatch: pytest.MonkeyPatch) -> None:
    """No kinds but those of the years are registered."""
    monkeypatch.setattr(kinds, "_kinds", {kind.name: kind for kind in KINDS})


@pytest.fixture
def cast(db: None) -> Cast:
    """Ines and Tomasz, in London, with one milestone alone, due on 15 March 2027."""
    with time_machine.travel(datetime(2027, 1, 10, 12, tzinfo=UTC), tick=False):
        cast = make_cast()
        begin_plan(cast.pairing)
    kept = Milestone.objects.filter(kind=Milestone.Kind.CHECK_IN)[0]
    Milestone.objects.exclude(pk=kept.pk).delete()
    Milestone.objects.update(due_on=DUE_ON)
    return cast


@pytest.fixture
def milestone(cast: Cast) -> Milestone:
    return Milestone.objects.select_related("plan__junior").get()


@pytest.fixture
def plan(cast: Cast) -> GrowthPlan:
    return GrowthPlan.objects.with_junior().get()
