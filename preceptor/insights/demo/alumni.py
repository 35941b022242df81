"""Two cohorts from before the company came here: who of them stays, and who left."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from pairings.models import Enrolment, Pairing, Program
from preceptor.accounts.models import Membership, Organisation, User
from preceptor.insights.demo import cast
from preceptor.insights.demo.bulk_people import FAMILY, GIVEN
from preceptor.insights.demo.evaluations import LIKELY
from preceptor.insights.demo.material import LOGGED
from preceptor.insights.demo.people import Everybody
from preceptor.insights.demo.programs import at, staff
from progress.actions import evaluate_mentor
from progress.questions import OF_MENTOR
from reviews.models import ReviewSession

MENTORS = 8
JUNIORS_EACH = 3
GONE_BY_TWO_YEARS, LEFT_EARLY = 0.2, 0.1
KEPT = 0.8
OVER = "The program is over"
NO_PASSWORD = "!"  # noqa: S105 # none fits it


@dataclass(frozen=True)
class Cohort:
    """Began so many weeks ago; its people are those of `GIVEN` from a number on."""

    name: str
    weeks_ago: int
    mentors: int

    @property
    def people(self) -> int:
        return self.mentors * (1 + JUNIORS_EACH)


COHORTS = (
    Cohort("Onboarding with a preceptor, first year", 113, MENTORS),
    Cohort("Onboarding with a preceptor, second year", 70, 5),
)


def write(
    organisation: Organisation, people: Everybody, now: datetime, rng: Random
) -> None:
    first = 0
    for cohort in COHORTS:
        names = [_name(first + n) for n in range(cohort.people)]
        first += cohort.people
        monday = now.date() - timedelta(days=now.weekday(), weeks=cohort.weeks_ago)
        program = _program(organisation, people, cohort.name, monday)
        rows = _enrolled(program, _hired(organisation, names, now), cohort.mentors)
        _paired(program, rows, cohort.mentors)
        _left(program, rows[cohort.mentors :], now, rng)
    _answered(program)
    _met(organisation, rng)


def _name(n: int) -> str:
    """Each once: both lists have lengths without a common divisor."""
    return f"{GIVEN[n % len(GIVEN)]} {FAMILY[(3 * n + 7) % len(FAMILY)]}"


def _program(
    organisation: Organisation, people: Everybody, name: str, starts_on: date
) -> Program:
    program = Program.objects.create(
        organisation=organisation,
        name=name,
        state=Program.State.ARCHIVED,
        starts_on=starts_on,
        ends_on=starts_on + timedelta(weeks=52),
        created_at=organisation.created_at,
    )
    staff(program, people)
    return program


def _hired(
    organisation: Organisation, names: list[str], now: datetime
) -> list[Membership]:
    """Without a password: nobody signs in as one of them."""
    users = User.objects.bulk_create(
        User(
            email=cast.email(name),
            full_name=name,
            time_zone=cast.TIME_ZONE,
            password=NO_PASSWORD,
            joined_at=organisation.created_at,
        )
        for name in names
    )
    return Membership.objects.bulk_create(
        Membership(organisation=organisation, user=user, created_at=user.joined_at)
        for user in users
    )


def _enrolled(
    program: Program, members: list[Membership], mentors: int
) -> list[Enrolment]:
    """The mentors first."""
    return Enrolment.objects.bulk_create(
        Enrolment(
            organisation_id=program.organisation_id,
            program=program,
            membership=member,
            side=Enrolment.Side.MENTOR if n < mentors else Enrolment.Side.JUNIOR,
            team="Routing",
            ends_on=program.ends_on,
        )
        for n, member in enumerate(members)
    )


def _paired(program: Program, people: list[Enrolment], mentors: int) -> None:
    Pairing.objects.bulk_create(
        Pairing(
            organisation_id=program.organisation_id,
            program=program,
            mentor=people[n % mentors],
            junior=junior,
            state=Pairing.State.ENDED,
            phase=Pairing.Phase.INDEPENDENT,
            starts_on=program.starts_on,
            ends_on=program.ends_on,
            ended_at=at(program.ends_on, 9),
            end_reason=OVER,
        )
        for n, junior in enumerate(people[mentors:])
    )


def _left(
    program: Program, juniors: list[Enrolment], now: datetime, rng: Random
) -> None:
    """Some the company, at any time so far, and some the program, half-way."""
    for junior in juniors:
        chance = rng.random()
        days = rng.randrange(60, 730)
        left_at = at(program.starts_on + timedelta(days=days), 17)
        if chance < GONE_BY_TWO_YEARS and left_at < now:
            Membership.objects.filter(pk=junior.membership_id).update(
                is_active=False, left_at=left_at
            )
        elif chance > 1 - LEFT_EARLY:
            junior.ends_on = program.starts_on + timedelta(days=days % 250 + 60)
            junior.save(update_fields=["ends_on"])
            Pairing.objects.filter(junior=junior).update(ends_on=junior.ends_on)


def _answered(program: Program) -> None:
    """What the juniors who were there at the end said of their mentors on that day."""
    rng = Random(program.name)  # made up, not secret
    pairs = program.pairings.filter(
        ends_on=program.ends_on, junior__membership__is_active=True
    )
    for pair in pairs.select_related("mentor").order_by("pk"):
        evaluate_mentor(
            pairing=pair,
            occasion="completion",
            answers={key: rng.choice(LIKELY) for key in OF_MENTOR},
            today=program.ends_on,
        )


def _met(organisation: Organisation, rng: Random) -> None:
    """Most weeks since the company came here, each written down afterwards."""
    since = organisation.created_at.date()
    names = [cohort.name for cohort in COHORTS]
    pairs = Pairing.objects.filter(organisation=organisation, program__name__in=names)
    ReviewSession.objects.bulk_create(
        _logged(pair, day, rng)
        for pair in pairs.select_related("mentor", "junior").order_by("pk")
        for day in _weekly(pair, rng)
        if day >= since and rng.random() < KEPT
    )


def _weekly(pair: Pairing, rng: Random) -> Iterator[date]:
    """A day of each whole week of a pair."""
    for week in range((pair.ends_on - pair.starts_on).days // 7):
        yield pair.starts_on + timedelta(weeks=week, days=rng.randrange(5))


def _logged(pair: Pairing, day: date, rng: Random) -> ReviewSession:
    text = LOGGED[day.toordinal() % len(LOGGED)]
    return ReviewSession(
        organisation_id=pair.organisation_id,
        pairing=pair,
        mentor_id=pair.mentor.membership_id,
        junior_id=pair.junior.membership_id,
        title=text.title,
        account=text.account,
        state=ReviewSession.State.CLOSED,
        is_logged=True,
        opened_at=at(day, 12),
        closed_at=at(day, 16, rng.randrange(59)),
        held_on=day,
        minutes=rng.randrange(30, 65, 5),
    )
