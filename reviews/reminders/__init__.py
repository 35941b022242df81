"""What pairs and their leads are told of sessions, as kinds of reminders."""

from reviews.reminders.ahead import NO_CHANGE
from reviews.reminders.cadence import PAIR_STALLED, UNMET
from reviews.reminders.invitations import INVITATION
from reviews.reminders.next_date import NO_NEXT_DATE
from reviews.reminders.passes import PASS_WAITING, REVEAL_READY
from reviews.reminders.todo import ACTION_DUE
from reviews.reminders.tomorrow import SESSION_TOMORROW

KINDS = (
    INVITATION,
    NO_CHANGE,
    SESSION_TOMORROW,
    PASS_WAITING,
    REVEAL_READY,
    UNMET,
    PAIR_STALLED,
    NO_NEXT_DATE,
    ACTION_DUE,
)

__all__ = ["INVITATION", "KINDS", "NO_CHANGE", "UNMET"]
