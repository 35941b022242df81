"""Goals of the story: proposed by either, agreed by both or yet to be, with steps."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from random import Random

from preceptor.insights.demo.material import GOALS, GoalText
from preceptor.insights.demo.programs import Pair, at
from progress.models import Competency, Goal, GoalStep, GrowthPlan

Story = tuple[GrowthPlan, list[Pair]]
# Whose goals are told: one is reached, and the last waits for the word of the junior.
TOLD = "Ines Carvalho"
TOLD_GOALS, TOLD_REACHED = 5, 3

SETTLED = (Goal.State.REACHED, Goal.State.REACHED, Goal.State.DROPPED)


def write(stories: list[Story], now: datetime, rng: Random) -> None:
    named: dict[tuple[int | None, str], Competency] = {
        (row.version_id, row.name): row
        for row in Competency.objects.filter(version__plans__in=[p for p, _ in stories])
    }
    told = [
        (goal, text)
        for plan, pairs in stories
        for goal, text in _goals(plan, pairs, named, now, rng)
    ]
    Goal.objects.bulk_create(goal for goal, _text in told)
    GoalStep.objects.bulk_create(
        step for goal, text in told for step in _steps(goal, text, now, rng)
    )


def _goals(
    plan: GrowthPlan,
    pairs: list[Pair],
    named: Mapping[tuple[int | None, str], Competency],
    now: datetime,
    rng: Random,
) -> Iterator[tuple[Goal, GoalText]]:
    is_told = pairs[-1].plot.junior == TOLD
    count = rng.choice((2, 3, 3, 4))
    chosen = GOALS[:TOLD_GOALS] if is_told else rng.sample(GOALS, count)
    age = (now.date() - plan.starts_on).days
    for position, text in enumerate(chosen):
        began_on = plan.starts_on + timedelta(days=10 + 6 * position)
        competency = named.get((plan.version_id, text.competency))
        goal = Goal(
            organisation_id=plan.organisation_id,
            plan=plan,
            text=text.text,
            why=text.why,
            done_when=text.done_when,
            competency=competency,
            target=text.target if competency else None,
            due_on=plan.starts_on + timedelta(days=rng.randrange(120, 350)),
            position=position,
            created_at=min(at(began_on, 11, 5), now),
        )
        may_settle = position < 2 and rng.random() < 0.6
        if position == TOLD_REACHED if is_told else may_settle and age > 100:
            goal.state = Goal.State.REACHED if is_told else rng.choice(SETTLED)
            last = min(now, at(pairs[-1].pairing.last_on, 16, 40))
            goal.state_changed_at = last - timedelta(days=rng.randrange(3, 40))
        is_last = position == len(chosen) - 1
        _agree(goal, pairs[-1], now, by_mentor=is_told and is_last, rng=rng)
        yield goal, text


def _agree(
    goal: Goal, pair: Pair, now: datetime, *, by_mentor: bool, rng: Random
) -> None:
    """By who proposed it, and days later by the other; the mentor's is the news."""
    if by_mentor:
        goal.created_at = now - timedelta(days=3)
        goal.due_on = now.date() + timedelta(days=70)
        goal.proposed_by, goal.mentor_agreed_at = pair.mentor_member, goal.created_at
        return
    goal.proposed_by, goal.junior_agreed_at = pair.junior_member, goal.created_at
    agreed_at = goal.created_at + timedelta(days=rng.randrange(1, 9), hours=3)
    waits = goal.is_open and pair.plot.junior != TOLD and rng.random() < 0.15
    if agreed_at < now and not waits:
        goal.mentor_agreed_at = agreed_at


def _steps(
    goal: Goal, text: GoalText, now: datetime, rng: Random
) -> Iterator[GoalStep]:
    """All done of what is reached; of what is open about half."""
    count = len(text.steps)
    is_reached = goal.state == Goal.State.REACHED
    done = count if is_reached else rng.randrange(count) if count else 0
    until = goal.state_changed_at or now
    for position, words in enumerate(text.steps):
        step = GoalStep(
            organisation_id=goal.organisation_id,
            goal=goal,
            text=words,
            position=position,
        )
        if position < done and goal.is_agreed:
            share = (position + 1) / (done + 1)
            step.done_at = goal.created_at + (until - goal.created_at) * share
        yield step
