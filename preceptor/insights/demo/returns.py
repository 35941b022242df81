"""What the company of the story believes of cost and return; all of it is made up."""

from datetime import datetime, timedelta

from pairings.models import Program
from preceptor.accounts.models import Membership
from preceptor.insights.demo import cast
from preceptor.insights.demo.people import Everybody
from preceptor.insights.figures.closing import close_months
from preceptor.insights.models import ReportReader, ReportSchedule, Scenario
from preceptor.insights.returns.beginning import beginning
from preceptor.insights.returns.facts import facts_of
from preceptor.insights.returns.model import Answers

MADE_UP = "Made up for this demonstration: Tidewater Freight does not exist"
OWN: dict[str, tuple[str, str, str]] = {
    "mentor_rate": ("78", "86", "104"),
    "junior_rate": ("41", "47", "55"),
    "slow_months": ("1", "2", "4"),
    "slow_share": ("0.02", "0.05", "0.1"),
    "other_costs": ("9000", "14000", "22000"),
    "leave_with": ("0.05", "0.08", "0.14"),
    "years": ("2", "2", "2"),
    "pay": ("52000", "61000", "74000"),
}
"""Low, likely and high, in pounds and as fractions."""


def write(program: Program, lead: Membership, now: datetime) -> None:
    """The lead's two: as planned, and with nobody staying longer for it."""
    planned = _answers(program)
    no_effect = planned["leave_without"]
    for name, days, inputs in (
        ("As planned", 40, planned),
        ("If nobody stays for it", 33, {**planned, "leave_with": no_effect}),
    ):
        saved_at = now - timedelta(days=days)
        Scenario.objects.create(
            organisation_id=program.organisation_id,
            program=program,
            name=name,
            currency="GBP",
            inputs=inputs,
            created_by=lead,
            created_at=saved_at,
            saved_at=saved_at,
        )


def mail(program: Program, everybody: Everybody, now: datetime) -> None:
    """The months that are over are closed; two are mailed each quarter's report."""
    close_months(now)
    schedule = ReportSchedule.objects.create(
        organisation_id=program.organisation_id,
        program=program,
        day=12,
        set_on=program.starts_on,
    )
    ReportReader.objects.bulk_create(
        ReportReader(
            organisation_id=program.organisation_id,
            schedule=schedule,
            member=everybody[name],
        )
        for name in (cast.LEAD, cast.OWNER)
    )


def _answers(program: Program) -> Answers:
    answers = beginning(facts_of([program]), "GBP")
    for name, (low, likely, high) in OWN.items():
        answers[name] = {"low": low, "likely": likely, "high": high, "source": MADE_UP}
    return answers
