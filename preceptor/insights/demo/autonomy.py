"""What mentors of the story leave to their juniors, competency by competency."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from preceptor.insights.demo.programs import Pair
from progress.autonomy import ALONE, LEADS, OBSERVE, TOGETHER, Facts, proposed
from progress.autonomy_pages import Row, autonomies, stood
from progress.models import AutonomyGrant, AutonomyRequest, GrowthPlan

TOLD = "Ines Carvalho"
# Whose mentor never came to it.
UNTOLD = {"Callum Reid"}
# Who asks for a step, and waits for the mentor's word.
ASKING = {TOLD, "Devon Marsh"}
# What share of the competencies is at a step or beyond.
OF_TOLD = {ALONE: 0.125, LEADS: 0.7, TOGETHER: 0.9}
OF_DONE = {ALONE: 0.7, LEADS: 0.95, TOGETHER: 1.0}
OF_OTHERS = {LEADS: 0.2, TOGETHER: 0.6}
REASONS = (
    "Did it twice while I only watched, and said before I did what could go wrong.",
    "Asks for less help here than anywhere else; I look at the result each time.",
    "Led the last change of this kind from the first question to the merge.",
    "We talked it through on three changes. I want to see the fourth done alone.",
)
WORD = "I led the last two sessions on this, and you had nothing to add in either."
EARLY, FRESH, FORGOTTEN = timedelta(days=60), timedelta(days=20), timedelta(days=130)
APART = timedelta(days=4)


@dataclass(frozen=True, slots=True)
class Story:
    """A year and its pairs, the last of which stands."""

    plan: GrowthPlan
    pairs: Sequence[Pair]
    now: datetime

    @property
    def name(self) -> str:
        return self.pairs[-1].plot.junior

    @property
    def is_over(self) -> bool:
        return self.pairs[-1].pairing.ends_on <= self.now.date()

    @property
    def shares(self) -> Mapping[int, float]:
        if self.name == TOLD:
            return OF_TOLD
        return OF_DONE if self.pairs[-1].plot.phase == "independent" else OF_OTHERS


def write(pairs: list[Pair], now: datetime) -> None:
    """Each step was granted after the one before it, the last of them lately."""
    by_junior: dict[int, list[Pair]] = {}
    for pair in pairs:
        by_junior.setdefault(pair.pairing.junior_id, []).append(pair)
    plans = GrowthPlan.objects.with_junior().filter(junior__in=by_junior)
    grants: list[AutonomyGrant] = []
    requests: list[AutonomyRequest] = []
    for plan in plans.order_by("pk"):
        story = Story(plan, by_junior[plan.junior_id], now)
        if story.name in UNTOLD or story.is_over:
            continue
        rows = autonomies(plan, now.date()).rows
        steps = _steps(story, rows)
        due = _forgotten(story, rows, steps)
        for at, (row, step) in enumerate(zip(rows, steps, strict=True)):
            grants += _grants(story, row, step, at, is_due=at == due)
        requests += _asked(story, rows, steps) if story.name in ASKING else []
    AutonomyGrant.objects.bulk_create(sorted(grants, key=lambda one: one.granted_at))
    AutonomyRequest.objects.bulk_create(requests)


def _steps(story: Story, rows: Sequence[Row]) -> list[int]:
    """The further the better it is rated; of two one below what the evidence shows."""
    best_first = sorted(range(len(rows)), key=lambda at: -(rows[at].facts.level or 0))
    steps = [OBSERVE] * len(rows)
    for rank, at in enumerate(best_first, start=1):
        held = (
            step for step, share in story.shares.items() if rank <= share * len(rows)
        )
        steps[at] = next(held, OBSERVE)
    shown = [_shown(row.facts) for row in rows]
    for at in [at for at, step in enumerate(shown) if step > TOGETHER][:2]:
        steps[at] = shown[at] - 1
    return steps


def _shown(facts: Facts) -> int:
    """As far as the evidence goes."""
    step = OBSERVE
    while further := proposed(step, facts):
        step = further
    return step


def _forgotten(story: Story, rows: Sequence[Row], steps: Sequence[int]) -> int | None:
    """The first that is left to the junior and was not shown for long."""
    since = (story.now - FORGOTTEN).date()
    return next(
        (
            at
            for at, row in enumerate(rows)
            if steps[at] == LEADS and (row.stand.last_on or since) <= since
        ),
        None,
    )


def _grants(
    story: Story, row: Row, step: int, at: int, *, is_due: bool
) -> Iterator[AutonomyGrant]:
    """The step before, early in the year, and then the one that stands."""
    first_on = story.plan.starts_on + EARLY + timedelta(days=at)
    last_on = (story.now - FRESH - at % 9 * APART).date()
    if is_due:
        last_on = (story.now - FORGOTTEN).date()
    for level, on in ((step - 1, first_on), (step, last_on)):
        mentors = [one for one in story.pairs if one.pairing.starts_on <= on]
        if level <= OBSERVE or not mentors or on < first_on:
            continue
        facts = _then(row.facts, 1.0 if level == step else 0.4)
        said = proposed(level - 1, facts)
        yield AutonomyGrant(
            organisation_id=story.plan.organisation_id,
            plan=story.plan,
            competency=row.competency,
            level=level,
            proposed=said,
            stood=stood(facts),
            reason="" if said == level else REASONS[(at + level) % len(REASONS)],
            granted_by=mentors[-1].mentor_member,
            granted_at=story.now - (story.now.date() - on),
        )


def _then(facts: Facts, share: float) -> Facts:
    """About what there was once that share of the time had passed."""
    met = int(facts.met * share)
    return replace(
        facts,
        evidence=int(facts.evidence * share),
        met=met,
        caught=min(int(facts.caught * share), met),
        explained=int(facts.explained * share),
        led=int(facts.led * share),
        level=facts.level if share == 1 else None,
    )


def _asked(
    story: Story, rows: Sequence[Row], steps: Sequence[int]
) -> Iterator[AutonomyRequest]:
    """For one step more in the last competency that is done together."""
    at = max(at for at, step in enumerate(steps) if step == TOGETHER)
    yield AutonomyRequest(
        organisation_id=story.plan.organisation_id,
        plan=story.plan,
        competency=rows[at].competency,
        level=LEADS,
        word=WORD,
        asked_at=story.now - timedelta(days=2),
    )
