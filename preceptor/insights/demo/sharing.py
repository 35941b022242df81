"""Links by which a junior of the pilot shares what the half year came to."""

from datetime import datetime, timedelta

from progress.actions.links import hash_of
from progress.completion import own_lessons
from progress.models import GrowthPlan, PlanLink, PublishedFigure, SharedLesson

SHARES = "Nadia Karimi"
TOKEN = "what-the-pilot-came-to-for-nadia-karimi-and-who-asks"  # noqa: S105 # of no real person
LESSONS = 4
Part = PlanLink.Part


def write(now: datetime) -> None:
    """One that works and was opened, and one that was taken back."""
    plan = GrowthPlan.objects.with_junior().get(
        junior__membership__user__full_name=SHARES
    )
    own = {
        "organisation_id": plan.organisation_id,
        "plan": plan,
        "created_by": plan.junior.membership,
    }
    PlanLink.objects.create(
        **own,
        name="The platform team, before I joined",
        token_hash=hash_of(f"{TOKEN}, once"),
        parts=[Part.SESSIONS, Part.SIGN_OFFS],
        expires_on=now.date() + timedelta(days=20),
        created_at=now - timedelta(days=40),
        last_opened_at=now - timedelta(days=38),
        revoked_at=now - timedelta(days=31),
    )
    link = PlanLink.objects.create(
        **own,
        name="My next manager",
        token_hash=hash_of(TOKEN),
        parts=list(Part),
        expires_on=now.date() + timedelta(days=60),
        created_at=now - timedelta(days=9),
        last_opened_at=now - timedelta(days=6),
    )
    SharedLesson.objects.bulk_create(
        SharedLesson(organisation_id=plan.organisation_id, link=link, lesson=lesson)
        for lesson in own_lessons(plan)[:LESSONS]
    )
    PublishedFigure.objects.create(
        organisation_id=plan.organisation_id,
        plan=plan,
        figure=PublishedFigure.Figure.CATCHES,
    )
