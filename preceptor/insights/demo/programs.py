"""Two programs, who is in them, and the pairings of the story."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pairings.models import (
    Enrolment,
    Pairing,
    Pause,
    PhaseMove,
    Program,
    ProgramStaff,
)
from preceptor.accounts.models import Membership, Organisation
from preceptor.insights.demo import cast, profiles
from preceptor.insights.demo.calendar import PAUSE, QUIET_WEEKS
from preceptor.insights.demo.people import Everybody

ZONE = ZoneInfo(cast.TIME_ZONE)
NO_TIME = timedelta(0)
SEASONS = ("winter", "spring", "summer", "autumn")

# Of so many competencies so many held the step of a phase when it was asked for.
COMPETENCIES = 24
SPOKE_FOR_IT: dict[str, int] = {
    Pairing.Phase.JUNIOR_LEADS: 13,
    Pairing.Phase.INDEPENDENT: 17,
}


@dataclass(frozen=True)
class Pair:
    """A pairing of the story with what the story knows of the two."""

    plot: cast.Plot
    pairing: Pairing
    junior: cast.Junior
    mentor: cast.Mentor

    @property
    def junior_member(self) -> Membership:
        return self.pairing.junior.membership

    @property
    def mentor_member(self) -> Membership:
        return self.pairing.mentor.membership


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment by the company's clock."""
    return datetime.combine(day, time(hour, minute), ZONE)


def run(
    organisation: Organisation, people: Everybody, today: date, intake: cast.Intake
) -> list[Pair]:
    """One program with staff, roster and pairings, as it stands on a day."""
    program = _program(organisation, today, intake.weeks_ago)
    staff(program, people)
    enrolments = enrol(program, people, intake, today)
    return pairs_of(program, enrolments, people, intake, today)


def staff(program: Program, people: Everybody) -> None:
    ProgramStaff.objects.bulk_create(
        ProgramStaff(
            organisation_id=program.organisation_id,
            program=program,
            membership=people[name],
            role=role,
        )
        for name, role in (
            (cast.LEAD, ProgramStaff.Role.LEAD),
            (cast.OBSERVER, ProgramStaff.Role.OBSERVER),
        )
    )


def pairs_of(
    program: Program,
    enrolments: dict[str, Enrolment],
    people: Everybody,
    intake: cast.Intake,
    today: date,
) -> list[Pair]:
    pairings = Pairing.objects.bulk_create(
        _pairing(program, enrolments, plot, people[cast.LEAD]) for plot in intake.plots
    )
    PhaseMove.objects.bulk_create(
        move
        for plot, pairing in zip(intake.plots, pairings, strict=True)
        for move in _phase_moves(pairing, plot, today)
    )
    Pause.objects.bulk_create(
        _pause(pairing, today)
        for plot, pairing in zip(intake.plots, pairings, strict=True)
        if plot.fate == "paused"
    )
    mentors = {mentor.name: mentor for mentor in intake.mentors}
    juniors = {junior.name: junior for junior in intake.juniors}
    return [
        Pair(plot, pairing, juniors[plot.junior], mentors[plot.mentor])
        for plot, pairing in zip(intake.plots, pairings, strict=True)
    ]


def _program(organisation: Organisation, today: date, weeks_ago: int) -> Program:
    monday = today - timedelta(days=today.weekday())
    starts_on = monday - timedelta(weeks=weeks_ago)
    season = SEASONS[starts_on.month % 12 // 3]
    return Program.objects.create(
        organisation=organisation,
        name=f"Preceptorship, {season} {starts_on.year}",
        state=Program.State.RUNNING,
        starts_on=starts_on,
        ends_on=starts_on + timedelta(weeks=52),
        created_at=at(starts_on - timedelta(days=35), 10),
    )


def enrol(
    program: Program, people: Everybody, intake: cast.Intake, today: date
) -> dict[str, Enrolment]:
    sides: list[tuple[cast.Mentor | cast.Junior, Enrolment.Side]] = [
        *((person, Enrolment.Side.MENTOR) for person in intake.mentors),
        *((person, Enrolment.Side.JUNIOR) for person in intake.juniors),
    ]
    paused = {
        name
        for plot in intake.plots
        if plot.fate == "paused"
        for name in (plot.junior, plot.mentor)
    }
    rows = Enrolment.objects.bulk_create(
        Enrolment(
            organisation_id=program.organisation_id,
            program=program,
            membership=people[person.name],
            side=side,
            team=person.team,
            **profiles.said_of(person.name),
            line_manager=people[cast.LINE_MANAGERS[len(person.team) % 2]],
            ends_on=program.ends_on + (PAUSE if person.name in paused else NO_TIME),
        )
        for person, side in sides
    )
    enrolled = {str(row.membership): row for row in rows}
    profiles.write(enrolled, (*intake.mentors, *intake.juniors), today)
    return enrolled


def _pairing(
    program: Program, enrolments: dict[str, Enrolment], plot: cast.Plot, by: Membership
) -> Pairing:
    starts_on = program.starts_on + timedelta(weeks=plot.from_week)
    ends_on = enrolments[plot.junior].ends_on
    if plot.to_week is not None:
        ends_on = program.starts_on + timedelta(weeks=plot.to_week)
    states = {"paused": Pairing.State.PAUSED, "ended": Pairing.State.ENDED}
    is_over = plot.fate == "ended"
    return Pairing(
        organisation_id=program.organisation_id,
        program=program,
        mentor=enrolments[plot.mentor],
        junior=enrolments[plot.junior],
        state=states.get(plot.fate, Pairing.State.ACTIVE),
        phase=plot.phase,
        starts_on=starts_on,
        ends_on=ends_on,
        ended_at=at(ends_on - timedelta(days=3), 16, 20) if is_over else None,
        end_reason=cast.END_REASON if is_over else "",
        created_by=by,
        created_at=at(starts_on - timedelta(days=12), 9, 12),
    )


def _phase_moves(pairing: Pairing, plot: cast.Plot, today: date) -> Iterator[PhaseMove]:
    """When the two moved on: asked for by the junior, agreed to by the mentor."""
    phases = Pairing.Phase.values
    passed = phases[1 : phases.index(plot.phase) + 1]
    length = (today - pairing.starts_on).days
    for number, phase in enumerate(passed, start=1):
        agreed_on = pairing.starts_on + timedelta(
            days=length * number // (len(passed) + 1)
        )
        yield PhaseMove(
            organisation_id=pairing.organisation_id,
            pairing=pairing,
            phase=phase,
            asked_by=pairing.junior.membership,
            asked_at=at(agreed_on - timedelta(days=1), 15, 5),
            agreed_by=pairing.mentor.membership,
            agreed_at=at(agreed_on, 9, 40),
            agreed_on=agreed_on,
            reached=SPOKE_FOR_IT[phase],
            counted=COMPETENCIES,
        )


def _pause(pairing: Pairing, today: date) -> Pause:
    """Parental leave: the plan's dates have moved by it."""
    starts_on = today - timedelta(weeks=QUIET_WEEKS["paused"] - 1)
    return Pause(
        organisation_id=pairing.organisation_id,
        pairing=pairing,
        starts_on=starts_on,
        back_on=starts_on + PAUSE,
        moved_days=PAUSE.days,
        reason="Parental leave",
        created_by=pairing.created_by,
        created_at=at(starts_on, 9, 30),
    )
