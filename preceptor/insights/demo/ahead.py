"""What the pairs of Tidewater have planned, and which changes they would read next."""

from datetime import date, datetime, timedelta
from uuid import UUID

from preceptor.insights.demo.programs import ZONE, Pair, at
from preceptor.notifications.models import CalendarSubscription
from reviews.calendars import weekly
from reviews.models import ChangeSuggestion, Note, ReviewSession

SERIES = UUID("5f3a8c1e-72b4-4d0a-9c56-1e8d3b7f2a90")
WEEKS = 4


def write(pairs: list[Pair], now: datetime) -> None:
    """Ines and Tomasz have a weekly hour; Callum's session tomorrow has no change."""
    by_junior = {pair.plot.junior: pair for pair in pairs}
    _series(by_junior["Ines Carvalho"], now)
    _suggestions(by_junior["Ines Carvalho"], now)
    pair = by_junior["Callum Reid"]
    _planned(pair, at(tomorrow(now.date()), 14, 30), "mentor", now).save()


def notes(pairs: list[Pair], now: datetime) -> None:
    """What Ines wrote for herself while she reads."""
    (pair,) = (pair for pair in pairs if pair.plot.junior == "Ines Carvalho")
    reading = ReviewSession.objects.get(
        pairing=pair.pairing, state=ReviewSession.State.READING
    )
    Note.objects.create(
        organisation_id=pair.pairing.organisation_id,
        session=reading,
        author=pair.junior_member,
        text="Ask Tomasz how our own queue marks what it sent. "
        "I always skip the test files: read them first this time.",
        saved_at=now - timedelta(minutes=12),
    )


def subscriptions(pairs: list[Pair], now: datetime) -> None:
    """The calendar of Ines fetches what concerns her, under an address nobody knows."""
    (pair,) = (pair for pair in pairs if pair.plot.junior == "Ines Carvalho")
    CalendarSubscription.objects.create(
        organisation_id=pair.pairing.organisation_id,
        member=pair.junior_member,
        token_hash="0" * 64,
        made_at=at(pair.pairing.starts_on, 11, 20),
        fetched_at=now - timedelta(hours=2, minutes=35),
    )


def tomorrow(today: date) -> date:
    """The next working day."""
    return today + timedelta(days=3 if today.weekday() == 4 else 1)


def _series(pair: Pair, now: datetime) -> None:
    monday = now.date() + timedelta(days=7 - now.weekday())
    rows = []
    for slot in weekly(at(monday + timedelta(days=1), 10, 0), WEEKS, ZONE):
        row = _planned(pair, slot, "junior", now)
        row.series, row.slot_at = SERIES, slot
        rows.append(row)
    ReviewSession.objects.bulk_create(rows)


def _planned(pair: Pair, when: datetime, led_by: str, now: datetime) -> ReviewSession:
    return ReviewSession(
        organisation_id=pair.pairing.organisation_id,
        pairing=pair.pairing,
        mentor=pair.mentor_member,
        junior=pair.junior_member,
        state=ReviewSession.State.PLANNED,
        planned_at=when,
        planned_minutes=60,
        led_by=led_by,
        arranged_at=now - timedelta(days=1),
        opened_at=now - timedelta(days=1),
    )


def _suggestions(pair: Pair, now: datetime) -> None:
    pull = "https://code.tidewater.example/pull"
    for author, days, title, number, reason in (
        (
            pair.junior_member,
            2,
            "Split the consignment importer into workers",
            4117,
            "The agent passed the file handle between processes",
        ),
        (
            pair.mentor_member,
            1,
            "Move customs codes out of the settings",
            4122,
            "Small, and every test of it passes: too well",
        ),
    ):
        ChangeSuggestion.objects.create(
            organisation_id=pair.pairing.organisation_id,
            pairing=pair.pairing,
            author=author,
            title=title,
            link=f"{pull}/{number}",
            reason=reason,
            created_at=now - timedelta(days=days),
        )
