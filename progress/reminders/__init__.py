"""What is worth a message about somebody's year."""

from progress.reminders.assessments import ASSESSMENT
from progress.reminders.checkins import CHECKIN
from progress.reminders.milestones import MILESTONE, MILESTONE_TO_LEAD
from progress.reminders.protected import PROTECTED_HOURS

KINDS = (MILESTONE, MILESTONE_TO_LEAD, ASSESSMENT, CHECKIN, PROTECTED_HOURS)

__all__ = [
    "ASSESSMENT",
    "CHECKIN",
    "KINDS",
    "MILESTONE",
    "MILESTONE_TO_LEAD",
    "PROTECTED_HOURS",
]
