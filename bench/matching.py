"""Cohorts of 20 to 10,000 juniors paired by both aims: time, memory, and how well.

Each cohort has a process of its own, whose memory includes Python and its imports. The
time is that of the processor, from the people to the explained outcome.

python -m bench.matching [JUNIORS AIM]
"""

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from bench.cohorts import large
from bench.results import Result, as_table
from pairings.matching import (
    Aim,
    Inputs,
    Outcome,
    Problem,
    Rules,
    Switch,
    Weights,
    decode,
    encode,
    guide,
    next_best,
    next_bests,
    prepare,
    smallest_changes,
    solved,
    switch,
)
from pairings.matching.optimum import optimise
from pairings.matching.reasons import figures
from pairings.matching.reference import deferred_acceptance
from pairings.matching.running import describe

SIZES = (20, 200, 2_000, 10_000)
ROOT = Path(__file__).resolve().parent.parent
TIME_AIMS = {200: 0.1, 2_000: 1.0, 10_000: 8.0}  # seconds, for the highest total
MEMORY_AIMS = {2_000: 300, 10_000: 1_000}  # MB
SLOWER_IF_FAIR = 10
IN_FULL = 200  # juniors up to which every card is made with the page
ONE_PIECE = 10_000  # juniors from which cards are also made without any teams
SOME = 40  # mentors allowed to each
CARD_AIM = 1.0  # seconds to answer what a card asks


def measure_matching() -> list[Result]:
    """Every cohort by both aims."""
    return [
        one
        for size in SIZES
        for aim in Aim
        for one in _results(size, aim, _run(size, aim))
    ]


def _run(size: int, aim: Aim) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.matching", str(size), aim.value]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _peak() -> float:
    """The most memory that this process held, in MB.

    From the kernel's own account of it, where there is one: `getrusage` begins with
    what the process had that started this one.
    """
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    lines = status.read_text().splitlines()
    (held,) = (line.split()[1] for line in lines if line.startswith("VmHWM:"))
    return int(held) / 1000


def measured(size: int, aim: Aim) -> dict[str, Any]:
    """The figures of one cohort, in this process."""
    inputs = cohort(size, aim)
    taken, answer = [], solved(inputs)
    for _round in range(7 if size <= 2_000 else 1):
        seconds, answer = _timed(lambda: solved(inputs))
        taken.append(seconds)
    peak = _peak()
    outcome, problem = answer
    stable = figures(problem, deferred_acceptance(problem))
    return {
        "seconds": statistics.median(taken),
        "memory": peak,
        "options": len(problem.scores) / size,
        "gap": outcome.gap,
        "other": other_total(problem) if aim is Aim.TOTAL else None,
        "cards": _cards(problem, outcome)
        | {"first card after a restart": _first_card(problem, outcome)}
        | _cards_of_one_piece(problem),
        "ways": {
            "optimum": _short(outcome.figures),
            "greedy": _short(outcome.greedy),
            "deferred acceptance": _short(stable),
        },
    }


def cohort(size: int, aim: Aim) -> Inputs:
    """Mentors of one's own team alone where there are many: some 40 each."""
    juniors, mentors = large(size)
    rules = Rules(min_overlap_minutes=120, min_tenure_months=6, same_team=size >= 1_000)
    return Inputs(juniors, mentors, rules, Weights(), aim)


def other_total(problem: Problem) -> int:
    """The highest total by scipy, each seat a column and a column to stay alone.

    Its costs are doubles; they are whole and below 2^53, so its sum is exact.
    """
    count, _mentors = problem.size
    first = np.concatenate([[0], np.cumsum(problem.seats)])
    times = problem.seats[problem.mentors]
    nth = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
    rows = np.concatenate([np.repeat(problem.juniors, times), np.arange(count)])
    columns = np.repeat(first[problem.mentors], times) + nth
    columns = np.concatenate([columns, first[-1] + np.arange(count)])
    alone = np.full(count, 101 * count + 2)
    costs = np.concatenate([np.repeat(101 - problem.scores, times), alone])
    shape = (count, int(first[-1]) + count)
    table = csr_array((costs.astype(float), (rows, columns)), shape=shape)
    rows, columns = min_weight_full_bipartite_matching(table)
    found = np.asarray(table[rows, columns]).ravel()
    return int((101 - found[found <= 101]).sum())


def _cards_of_one_piece(problem: Problem) -> dict[str, float]:
    """The same where no team keeps the chains of moves short."""
    juniors, mentors = problem.size
    if juniors < ONE_PIECE:
        return {}
    random = np.random.default_rng(1)
    at = np.unique(random.integers(0, juniors * mentors, juniors * SOME))
    rows, columns = at // mentors, at % mentors
    joined = replace(
        problem,
        juniors=rows,
        mentors=columns,
        scores=problem.scorer.scores(rows, columns),
        relaxed=np.zeros(len(at), np.bool_),
    )
    outcome = describe(joined, optimise(joined))
    found = _cards(joined, outcome)
    return {f"{what}, all in one piece": taken for what, taken in found.items()}


def _cards(problem: Problem, outcome: Outcome) -> dict[str, float]:
    """Seconds for what the cards of some juniors ask, the slowest of seven."""
    taken, led = _timed(lambda: guide(problem, outcome))
    pairs = outcome.pairs[:: max(1, len(outcome.pairs) // 7)][:7]
    alone = [one.junior for one in outcome.unplaced[:1]]
    last = outcome.pairs[-1].mentor
    asks: dict[str, list[Callable[[], object]]] = {
        "next best mentor": [
            lambda one=one: next_best(problem, outcome, one.junior, led)  # type: ignore[misc] # bound now
            for one in pairs
        ],
        "switch": [
            lambda one=one: switch(problem, outcome, one.junior, last, led)  # type: ignore[misc] # bound now
            for one in pairs
        ],
        "smallest change": [lambda: smallest_changes(problem, outcome, alone, led)],
    }
    if len(problem.people.juniors) <= IN_FULL:
        asks["everything in full"] = [lambda: _in_full(problem, outcome)]
    found = {what: max(_timed(one)[0] for one in many) for what, many in asks.items()}
    return {"guide kept with a run": taken, **found}


def _first_card(problem: Problem, outcome: Outcome) -> float:
    """Seconds for the first one of a process, which reads the run and prepares it."""
    kept = encode(problem.inputs), encode(outcome)
    led = guide(problem, outcome)

    def asked() -> Switch | None:
        inputs, answer = decode(Inputs, kept[0]), decode(Outcome, kept[1])
        return next_best(prepare(inputs), answer, answer.pairs[0].junior, led)

    return _timed(asked)[0]


def _in_full(problem: Problem, outcome: Outcome) -> None:
    next_bests(problem, outcome, [pair.junior for pair in outcome.pairs])
    smallest_changes(problem, outcome)


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.process_time()
    answer = work()
    return time.process_time() - started, answer


def _short(found: Any) -> list[int]:
    return [found.placed, found.total, found.lowest or 0]


def _results(size: int, aim: Aim, found: dict[str, Any]) -> list[Result]:
    name = f"matching: {size:,} juniors, {aim.value}"
    times = SLOWER_IF_FAIR if aim is Aim.FAIR else 1
    limit = TIME_AIMS[size] * times if size in TIME_AIMS else None
    results = [
        _at_most(f"{name}: processor time", found["seconds"], "s", limit),
        _at_most(f"{name}: memory", found["memory"], "MB", MEMORY_AIMS.get(size)),
        Result(f"{name}: mentors allowed to each", found["options"], ""),
        _at_most(f"{name}: gap to its bound", found["gap"], "", 0),
    ]
    ways = found["ways"]
    if found["other"] is not None:
        gap = abs(found["other"] - ways["optimum"][1])
        results.append(_at_most(f"{name}: gap to scipy", gap, "points", 0))
    for way, (placed, total, worst) in ways.items():
        results += [
            Result(f"{name}: placed, {way}", placed, "juniors"),
            Result(f"{name}: total, {way}", total, "points"),
            Result(f"{name}: worst pair, {way}", worst, "of 100"),
        ]
    return results + [
        _at_most(f"{name}: {what}", seconds, "s", None if "kept" in what else CARD_AIM)
        for what, seconds in found["cards"].items()
    ]


def _at_most(name: str, value: float, unit: str, aim: float | None) -> Result:
    if aim is None:
        return Result(name, value, unit)
    return Result(name, value, unit, f"at most {aim:g}", value <= aim)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        answer = measured(int(sys.argv[1]), Aim(sys.argv[2]))
        sys.stdout.write(json.dumps(answer))
    else:
        sys.stdout.write(as_table(measure_matching()))
