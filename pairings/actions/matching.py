from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import partial

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Case, Max, Value, When
from django.utils.translation import gettext as _

from pairings import contradictions, matching, running, tasks
from pairings.actions.programs import locked
from pairings.cohort import Cohort, cohort_of, first_day
from pairings.matching import Aim, Inputs, Pin, Rules, Weights
from pairings.models import MatchRun, Program, Proposal
from preceptor.accounts.models import Membership
from preceptor.http import Conflict

AT_ONCE = 200
"""Up to so many people a run answers while the page waits; a worker runs others."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a lead asks of a run; minutes a junior are the program's."""

    rules: Rules
    weights: Weights
    aim: Aim


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
    """
    program = locked(program)
    _refuse_over(program)
    cohort = cohort_of(program, first_day(program))
    wanted = replace(wanted, rules=_in_program(wanted.rules, program))
    _refuse_nobody(cohort, wanted.rules)
    inputs = Inputs(
        juniors=cohort.juniors,
        mentors=cohort.mentors,
        rules=wanted.rules,
        weights=wanted.weights,
        aim=wanted.aim,
        pins=tuple(sorted(_pins(cohort, base, pin))),
    )
    try:
        matching.check(inputs)
    except matching.CannotMatch as error:
        raise contradictions.of_error(error, program) from error
    run = _create(actor, program, inputs)
    if cohort.people <= AT_ONCE:
        running.solve(run)
        run.refresh_from_db()
    else:
        begin = partial(tasks.run_match.delay, run.pk)
        transaction.on_commit(begin, robust=True)
    return run


def _create(actor: Membership, program: Program, inputs: Inputs) -> MatchRun:
    last = program.runs.aggregate(last=Max("number"))["last"] or 0
    return MatchRun.objects.create(
        organisation_id=program.organisation_id,
        program=program,
        number=last + 1,
        created_by=actor,
        aim=inputs.aim.value,
        rules=asdict(inputs.rules),
        weights=asdict(inputs.weights),
        juniors=len(inputs.juniors),
        mentors=len(inputs.mentors),
        inputs=running.packed(inputs),
    )


def _refuse_over(program: Program) -> None:
    if not program.takes_people:
        text = _("This program is %(state)s: nobody is matched in it any more.")
        raise Conflict(text % {"state": program.get_state_display()})


def _in_program(rules: Rules, program: Program) -> Rules:
    """Rules with the minutes that the program takes for a junior; none, no limit."""
    minutes = int(program.mentor_hours * 60)
    if minutes:
        return replace(rules, minutes_per_junior=minutes)
    return replace(rules, hours=False)


def _refuse_nobody(cohort: Cohort, rules: Rules) -> None:
    if not cohort.juniors:
        raise ValidationError(
            _("Nobody waits for a mentor here. Enrol juniors first, then run.")
        )
    if not cohort.mentors:
        raise ValidationError(
            _("There is no mentor in this program yet. Enrol some first, then run.")
        )
    if not any(_has_room(one, rules) for one in cohort.mentors):
        raise ValidationError(
            _(
                "No mentor has a free seat: heads or hours are zero or taken. Raise "
                "them on the page of people, or switch the two rules of capacity off."
            )
        )


def _has_room(mentor: matching.MentorIn, rules: Rules) -> bool:
    seats = rules.seats(mentor.heads, mentor.weekly_minutes)
    return seats is None or seats > mentor.taken


def _pins(cohort: Cohort, base: MatchRun | None, pin: Pin | None) -> Iterable[Pin]:
    """Those of the run before whose juniors still wait; a new one takes their place."""
    here = {one.id for one in cohort.juniors}
    kept = {
        junior: Pin(junior, mentor)
        for junior, mentor in (
            base.proposals.pinned().values_list("junior", "mentor") if base else ()
        )
        if junior in here
    }
    if pin:
        kept[pin.junior] = pin
    return kept.values()


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
