"""Pairs a cohort: typed people, rules and weights in, a proved optimum out."""

from pairings.matching.changes import Change, smallest_changes
from pairings.matching.documents import decode, encode
from pairings.matching.errors import (
    BadDocument,
    BadNumber,
    Cancelled,
    CannotMatch,
    CannotRelax,
    NotProved,
    NoWeights,
    PinnedOver,
    PinnedTwice,
    SelfPin,
    TwiceIn,
    UnknownPin,
)
from pairings.matching.outcome import (
    Barrier,
    Facts,
    Figures,
    Outcome,
    Pair,
    Part,
    Proved,
    Unplaced,
)
from pairings.matching.people import JuniorIn, MentorIn, Pin, Span
from pairings.matching.problem import Inputs, Problem, Progress, check, prepare
from pairings.matching.residual import Guide
from pairings.matching.rules import Aim, Criterion, Rule, Rules, Weights
from pairings.matching.running import VERSION, run, solved
from pairings.matching.switching import (
    Moved,
    Switch,
    guide,
    next_best,
    next_bests,
    switch,
)

__all__ = [
    "VERSION",
    "Aim",
    "BadDocument",
    "BadNumber",
    "Barrier",
    "Cancelled",
    "CannotMatch",
    "CannotRelax",
    "Change",
    "Criterion",
    "Facts",
    "Figures",
    "Guide",
    "Inputs",
    "JuniorIn",
    "MentorIn",
    "Moved",
    "NoWeights",
    "NotProved",
    "Outcome",
    "Pair",
    "Part",
    "Pin",
    "PinnedOver",
    "PinnedTwice",
    "Problem",
    "Progress",
    "Proved",
    "Rule",
    "Rules",
    "SelfPin",
    "Span",
    "Switch",
    "TwiceIn",
    "UnknownPin",
    "Unplaced",
    "Weights",
    "check",
    "decode",
    "encode",
    "guide",
    "next_best",
    "next_bests",
    "prepare",
    "run",
    "smallest_changes",
    "solved",
    "switch",
]
