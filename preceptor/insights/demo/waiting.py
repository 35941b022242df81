"""What waits for somebody, so that each has a message."""

from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef

from pairings.actions import pairings
from pairings.actions.phases import ask_phase
from pairings.models import Pairing
from preceptor.accounts.models import Invitation, Organisation
from preceptor.insights.demo import cast
from preceptor.insights.demo.ahead import tomorrow
from preceptor.insights.demo.people import Everybody
from preceptor.insights.demo.programs import Pair, at
from reviews.models import Action, ReviewSession

DAY = timedelta(days=1)
INVITED = {"Noor van Dijk": 9, "Piotr Zielinski": 16}
"""Who was invited so many days ago and did not come."""
TRIED, GAVE_UP = 26 * DAY, 5 * DAY
"""How long ago Nikhil and Henrik began, and stopped before they had met."""


def write(
    organisation: Organisation, people: Everybody, pairs: list[Pair], now: datetime
) -> None:
    """After all sessions, plans and proposals are there."""
    by_junior = {pair.plot.junior: pair for pair in pairs}
    _invited(organisation, people, now)
    _took_on(by_junior["Ines Carvalho"], now)
    _meets_tomorrow(by_junior["Leila Haddad"], now)
    _named_no_day(pairs, now)
    _gave_up(people, by_junior["Jonas Lindqvist"].pairing, now)
    femi = by_junior["Femi Adeleke"]
    ask_phase(
        actor=femi.junior_member,
        pairing=femi.pairing,
        phase=femi.pairing.next_phase,
        now=now - DAY,
    )


def _invited(organisation: Organisation, people: Everybody, now: datetime) -> None:
    for number, (name, days) in enumerate(INVITED.items(), start=1):
        Invitation.objects.create(
            organisation=organisation,
            email=cast.email(name),
            full_name=name,
            token_hash=str(number) * 64,
            invited_by=people[cast.OWNER],
            sent_at=now - days * DAY,
        )


def _gave_up(people: Everybody, henriks: Pairing, now: datetime) -> None:
    """Nobody follows yet, so the junior, the lead and the last mentor hear of it."""
    program = henriks.program
    pairing = pairings.pair(
        actor=people[cast.LEAD],
        mentor=henriks.mentor,
        junior=program.enrolments.get(membership=people["Nikhil Rao"]),
        starts_on=(now - TRIED).date(),
        ends_on=program.ends_on,
        now=now - TRIED - 2 * DAY,
    )
    pairings.end(
        actor=people[cast.LEAD],
        pairing=pairing,
        reason=cast.GAVE_UP,
        now=now - GAVE_UP,
    )


def _took_on(pair: Pair, now: datetime) -> None:
    """Out of the latest session: one for each, due today."""
    session = (
        ReviewSession.objects.filter(pairing=pair.pairing).held().latest("held_on")
    )
    for owner, text in (
        (pair.junior_member, "Write down how our own queue marks what it has sent."),
        (pair.mentor_member, "Ask the platform team who owns the signing key."),
    ):
        Action.objects.create(
            organisation_id=session.organisation_id,
            session=session,
            added_by=pair.mentor_member,
            owner=owner,
            text=text,
            due_on=now.date(),
        )


def _meets_tomorrow(pair: Pair, now: datetime) -> None:
    """What both are reading is what they meet over."""
    reading = ReviewSession.objects.filter(
        pairing=pair.pairing, state=ReviewSession.State.READING, planned_at=None
    )
    reading.filter(pk=reading.earliest("opened_at", "pk").pk).update(
        planned_at=at(tomorrow(now.date()), 11, 0),
        planned_minutes=60,
        led_by="junior",
        arranged_at=now - 6 * DAY,
    )


def _named_no_day(pairs: list[Pair], now: datetime) -> None:
    """One pair that met a few days ago and has nothing else to meet over."""
    days = (now.date() - 6 * DAY, now.date() - 2 * DAY)
    open_yet = ReviewSession.objects.filter(pairing=OuterRef("pairing"), held_on=None)
    met = ReviewSession.objects.held().filter(
        ~Exists(open_yet),
        pairing__in=[pair.pairing for pair in pairs if pair.plot.fate == "steady"],
        pairing__last_met_on=F("held_on"),
        held_on__range=days,
    )
    latest = met.order_by("-held_on", "pk").first()
    if latest is not None:
        ReviewSession.objects.filter(pk=latest.pk).update(next_on=None)
