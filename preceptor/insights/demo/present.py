"""What is going on at Tidewater today: the sessions that are not closed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from preceptor.insights.demo import later
from preceptor.insights.demo.programs import at
from preceptor.insights.demo.reading import Noticed, Side
from preceptor.insights.demo.sessions import SIDES, Writer
from reviews.demo_changes.catalog import DemoChange
from reviews.diffs import digest, parse
from reviews.models import Draft, ReviewSession, ViewedFile

READING, REVEALED = ReviewSession.State.READING, ReviewSession.State.REVEALED

# What Ines has written down so far: five flaws and one that is none.
OF_INES = {
    *("secrets", "crash_dismissed", "shaped_test", "false_success"),
    *("duplication", "architecture"),
}
# What she has read through, and what she was typing when she was called away.
READ_THROUGH = "tests/webhooks/test_delivery.py"
HALF_TYPED = {
    "path": "web/src/deliveries/useDeliveries.ts",
    "file_side": "new",
    "line_from": "6",
    "line_to": "13",
    "title": "Who stops this timer",
    "text": "Every change of the endpoint starts another one, and then",
}
DRAFT_KEY = UUID("5f0c1e0a-3b7d-4d0e-9a52-7f6a1c9e2d41")
NEXT_CHANGE = "retry-webhook-deliveries"
# In the order in which Ines meets them, after all others.
OF_THIS_WEEK = {"cache-rate-table": 1, NEXT_CHANGE: 2}
# The one of which there is a second revision.
REVISED = "chargeable-weight"
# Who saw what of it, by title: Devon two by himself, Tomasz three, two both, and one
# neither. All the rest is no flaw.
SEEN: dict[str, frozenset[Side]] = {
    "The trigger updates the row that fired it, for ever": frozenset(SIDES),
    "The whole table is rewritten while everybody waits": frozenset({"mentor"}),
    "Integer division drops the fraction": frozenset(SIDES),
    "AND binds before OR": frozenset({"mentor"}),
    "The running version can't insert once the column is required": frozenset(
        {"mentor"}
    ),
    "NOT IN over a column with a NULL deletes nothing": frozenset(),
    "The way back leaves the trigger and loses the overrides": frozenset({"junior"}),
    "The view now publishes every column of the table": frozenset({"junior"}),
    "greatest returns NULL if one of its arguments is NULL": frozenset({"junior"}),
    "A row-level trigger is slow": frozenset({"mentor"}),
}


def half_read(writer: Writer, webhooks: DemoChange, now: datetime) -> None:
    """Tomasz locked his pass two days ago; Ines is in the middle of hers."""
    locked_on = (now - timedelta(days=2)).date()
    session = writer.session(webhooks, at(locked_on - timedelta(days=1), 9, 5), READING)
    session.driver, session.edited_share = ReviewSession.Driver.SOMEBODY, 0.1
    mentor_saw = [
        Noticed(flaw, True, frozenset({"mentor"}))
        for flaw in (*webhooks.flaws, *webhooks.talk_flaws)
        if flaw.hard > 0.5 or flaw.category == "crash_dismissed"
    ]
    junior_saw = [
        Noticed(spot, spot not in webhooks.decoys, frozenset({"junior"}))
        for spot in (*webhooks.flaws, *webhooks.talk_flaws, *webhooks.decoys)
        if spot.category in OF_INES
    ]
    mentor = writer.blind_pass(session, "mentor", mentor_saw, at(locked_on, 16, 10))
    opened_at = now - timedelta(minutes=25)
    junior = writer.blind_pass(
        session, "junior", junior_saw, opened_at, is_locked=False
    )
    writer.findings({"mentor": mentor}, mentor_saw)
    writer.findings({"junior": junior}, junior_saw)
    _left_open(writer, session, webhooks)


def _left_open(writer: Writer, session: ReviewSession, change: DemoChange) -> None:
    """One file that Ines has read through, and a finding that is not finished."""
    own = {"organisation_id": session.organisation_id, "session": session}
    read = next(one for one in parse(change.diff).files if one.path == READ_THROUGH)
    writer.rows.viewed.append(
        ViewedFile(**own, member=session.junior, path=read.path, digest=digest(read))
    )
    writer.rows.drafts.append(
        Draft(**own, author=session.junior, key=DRAFT_KEY, words=HALF_TYPED)
    )


def both_reading(writer: Writer, change: DemoChange, now: datetime) -> None:
    """Opened yesterday; both have begun and nobody locked. A large one waits too."""
    _read_apart(writer, change, now, locked=False)
    writer.rows.then.append(partial(later.overnight, writer.pair, now))


def both_locked(writer: Writer, change: DemoChange, now: datetime) -> None:
    """Both locked, and either of them may reveal."""
    _read_apart(writer, change, now, locked=True)


def _read_apart(
    writer: Writer, change: DemoChange, now: datetime, *, locked: bool
) -> None:
    session = writer.session(change, now - timedelta(hours=28), READING)
    noticed = writer.read(change, now.date())
    for side in SIDES:
        opened_at = now - timedelta(hours=26 if side == "mentor" else 3)
        own = [one for one in noticed if side in one.by]
        begun = own if locked else own[:2]
        blind_pass = writer.blind_pass(session, side, own, opened_at, is_locked=locked)
        writer.findings({side: blind_pass}, begun)


def taking_apart(writer: Writer, change: DemoChange, now: datetime) -> None:
    """Revealed half an hour ago; most findings are adjudicated."""
    session = writer.session(change, now - timedelta(hours=30), REVEALED)
    session.revealed_at = now - timedelta(minutes=32)
    spots = sorted(
        (*change.flaws, *change.decoys), key=lambda spot: (spot.path, spot.line_from)
    )
    noticed = [Noticed(spot, spot in change.flaws, SEEN[spot.title]) for spot in spots]
    hours = {"mentor": 27, "junior": 5}
    passes = {
        side: writer.blind_pass(
            session, side, noticed, now - timedelta(hours=hours[side])
        )
        for side in SIDES
    }
    found = writer.findings(passes, noticed)
    decided = len(found) * 3 // 4
    for finding, one in found[:decided]:
        writer.adjudicate(finding, one)
    for finding, _ in found[decided:]:
        finding.same_as = None
    writer.add_late(session, noticed)
    if change.second:
        writer.rows.then.append(partial(later.revise, session, change, now))


def abandoned(writer: Writer, change: DemoChange, now: datetime) -> None:
    """The change was withdrawn before the two had read it."""
    opened_at = now - timedelta(days=33)
    session = writer.session(change, opened_at, ReviewSession.State.ABANDONED)
    for side in SIDES:
        writer.blind_pass(
            session, side, [], opened_at + timedelta(hours=2), is_locked=False
        )


Scene = Callable[[Writer, DemoChange, datetime], None]
SCENES: dict[str, Scene] = {
    "Ines Carvalho": half_read,
    "Devon Marsh": taking_apart,
    "Oisín Byrne": both_locked,
    "Leila Haddad": both_reading,
    "Kwame Boateng": abandoned,
}
