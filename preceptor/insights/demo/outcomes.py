"""Readings that the large organisation repeats: some hundred, of six findings each.

They come from the same model as the small company's, a few for each change and
quarter of the year, and are put into temporary tables for the statements to join.
"""

from collections.abc import Iterable, Iterator
from random import Random
from typing import Any

from django.db import connection

from preceptor.insights.demo.reading import Noticed, Reader, Side, judge, read
from preceptor.insights.demo.sessions import SIDES, own_words
from reviews.demo_changes.catalog import DemoChange, PlantedFlaw, changes
from reviews.diffs import parse
from reviews.models import Blob

SESSIONS = 50
FINDINGS = 6
QUARTERS = 4
ALTERNATIVES = 2
JUNIOR, MENTOR = Reader(0.26), Reader(0.69)

TABLES = """
DROP TABLE IF EXISTS demo_change, demo_reading, demo_lesson, demo_finding;
CREATE TEMPORARY TABLE demo_change (
    number integer, title text, tool text, model text, claim text,
    blob_id bigint, added integer, removed integer, file_count integer
) ON COMMIT DROP;
CREATE TEMPORARY TABLE demo_reading (
    variant integer, side text, verdict text, confidence numeric(3, 2)
) ON COMMIT DROP;
CREATE TEMPORARY TABLE demo_lesson (variant integer, text text) ON COMMIT DROP;
CREATE TEMPORARY TABLE demo_finding (
    variant integer, n integer, side text, same_n integer, path text, file_side text,
    line_from integer, line_to integer, category text, severity text, title text,
    text text, adjudication text
) ON COMMIT DROP;
"""

Row = tuple[Any, ...]


def load(blobs: dict[str, Blob], rng: Random) -> None:
    """Fill the temporary tables; they go at the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
    _fill("demo_change", (_change(n, one, blobs) for n, one in enumerate(changes())))
    readings: list[Row] = []
    lessons: list[Row] = []
    findings: list[Row] = []
    rounds = QUARTERS * ALTERNATIVES
    for variant in range(rounds * len(changes())):
        turn, number = divmod(variant, len(changes()))
        year = (turn // ALTERNATIVES + 0.5) / QUARTERS
        noticed = six(changes()[number], year, rng)
        readings += _readings(variant, noticed, rng)
        lessons.append((variant, _lesson(changes()[number], noticed)))
        findings += _findings(variant, noticed)
    _fill("demo_reading", readings)
    _fill("demo_lesson", lessons)
    _fill("demo_finding", findings)


def six(change: DemoChange, year: float, rng: Random) -> list[Noticed]:
    """A reading cut at random to exactly six findings, in the order of the code."""
    while True:
        left, kept = FINDINGS, []
        noticed = read(change, JUNIOR.after(year), MENTOR, rng)
        for one in rng.sample(noticed, len(noticed)):
            if (rows := max(1, len(one.by))) <= left:
                left -= rows
                kept.append(one)
        if not left:
            return [one for one in noticed if one in kept]


def _change(number: int, change: DemoChange, blobs: dict[str, Blob]) -> Row:
    parsed = parse(change.diff)
    return (
        *(number, change.title, change.tool, change.model, change.claim),
        *(blobs[change.slug].pk, parsed.added, parsed.removed, len(parsed.files)),
    )


def _readings(variant: int, noticed: list[Noticed], rng: Random) -> Iterator[Row]:
    for side in SIDES:
        verdict, confidence = judge([one for one in noticed if side in one.by], rng)
        yield variant, side, verdict, confidence


def _lesson(change: DemoChange, noticed: list[Noticed]) -> str:
    taught = [one.spot for one in noticed if isinstance(one.spot, PlantedFlaw)]
    return (taught or change.flaws)[0].lesson


def _findings(variant: int, noticed: list[Noticed]) -> Iterator[Row]:
    n = 0
    for one in noticed:
        first = n
        spot = one.spot
        sides: list[Side | None] = [side for side in SIDES if side in one.by]
        for side in sides or [None]:
            yield (
                *(variant, n, side, first if n > first else None),
                *(spot.path, spot.side, spot.line_from, spot.line_to),
                *(spot.category, spot.severity, spot.title),
                own_words(one, is_short=side != "mentor"),
                "real" if one.is_real else "moot",
            )
            n += 1


def _fill(table: str, rows: Iterable[Row]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {table}")
