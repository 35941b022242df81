from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from pairings.models import Pairing
from preceptor.accounts.models import Membership
from reviews.models import BlindPass, Blob, ReviewSession, Revision
from tests.cast import Cast, make_cast

MONDAY = date(2027, 3, 8)
Open = Callable[..., ReviewSession]


def at(day: date, hour: int, minute: int = 0, zone: str = "Europe/London") -> datetime:
    return datetime.combine(day, time(hour, minute), ZoneInfo(zone))


def live_in(member: Membership, zone: str) -> None:
    member.user.time_zone = zone
    member.user.save()


@pytest.fixture
def cast(db: None) -> Cast:
    """Ines and Tomasz, in London, ten weeks into a year that lies ahead."""
    with time_machine.travel(datetime(2027, 3, 8, 12, tzinfo=UTC), tick=False):
        return make_cast()


@pytest.fixture
def opened(cast: Cast) -> Open:
    """Makes a session with both passes, and a change of three files."""

    def make(opened_at: datetime, **words: Any) -> ReviewSession:
        own = {"organisation": cast.tidewater}
        session = ReviewSession.objects.create(
            **own,
            pairing=cast.pairing,
            mentor=cast.tomasz,
            junior=cast.ines,
            opened_at=opened_at,
            **{"title": "The secret title", **words},
        )
        for side, reviewer in (("mentor", cast.tomasz), ("junior", cast.ines)):
            BlindPass.objects.create(
                **own, session=session, side=side, reviewer=reviewer
            )
        blob, _new = Blob.objects.get_or_create(
            organisation=cast.tidewater, sha256=b"0" * 32, body=b"secret_code()"
        )
        Revision.objects.create(
            **own,
            session=session,
            blob=blob,
            added=120,
            removed=40,
            file_count=3,
        )
        return session

    return make


@pytest.fixture
def met(cast: Cast) -> Callable[..., ReviewSession]:
    """Makes a session that was held on a day, and closed that evening."""

    def make(day: date, **words: Any) -> ReviewSession:
        return ReviewSession.objects.create(
            **{
                "organisation": cast.tidewater,
                "pairing": cast.pairing,
                "mentor": cast.tomasz,
                "junior": cast.ines,
                "title": "The secret title",
                "state": ReviewSession.State.CLOSED,
                "is_logged": True,
                "held_on": day,
                "opened_at": at(day, 10),
                "closed_at": at(day, 17),
                **words,
            }
        )

    return make


def lock(session: ReviewSession, side: str, when: datetime) -> None:
    session.passes.filter(side=side).update(
        locked_at=when, verdict=BlindPass.Verdict.REJECT, confidence="0.25"
    )


def pair(**changes: object) -> None:
    Pairing.objects.update(**changes)


DAY = timedelta(days=1)
