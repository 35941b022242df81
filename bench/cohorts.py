"""Cohorts as large companies have them, from a seed."""

from random import Random

from pairings.matching import JuniorIn, MentorIn, Span

DAYS: tuple[tuple[Span, ...], ...] = (
    ((540, 1020),),
    ((480, 960),),
    ((420, 900),),
    ((210, 690),),
    ((840, 1320),),
    ((0, 60), (1080, 1440)),
)
LANGUAGES = ("en", "de", "fr", "es", "pt")


def large(
    juniors: int, *, seed: int = 1, team: int = 62
) -> tuple[tuple[JuniorIn, ...], tuple[MentorIn, ...]]:
    """That many juniors and a third as many mentors, `team` mentors to a team.

    Capacity is 1 to 5; skills and product areas belong to teams for the most part.
    """
    random = Random(seed)
    count = max(1, juniors // 3)
    teams = max(1, count // team)
    return (
        tuple(_junior(random, n, count, teams) for n in range(1, juniors + 1)),
        tuple(_mentor(random, n, teams) for n in range(1, count + 1)),
    )


def _skills(random: Random, team: int, most: int) -> dict[int, int]:
    own = [team * 6 + random.randrange(10) for _one in range(random.randint(1, most))]
    return {skill: random.randint(1, 3) for skill in own}


def _junior(random: Random, n: int, mentors: int, teams: int) -> JuniorIn:
    team = random.randrange(teams)
    chosen = random.sample(range(1, mentors + 1), min(mentors, random.randint(0, 5)))
    return JuniorIn(
        id=n,
        person=1_000_000 + n,
        wants=_skills(random, team, 5),
        team=f"team {team}",
        areas=(f"area {team // 3}",),
        languages=tuple(random.sample(LANGUAGES, random.randint(0, 2))),
        work=random.choice(DAYS),
        manager=random.randint(1, mentors),
        avoids=tuple(
            random.randint(1, mentors) for _one in range(random.randint(0, 3))
        ),
        choices=tuple(chosen),
    )


def _mentor(random: Random, n: int, teams: int) -> MentorIn:
    team = random.randrange(teams)
    return MentorIn(
        id=n,
        person=n,
        offers=_skills(random, team, 7),
        team=f"team {team}",
        areas=(f"area {team // 3}",),
        languages=tuple(random.sample(LANGUAGES, random.randint(1, 3))),
        work=random.choice(DAYS),
        heads=random.randint(1, 5),
        weekly_minutes=random.choice((360, 480, 600)),
        tenure_months=random.randint(3, 90),
        is_trained=random.random() < 0.9,
        completed=_skills(random, team, 2),
    )
