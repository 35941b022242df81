import pytest

from progress.actions import begin_plan
from progress.models import GrowthPlan
from tests.cast import Cast


@pytest.fixture
def plan(cast: Cast) -> GrowthPlan:
    """The year of Ines, as her pairing with Tomasz began it."""
    begin_plan(cast.pairing)
    return GrowthPlan.objects.with_junior().get(junior=cast.ines_enrolled)
