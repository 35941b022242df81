"""Who comes next for a junior whose proposal came to nothing, as their run has it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from msgspec import structs

from pairings import matching, running
from pairings.matching import Inputs
from pairings.models import Enrolment, MatchRun, Proposal


@dataclass(frozen=True, slots=True)
class Ranked:
    """What the run that proposed a junior says of the mentors whom it knew."""

    run: int
    """Its number."""
    known: frozenset[int]
    scores: Mapping[int, int]
    """Of those whom its rules allow; who is known and not in it is forbidden."""

    def allows(self, mentor: int) -> bool:
        return mentor in self.scores or mentor not in self.known


def ranked(juniors: Iterable[Enrolment]) -> dict[int, Ranked]:
    """By junior, from the last run that they were published of.

    The other pairs of it stand by now. So among the mentors who still have a seat, the
    next best is whose pair has the highest score: no junior can be moved for another.
    """
    rows = Proposal.objects.filter(
        junior__in=list(juniors), state=Proposal.State.PUBLISHED
    ).order_by("junior", "-run__number")
    of_run = defaultdict(set)
    for junior, pk in rows.distinct("junior").values_list("junior", "run"):
        of_run[pk].add(junior)
    runs = MatchRun.objects.done().defer("result", "guide").in_bulk(list(of_run))
    found: dict[int, Ranked] = {}
    for pk, run in runs.items():
        try:
            found |= _scored(run, running.inputs_of(run), of_run[pk])
        except matching.BadDocument:
            continue
    return found


def _scored(run: MatchRun, inputs: Inputs, juniors: set[int]) -> dict[int, Ranked]:
    asked = tuple(one for one in inputs.juniors if one.id in juniors)
    problem = matching.prepare(structs.replace(inputs, juniors=asked, pins=()))
    known = frozenset(one.id for one in inputs.mentors)
    ids, found = problem.people.mentor_ids, {}
    for row, junior in enumerate(problem.people.juniors):
        of_junior = problem.between(row)
        mentors = ids[problem.mentors[of_junior]].tolist()
        scores = problem.scores[of_junior].tolist()
        found[junior.id] = Ranked(
            run.number, known, dict(zip(mentors, scores, strict=True))
        )
    return found
