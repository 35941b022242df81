"""What a run is made of: what a lead asks, and the people as they are now."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from msgspec import structs

from pairings import contradictions, matching
from pairings.cohort import Cohort, cohort_of, first_day
from pairings.matching import Aim, Inputs, Pin, Rule, Rules, Weights
from pairings.models import MatchRun, Program


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a lead asks of a run; minutes a junior are the program's."""

    rules: Rules
    weights: Weights
    aim: Aim


def rules_of(run: MatchRun) -> Rules:
    last = run.rules.get("relax_last")
    return Rules(**{**run.rules, "relax_last": Rule(last) if last else None})


def gathered(run: MatchRun) -> Inputs:
    """All that a run depends on, read in a constant number of queries.

    Raises `ValidationError` where nobody can be paired, or pins contradict each other.
    """
    cohort, rules = cohort_of(run.program, first_day(run.program)), rules_of(run)
    refuse_nobody(len(cohort.juniors), len(cohort.mentors))
    _refuse_full(cohort, rules)
    inputs = Inputs(
        juniors=cohort.juniors,
        mentors=cohort.mentors,
        rules=rules,
        weights=Weights(**run.weights),
        aim=Aim(run.aim),
        pins=tuple(Pin(junior, mentor) for junior, mentor in run.pins),
    )
    try:
        matching.check(inputs)
    except matching.CannotMatch as error:
        raise contradictions.of_error(error, run.program) from error
    return inputs


def in_program(rules: Rules, program: Program) -> Rules:
    """Rules with the minutes that the program takes for a junior; none, no limit."""
    minutes = int(program.mentor_hours * 60)
    if minutes:
        return structs.replace(rules, minutes_per_junior=minutes)
    return structs.replace(rules, hours=False)


def refuse_nobody(juniors: int, mentors: int) -> None:
    """Counts of those who could be paired."""
    if not juniors:
        raise ValidationError(
            _("Nobody waits for a mentor here. Enrol juniors first, then run.")
        )
    if not mentors:
        raise ValidationError(
            _("There is no mentor in this program yet. Enrol some first, then run.")
        )


def _refuse_full(cohort: Cohort, rules: Rules) -> None:
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
