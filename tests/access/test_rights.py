"""Every route, as every kind of person, against the table of rights.

What each of them gets is asked once, and looked at by several tests.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from html import unescape
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from django.utils import timezone
from django.utils.html import escape
from pytest_django import DjangoDbBlocker
from pytest_django.fixtures import Settings

from pairings import foresight
from pairings.models import Avoidance, Enrolment, Pairing
from preceptor.accounts.models import Membership, StagedUpload, User
from preceptor.accounts.signing_in.gate import ask_anew
from preceptor.accounts.signing_in.models import Rules
from preceptor.http import url
from preceptor.leaving import REL, leaves
from preceptor.notifications.rehearsal import Wanted
from progress.actions import evaluate_mentor
from progress.models import Batch, Evidence, MentorEvaluation
from progress.questions import OF_MENTOR
from reviews.models import ChangeSuggestion, Comment, ReviewSession
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
from tests.headers import amiss

As = Callable[[Membership], Client]
ELSEWHERE = "https://talks.example/retries?a=1"
AVOIDED = "Zebedee Quartermain"
HANDED_OVER = '"progress_checkin"."handed_at" IS NOT NULL'
WENT_WELL = '"progress_checkin"."went_well"'
RATINGS = '"progress_rating"'
GRANTS = '"progress_autonomygrant"'
ANSWERS = '"progress_mentorevaluation"."answers"'
RELEASED = (1, 4, 5)
AFTER_ANSWERS = ("olga", "ruth", "tomasz", "devon")
ENTRY = 'INSERT INTO "accounts_historyentry"'
BY_LOOKING = {"accounts_historyentry", "personal_archive", "reviews_drawnfile"}
"""That a file was taken along, and a page that was drawn once, for the next time."""
WRITES = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')
OF_NOBODY = {"insights:week_template", "reviews:invitation"}
"""Files without what others told: columns to fill in, and a date for one's calendar."""
PAGES = {"framework_file", "holiday_file", "pair_file", "week_file"}
"""Named like a file, and a page."""
BY_INES = ("progress:evaluate", "progress:evaluations", "insights:today")
"""Where Ines reads that she answered, and what."""

UNSAFE = re.compile(r"[\r\n<>]|\.html?\b|/|\\\\")
INERT = (
    *("text/csv", "text/calendar", "text/markdown", "application/json"),
    *("application/zip", "application/octet-stream"),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)
LINK = re.compile(r"<a\b([^>]*)>(.*?)</a>", re.DOTALL)
ADDRESS = re.compile(r"""href=(?:"([^"]*)"|([^\s>"]+))""")
NEW_EACH_TIME = re.compile(
    r'csrfmiddlewaretoken" value="\w+"|X-CSRFToken[^}]+|DTSTAMP:\w+'
    r"|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    # What would go out now is told with the minute.
    r"|, \d\d:\d\d</td>"
)
pytestmark = pytest.mark.django_db


@dataclass(slots=True)
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

    files: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    """Which routes give a file, and the entries that each request wrote."""

    entries: int = 0
    autonomy: set[str] = field(default_factory=set)
    """To whom the database gave why something was granted."""

    unmarked: set[tuple[str, str]] = field(default_factory=set)
    """Links to other sites that do not look it, by route."""
    marked: set[str] = field(default_factory=set)

    stored: set[str] = field(default_factory=set)
    """Routes whose answers a browser might keep."""
    kinds: dict[str, tuple[str, str]] = field(default_factory=dict)
    """What is no page: its kind, and whether it is taken along."""
    unsafe_names: set[str] = field(default_factory=set)
    unlettered: set[str] = field(default_factory=set)
    """Texts that do not say in which letters they are written."""
    written: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Tables that are written to by who only looks, with the routes that do it."""

    bare: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)
    """Answers that lack headers, and which."""

    def answer(self, person: str, name: str, method: str) -> tuple[int, str]:
        """Status and body, from a session that nothing happened in yet."""
        key = (person, name, method)
        if key not in self.seen:
            client = signed_in(getattr(self.world.cast, person))
            watch = self._watching(person, name, is_look=method == "GET")
            before = self.entries
            with transaction.atomic(), connection.execute_wrapper(watch):
                answer = ask(client, self.world, name, method)
                if answer.headers.get("Content-Disposition", "").startswith("attach"):
                    self.files[name].add(self.entries - before)
                body = answer.getvalue().decode(errors="replace")
                transaction.set_rollback(True)
            self.seen[key] = (answer.status_code, body)
            if missing := amiss(answer.headers):
                self.bare[key] = missing
            self._look_at_kind(name, answer)
            if "text/html" in answer.headers.get("Content-Type", ""):
                self._look_at_links(name, body)
        return self.seen[key]

    def _look_at_kind(self, name: str, answer: HttpResponseBase) -> None:
        kind = answer.headers.get("Content-Type", "text/html")
        if "no-store" not in answer.headers.get("Cache-Control", ""):
            self.stored.add(name)
        if kind.startswith("text/") and "charset=utf-8" not in kind:
            self.unlettered.add(name)
        if answer.status_code == 200 and not kind.startswith("text/html"):
            said = answer.headers.get("Content-Disposition", "")
            self.kinds[name] = (kind.partition(";")[0], said.partition(";")[0])
            if UNSAFE.search(said):
                self.unsafe_names.add(name)

    def _look_at_links(self, name: str, body: str) -> None:
        for link, words in LINK.findall(body):
            address = ADDRESS.search(link)
            if address is None or not leaves(unescape(address[1] or address[2] or "")):
                continue
            if REL in link and "opens another site" in words:
                self.marked.add(name)
            else:
                self.unmarked.add((name, link))

    def _watching(self, person: str, name: str, *, is_look: bool) -> Callable[..., Any]:
        def watch(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
            if is_look and (written := WRITES.search(sql)):
                self.written[written[1]].add(name)
            if ENTRY in sql:
                self.entries += 1
            if ANSWERS in sql:
                self.evaluations.add((person, name))
            asks_grants = sql.startswith("SELECT") and GRANTS in sql
            if asks_grants and GRANTED in _given(sql, rest[0]):
                self.autonomy.add(person)
            if WENT_WELL in sql.partition(" WHERE ")[0]:
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
        lead_away(world)
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


def lead_away(world: World) -> None:
    """What people wrote names other sites."""
    suggested = ChangeSuggestion.objects.filter(pk=world.suggestion.pk)
    suggested.update(link=ELSEWHERE)
    said = Comment.objects.filter(pk=world.comment.pk)
    said.update(text=f"{world.comment.text} [as here]({ELSEWHERE})")
    Evidence.objects.create(
        organisation=world.cast.tidewater,
        plan=world.plan,
        competency=world.evidence.competency,
        kind=Evidence.Kind.LINK,
        url=ELSEWHERE,
        title="A talk",
        held_on=timezone.localdate(),
        tagged_by=world.cast.ines,
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
    """Each day ahead that a program's messages are tried for takes as long.

    None is left out, however busy the machine: the same page would tell less.
    """
    monkeypatch.setattr(foresight, "DAYS", 2)
    patient = partial(Wanted, patience=timedelta(hours=1).total_seconds())
    monkeypatch.setattr(foresight, "Wanted", patient)


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


def test_no_route_goes_past_the_door(world: World, as_: As) -> None:
    """A session that lacks what the organisation asks for gets nothing of it."""
    Rules.objects.create(organisation=world.cast.tidewater, staff_factor=True)
    ask_anew(world.cast.tidewater.pk)
    client = as_(world.cast.olga)
    past = []
    for name, route in ROUTES.items():
        for method in route.methods:
            answer = ask(client, world, name, method)
            there = answer.headers.get("Location", str(answer.status_code))
            if not there.startswith("/account/enter/tidewater/"):
                past.append((name, method, there))
    assert past == []


def test_every_answer_bears_its_headers(walk: Walk) -> None:
    """Pages, fragments, files, redirects and refusals of each kind."""
    for name, route in ROUTES.items():
        for method in route.methods:
            for person in PEOPLE:
                walk.answer(person, name, method)
    assert {200, 303, 403, 404, 409, 410, 422} <= {
        code for code, _ in walk.seen.values()
    }
    assert walk.bare == {}


def test_links_to_other_sites_look_it(walk: Walk) -> None:
    see_all(walk)
    assert walk.unmarked == set()
    assert {"progress:competency_evidence", "reviews:suggest"} <= walk.marked


def test_files_are_taken_along_and_never_opened_as_pages(walk: Walk) -> None:
    """A browser that opens one by itself saves it; none is of a kind that runs."""
    see_all(walk, "ines", "mark", "ruth")
    files = {name: one for name, one in walk.kinds.items() if one[0] != "text/plain"}
    assert {"reviews:transcript_file", "pairings:export_people"} <= set(files)
    assert {one for one in files.items() if one[1][0] not in INERT} == set()
    assert {one for one in files.items() if one[1][1] != "attachment"} == set()
    assert walk.unsafe_names == set()
    assert walk.unlettered == set()


def test_who_only_looks_writes_nothing_but_that_they_looked(walk: Walk) -> None:
    """What changes something is sent with the token of a form."""
    for name, route in ROUTES.items():
        if "GET" in route.methods:
            for person in PEOPLE:
                walk.answer(person, name, "GET")
    assert set(walk.written) == BY_LOOKING


def test_pages_of_members_are_not_stored(walk: Walk) -> None:
    see_all(walk, "ines", "mark", "ruth")
    assert walk.stored == set()


def see_all(walk: Walk, *people: str) -> None:
    for name, route in ROUTES.items():
        if "GET" in route.methods:
            for person in people or PEOPLE:
                walk.answer(person, name, "GET")


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
            elif not route.startswith(
                ("organisation:", "insights:history", "personal:erase")
            ):
                assert AVOIDED not in _main(body), (person, route)
    assert found == {"ines", "ruth", "mark", "olga"}


def test_no_route_reads_what_somebody_else_answered_about_a_mentor(walk: Walk) -> None:
    """Every page, list, filter and export, by what it asks of the database."""
    for name, route in ROUTES.items():
        for method in route.methods:
            for person in PEOPLE:
                walk.answer(person, name, method)
    assert walk.evaluations == {("ines", "progress:evaluate")}


def test_every_file_that_is_taken_along_is_in_the_history(walk: Walk) -> None:
    """By what a route answers, whatever it is called, and behind a door."""
    read = [name for name, route in ROUTES.items() if "GET" in route.methods]
    for name in read:
        for person in PEOPLE:
            walk.answer(person, name, "GET")
    assert {name for name, added in walk.files.items() if added != {1}} == OF_NOBODY
    assert {name for name in read if _is_called_file(name)} <= set(walk.files)
    for name in set(walk.files) - OF_NOBODY:
        path = url("tidewater", name, *ROUTES[name].args(walk.world))
        assert hasattr(resolve(path).func, "door"), name


def _is_called_file(name: str) -> bool:
    own = name.partition(":")[2]
    if own in PAGES:
        return False
    return own.startswith(("download", "export")) or own.endswith(
        ("_csv", "_xlsx", "_file")
    )


def test_what_a_junior_answered_changes_nothing_that_others_get(walk: Walk) -> None:
    """Who answered what behind one release, or answered at all, makes no difference.

    Each page, list and download stays what it was, letter by letter, when the three
    behind a release change places and Ines has not answered.
    """
    other = Walk(walk.world)
    differ = set()
    read = [name for name, route in ROUTES.items() if "GET" in route.methods]
    # A workbook carries the second it was made in, and the history that it was taken
    # along; the CSV and the page have the same rows.
    dated = ("_xlsx", ":history_csv")
    names = [name for name in read if not name.endswith(dated)]
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
