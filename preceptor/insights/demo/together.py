"""What pairs of the story wrote for themselves, and the handover of a junior."""

from datetime import datetime, timedelta

from pairings.models import Agreement, Handover, PairNote
from preceptor.insights.demo.programs import Pair, at
from reviews.models import ReleasedSession, ReviewSession

WORD = (
    "Clara reads carefully and says little at first: give her a minute before you "
    "speak. She is quick with queries and unsure about anything that runs twice.\n\n"
    "We had just begun to let her write the rule of each card before I said mine. "
    "Ask her about the label queue; she is proud of it, rightly."
)
EXPECTED = {
    "junior_expects": (
        "That you ask me before you tell me. That I may be wrong aloud.\n"
        "Half an hour of your week besides the session, if I am stuck."
    ),
    "mentor_expects": (
        "That you bring the change, not a summary of it. That you lock before we "
        "talk, even when you are not sure."
    ),
    "meets": (
        "Tuesdays at ten, an hour, in the small room by the stairs. Whoever cannot "
        "says so the evening before and names another day."
    ),
}
LATER = EXPECTED["meets"] + "\nFrom winter on Ines chooses the change and leads."
NOTES = (
    "Read next: how the carrier clients retry, and who counts the attempts.\n\n"
    "- Ines wants to lead the reveal once before the quarter ends\n"
    "- Tomasz looks for a change with a migration in it\n"
    "- the talk at the guild: Ines, ten minutes, on success that was claimed"
)


def write(pairs: list[Pair], now: datetime) -> None:
    """Clara went from Stefan to Margaret; Ines and Tomasz keep an agreement."""
    by_junior: dict[str, list[Pair]] = {}
    for pair in pairs:
        by_junior.setdefault(pair.plot.junior, []).append(pair)
    first, then = by_junior["Clara Nguyen"]
    _hand_over(first, then, now)
    (ines,) = by_junior["Ines Carvalho"]
    _agree(ines, now)
    PairNote.objects.create(
        organisation_id=ines.pairing.organisation_id,
        pairing=ines.pairing,
        kind=PairNote.Kind.SHARED,
        text=NOTES,
        version=4,
        written_by=ines.junior_member,
        written_at=now - timedelta(days=2, hours=3),
    )


def _hand_over(first: Pair, then: Pair, now: datetime) -> None:
    """Clara released all but the first sessions, and of late one of these as well.

    What is released anew Margaret has yet to read.
    """
    starts_on = then.pairing.starts_on
    own = {"organisation_id": then.pairing.organisation_id}
    word = PairNote.objects.create(
        **own,
        pairing=first.pairing,
        kind=PairNote.Kind.WORD,
        text=WORD,
        written_by=first.mentor_member,
        written_at=at(starts_on - timedelta(days=3), 16, 40),
    )
    handover = Handover.objects.create(
        **own,
        pairing=then.pairing,
        word=word.text,
        word_version=word.version,
        released_at=now - timedelta(days=1, hours=1),
        version=2,
    )
    earlier = ReviewSession.objects.filter(pairing=first.pairing).releasable()
    ReleasedSession.objects.bulk_create(
        ReleasedSession(**own, handover=handover, session=session)
        for session in earlier.order_by("opened_at")[2:]
    )


def _agree(pair: Pair, now: datetime) -> None:
    """The first version held from the second week; the next waits for Ines."""
    met = pair.pairing.starts_on + timedelta(days=8)
    own = {
        "organisation_id": pair.pairing.organisation_id,
        "pairing": pair.pairing,
    }
    Agreement.objects.create(
        **own,
        **EXPECTED,
        version=1,
        written_by=pair.junior_member,
        written_at=at(met, 10, 35),
        junior_agreed_at=at(met, 10, 35),
        mentor_agreed_at=at(met + timedelta(days=1), 9, 5),
    )
    written_at = now - timedelta(days=1, hours=2)
    Agreement.objects.create(
        **own,
        **{**EXPECTED, "meets": LATER},
        version=2,
        written_by=pair.mentor_member,
        written_at=written_at,
        mentor_agreed_at=written_at,
    )
