"""Every route, as every kind of person, against the table of rights.

What each of them gets is asked once, and looked at by several tests.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from django.utils.html import escape
from pytest_django import DjangoDbBlocker
from pytest_django.fixtures import Settings

from pairings import foresight
from pairings.models import Avoidance, Enrolment, Pairing
from preceptor.accounts.models import Membership, StagedUpload, User
from preceptor.http import url
from progress.actions import evaluate_mentor
from progress.models import Batch, MentorEvaluation
from progress.questions import OF_MENTOR
from reviews.models import ReviewSession
from tests.access.routes import ROUTES
from tests.access.world import (
    ASKED,
    DRAFTED,
    GRANTED,
    HANDED,
    OF_INES,
    OF_TOMASZ,
    PEOPLE,
    World,
    make_world,
)
from tests.cast import make_cast
from tests.clients import signed_in
from tests.factories import EnrolmentFactory, PairingFactory

As = Callable[[Membership], Client]
AVOIDED = "Zebedee Quartermain"
HANDED_OVER = '"progress_checkin"."handed_at" IS NOT NULL'
WENT_WELL = '"progress_checkin"."went_well"'
RATINGS = '"progress_rating"'
GRANTS = '"progress_autonomygrant"'
ANSWERS = '"progress_mentorevaluation"."answers"'
RELEASED = (1, 4, 5)
AFTER_ANSWERS = ("olga", "ruth", "tomasz", "devon")
BY_INES = ("progress:evaluate", "progress:evaluations", "insights:today")
"""Where Ines reads that she answered, and what."""

NEW_EACH_TIME = re.compile(
    r'csrfmiddlewaretoken" value="\w+"|X-CSRFToken[^}]+|DTSTAMP:\w+'
    r"|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    # What would go out now is told with the minute.
    r"|, \d\d:\d\d</td>"
)
pytestmark = pytest.mark.django_db


@dataclass(frozen=True, slots=True)
class Walk:
    """What each person gets from each route of a world that stays as it is.

    Each is asked when somebody first wants to know; what a request wrote is undone.
    """

    world: World
    seen: dict[tuple[str, str, str], tuple[int, str]] = field(default_factory=dict)
    evaluations: set[tuple[str, str]] = field(default_factory=set)
    """Who came by which route to what a junior answered about a mentor."""
    ratings: dict[str, set[tuple[str, str]]] = field(
        default_factory=lambda: {OF_INES: set(), OF_TOMASZ: set()}
    )
    """To whom the database gave what each of two rated apart, by which route."""

    checkins: set[tuple[str, bool]] = field(default_factory=set)
    """Who read words of check-ins, and whether drafts may have been among them."""

    autonomy: set[str] = field(default_factory=set)
    """To whom the database gave why something was granted."""

    def answer(self, person: str, name: str, method: str) -> tuple[int, str]:
        """Status and body, from a session that nothing happened in yet."""
        key = (person, name, method)
        if key not in self.seen:
            client = signed_in(getattr(self.world.cast, person))
            watch = self._watching(person, name)
            with transaction.atomic(), connection.execute_wrapper(watch):
                answer = ask(client, self.world, name, method)
                body = answer.getvalue().decode(errors="replace")
                transaction.set_rollback(True)
            self.seen[key] = (answer.status_code, body)
        return self.seen[key]

    def _watching(self, person: str, name: str) -> Callable[..., Any]:
        def watch(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
            if ANSWERS in sql:
                self.evaluations.add((person, name))
            asks_grants = sql.startswith("SELECT") and GRANTS in sql
            if asks_grants and GRANTED in _given(sql, rest[0]):
                self.autonomy.add(person)
            if WENT_WELL in sql:
                self.checkins.add((person, HANDED_OVER not in sql))
            if sql.startswith("SELECT") and RATINGS in sql:
                given = _given(sql, rest[0])
                for note in self.ratings:
                    if note in given:
                        self.ratings[note].add((person, name))
            return execute(sql, *rest)

        return watch


def _given(sql: str, values: Any) -> str:
    """What the database answers, asked past whoever watches."""
    connection.ensure_connection()
    with connection.connection.cursor() as cursor:
        cursor.execute(sql, values)
        return repr(cursor.fetchall())


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Made once, in a transaction around the tests; each rolls back to its state."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = make_world(make_cast())
        avoid(world)
        evaluate(world)
        yield world
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def walk(world: World) -> Walk:
    return Walk(world)


def avoid(world: World) -> None:
    """Ines would rather not have Mei, whose name then stands nowhere else."""
    cast = world.cast
    User.objects.filter(pk=cast.mei.user_id).update(full_name=AVOIDED)
    Avoidance.objects.create(
        organisation=cast.tidewater,
        program=cast.program,
        junior=cast.ines_enrolled,
        person=cast.mei,
        slot=1,
    )


def evaluate(world: World) -> None:
    """Ines answered about Tomasz near the end, and may do so still.

    What three juniors said of another mentor is released.
    """
    cast = world.cast
    mentor = EnrolmentFactory.create(program=cast.program, side=Enrolment.Side.MENTOR)
    for answer in RELEASED:
        evaluate_mentor(
            pairing=PairingFactory.create(program=cast.program, mentor=mentor),
            occasion="completion",
            answers=dict.fromkeys(OF_MENTOR, answer),
            today=timezone.localdate(),
        )
    ends_on = timezone.localdate() + timedelta(days=10)
    Pairing.objects.filter(pk=cast.pairing.pk).update(ends_on=ends_on)
    MentorEvaluation.objects.create(
        organisation=cast.tidewater,
        pairing=cast.pairing,
        occasion="completion",
        answers={"time": 1},
        batch=Batch.objects.create(organisation=cast.tidewater, mentor=cast.tomasz),
    )


@pytest.fixture(autouse=True)
def quick_sessions(settings: Settings) -> None:
    """Thousands sign in here, and it is rights that are looked at, not sessions."""
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"


@pytest.fixture(autouse=True)
def near_future(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each day ahead that a program's messages are tried for takes as long."""
    monkeypatch.setattr(foresight, "DAYS", 2)


def organisation_routes() -> Iterator[str]:
    """The names of the routes under `/o/<slug>/`, with their namespaces."""
    for pattern in get_resolver().url_patterns:
        if isinstance(pattern, URLResolver) and str(pattern.pattern).startswith("o/"):
            yield from _names(pattern, ())


def _names(resolver: URLResolver, spaces: tuple[str, ...]) -> Iterator[str]:
    inner = (*spaces, resolver.app_name) if resolver.app_name else spaces
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(pattern, inner)
        elif isinstance(pattern, URLPattern):
            yield ":".join((*inner, str(pattern.name)))


def ask(client: Client, world: World, name: str, method: str) -> HttpResponseBase:
    route = ROUTES[name]
    path = url("tidewater", name, *route.args(world))
    send = client.post if method == "POST" else client.get
    return send(path, route.query(world))


CASES = [
    pytest.param(name, method, id=f"{name}-{method}")
    for name, route in ROUTES.items()
    for method in route.methods
]


def test_every_route_is_listed() -> None:
    assert sorted(set(organisation_routes())) == sorted(ROUTES)


@pytest.mark.parametrize(("name", "method"), CASES)
def test_members_get_what_the_table_grants(walk: Walk, name: str, method: str) -> None:
    outcomes = {}
    for person in PEOPLE:
        status, _body = walk.answer(person, name, method)
        outcomes[person] = _outcome(status)

    route = ROUTES[name]
    expected = {person: route.expected(person, method) or "in" for person in PEOPLE}
    assert outcomes == expected


@pytest.mark.parametrize(("name", "method"), CASES)
def test_strangers_stay_outside(world: World, as_: As, name: str, method: str) -> None:
    """Nobody signed in goes to sign in; a member elsewhere finds nothing."""
    assert ask(Client(), world, name, method).status_code == 302
    assert ask(as_(world.cast.otto), world, name, method).status_code == 404


@pytest.mark.parametrize(("name", "method"), CASES)
def test_who_was_deactivated_is_a_stranger_at_once(
    world: World, as_: As, name: str, method: str
) -> None:
    client = as_(world.cast.olga)
    Membership.objects.filter(pk=world.cast.olga.pk).update(is_active=False)

    assert ask(client, world, name, method).status_code == 404


def test_nobody_confirms_what_another_staged(world: World, as_: As) -> None:
    path = url("tidewater", "reviews:preview", world.change.pk)
    before = ReviewSession.objects.count()

    for person in PEOPLE:
        if person != "ines":
            assert as_(getattr(world.cast, person)).post(path).status_code == 409

    assert ReviewSession.objects.count() == before
    assert StagedUpload.objects.filter(pk=world.change.pk).exists()


def test_an_avoidance_reaches_nobody_else_by_any_route(walk: Walk) -> None:
    """Mei is nowhere else in the program: where her name is, it came out.

    Her own pages name her; that she does not get at the list the table of rights holds.
    """
    found = set()
    for person in set(PEOPLE) - {"mei"}:
        for route, rights in ROUTES.items():
            if "GET" not in rights.methods:
                continue
            _status, body = walk.answer(person, route, "GET")
            if route == "pairings:wish" and escape(AVOIDED) in body:
                found.add(person)
            elif not route.startswith("organisation:"):
                assert AVOIDED not in _main(body), (person, route)
    assert found == {"ines", "ruth", "mark", "olga"}


def test_no_route_reads_what_somebody_else_answered_about_a_mentor(walk: Walk) -> None:
    """Every page, list, filter and export, by what it asks of the database."""
    for name, route in ROUTES.items():
        for method in route.methods:
            for person in PEOPLE:
                walk.answer(person, name, method)
    assert walk.evaluations == {("ines", "progress:evaluate")}


def test_what_a_junior_answered_changes_nothing_that_others_get(walk: Walk) -> None:
    """Who answered what behind one release, or answered at all, makes no difference.

    Each page, list and download stays what it was, letter by letter, when the three
    behind a release change places and Ines has not answered.
    """
    other = Walk(walk.world)
    differ = set()
    read = [name for name, route in ROUTES.items() if "GET" in route.methods]
    # A workbook carries the second it was made in; the CSV has the same rows.
    names = [name for name in read if not name.endswith("_xlsx")]
    before = {
        (person, name): walk.answer(person, name, "GET")
        for person in (*AFTER_ANSWERS, "ines")
        for name in (names if person != "ines" else BY_INES)
    }
    with transaction.atomic():
        answer_otherwise()
        for (person, name), (status, body) in before.items():
            now, page = other.answer(person, name, "GET")
            if (now, _lasting(page)) != (status, _lasting(body)):
                differ.add((person, name))
        transaction.set_rollback(True)
    assert "3.3</td>" in before["ruth", "progress:releases"][1]
    assert differ == {("ines", name) for name in BY_INES}


def _lasting(body: str) -> str:
    """A page without what is drawn anew for each request."""
    return NEW_EACH_TIME.sub("", body)


def answer_otherwise() -> None:
    """Past the triggers, which let nobody change what was released."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
    MentorEvaluation.objects.filter(batch__closed_on=None).delete()
    rows = list(MentorEvaluation.objects.order_by("pk"))
    for row, value in zip(rows, (*RELEASED[1:], RELEASED[0]), strict=True):
        row.answers = dict.fromkeys(OF_MENTOR, value)
        row.save()


def test_the_words_of_a_check_in_are_the_pairs_and_a_draft_the_juniors(
    walk: Walk,
) -> None:
    """By what stands on every page, and by what is asked of the database."""
    read: dict[str, set[str]] = {DRAFTED: set(), HANDED: set()}
    for name, route in ROUTES.items():
        for method in route.methods:
            for person in PEOPLE:
                _status, body = walk.answer(person, name, method)
                for word, readers in read.items():
                    if word in body:
                        readers.add(person)

    assert read == {DRAFTED: {"ines"}, HANDED: {"ines", "tomasz"}}
    assert walk.checkins == {("ines", True), ("ines", False), ("tomasz", False)}


def test_what_is_left_to_a_junior_is_between_the_pair(walk: Walk) -> None:
    """By what stands on every page, and by what is asked of the database."""
    read: dict[str, set[str]] = {GRANTED: set(), ASKED: set()}
    for name, route in ROUTES.items():
        for method in route.methods:
            for person in PEOPLE:
                _status, body = walk.answer(person, name, method)
                for word, readers in read.items():
                    if word in body:
                        readers.add(person)

    assert read == {GRANTED: {"ines", "tomasz"}, ASKED: {"ines", "tomasz"}}
    assert walk.autonomy == {"ines", "tomasz"}


def test_no_route_reads_what_the_other_rated_before_both_are_in(walk: Walk) -> None:
    """Looked at in what the database answers, not in what a page makes of it."""
    for name, route in ROUTES.items():
        for method in route.methods:
            for person in PEOPLE:
                walk.answer(person, name, method)
    assert walk.ratings == {
        OF_INES: {("ines", "progress:rate"), ("ines", "progress:export_year")},
        OF_TOMASZ: {("tomasz", "progress:rate")},
    }


def _main(body: str) -> str:
    """A page without the lists that complete what is typed, which name every member."""
    while "<datalist" in body:
        before, rest = body.split("<datalist", 1)
        body = before + rest.split("</datalist>", 1)[-1]
    return body


def _outcome(status: int) -> int | str:
    """A refusal's status; "in" for a page, a redirect, a form that asks again."""
    return status if status in (403, 404, 410) or status >= 500 else "in"
