"""The board in a few figures, each with its n. No filter narrows them."""

from dataclasses import dataclass
from datetime import date, timedelta

from pairings.models import Pairing
from preceptor.insights.board.pairs import Board
from reviews.estimates import Share, wilson

FORTNIGHT = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Figures:
    """Of the primary pairs that stand today; `pairs` are those that are not paused.

    `fewest` and `most` are sessions of one pair in the last four weeks, `oldest` the
    days since the first of the milestones that are past their date.
    """

    pairs: int
    paused: int
    met: int
    sessions: int
    fewest: int
    most: int
    kept: Share | None
    due: int
    late: int
    oldest: int
    juniors: int
    paired: int
    mentors: int
    seats: int
    free: int

    @property
    def each(self) -> float:
        return self.sessions / self.pairs

    @property
    def unpaired(self) -> int:
        return self.juniors - self.paired


def figures(board: Board) -> Figures:
    today = board.today
    standing = [row for row in board.rows if row.pair.fills_seat(today)]
    active = [row for row in standing if row.pair.state == Pairing.State.ACTIVE]
    recent = [row.recent for row in active]
    stones = [row.stones for row in standing if row.stones]
    lapsed = [one.days[0] for one in stones if one.late]
    since = today - FORTNIGHT
    return Figures(
        pairs=len(active),
        paused=len(standing) - len(active),
        met=sum((row.pair.last_met_on or date.min) > since for row in active),
        sessions=sum(recent),
        fewest=min(recent, default=0),
        most=max(recent, default=0),
        kept=wilson(
            sum(row.weeks.kept for row in standing),
            sum(row.weeks.due for row in standing),
        ),
        due=sum(one.due for one in stones),
        late=sum(one.late for one in stones),
        oldest=(today - min(lapsed)).days if lapsed else 0,
        juniors=len(board.places) - len(board.seats),
        paired=len(standing),
        mentors=len(board.seats),
        seats=sum(board.seats.values()),
        free=max(sum(board.seats.values()) - board.taken.total(), 0),
    )
