"""In the demonstration something waits for somebody in every way that there is."""

from datetime import UTC, datetime, timedelta

import pytest

from preceptor.insights.demo import company
from preceptor.notifications import kinds
from preceptor.notifications.models import Delivery
from preceptor.notifications.planner import plan
from progress.reminders import KINDS

TUESDAY = datetime(2026, 11, 10, 9, 40, tzinfo=UTC)


@pytest.mark.parametrize("days", [0, 4])
@pytest.mark.django_db
def test_each_kind_of_a_year_stands(days: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a Tuesday and on a Saturday."""
    monkeypatch.setattr(kinds, "_kinds", {kind.name: kind for kind in KINDS})
    now = TUESDAY + timedelta(days=days)
    company.build(seed=1, now=now)
    plan(now)
    rows = Delivery.objects.inbox().filter(state=Delivery.State.SENT)
    assert set(rows.values_list("kind", flat=True)) >= {kind.name for kind in KINDS}
    leads = rows.filter(kind="milestone-to-lead")
    names = set(leads.values_list("recipient__user__full_name", flat=True))
    assert names == {"Ruth Adeyemi"}
