"""A run from its inputs to its outcome."""

from collections.abc import Iterable
from dataclasses import replace

from msgspec import structs

from pairings.matching.eligibility import BLOCK
from pairings.matching.levels import TOP, how_many
from pairings.matching.optimum import Optimum, optimise
from pairings.matching.outcome import Outcome
from pairings.matching.people import JuniorIn, MentorIn, Pin
from pairings.matching.problem import (
    NOBODY,
    Inputs,
    Problem,
    Progress,
    prepare,
    stepper,
)
from pairings.matching.reasons import figures, pairs, unplaced
from pairings.matching.reference import greedy
from pairings.matching.rules import Aim, Rules, Weights

VERSION = 2
"""Of the algorithm: raised by every change after which a run could end otherwise."""


def run(
    juniors: Iterable[JuniorIn],
    mentors: Iterable[MentorIn],
    rules: Rules,
    weights: Weights,
    aim: Aim,
    *,
    pins: Iterable[Pin] = (),
    progress: Progress | None = None,
) -> Outcome:
    """Pairs a cohort as well as can be; see `levels` for what is best.

    The order of the input never matters. `progress(done, all)` is called between steps
    and stops the run by answering False, which raises Cancelled. Raises a CannotMatch
    on input that contradicts itself.
    """
    inputs = Inputs(
        juniors=tuple(sorted(juniors, key=lambda one: one.id)),
        mentors=tuple(sorted(mentors, key=lambda one: one.id)),
        rules=rules,
        weights=weights,
        aim=aim,
        pins=tuple(sorted(set(pins))),
    )
    return solved(inputs, progress=progress)[0]


def solved(
    inputs: Inputs, *, progress: Progress | None = None
) -> tuple[Outcome, Problem]:
    """The outcome with the problem behind it, for questions that follow."""
    # Blocks of eligibility, then up to 101 scores and three levels around them.
    blocks = -(-len(inputs.juniors) // BLOCK)
    most = blocks + (3 if inputs.aim is Aim.TOTAL else TOP + 3) + 1
    step = stepper(progress, most)
    problem = prepare(inputs, step)
    scale = (most - blocks - 1) / how_many(problem)
    best = optimise(problem, lambda done: step(blocks + int(done * scale)))
    outcome = describe(problem, best)
    step(most)
    return outcome, problem


def describe(problem: Problem, best: Optimum) -> Outcome:
    """Everything that is said about an optimum."""
    juniors = {one.person for one in problem.inputs.juniors}
    mentors = {one.person for one in problem.inputs.mentors}
    return Outcome(
        version=VERSION,
        pairs=pairs(problem, best.mentors),
        unplaced=unplaced(problem, best.mentors),
        figures=figures(problem, best.mentors),
        best_total=_best_total(problem, best),
        greedy=figures(problem, greedy(problem)),
        proved=best.proved,
        both_sides=tuple(sorted(juniors & mentors)),
    )


def _best_total(problem: Problem, best: Optimum) -> int:
    """The highest total that as many juniors placed can have, from its bound."""
    if problem.inputs.aim is not Aim.TOTAL:
        total = replace(problem, inputs=structs.replace(problem.inputs, aim=Aim.TOTAL))
        best = optimise(total)
    lost = next(one.bound for one in best.proved if one.level == "total")
    free = int(((best.mentors != NOBODY) & (problem.pinned == NOBODY)).sum())
    return TOP * free - lost + figures(problem, problem.pinned).total
