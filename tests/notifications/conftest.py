import socket
from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import Any

import pytest
from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast as As
from django.db.models.functions import Concat
from pytest_django.fixtures import Settings

from preceptor.notifications import kinds
from preceptor.notifications.kinds import Kind, Message, Morning
from preceptor.notifications.models import Delivery
from progress.models import GrowthPlan, Milestone
from tests.cast import Cast
from tests.notifications.postbox import Postbox, postbox

DUE_ON = date(2026, 12, 10)


def steps(now: datetime) -> "QuerySet[Any, Any]":
    """A step on the day, and one that is the day's number too early, for juniors."""

    def step(name: str, days: int) -> "QuerySet[Any, Any]":
        person = "plan__junior__membership"
        return (
            Milestone.objects.open()
            .annotate(
                recipient_id=F(f"{person}_id"),
                subject=F("pk"),
                occurrence=Concat(
                    Value("step:"),
                    As("pk", CharField()),
                    Value(":"),
                    As("due_on", CharField()),
                    Value(f":{name}"),
                ),
                not_before=Morning(
                    f"{person}__user__time_zone", F("due_on") - Value(days)
                ),
            )
            .values(
                "organisation_id",
                "recipient_id",
                "subject",
                "occurrence",
                "not_before",
                program_id=F("plan__junior__program"),
            )
        )

    return step("day", 0).union(step("ahead", 3), all=True)


def milestones(ids: Collection[int]) -> dict[int, Milestone]:
    return Milestone.objects.in_bulk(ids)


def message(delivery: Delivery, milestone: Milestone) -> Message:
    return Message(
        subject=f"{milestone.name} is due",
        template="invitation",
        link=f"https://preceptor.example/milestones/{milestone.pk}",
        button="Look",
        context={"inviter": "Preceptor", "email": delivery.recipient.user.email},
    )


KIND = Kind(
    name="step",
    label="A step",
    about="On the way to a milestone.",
    due=steps,
    subjects=milestones,
    message=message,
    thread="milestone",
)


@pytest.fixture
def kind(monkeypatch: pytest.MonkeyPatch) -> Kind[Milestone]:
    """The only kind that is registered."""
    monkeypatch.setattr(kinds, "_kinds", {KIND.name: KIND})
    return KIND


@pytest.fixture
def milestone(cast: Cast) -> Milestone:
    """Ines's, due on the 10th of December 2026 in London."""
    plan = GrowthPlan.objects.create(
        organisation=cast.tidewater,
        junior=cast.ines_enrolled,
        starts_on=cast.program.starts_on,
    )
    return Milestone.objects.create(
        organisation=cast.tidewater,
        plan=plan,
        kind=Milestone.Kind.CHECK_IN,
        name="Second meeting",
        due_on=DUE_ON,
    )


@pytest.fixture
def box(settings: Settings) -> Iterator[Postbox]:
    """An SMTP server that the settings name."""
    with postbox() as box:
        settings.EMAIL_BACKEND = "preceptor.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
        yield box


@pytest.fixture
def unused_port() -> int:
    """A port where nobody answers."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port
