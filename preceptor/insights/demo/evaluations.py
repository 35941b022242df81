"""What pairs of the story say of each other half-way. Ines and Tomasz still have to."""

from datetime import datetime, timedelta
from random import Random

from preceptor.insights.demo.programs import Pair, at
from progress.actions import evaluate_junior, evaluate_mentor
from progress.evaluations import occasions_of
from progress.questions import OF_JUNIOR, OF_MENTOR

STILL_TO_ANSWER = {"Ines Carvalho"}
WORDS = (
    "You find the edge cases before I do now. Next: say what you would have asked the "
    "tool for instead.",
    "Take your time with the tests that come along with a change. You believe them a "
    "little too early.",
    "The way you led the last three reveals was good to be part of.",
    "",
)
LIKELY = (3, 4, 4, 4, 5, 5)


def write(pairs: list[Pair], now: datetime, rng: Random) -> None:
    """Those whose half-way is being asked for answered in the days since it was."""
    for pair in pairs:
        pairing = pair.pairing
        midpoint = occasions_of(pairing)[0]
        is_asked = midpoint.name == "midpoint" and midpoint.is_open(now.date())
        if not is_asked or pair.plot.junior in STILL_TO_ANSWER:
            continue
        answered_at = min(at(midpoint.opens_on + timedelta(days=2), 11), now)
        evaluate_mentor(
            pairing=pairing,
            occasion="midpoint",
            answers={key: rng.choice(LIKELY) for key in OF_MENTOR},
            today=answered_at.date(),
        )
        evaluate_junior(
            pairing=pairing,
            occasion="midpoint",
            answers={key: rng.choice(LIKELY) for key in OF_JUNIOR},
            word=rng.choice(WORDS),
            now=answered_at,
        )
