from pairings.models.pairings import Pairing, PairingQuerySet, _Days
from pairings.models.programs import (
    Enrolment,
    EnrolmentQuerySet,
    Program,
    ProgramQuerySet,
    ProgramStaff,
)

# The first migration names `_Days` by this path.
__all__ = [
    "Enrolment",
    "EnrolmentQuerySet",
    "Pairing",
    "PairingQuerySet",
    "Program",
    "ProgramQuerySet",
    "ProgramStaff",
    "_Days",
]
