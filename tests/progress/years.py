"""A year with something of everything that the completion review gathers."""

from datetime import timedelta

from django.utils import timezone

from preceptor.accounts.models import Membership
from progress.models import (
    Assessment,
    AutonomyGrant,
    Competency,
    Evidence,
    Goal,
    GrowthPlan,
    Milestone,
    Outcome,
)
from reviews.models import Lesson, ReviewSession
from tests.progress.test_figures import find, hold

GOAL, PROPOSED = "Ask who else writes this row", "Read the query plan first"
OWN_LESSON, MENTORS_LESSON = "One lock around both writes", "Cover the comment first"
NOTE = "We look at it again in a month"
FLAW = "The timeout is 0"
REASON, TALK = "I only watched, twice", "A talk on retries"


def add_goal(plan: GrowthPlan, position: int = 1) -> Goal:
    """One that both agreed to and that was reached."""
    now = timezone.now()
    return Goal.objects.create(
        organisation=plan.organisation,
        plan=plan,
        text=GOAL,
        position=position,
        state=Goal.State.REACHED,
        state_changed_at=now,
        proposed_by=plan.junior.membership,
        junior_agreed_at=now,
        mentor_agreed_at=now,
    )


def assess(plan: GrowthPlan, occasion: str, level: int) -> Assessment:
    """An assessment that both signed, with that level in everything."""
    now = timezone.now()
    assert plan.version is not None
    assessment = Assessment.objects.create(
        organisation=plan.organisation,
        plan=plan,
        version=plan.version,
        occasion=occasion,
        opened_by=plan.junior.membership,
        self_in_at=now,
        mentor_in_at=now,
    )
    Outcome.objects.bulk_create(
        Outcome(
            organisation=plan.organisation,
            assessment=assessment,
            version=plan.version,
            competency=one,
            level=level,
            state=Outcome.State.IMPROVING,
            note=NOTE,
        )
        for one in plan.version.competencies.all()
    )
    rows = Assessment.objects.filter(pk=assessment.pk)
    rows.update(
        junior_signed_at=now,
        mentor_signed_at=now,
        mentor_signed_by=mentor_of(plan),
        signed_at=now,
    )
    return assessment


def mentor_of(plan: GrowthPlan) -> Membership:
    pairing = plan.junior.pairings_as_junior.order_by("-starts_on")[0]
    return pairing.mentor.membership


def add_session(plan: GrowthPlan) -> ReviewSession:
    """Of 50 minutes, led by the junior, with three flaws and a lesson of either."""
    session = hold(plan, timezone.localdate())
    session.minutes, session.led_by = 50, "junior"
    session.save()
    find(session, "junior")
    find(session, "mentor")
    find(session, None)
    for author, text in (
        (session.junior, OWN_LESSON),
        (session.mentor, MENTORS_LESSON),
    ):
        Lesson.objects.create(
            organisation=plan.organisation, session=session, author=author, text=text
        )
    return session


def grant(plan: GrowthPlan, place: int = 0, level: int = 3) -> AutonomyGrant:
    """The mentor's, today, with a reason."""
    return AutonomyGrant.objects.create(
        organisation=plan.organisation,
        plan=plan,
        competency=competency(plan, place),
        level=level,
        reason=REASON,
        granted_by=mentor_of(plan),
    )


def tag_talk(plan: GrowthPlan, place: int = 1) -> Evidence:
    """A link that the junior tagged to a competency today."""
    return Evidence.objects.create(
        organisation=plan.organisation,
        plan=plan,
        kind="link",
        competency=competency(plan, place),
        url="https://tidewater.example/talk",
        title=TALK,
        held_on=timezone.localdate(),
        tagged_by=plan.junior.membership,
    )


def competency(plan: GrowthPlan, place: int) -> Competency:
    assert plan.version is not None
    return plan.version.competencies.order_by("area__position", "position")[place]


def fill(plan: GrowthPlan) -> GrowthPlan:
    add_goal(plan)
    proposed = {"text": PROPOSED, "position": 9, "proposed_by": mentor_of(plan)}
    Goal.objects.create(organisation=plan.organisation, plan=plan, **proposed)
    assess(plan, "needs", 2)
    assess(plan, "completion", 4)
    add_session(plan)
    grant(plan)
    tag_talk(plan)
    return plan


def sign(plan: GrowthPlan, kind: str = Milestone.Kind.COMPLETION) -> Milestone:
    """Both signed a milestone, the mentor a day after the junior, today."""
    now = timezone.now()
    rows = plan.milestones.filter(kind=kind)
    rows.update(
        junior_signed_at=now - timedelta(days=1),
        mentor_signed_at=now,
        mentor_signed_by=mentor_of(plan),
        signed_at=now,
    )
    return rows.get()
