"""An earlier session reaches the next mentor once it is released, and only to read."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from pairings.models import Handover, Pairing
from preceptor.accounts.models import Membership
from preceptor.accounts.rights import Right
from preceptor.http import url
from reviews.actions import release_handover, store_transcript
from reviews.models import (
    BlindPass,
    Comment,
    Explanation,
    Finding,
    Note,
    ReleasedSession,
    ReviewSession,
    Transcript,
)
from tests.access.routes import ROUTES
from tests.access.world import TALK, World, make_world
from tests.cast import Cast

As = Callable[[Membership], Client]
MARK = "Xylophone"
READ = {
    name
    for name, route in ROUTES.items()
    if name.startswith("reviews:") and route.row == "session"
    if route.right == Right.READ and not route.arranges
}


@pytest.fixture
def world(cast: Cast) -> World:
    """The rows of the world as Anjali's, from before Tomasz; both sessions are over.

    What was said in them occurs nowhere else.
    """
    world = make_world(cast)
    mine = ReviewSession.objects.filter(pk__in=[world.reading.pk, world.revealed.pk])
    now = timezone.now()
    mine.update(
        pairing=world.past,
        mentor=cast.anjali,
        state=ReviewSession.State.CLOSED,
        revealed_at=now,
        closed_at=now,
        held_on=timezone.localdate(),
        tool="chat assistant",
        driver="junior",
    )
    passes = BlindPass.objects.filter(session__in=mine)
    passes.filter(reviewer=cast.tomasz).update(reviewer=cast.anjali)
    passes.update(locked_at=now, verdict="reject", confidence="0.3")
    Finding.objects.filter(session__in=mine).update(
        title=f"{MARK} title", adjudication="real", severity="major"
    )
    Transcript.objects.filter(session__in=mine).delete()
    world.action.owner = cast.ines
    world.action.text = f"{MARK} action"
    world.action.save()
    for session in (world.reading, world.revealed):
        session.refresh_from_db()
        Note.objects.create(
            organisation=cast.tidewater,
            session=session,
            author=cast.ines,
            text="Marimba, for myself",
            saved_at=now,
        )
    Explanation.objects.create(
        organisation=cast.tidewater, finding=world.finding, rule=f"{MARK} rule"
    )
    Comment.objects.filter(pk=world.comment.pk).update(text=f"{MARK} reply")
    talk = store_transcript(
        session=world.reading, body=TALK + MARK.encode(), name="talk.md", now=now
    )
    return replace(world, transcript=talk)


def give(world: World, *sessions: ReviewSession) -> Handover:
    made = Handover.objects.filter(pairing=world.cast.pairing).first()
    return release_handover(
        pairing=world.cast.pairing,
        word=None,
        word_version=0,
        sessions=sessions,
        version=made.version if made else 0,
        now=timezone.now(),
    )


def walk(client: Client, world: World) -> dict[tuple[str, str], tuple[int, str]]:
    """Status and body of every route over the two sessions, each on its own."""
    found = {}
    for name, route in ROUTES.items():
        if not name.startswith("reviews:") or route.row != "session":
            continue
        path = url("tidewater", name, *route.args(world))
        for method in route.methods:
            with transaction.atomic():
                send = client.post if method == "POST" else client.get
                answer = send(path, route.query(world))
                body = answer.getvalue().decode(errors="replace")
                transaction.set_rollback(True)
            found[name, method] = (answer.status_code, body)
    return found


# Planned sessions are Tomasz's own, and stay so.
OWN = {"reviews:move", "reviews:cancel", "reviews:invitation"}


def test_before_the_release_there_is_nothing(world: World, as_: As) -> None:
    for (name, _method), (status, body) in walk(as_(world.cast.tomasz), world).items():
        if name not in OWN:
            assert status == 404, name
            assert MARK not in body


def test_after_it_the_next_mentor_reads_and_writes_nothing(
    world: World, as_: As
) -> None:
    give(world, world.reading, world.revealed)
    answers = walk(as_(world.cast.tomasz), world)

    assert {
        "reviews:session",
        "reviews:read",
        "reviews:files",
        "reviews:board",
        "reviews:findings",
        "reviews:transcript",
        "reviews:transcript_file",
        "reviews:turn",
        "reviews:revisions",
        "reviews:export_json",
        "reviews:export_markdown",
    } == READ
    for (name, _method), (status, body) in answers.items():
        if name in OWN:
            continue
        if name not in READ:
            assert status == 403, name
        elif name == "reviews:board":
            assert status == 303
        else:
            assert status == 200, name
        assert "Marimba" not in body, name
        assert 'method="post"' not in _main(body), name
    texts = [body for name, (_status, body) in answers.items() if name[0] in READ]
    assert sum(MARK in text for text in texts) >= 7
    read = answers["reviews:session", "GET"][1]
    assert "What each of the two saw" in read
    assert "What each of you" not in read
    assert "your private note" not in read


def test_one_that_was_not_released_stays_unseen(world: World, as_: As) -> None:
    give(world, world.revealed)
    tomasz = as_(world.cast.tomasz)
    assert tomasz.get(_session(world.revealed)).status_code == 200
    assert tomasz.get(_session(world.reading)).status_code == 404


def test_what_is_taken_back_is_gone(world: World, as_: As) -> None:
    give(world, world.revealed)
    give(world)
    assert not ReleasedSession.objects.exists()
    assert as_(world.cast.tomasz).get(_session(world.revealed)).status_code == 404


@pytest.mark.parametrize("person", ["devon", "mei", "lars", "ruth", "olga"])
def test_a_release_opens_nothing_to_anybody_else(
    world: World, as_: As, person: str
) -> None:
    give(world, world.reading, world.revealed)
    answers = walk(as_(getattr(world.cast, person)), world)
    for _status, body in answers.values():
        assert MARK not in body


def test_the_right_ends_with_the_pairing(world: World, as_: As) -> None:
    give(world, world.revealed)
    Pairing.objects.filter(pk=world.cast.pairing.pk).update(
        state=Pairing.State.ENDED, ended_at=timezone.now(), end_reason="Moved"
    )
    assert as_(world.cast.tomasz).get(_session(world.revealed)).status_code == 404
    assert as_(world.cast.anjali).get(_session(world.revealed)).status_code == 200


def test_nobody_else_may_release_or_read_the_page(world: World, as_: As) -> None:
    path = url("tidewater", "insights:handover", world.cast.pairing.pk)
    for person in ("ruth", "otis", "mark", "olga", "lars"):
        assert as_(getattr(world.cast, person)).get(path).status_code == 403
    for person in ("anjali", "devon", "mei"):
        assert as_(getattr(world.cast, person)).get(path).status_code == 404


def _session(session: ReviewSession) -> str:
    return url("tidewater", "reviews:session", session.pk)


def _main(body: str) -> str:
    """Without the shell, where everybody signs out by a form."""
    return body.partition("<main")[2].partition("</main>")[0]
