"""What juniors of the story looked back on, and the hours they told of."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random

from preceptor.insights.demo.calendar import QUIET_WEEKS
from preceptor.insights.demo.looking_back import OF_INES, OF_OTHERS, Talk
from preceptor.insights.demo.programs import Pair, at
from progress.models import CheckIn, GrowthPlan, ProtectedWeek
from progress.protected import hours_of, monday_of

INES = "Ines Carvalho"
THURSDAY = 3
EVERY = timedelta(weeks=5)
# Who wrote last week and has no answer yet, and who has begun and not handed over.
WAITS = {INES, "Mai Tran"}
DRAFTS = {"Devon Marsh"}
# Who never found the time for one.
SILENT = {"Callum Reid"}
# Whose hours went to other work for so many weeks; the line manager is to hear of it.
SHORT = {"Leila Haddad": 4}
TOLD = 0.86
HAD = (1.0, 0.75, 1.0, 0.5, 1.0, 0.75, 0.0, 1.25)


def write(pairs: list[Pair], now: datetime, rng: Random) -> None:
    """Check-ins of each year so far, and most of its weeks."""
    by_junior: dict[int, list[Pair]] = {}
    for pair in pairs:
        by_junior.setdefault(pair.pairing.junior_id, []).append(pair)
    plans = GrowthPlan.objects.with_junior().filter(junior__in=by_junior)
    own = [(plan, by_junior[plan.junior_id]) for plan in plans.order_by("pk")]
    CheckIn.objects.bulk_create(
        checkin
        for number, (plan, pairs_of_one) in enumerate(own)
        for checkin in _checkins(plan, pairs_of_one, number, now)
    )
    ProtectedWeek.objects.bulk_create(
        week for plan, (*_before, pair) in own for week in _weeks(plan, pair, now, rng)
    )


def _checkins(
    plan: GrowthPlan, pairs: list[Pair], number: int, now: datetime
) -> Iterator[CheckIn]:
    """Every few weeks, the newest one some days ago; answered the day after."""
    name = pairs[-1].plot.junior
    if name in SILENT or pairs[-1].plot.fate == "ended":
        return
    talks = OF_INES if name == INES else OF_OTHERS
    days = _days(plan, pairs, now.date())[-len(talks) :]
    first = len(talks) - len(days) if name == INES else number
    for n, day in enumerate(days):
        talk = talks[(first + n) % len(talks)]
        checkin = _handed(plan, talk, at(day, 15, 20))
        if day != days[-1] or name not in WAITS:
            mentor = [pair for pair in pairs if pair.pairing.starts_on <= day][-1]
            checkin.answer = talk.answer
            checkin.answered_by = mentor.mentor_member
            checkin.answered_at = at(day + timedelta(days=1), 9, 10)
        yield checkin
    if name in DRAFTS:
        yield CheckIn(
            organisation_id=plan.organisation_id,
            plan=plan,
            went_well="The review of the sign-in change: I saw the second click first.",
            begun_at=now - timedelta(days=1),
        )


def _handed(plan: GrowthPlan, talk: Talk, on: datetime) -> CheckIn:
    return CheckIn(
        organisation_id=plan.organisation_id,
        plan=plan,
        went_well=talk.went_well,
        hardest=talk.hardest,
        differently=talk.differently,
        next_focus=talk.next_focus,
        mood=talk.mood,
        begun_at=on - timedelta(hours=1),
        handed_at=on,
    )


def _days(plan: GrowthPlan, pairs: list[Pair], today: date) -> list[date]:
    """Oldest first, before a Friday; none in the first weeks or a long absence."""
    plot = pairs[-1].plot
    day = today - timedelta(days=3 if plot.junior in WAITS else 17)
    if plot.fate == "paused":
        day -= timedelta(weeks=QUIET_WEEKS["paused"])
    day -= timedelta(days=max(day.weekday() - THURSDAY, 0))
    days = []
    while day >= plan.starts_on + timedelta(weeks=4):
        days.append(day)
        day -= EVERY
    return days[::-1]


def _weeks(
    plan: GrowthPlan, pair: Pair, now: datetime, rng: Random
) -> Iterator[ProtectedWeek]:
    """Most of them; the present one is for the reader to tell."""
    hours = hours_of(plan, now.date())
    near = {week.monday for week in hours.to_tell}
    for week in hours.weeks:
        is_left = week.monday in near and pair.plot.junior == INES
        weeks_ago = (monday_of(now.date()) - week.monday).days // 7
        is_short = weeks_ago <= SHORT.get(pair.plot.junior, 0)
        if is_left or week.is_this or (not is_short and rng.random() > TOLD):
            continue
        had = round(float(hours.planned) * rng.choice(HAD))
        if is_short:
            had = weeks_ago % 3
        yield ProtectedWeek(
            organisation_id=plan.organisation_id,
            plan=plan,
            monday=week.monday,
            hours=had,
        )
