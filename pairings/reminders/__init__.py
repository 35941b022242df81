"""What mentors, juniors and leads are told of pairs, as kinds of reminders."""

from pairings.reminders.handover import ASKED_FOR_WORD, HANDED_OVER
from pairings.reminders.mentors import MENTOR_GONE, WITHOUT_MENTOR
from pairings.reminders.phases import PHASE_PROPOSED
from pairings.reminders.proposals import ASKED, TOLD, WARNED

KINDS = (
    TOLD,
    ASKED,
    WARNED,
    HANDED_OVER,
    ASKED_FOR_WORD,
    MENTOR_GONE,
    WITHOUT_MENTOR,
    PHASE_PROPOSED,
)

__all__ = ["ASKED", "ASKED_FOR_WORD", "HANDED_OVER", "KINDS", "TOLD", "WARNED"]
