"""The report of a quarter of the largest program: made in the request, and its page.

All programs of the large organisation become one first, as for the board, in a
transaction that is rolled back; its months are closed in it.
"""

import statistics
import time
from collections.abc import Callable
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from bench.pages import ROUNDS, Measure, counted, timed, visiting
from bench.results import Result
from pairings.models import Enrolment, Pairing, Program, ProgramStaff
from preceptor.insights.figures import closing
from preceptor.insights.figures.quarters import Quarter
from preceptor.insights.quarterly import actions
from preceptor.insights.quarterly.document import Report
from preceptor.insights.quarterly.making import of_program

PAIRS, MOST = 500, 30
REQUESTS = 5
FEWEST = 30


def measure_quarter(trivial: Measure) -> list[Result]:
    """Beside the page of one trivial query; what takes longer leaves the request."""
    staff = ProgramStaff.objects.filter(role="lead", program__name__startswith="Site ")
    lead = staff.select_related("membership__user", "program__organisation")
    found = lead.order_by("pk")[0]
    now = timezone.now()
    with transaction.atomic():
        pairs = _grow(found.program)
        started = time.perf_counter()
        closing.close(found.program, now)
        closed = time.perf_counter() - started
        quarter = Quarter.of(timezone.localdate() - timedelta(days=92))
        visit = visiting(
            found.membership, "insights:quarter_report", found.program_id, quarter
        )
        told = _told(of_program(found.program, quarter, now))
        is_quick = actions.is_quick(found.program.organisation, found.program)
        visit()
        median = _median(visit)
        queries = counted(visit)
        made = _median(lambda: of_program(found.program, quarter, now))
        transaction.set_rollback(True)
    times = median / trivial.median
    name = f"quarter report of the large program, {pairs} pairs"
    return [
        Result(f"{name}: its months closed by a worker", closed, "s"),
        Result(f"{name}: figures in it", told, "figures"),
        Result(f"{name}: made", made, "ms"),
        Result(f"{name}: within the request", float(is_quick), "1 is yes"),
        Result(f"{name}: queries", queries, "queries"),
        Result(f"{name}: median", median, "ms"),
        Result(
            f"{name}: to one trivial query",
            times,
            "times",
            f"under {MOST}",
            times < MOST,
        ),
    ]


def _told(report: Report) -> int:
    """How many figures have a value; an empty report would measure nothing."""
    told = sum(line.value is not None for _sheet, _part, line in report.lines)
    if report.months < 3 or told < FEWEST:
        raise RuntimeError(f"{report.months} months and {told} figures are no report")
    return told


def _grow(program: Program) -> int:
    """The program with the people and pairs of those after it."""
    pairs = Pairing.objects.filter(program__name__startswith="Site ")
    merged = {pair.program_id for pair in pairs.order_by("program_id", "pk")[:PAIRS]}
    Enrolment.objects.filter(program__in=merged).update(program=program)
    Pairing.objects.filter(program__in=merged).update(program=program)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ANALYZE pairings_pairing, pairings_enrolment")
    return Pairing.objects.filter(program=program).count()


def _median(visit: Callable[[], object]) -> float:
    return statistics.median(
        statistics.median(timed(visit) for _request in range(REQUESTS))
        for _round in range(ROUNDS)
    )
