from pairings.models.enrolments import Enrolment, EnrolmentQuerySet
from pairings.models.life import Pause, PhaseMove, RematchRequest
from pairings.models.matching import MatchRun, MatchRunQuerySet, Proposal
from pairings.models.pairings import Pairing, PairingQuerySet, _Days
from pairings.models.profiles import (
    Avoidance,
    Choice,
    EnrolmentSkill,
    MentorRecord,
    Skill,
)
from pairings.models.programs import Program, ProgramQuerySet
from pairings.models.staff import ProgramStaff
from pairings.models.together import Agreement, Handover, PairNote

# The first migration names `_Days` by this path.
__all__ = [
    "Agreement",
    "Avoidance",
    "Choice",
    "Enrolment",
    "EnrolmentQuerySet",
    "EnrolmentSkill",
    "Handover",
    "MatchRun",
    "MatchRunQuerySet",
    "MentorRecord",
    "PairNote",
    "Pairing",
    "PairingQuerySet",
    "Pause",
    "PhaseMove",
    "Program",
    "ProgramQuerySet",
    "ProgramStaff",
    "Proposal",
    "RematchRequest",
    "Skill",
    "_Days",
]
