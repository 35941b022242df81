"""Late joiners: pairs that wait for an answer, got none, were declined, and began."""

from datetime import date, datetime, timedelta

from pairings.actions.publishing import accept, decline, publish
from pairings.drafts import Draft, FirstStep
from pairings.models import Pairing, Program
from preceptor.accounts.models import Organisation
from preceptor.insights.demo import cast
from preceptor.insights.demo.people import Everybody
from preceptor.insights.demo.programs import at, enrol, staff

UNANSWERED, DECLINED, WAITING = (
    timedelta(days=5),
    timedelta(days=4),
    timedelta(hours=20),
)


def write(organisation: Organisation, people: Everybody, now: datetime) -> None:
    """A small program in which mentor and junior accept, as it stands today."""
    program = _program(organisation, now.date())
    staff(program, people)
    enrolled = enrol(program, people, cast.LATE, now.date())
    lead = people[cast.LEAD]

    def propose(junior: str, mentor: str, ago: timedelta) -> Pairing:
        asked_at = now - ago
        first = max(program.starts_on, asked_at.date())
        draft = Draft(
            enrolled[mentor],
            enrolled[junior],
            first,
            program.ends_on,
            first_step=FirstStep.usual(first),
        )
        [made] = publish(actor=lead, program=program, drafts=[draft], now=asked_at)
        return made

    begun = propose("Hugo Bernard", "Grace Whitfield", DECLINED)
    for name in ("Hugo Bernard", "Grace Whitfield"):
        accept(actor=people[name], pairing=begun, now=now - timedelta(days=3))
    silent = propose("Salma Idrissi", "Henrik Aalto", UNANSWERED)
    accept(actor=people["Henrik Aalto"], pairing=silent, now=now - timedelta(days=4))
    refused = propose("Dara Sokolova", "Nadia Karimi", DECLINED)
    decline(
        actor=people["Nadia Karimi"],
        pairing=refused,
        reason=cast.DECLINED,
        now=now - timedelta(days=2),
    )
    waiting = propose("Eamon Walsh", "Henrik Aalto", WAITING)
    accept(actor=people["Eamon Walsh"], pairing=waiting, now=now - timedelta(hours=3))


def _program(organisation: Organisation, today: date) -> Program:
    monday = today - timedelta(days=today.weekday())
    starts_on = monday - timedelta(weeks=cast.LATE.weeks_ago)
    return Program.objects.create(
        organisation=organisation,
        name="Preceptorship, late joiners",
        state=Program.State.RUNNING,
        starts_on=starts_on,
        ends_on=starts_on + timedelta(weeks=52),
        approval=Program.Approval.BOTH,
        created_at=at(starts_on - timedelta(days=14), 10),
    )
