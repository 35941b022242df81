"""How juniors of the story and their mentors see where they stand, over the year."""

from datetime import datetime, timedelta
from random import Random

from preceptor.accounts.models import Membership
from preceptor.insights.demo.programs import Pair, at
from progress.assessing import wanted_of
from progress.models import (
    Assessment,
    Competency,
    GrowthPlan,
    Outcome,
    PlanVersionMove,
    Rating,
    Side,
)

# Who is in half-way while the mentor is not yet, and who is the other way round.
MENTOR_TO_COME = {"Ines Carvalho"}
JUNIOR_TO_COME = {"Greta Lund"}
# Who let the time of an assessment go by.
LATE = {"Callum Reid", "Mai Tran"}
METHODS = list(Rating.Method)
OF_SELF = (
    "I see it when somebody points at it, not yet before.",
    "Went well in the last three sessions; before that it was luck.",
    "I ask earlier now, and I know what to ask.",
)
OF_JUNIORS = (
    "Finds it alone when the change is small. Next: the same in a change of ten files.",
    "Said in the reveal why it matters, without being asked.",
    "Still believes a comment that sounds sure.",
    "Better than you think. Look at the last two sessions.",
)
AGREED = (
    "We look at it again in a month, on a change of your own.",
    "Good enough to show it to the next junior.",
    "One session in two begins with this.",
)
STATES = (
    Outcome.State.NEEDS,
    Outcome.State.NEEDS,
    Outcome.State.IMPROVING,
    Outcome.State.INDEPENDENT,
    Outcome.State.INDEPENDENT,
)
SLOW, USUAL, QUICK = -1, 0, 1


def write(pairs: list[Pair], now: datetime, rng: Random) -> None:
    """What was due by now, signed in the days after; the latest of some is open."""
    by_junior: dict[str, list[Pair]] = {}
    for pair in pairs:
        by_junior.setdefault(pair.plot.junior, []).append(pair)
    rows = GrowthPlan.objects.filter(
        junior__in=[pair.pairing.junior_id for pair in pairs], version__isnull=False
    )
    moved = {
        move.plan_id: move for move in PlanVersionMove.objects.order_by("moved_at")
    }
    for plan in rows.with_junior().prefetch_related("milestones").order_by("pk"):
        name = str(plan.junior)
        if name in LATE or name not in by_junior:
            continue
        _year(plan, by_junior[name], moved.get(plan.pk), now, rng)


def _year(
    plan: GrowthPlan,
    pairs: list[Pair],
    moved: PlanVersionMove | None,
    now: datetime,
    rng: Random,
) -> None:
    leaning: dict[str, int] = {}
    for number, wanted in enumerate(wanted_of(plan, plan.milestones.all())):
        opened_on = wanted.due_on - timedelta(days=6)
        mentors = [one for one in pairs if one.pairing.starts_on <= opened_on]
        if opened_on >= min(now.date(), plan.junior.ends_on) or not mentors:
            return
        opened_at = at(opened_on, 9, 30)
        version_id = plan.version_id or 0
        if moved and moved.from_version_id and opened_at < moved.moved_at:
            version_id = moved.from_version_id
        assessment = Assessment.objects.create(
            organisation_id=plan.organisation_id,
            plan=plan,
            version_id=version_id,
            occasion=wanted.name,
            opened_at=opened_at,
            opened_by=plan.junior.membership,
        )
        _rate(assessment, mentors[-1].mentor_member, number, leaning, (now, rng))
        if assessment.signed_at is None:
            return


def _rate(
    assessment: Assessment,
    mentor: Membership,
    number: int,
    leaning: dict[str, int],
    clock: tuple[datetime, Random],
) -> None:
    """Both sides, as far as they are, and what came of it where both are in."""
    now, rng = clock
    rows = Competency.objects.filter(version=assessment.version_id)
    competencies = list(rows.order_by("area__position", "position"))
    truth = {
        one.pk: _stands(str(one.key), number, leaning, rng) for one in competencies
    }
    name = str(assessment.plan.junior)
    in_at = {
        Side.SELF: assessment.opened_at + timedelta(days=rng.randrange(1, 4), hours=5),
        Side.MENTOR: assessment.opened_at + timedelta(days=rng.randrange(1, 5)),
    }
    waits = now - assessment.opened_at < timedelta(days=60) and number > 0
    begun = {
        Side.SELF: not (waits and name in JUNIOR_TO_COME),
        Side.MENTOR: not (waits and name in MENTOR_TO_COME),
    }
    for side in Side:
        is_whole = begun[side]
        part = competencies if is_whole else competencies[:7]
        Rating.objects.bulk_create(
            _rating(assessment, side, one, truth[one.pk], rng) for one in part
        )
        setattr(assessment, f"{side}_edits", 1)
        if is_whole and in_at[side] < now:
            setattr(assessment, f"{side}_in_at", in_at[side])
    assessment.mentor = mentor
    assessment.save()
    signed_at = max(in_at.values()) + timedelta(days=2, hours=3)
    if assessment.is_revealed and signed_at < now:
        _agree(assessment, competencies, truth, signed_at, rng)


def _stands(key: str, number: int, leaning: dict[str, int], rng: Random) -> int:
    """A level that grows over the year, faster in some things than in others."""
    if key not in leaning:
        leaning[key] = rng.choice((SLOW, USUAL, USUAL, QUICK))
    grown = (0, 1, 2)[number]
    return min(max(2 + grown + leaning[key], 1), 5)


def _rating(
    assessment: Assessment, side: Side, one: Competency, stands: int, rng: Random
) -> Rating:
    """Juniors see themselves a little lower or higher, and can't say of some."""
    by_self = side == Side.SELF
    off = rng.choice((-1, -1, 0, 0, 0, 0, 0, 1) if by_self else (0, 0, 0, 0, 0, 1))
    knows = rng.random() > (0.06 if by_self else 0.1)
    words = OF_SELF if by_self else OF_JUNIORS
    return Rating(
        organisation_id=assessment.organisation_id,
        assessment=assessment,
        version_id=assessment.version_id,
        competency=one,
        side=side,
        is_said=True,
        level=min(max(stands + off, 1), 5) if knows else None,
        method=rng.choice(METHODS) if knows else "",
        note=rng.choice(words) if rng.random() < 0.2 else "",
    )


def _agree(
    assessment: Assessment,
    competencies: list[Competency],
    truth: dict[int, int],
    signed_at: datetime,
    rng: Random,
) -> None:
    Outcome.objects.bulk_create(
        Outcome(
            organisation_id=assessment.organisation_id,
            assessment=assessment,
            version_id=assessment.version_id,
            competency=one,
            level=truth[one.pk],
            state=STATES[truth[one.pk] - 1],
            note=rng.choice(AGREED) if rng.random() < 0.15 else "",
        )
        for one in competencies
    )
    assessment.outcome_edits = 1
    assessment.junior_signed_at = signed_at - timedelta(hours=1)
    assessment.mentor_signed_at = assessment.signed_at = signed_at
    assessment.mentor_signed_by = assessment.mentor
    assessment.save()
