"""What figures and reports over programs hold: of people, who wrote something alone."""

from django.utils.translation import gettext_lazy as _

from pairings.models import Program
from preceptor.accounts.entries import HistoryEntry
from preceptor.accounts.held import GONE, OWNERS, Held, Topic
from preceptor.accounts.models import Membership
from preceptor.accounts.rights import Resource
from preceptor.insights.history.listing import known_to
from preceptor.insights.history.telling import in_words
from preceptor.insights.models import (
    ClosedMonth,
    QuarterReport,
    ReportReader,
    Scenario,
    TeamWeek,
)

OF_A_REPORT = _(
    "It says what an organisation reckoned with, and when; your name goes from it."
)

HELD: tuple[Held, ...] = (
    Held(
        model=HistoryEntry,
        key="history",
        topic=Topic.ACCOUNT,
        what=_(
            "What was changed about you, what you changed, what you exported, and when"
        ),
        whose=("person_id", "other_id", "actor_id"),
        exported=known_to,
        read_by=OWNERS,
        stays=(
            *("at", "kind", "what", "row_id", "verb", "before", "after"),
            *("program_id", "person_id", "other_id", "actor_id", "request", "through"),
        ),
        refers={
            "program_id": Program,
            "person_id": Membership,
            "other_id": Membership,
            "actor_id": Membership,
        },
        tells=in_words,
        because=_(
            "Nobody changes history, and nobody removes it within a year. People are"
            " named by the number of their membership alone, which is a former member’s"
            " by then. Where the name was typed into that of a program, a team or the"
            " like, it is struck there."
        ),
    ),
    Held(
        model=Scenario,
        key="scenarios",
        topic=Topic.PROGRAM,
        what=_("Scenarios of cost and return that you began"),
        whose=("created_by",),
        read_by=Resource.MATCHING,
        goes={"created_by": None},
        stays=("name", "currency", "inputs"),
        because=OF_A_REPORT,
    ),
    Held(
        model=TeamWeek,
        key="team_weeks",
        topic=Topic.PROGRAM,
        what=_("Weekly figures of teams that you brought in"),
        whose=("written_by",),
        read_by=Resource.MATCHING,
        goes={"written_by": None},
        stays=("team", "monday", *TeamWeek.FIGURES, "written_at"),
        because=OF_A_REPORT,
    ),
    Held(
        model=ReportReader,
        key="mailed_reports",
        topic=Topic.MESSAGES,
        what=_("Reports of quarters that are mailed to you"),
        whose=("member",),
        read_by=Resource.MATCHING,
        goes=GONE,
        stays=("schedule", "member"),
    ),
)

TEXTS = {
    Scenario: ["name", "inputs"],
    TeamWeek: ["team"],
    ClosedMonth: ["document"],
    QuarterReport: ["document"],
}

IMPERSONAL = {ClosedMonth: ["document"], QuarterReport: ["document"]}
