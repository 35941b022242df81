"""How good a pair is: criteria in whole parts of 10,000, and the score of 0 to 100.

Whole numbers throughout, so that the same pair scores the same on any machine.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pairings.matching.columns import Bools, Columns, Ints
from pairings.matching.people import MentorIn
from pairings.matching.rules import Criterion, Rules, Weights

FULL = 10_000
LEFT_OUT = -1
FULL_DAY = 8 * 60
ENOUGH_COMPLETED = 3

Values = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Scorer:
    """Scores any pairs, given as two arrays of indexes of the same length."""

    people: Columns
    weights: Weights
    wanted: Ints  # per junior, the sum of priorities
    areas: Ints  # per junior, how many
    languages: Ints
    has_team: Bools
    has_chosen: Bools
    spare: Ints  # per mentor, in parts of FULL

    def values(self, juniors: Ints, mentors: Ints) -> Values:
        """Per pair (rows) and criterion (columns, in the order of `Criterion`).

        Each is in parts of `FULL`, or LEFT_OUT where it says nothing of this junior.
        """
        found = np.empty((len(juniors), len(Criterion)), np.int16)
        for column, of in enumerate(
            (
                self._skills,
                self._team,
                self._overlap,
                self._language,
                self._choice,
                self._spare,
                self._completed,
            )
        ):
            found[:, column] = of(juniors, mentors)
        return found

    def scores(self, juniors: Ints, mentors: Ints) -> Ints:
        """Whole numbers of 0 to 100, see `scores`."""
        return scores(self.values(juniors, mentors), self.weights)

    def _skills(self, juniors: Ints, mentors: Ints) -> Ints:
        met = self.people.skills.met(juniors, mentors)
        return _share(met, 3 * self.wanted[juniors])

    def _team(self, juniors: Ints, mentors: Ints) -> Ints:
        people = self.people
        part = _share(people.areas.met(juniors, mentors), self.areas[juniors])
        part[(part == LEFT_OUT) & self.has_team[juniors]] = 0
        teams = people.junior_teams[juniors]
        part[(teams == people.mentor_teams[mentors]) & (teams >= 0)] = FULL
        return part

    def _overlap(self, juniors: Ints, mentors: Ints) -> Ints:
        people = self.people
        days = people.junior_days[juniors], people.mentor_days[mentors]
        return _share(people.shared[days], np.int64(FULL_DAY))

    def _language(self, juniors: Ints, mentors: Ints) -> Ints:
        shares = self.people.languages.met(juniors, mentors) > 0
        return np.where(self.languages[juniors] > 0, shares * FULL, LEFT_OUT)

    def _choice(self, juniors: Ints, mentors: Ints) -> Ints:
        found = np.where(self.has_chosen[juniors], 0, LEFT_OUT)
        chosen = self.people.choices
        for rank in reversed(range(chosen.shape[1])):
            found[chosen[juniors, rank] == mentors] = FULL - rank * FULL // 5
        return found

    def _spare(self, juniors: Ints, mentors: Ints) -> Ints:
        return self.spare[mentors]

    def _completed(self, juniors: Ints, mentors: Ints) -> Ints:
        most = self.people.completed.most(juniors, mentors)
        share = _share(most, np.int64(ENOUGH_COMPLETED))
        return np.where(self.wanted[juniors] > 0, share, LEFT_OUT)


def scorer(people: Columns, rules: Rules, weights: Weights) -> Scorer:
    juniors = people.juniors
    return Scorer(
        people=people,
        weights=weights,
        wanted=people.skills.degrees.sum(axis=1),
        areas=people.areas.degrees.sum(axis=1),
        languages=people.languages.degrees.sum(axis=1),
        has_team=np.array([bool(one.team) for one in juniors], np.bool_),
        has_chosen=np.array([bool(one.choices) for one in juniors], np.bool_),
        spare=_spare(people, rules),
    )


def scores(found: Values, weights: Weights) -> Ints:
    """Whole numbers of 0 to 100: 100 times the weighted mean, halves rounded up."""
    above = np.zeros(len(found), np.int64)
    below = np.zeros(len(found), np.int64)
    for column, criterion in enumerate(Criterion):
        weight, value = weights.of(criterion), found[:, column]
        counts = value != LEFT_OUT
        above += np.where(counts, weight * value.astype(np.int64), 0)
        below += np.where(counts, weight * FULL, 0)
    return np.where(below, (200 * above + below) // np.maximum(2 * below, 1), 0)


def _spare(people: Columns, rules: Rules) -> Ints:
    """The share of each mentor's seats that is free before the run."""
    return np.array([spare_share(one, rules) for one in people.mentors], np.int64)


def spare_share(mentor: MentorIn, rules: Rules) -> int:
    """The share of a mentor's seats that is free before the run, in parts of FULL."""
    seats = rules.seats(mentor.heads, mentor.weekly_minutes)
    seats = mentor.heads if seats is None else seats
    free = max(0, seats - mentor.taken)
    return (2 * FULL * free + seats) // (2 * seats) if seats else 0


def _share(part: Ints, whole: Ints | np.int64) -> Ints:
    """Parts of FULL, at most all of it; LEFT_OUT where there is no whole."""
    least = np.maximum(whole, 1)
    parts = np.minimum((2 * FULL * part + least) // (2 * least), FULL)
    return np.where(whole > 0, parts, LEFT_OUT)
