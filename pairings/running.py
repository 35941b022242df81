"""What becomes of a run once it is asked for: solved, kept, checked again."""

import logging
import time
import zlib
from datetime import datetime
from functools import lru_cache

import numpy as np
from django.core.exceptions import ValidationError
from django.db import transaction

from pairings import matching
from pairings.actions.programs import locked
from pairings.gathering import gathered
from pairings.matching import Guide, Inputs, Outcome, Pair, Problem, Progress
from pairings.models import Enrolment, MatchRun, MatchRunQuerySet, Proposal

CONFIDENT = 70
"""From this score on a proposal is chosen unless a lead takes it out."""
SECONDS_BETWEEN = 0.4
BATCH = 1000
KEPT = 2
"""Runs that stay read in each process."""

MOST_KEPT = 2_000_000
"""Pairs of a run that stay here, some 25 bytes each; a third of a second to find."""

_problems: dict[bytes, Problem] = {}

logger = logging.getLogger(__name__)


def packed(document: Inputs | Outcome) -> bytes:
    return zlib.compress(matching.encode(document), 6)


def inputs_of(run: MatchRun) -> Inputs:
    """Raises BadDocument where this version of the matcher can't read it."""
    return _inputs(bytes(run.inputs))


def outcome_of(run: MatchRun) -> Outcome:
    """The same, of a run that is done."""
    return _outcome(bytes(run.result or b""))


# Reading a large run takes a second, and its pages are turned one after the other.


@lru_cache(maxsize=KEPT)
def _inputs(data: bytes) -> Inputs:
    return matching.decode(Inputs, zlib.decompress(data))


@lru_cache(maxsize=KEPT)
def _outcome(data: bytes) -> Outcome:
    return matching.decode(Outcome, zlib.decompress(data))


def problem_of(run: MatchRun) -> Problem:
    """The pairs that may be made, as the run had them; that of one run stays here."""
    data = bytes(run.inputs)
    if (found := _problems.get(data)) is None:
        found = matching.prepare(_inputs(data))
        _problems.clear()
        if len(found.juniors) <= MOST_KEPT:
            _problems[data] = found
    return found


def guide_of(run: MatchRun) -> Guide | None:
    """The same, of who was given one."""
    if run.guide is None:
        return None
    return np.frombuffer(zlib.decompress(run.guide), np.int32).astype(np.int64)


def take_up(run_id: int) -> None:
    """Runs what a worker was given, unless it is cancelled; says so where it fails."""
    if not _open(run_id).update(state=MatchRun.State.RUNNING):
        return
    run = MatchRun.objects.select_related("program").get(pk=run_id)
    try:
        _gather(run)
        solve(run, _Teller(run_id))
    except matching.Cancelled:
        return
    except ValidationError as error:
        text = " ".join(error.messages)[:500]
        _open(run_id).update(state=MatchRun.State.FAILED, failure=text)
    except Exception as error:  # noqa: BLE001 # whatever it was, the page says so
        _fail(run_id, error)


@transaction.atomic
def _gather(run: MatchRun) -> None:
    """Reads the people of the run, while nobody is paired or enrolled."""
    locked(run.program)
    inputs = gathered(run)
    run.inputs = packed(inputs)
    run.juniors, run.mentors = len(inputs.juniors), len(inputs.mentors)
    run.save(update_fields=["inputs", "juniors", "mentors"])


def solve(run: MatchRun, progress: Progress | None = None) -> None:
    """Solves a run and keeps its proposals; drops them where it is not open any more.

    Raises Cancelled when `progress` asks to stop.
    """
    try:
        outcome, problem = matching.solved(inputs_of(run), progress=progress)
        guide = matching.guide(problem, outcome)
    except matching.NotProved as error:
        _fail(run.pk, error)
    else:
        _keep(run, outcome, guide)


def _fail(run_id: int, error: Exception) -> None:
    logger.error("The run %s of the matcher failed", run_id, exc_info=error)
    _open(run_id).update(state=MatchRun.State.FAILED)


@transaction.atomic
def _keep(run: MatchRun, outcome: Outcome, guide: Guide) -> None:
    locked(run.program)
    kept = _open(run.pk).update(
        state=MatchRun.State.DONE,
        result=packed(outcome),
        guide=zlib.compress(guide.astype(np.int32).tobytes(), 6),
        placed=outcome.figures.placed,
        total=outcome.figures.total,
    )
    if not kept:
        return
    # Who was taken off the roster while it ran is in the result, but not proposed.
    here = set(Enrolment.objects.filter(program=run.program_id).values_list("pk"))
    Proposal.objects.bulk_create(
        (
            _proposal(run, pair)
            for pair in outcome.pairs
            if (pair.junior,) in here and (pair.mentor,) in here
        ),
        batch_size=BATCH,
    )


def _proposal(run: MatchRun, pair: Pair) -> Proposal:
    is_sure = pair.is_pinned or (pair.score >= CONFIDENT and not pair.broken)
    return Proposal(
        organisation_id=run.organisation_id,
        program_id=run.program_id,
        run=run,
        junior_id=pair.junior,
        mentor_id=pair.mentor,
        score=pair.score,
        is_fixed=pair.is_pinned,
        state=Proposal.State.APPROVED if is_sure else Proposal.State.DRAFT,
    )


def check_again(run_id: int, now: datetime) -> bool:
    """Whether the kept inputs give the kept result, byte for byte; keeps the answer."""
    run = MatchRun.objects.get(pk=run_id)
    try:
        outcome, _problem = matching.solved(inputs_of(run))
        is_same = matching.encode(outcome) == zlib.decompress(run.result or b"")
    except matching.BadDocument:
        is_same = False
    rows = MatchRun.objects.filter(pk=run_id)
    rows.update(checked_at=now, is_reproduced=is_same)
    return is_same


class _Teller:
    """Writes down how far a run is, a few times a second, and hears of its end."""

    def __init__(self, run_id: int) -> None:
        self.run_id = run_id
        self.next_at = 0.0

    def __call__(self, done: int, steps: int) -> bool:
        if time.monotonic() < self.next_at:
            return True
        self.next_at = time.monotonic() + SECONDS_BETWEEN
        return bool(_open(self.run_id).update(done_steps=done, all_steps=steps))


def _open(run_id: int) -> MatchRunQuerySet:
    return MatchRun.objects.open().filter(pk=run_id)
