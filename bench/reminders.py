"""A million open milestones of which 50,000 are due: planning and delivering them.

In a database of its own. The planner is timed with every kind that the product has,
beside a hand-written INSERT … SELECT of the same rows, the least that it can take.
Then the mails go to a local server through 1, 2 and 4 worker processes.
"""

import resource
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import IO, Any, cast

from django.db import connection
from django.utils import timezone

from bench.databases import create, using
from bench.results import Result
from pairings.models import Enrolment, Program
from preceptor.accounts.models import Membership, Organisation, User
from preceptor.notifications.models import Delivery
from preceptor.notifications.planner import plan
from progress.models import GrowthPlan, Milestone

JUNIORS, OF_EACH = 50_000, 20
ROUNDS = 3
AIM_RATIO, AIM_REPEATED, AIM_MAILS = 3, 5, 300
BY_WORKERS = {1: 5_000, 2: 5_000, 4: 5_000}
NAME, DATABASE = "reminders", f"bench_reminders_{JUNIORS * OF_EACH}"


def measure_reminders() -> list[Result]:
    create(NAME, DATABASE)
    with using(NAME):
        _build()
        now = _working_day(timezone.now().date())
        results = _planning(now)
        return results + _delivering(now)


def _working_day(day: date) -> datetime:
    """Ten o'clock of the first day from then on which people are written to."""
    while day.isoweekday() > 5:
        day += timedelta(days=1)
    return datetime(day.year, day.month, day.day, 10, tzinfo=UTC)


def _build() -> None:
    """One row of each table by the product's own models, and the rest as its copies."""
    if Organisation.objects.exists():
        return
    sys.stderr.write(f"Building {JUNIORS * OF_EACH:,} milestones …\n")
    today = timezone.now().date()
    milestone = _first(today)
    growth_plan = milestone.plan
    person = growth_plan.junior.membership
    with connection.cursor() as cursor:
        # What was copied keeps every rule that its first row kept.
        cursor.execute("SET session_replication_role = replica")
        _copy(cursor, person.user, "'email', 'p' || n || '@example.com'")
        _copy(cursor, person, "'user_id', n")
        _copy(cursor, growth_plan.junior, "'membership_id', n")
        _copy(cursor, growth_plan, "'junior_id', n")
        _copy(
            cursor, milestone, f"'plan_id', (n - 1) / {OF_EACH} + 1", JUNIORS * OF_EACH
        )
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM ANALYZE")


def _first(today: date) -> Milestone:
    """A junior between two mentors, in a program that runs."""
    organisation = Organisation.objects.create(name="Bench", slug="bench")
    user = User.objects.create(email="first@example.com", full_name="Ines Carvalho")
    member = Membership.objects.create(organisation=organisation, user=user)
    program = Program.objects.create(
        organisation=organisation,
        name="Year",
        state=Program.State.RUNNING,
        starts_on=today,
        ends_on=today + timedelta(days=3_650),
    )
    junior = Enrolment.objects.create(
        organisation=organisation,
        program=program,
        membership=member,
        side=Enrolment.Side.JUNIOR,
        ends_on=program.ends_on,
    )
    growth_plan = GrowthPlan.objects.create(
        organisation=organisation, junior=junior, starts_on=today
    )
    return Milestone.objects.create(
        organisation=organisation,
        plan=growth_plan,
        kind=Milestone.Kind.CHECK_IN,
        name="Second meeting",
        about="Look back on the weeks since the last one.",
        due_on=today + timedelta(days=3_000),
    )


def _copy(cursor: Any, row: Any, changes: str, number: int = JUNIORS) -> None:
    """So many copies with the ids from 1 on, but for that of the row itself."""
    table = row._meta.db_table
    cursor.execute(
        f"INSERT INTO {table} SELECT copy.* FROM {table} AS first,"  # noqa: S608 # of constants
        f" generate_series(1, {number}) AS n,"
        f" jsonb_populate_record(NULL::{table}, to_jsonb(first) ||"
        f" jsonb_build_object('id', n, {changes})) AS copy"
        f" WHERE first.id = {row.pk} AND n <> first.id"
    )


def _due(now: datetime) -> None:
    """One milestone of each junior is due in two days, the others in years."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE progress_milestone SET due_on = %s WHERE id %% %s = 0"
            " AND due_on <> %s",
            [now.date() + timedelta(days=2), OF_EACH, now.date() + timedelta(days=2)],
        )
        cursor.execute("TRUNCATE notifications_delivery, notifications_host")
        cursor.execute("VACUUM ANALYZE progress_milestone, notifications_delivery")


_BARE = """
INSERT INTO notifications_delivery (
    organisation_id, program_id, recipient_id, channel, kind, subject, matter,
    occurrence, timing, urgency, not_before, state, reason, attempts, error, planned_at,
    sent_at
)
SELECT milestone.organisation_id, junior.program_id, junior.membership_id, channel.name,
    'milestone', milestone.id, 'milestone:' || milestone.id || ':' || milestone.due_on,
    'milestone:' || milestone.id || ':' || milestone.due_on || ':three-days', 'at-once',
    50, timezone(person.time_zone, milestone.due_on - 3 + TIME '08:00'), channel.state,
    '', 0, '', %(now)s, channel.sent_at
FROM progress_milestone AS milestone
JOIN progress_growthplan AS plan ON plan.id = milestone.plan_id
JOIN pairings_enrolment AS junior ON junior.id = plan.junior_id
JOIN accounts_membership AS member ON member.id = junior.membership_id
JOIN accounts_user AS person ON person.id = member.user_id
CROSS JOIN (
    VALUES ('inbox', 'sent', %(now)s), ('email', 'pending', NULL)
) AS channel (name, state, sent_at)
WHERE milestone.signed_at IS NULL AND milestone.skipped_at IS NULL
    AND milestone.due_on BETWEEN %(day)s AND %(day)s + 14
"""


def _planning(now: datetime) -> list[Result]:
    planned, bare, again = [], [], []
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _round in range(ROUNDS):
        _due(now)
        with connection.cursor() as cursor:
            bare.append(
                _timed(lambda: cursor.execute(_BARE, {"now": now, "day": now.date()}))
            )
        _must(Delivery.objects.inbox().count() == JUNIORS, "bare SQL wrote others")
        _due(now)
        planned.append(_timed(lambda: plan(now)))
        _must(Delivery.objects.inbox().count() == JUNIORS, "others were planned")
        written = list(Delivery.objects.values_list("pk", flat=True))
        again.append(_timed(lambda: plan(now + timedelta(minutes=1))))
        same = list(Delivery.objects.values_list("pk", flat=True)) == written
        _must(same, "the repeated run wrote something")
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    fresh, limit = statistics.median(planned), statistics.median(bare)
    repeated, ratio = statistics.median(again), fresh / limit
    aim = f"at most {AIM_RATIO}"
    return [
        Result("reminders: open milestones", Milestone.objects.count(), "rows"),
        Result("reminders: planned", JUNIORS, "reminders"),
        Result("reminders: the same insert in bare SQL", limit, "s"),
        Result("reminders: planner", fresh, "s"),
        Result("reminders: planner to bare SQL", ratio, "", aim, ratio <= AIM_RATIO),
        Result(
            "reminders: repeated run, nothing new",
            repeated,
            "s",
            f"under {AIM_REPEATED}",
            repeated < AIM_REPEATED,
        ),
        Result("reminders: memory of the planner above idle", grown, "MB"),
    ]


def _timed(work: Any) -> float:
    started = time.monotonic()
    work()
    return time.monotonic() - started


@dataclass(frozen=True, slots=True)
class Run:
    """What came of some mails: seconds, how many arrived, and what workers took."""

    seconds: float
    sent: int
    taken: int
    different: int
    megabytes: float
    processor: float


def _delivering(now: datetime) -> list[Result]:
    results: list[Result] = []
    with _process("bench.sink") as sink:
        port = _line(sink)
        for workers, number in BY_WORKERS.items():
            run = _run(sink, port, now, workers, number)
            results += _of_run(run, workers, number)
    return results


def _run(
    sink: "subprocess.Popen[str]", port: str, now: datetime, workers: int, number: int
) -> Run:
    """So many of the mails that wait, through so many processes."""
    _let_wait(now, number)
    with ExitStack() as stack:
        words = DATABASE, port, (now + timedelta(minutes=1)).isoformat()
        processes = [
            stack.enter_context(_process("bench.outbox", *words))
            for _worker in range(workers)
        ]
        for process in processes:
            _must(_line(process) == "ready", "a worker did not start")
        started = time.monotonic()
        for process in processes:
            _say(process)
        said = [_line(process).split() for process in processes]
        seconds = time.monotonic() - started
    _say(sink)
    taken, different = map(int, _line(sink).split())
    numbers, megabytes, spent = (
        [float(one) for one in column] for column in zip(*said, strict=True)
    )
    return Run(seconds, int(sum(numbers)), taken, different, max(megabytes), sum(spent))


def _let_wait(now: datetime, number: int) -> None:
    """So many are due, and the rest of the pending ones tomorrow."""
    pending = Delivery.objects.carriers().filter(state=Delivery.State.PENDING)
    pending.update(not_before=now + timedelta(days=1))
    chosen = pending.order_by("pk").values("pk")[:number]
    Delivery.objects.filter(pk__in=chosen).update(not_before=now)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE notifications_delivery")


def _of_run(run: Run, workers: int, number: int) -> list[Result]:
    name = f"reminders: mails through {workers} process{'es' if workers > 1 else ''}"
    rate = run.sent / run.seconds
    is_first = workers == 1
    whole = run.sent == run.taken == run.different == number
    return [
        Result(
            name,
            rate,
            "mails/s",
            f"at least {AIM_MAILS}" if is_first else "",
            rate >= AIM_MAILS if is_first else None,
        ),
        Result(f"{name}: lost", number - run.different, "mails", "0", whole),
        Result(f"{name}: twice", run.taken - run.different, "mails", "0", whole),
        Result(f"{name}: memory of a worker", run.megabytes, "MB"),
        Result(f"{name}: processor time", run.processor / run.sent * 1_000, "ms/mail"),
    ]


def _process(*words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _line(process: "subprocess.Popen[str]") -> str:
    return cast("IO[str]", process.stdout).readline().strip()


def _say(process: "subprocess.Popen[str]") -> None:
    into = cast("IO[str]", process.stdin)
    into.write("\n")
    into.flush()


def _must(holds: bool, otherwise: str) -> None:
    """A figure of something else than was meant would be worse than none."""
    if not holds:
        raise SystemExit(f"Reminders: {otherwise}.")
