"""Every route and form, with what no page of ours sends.

`make fuzz` runs this file for as long as it is told, draws anew each time, and adds
what it found to `kept.jsonl`; all that stands there is sent again in each run of the
tests, beside a few dozen that are always the same.
"""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from pytest_django import DjangoDbBlocker
from pytest_django.fixtures import Settings

from tests.access.routes import ROUTES
from tests.access.world import make_world
from tests.cast import make_cast
from tests.fuzz.attack import Attack, offline
from tests.fuzz.requests import Sent, hostile, kept
from tests.fuzz.values import numbers
from tests.fuzz.walls import Wall, inhabit

KEPT = Path(__file__).with_name("kept.jsonl")
MINUTES = float(os.environ.get("FUZZ_MINUTES", "0"))
SEED = int(os.environ.get("FUZZ_SEED", "0") or time.time())
ALWAYS = 60
"""Requests of each run of the tests: those of one seed."""

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def attack(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Attack]:
    """Made once, in a transaction around the tests; each request rolls back to it."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = make_world(make_cast())
        inhabit(world.cast.otto.organisation)
        connection.check_constraints()
        wall = Wall(world.cast.otto.organisation)
        wall.build()
        rows = numbers(world.cast.tidewater, wall.foreign)
        yield Attack(world, wall, wall.standing(), rows)
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    settings.PROVIDERS_MAY_BE_LOCAL = settings.WEBHOOKS_MAY_BE_LOCAL = False
    offline(monkeypatch)


def drawn(
    attack: Attack, number: int, known: list[str], seen: set[str], seed: int
) -> None:
    """Raises for the smallest request whose fault nobody has seen yet."""

    @hypothesis.seed(seed)
    @settings(
        max_examples=number,
        deadline=None,
        database=None,
        derandomize=False,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    @given(hostile(known))
    def run(sent: Sent) -> None:
        wrong = attack.send(sent)
        signs = {f"{sent.route}: {one[:90]}" for one in wrong}
        if wrong and not signs <= seen:
            raise Found(sent, wrong, signs)

    run()


class Found(AssertionError):
    def __init__(self, sent: Sent, wrong: list[str], signs: set[str]) -> None:
        super().__init__(f"{sent.line()}\n" + "\n".join(wrong))
        self.sent, self.signs = sent, signs


def test_what_was_found_once_is_mended(attack: Attack) -> None:
    found = {line: attack.send(kept(line)) for line in KEPT.read_text().splitlines()}
    assert {line: wrong for line, wrong in found.items() if wrong} == {}


def test_the_walls_are_seen_through(attack: Attack) -> None:
    """The oracle itself: another organisation's row that is asked for is a breach."""
    foreign = attack.wall.foreign
    with attack.wall.around(attack.before), transaction.atomic():
        type(attack.world.goal).objects.filter(organisation=foreign).first()
        type(attack.world.goal).objects.filter(organisation=foreign).update(text="x")
        transaction.set_rollback(True)
    assert len(attack.wall.breaches) == 1


def test_what_no_page_sends_does_no_harm(
    attack: Attack, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        (many if MINUTES else few)(attack)
    finally:
        with capsys.disabled():
            sys.stdout.write(told(attack) if MINUTES else "")


def told(attack: Attack) -> str:
    """How much was sent, and how it was answered."""
    asked = sum(attack.statuses.values())
    shares = ", ".join(
        f"{status}: {number / asked:.1%}"
        for status, number in sorted(attack.statuses.items())
    )
    return f"\n{asked} requests from seed {SEED}: {shares}\n"


def few(attack: Attack) -> None:
    drawn(attack, ALWAYS, [], set(), 1)
    assert attack.wall.skipped * 20 <= attack.wall.asked


def many(attack: Attack) -> None:
    """Goes on after what it found; ends with all of it."""
    for person in ("olga", "ruth", "ines", "tomasz"):
        for name, route in ROUTES.items():
            if "GET" in route.methods:
                attack.harvest(person, name)
    known = sorted({name for pairs in attack.pages.values() for name, _ in pairs})
    until, seed = time.monotonic() + MINUTES * 60, SEED
    seen: set[str] = set()
    found: list[str] = []
    while time.monotonic() < until:
        try:
            drawn(attack, 300, known, seen, seed)
        except Found as one:
            seen |= one.signs
            found.append(str(one))
            with KEPT.open("a") as file:
                file.write(f"{one.sent.line()}\n")
        seed += 1
    assert found == [], "\n\n".join(found)
