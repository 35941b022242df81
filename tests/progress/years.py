"""A year with something of everything that the completion review gathers."""

from datetime import timedelta

from django.utils import timezone

from preceptor.accounts.models import Membership
from progress.models import Assessment, Goal, GrowthPlan, Milestone, Outcome
from reviews.models import Lesson, ReviewSession
from tests.progress.test_figures import find, hold

GOAL, PROPOSED = "Ask who else writes this row", "Read the query plan first"
OWN_LESSON, MENTORS_LESSON = "One lock around both writes", "Cover the comment first"
NOTE = "We look at it again in a month"
FLAW = "The timeout is 0"


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


def fill(plan: GrowthPlan) -> GrowthPlan:
    add_goal(plan)
    proposed = {"text": PROPOSED, "position": 9, "proposed_by": mentor_of(plan)}
    Goal.objects.create(organisation=plan.organisation, plan=plan, **proposed)
    assess(plan, "needs", 2)
    assess(plan, "completion", 4)
    add_session(plan)
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
