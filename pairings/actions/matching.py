from collections.abc import Iterable
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Case, Max, Value, When
from django.utils.translation import gettext as _
from msgspec import structs

from pairings import cohort, running, tasks
from pairings.actions.programs import locked
from pairings.cohort import first_day
from pairings.gathering import Wanted, gathered, in_program, refuse_nobody
from pairings.matching import Pin
from pairings.models import MatchRun, Program, Proposal
from preceptor.accounts.models import Membership
from preceptor.http import Conflict

AT_ONCE = 200
"""Up to so many people a run answers while the page waits; a worker runs others."""


@transaction.atomic
def start_match(
    *,
    actor: Membership,
    program: Program,
    wanted: Wanted,
    base: MatchRun | None = None,
    pin: Pin | None = None,
) -> MatchRun:
    """A run over everybody who waits, done at once or given to a worker.

    It keeps the pairs that are pinned in `base`, and `pin` in place of any of them.
    Raises `ValidationError` where it can't be; what a worker finds, the run says.
    """
    program = locked(program)
    _refuse_over(program)
    on = first_day(program)
    juniors = cohort.waiting(program, on).count()
    mentors = cohort.taking_part(program, on).mentors().count()
    refuse_nobody(juniors, mentors)
    run = MatchRun(
        organisation_id=program.organisation_id,
        program=program,
        number=(program.runs.aggregate(last=Max("number"))["last"] or 0) + 1,
        created_by=actor,
        aim=wanted.aim.value,
        rules=structs.asdict(in_program(wanted.rules, program)),
        weights=structs.asdict(wanted.weights),
        pins=sorted(_pins(program, base, pin)),
        juniors=juniors,
        mentors=mentors,
    )
    if juniors + mentors <= AT_ONCE:
        _run_now(run)
    else:
        run.save()
        begin = partial(tasks.run_match.delay, run.pk)
        transaction.on_commit(begin, robust=True)
    return run


def _run_now(run: MatchRun) -> None:
    run.inputs = running.packed(gathered(run))
    run.save()
    running.solve(run)
    run.refresh_from_db()


def _refuse_over(program: Program) -> None:
    if not program.takes_people:
        text = _("This program is %(state)s: nobody is matched in it any more.")
        raise Conflict(text % {"state": program.get_state_display()})


def _pins(
    program: Program, base: MatchRun | None, pin: Pin | None
) -> Iterable[tuple[int, int]]:
    """Those of the run before whose juniors still wait; a new one takes their place."""
    kept: dict[int, int] = {}
    if base is not None:
        here = cohort.waiting(program, first_day(program)).values("pk")
        rows = base.proposals.pinned().filter(junior__in=here)
        kept = dict(rows.values_list("junior", "mentor"))
    if pin:
        kept[pin.junior] = pin.mentor
    return kept.items()


def cancel_match(*, run: MatchRun) -> None:
    """Stops a run; whatever it still finds is dropped."""
    if not MatchRun.objects.open().filter(pk=run.pk).update(state="cancelled"):
        run.refresh_from_db(fields=["state"])
        text = _("Run %(n)s is %(state)s already; nothing was cancelled.")
        raise Conflict(text % {"n": run.number, "state": run.get_state_display()})


def check_match(*, run: MatchRun, now: datetime) -> bool | None:
    """Runs the kept inputs again; None where a worker does, for a large run."""
    if run.juniors + run.mentors > AT_ONCE:
        MatchRun.objects.filter(pk=run.pk).update(checked_at=None, is_reproduced=None)
        tasks.check_match.delay(run.pk)
        return None
    return running.check_again(run.pk, now)


def choose(*, run: MatchRun, shown: Iterable[int], chosen: Iterable[int]) -> None:
    """Of the open proposals that a page showed, takes those chosen and no others."""
    rows = run.proposals.open().filter(pk__in=list(shown))
    is_chosen = When(pk__in=list(chosen), then=Value(Proposal.State.APPROVED))
    rows.update(state=Case(is_chosen, default=Value(Proposal.State.DRAFT)))


def choose_none(*, run: MatchRun) -> None:
    run.proposals.open().update(state=Proposal.State.DRAFT)


def fix(*, run: MatchRun, proposal: int, is_fixed: bool) -> None:
    """Keeps a pair together in the next run, or lets it go."""
    run.proposals.open().filter(pk=proposal).update(is_fixed=is_fixed)
