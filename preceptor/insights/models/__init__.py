"""What reports over several programs keep."""

from preceptor.insights.models.closed import ClosedMonth, ClosedMonthQuerySet
from preceptor.insights.models.deliveries import TeamWeek
from preceptor.insights.models.quarters import (
    QuarterReport,
    ReportReader,
    ReportSchedule,
)
from preceptor.insights.models.returns import Scenario, ScenarioQuerySet

__all__ = [
    "ClosedMonth",
    "ClosedMonthQuerySet",
    "QuarterReport",
    "ReportReader",
    "ReportSchedule",
    "Scenario",
    "ScenarioQuerySet",
    "TeamWeek",
]
