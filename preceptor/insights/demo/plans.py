"""Growth plans of the story: milestones at their stages, and what is open to whom."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from random import Random

from pairings.models import Pairing, Pause
from preceptor.accounts.models import Holiday, Membership
from preceptor.insights.demo import frameworks, goals, milestones
from preceptor.insights.demo.calendar import PAUSE
from preceptor.insights.demo.programs import Pair, at
from progress.actions import milestone_at
from progress.models import (
    GrowthPlan,
    Milestone,
    MilestoneMove,
    PublishedFigure,
)
from progress.schedule import points

# Whose fourth month nobody signed: it is what the lead should ask about.
FORGETFUL = {"Callum Reid", "Mai Tran"}
# Who signed their latest milestone, with a mentor who has yet to do so.
AWAITING_MENTOR = {"Priya Raghunathan", "Greta Lund"}
# Who lets everybody who reads the record of their year see what they catch.
OPEN_ABOUT_CATCHES = {"Devon Marsh", "Priya Raghunathan"}
FRESH = timedelta(days=12)


def write(pairs: list[Pair], now: datetime, rng: Random) -> None:
    """A plan for each junior, with milestones signed by the mentor of their day."""
    by_junior: dict[str, list[Pair]] = {}
    for pair in pairs:
        by_junior.setdefault(pair.plot.junior, []).append(pair)
    plans = GrowthPlan.objects.bulk_create(
        _begun_by(first.pairing) for first, *_ in by_junior.values()
    )
    frameworks.move_on(plans, now)
    stories = list(zip(plans, by_junior.values(), strict=True))
    holidays = Holiday.objects.names(pairs[0].pairing.organisation_id)
    made = [
        milestone
        for plan, pairings in stories
        for milestone in _milestones(plan, pairings, holidays, now, rng)
    ]
    milestones.write(stories, made)
    MilestoneMove.objects.bulk_create(
        move
        for pause in Pause.objects.filter(pairing__in=[p.pairing for p in pairs])
        for move in _moves(pause)
    )
    PublishedFigure.objects.bulk_create(
        PublishedFigure(
            organisation_id=plan.organisation_id,
            plan=plan,
            figure=PublishedFigure.Figure.CATCHES,
        )
        for plan, pairings in stories
        if pairings[0].plot.junior in OPEN_ABOUT_CATCHES
    )
    goals.write(stories, now, rng)


def _begun_by(first: Pairing) -> GrowthPlan:
    """The year of the junior whose first pairing this is."""
    return GrowthPlan(
        organisation_id=first.organisation_id,
        junior=first.junior,
        starts_on=first.starts_on,
        version=frameworks.version_on(first.organisation_id, at(first.starts_on, 9, 0)),
        created_at=first.created_at,
    )


def _milestones(
    plan: GrowthPlan,
    pairs: list[Pair],
    holidays: Mapping[date, str],
    now: datetime,
    rng: Random,
) -> Iterator[Milestone]:
    plot = pairs[-1].plot
    waits = FRESH if plot.junior in AWAITING_MENTOR else timedelta(0)
    program = plan.junior.program
    wanted = points(program.template, plan.starts_on, program.ends_on)
    for number, point in enumerate(wanted):
        milestone = milestone_at(plan, point)
        is_paused = plot.fate == "paused" and number > 2
        day = point.due_on + PAUSE if is_paused else point.due_on
        milestone.fall_due(day, holidays, plan.junior.ends_on)
        is_forgotten = plot.junior in FORGETFUL and number > 2
        past = min(now.date(), pairs[-1].pairing.ends_on)
        is_over = milestone.due_on < past and not is_forgotten
        if is_over and not milestones.skip(milestone, pairs):
            mentor = _mentor_on(pairs, milestone.due_on)
            _sign(milestone, mentor, now, waits, rng)
        yield milestone


def _moves(pause: Pause) -> Iterator[MilestoneMove]:
    """What the pause moved: all that is open."""
    moved = Milestone.objects.open().filter(plan__junior=pause.pairing.junior_id)
    for milestone in moved:
        yield MilestoneMove(
            organisation_id=pause.organisation_id,
            milestone=milestone,
            kind=MilestoneMove.Kind.PAUSE,
            from_on=milestone.nominal - PAUSE,
            to_on=milestone.nominal,
            pause=pause,
            moved_by_id=pause.created_by_id,
            moved_at=pause.created_at,
        )


def _sign(
    milestone: Milestone,
    mentor: Membership,
    now: datetime,
    waits: timedelta,
    rng: Random,
) -> None:
    """Both signed around the day, but for what waited less than `waits`."""
    junior_at = at(milestone.due_on - timedelta(days=rng.randrange(1, 4)), 15, 40)
    mentor_at = junior_at + timedelta(hours=rng.choice((1, 2, 24)))
    milestone.junior_signed_at = junior_at
    if mentor_at > now or milestone.due_on > now.date() - waits:
        return
    milestone.mentor_signed_at = milestone.signed_at = mentor_at
    milestone.mentor_signed_by = mentor


def _mentor_on(pairs: list[Pair], day: date) -> Membership:
    past = [pair for pair in pairs if pair.pairing.starts_on <= day]
    return past[-1].mentor_member
