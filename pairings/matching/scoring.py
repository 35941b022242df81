"""How good a pair is: criteria in whole parts of 10,000, and the score of 0 to 100.

Whole numbers throughout, so that the same pair scores the same on any machine.
"""

import numpy as np
import numpy.typing as npt

from pairings.matching.columns import Columns, Ints
from pairings.matching.rules import Criterion, Rules, Weights

FULL = 10_000
LEFT_OUT = -1
FULL_DAY = 8 * 60
ENOUGH_COMPLETED = 3

Values = npt.NDArray[np.int16]


def values(people: Columns, rules: Rules, juniors: Ints, mentors: Ints) -> Values:
    """Per pair (rows) and criterion (columns, in the order of `Criterion`).

    Each is in parts of `FULL`, or LEFT_OUT where it says nothing about this junior.
    """
    found = np.empty((len(juniors), len(Criterion)), np.int16)
    wanted = people.skills.degrees.sum(axis=1)
    for column, one in enumerate(
        (
            _share(people.skills.met(juniors, mentors), 3 * wanted[juniors]),
            _team(people, juniors, mentors),
            _share(_minutes(people, juniors, mentors), FULL_DAY),
            _language(people, juniors, mentors),
            _choice(people, juniors, mentors),
            spare(people, rules)[mentors],
            _completed(people, juniors, mentors),
        )
    ):
        found[:, column] = one
    return found


def scores(found: Values, weights: Weights) -> Ints:
    """Whole numbers of 0 to 100: 100 times the weighted mean, halves rounded up."""
    above = np.zeros(len(found), np.int64)
    below = np.zeros(len(found), np.int64)
    for column, criterion in enumerate(Criterion):
        weight, value = weights.of(criterion), found[:, column].astype(np.int64)
        counts = value != LEFT_OUT
        above += np.where(counts, weight * value, 0)
        below += np.where(counts, weight * FULL, 0)
    return np.where(below, (200 * above + below) // np.maximum(2 * below, 1), 0)


def spare(people: Columns, rules: Rules) -> Ints:
    """The share of each mentor's seats that is free before the run."""
    shares = []
    for mentor in people.mentors:
        seats = rules.seats(mentor.heads, mentor.weekly_minutes)
        seats = mentor.heads if seats is None else seats
        free = max(0, seats - mentor.taken)
        shares.append((2 * FULL * free + seats) // (2 * seats) if seats else 0)
    return np.array(shares, np.int64)


def _share(part: Ints, whole: Ints | int) -> Ints:
    """Parts of FULL, at most all of it; LEFT_OUT where there is no whole."""
    least = np.maximum(whole, 1)
    parts = np.minimum((2 * FULL * part + least) // (2 * least), FULL)
    return np.where(np.asarray(whole) > 0, parts, LEFT_OUT)


def _minutes(people: Columns, juniors: Ints, mentors: Ints) -> Ints:
    return people.shared[people.junior_days[juniors], people.mentor_days[mentors]]


def _team(people: Columns, juniors: Ints, mentors: Ints) -> Ints:
    known = people.areas.degrees.sum(axis=1)[juniors]
    part = _share(people.areas.met(juniors, mentors), known)
    teams = people.junior_teams[juniors]
    same = (teams == people.mentor_teams[mentors]) & (teams >= 0)
    has_team = np.array([bool(junior.team) for junior in people.juniors], np.bool_)
    part = np.where((part == LEFT_OUT) & has_team[juniors], 0, part)
    return np.where(same, FULL, part)


def _language(people: Columns, juniors: Ints, mentors: Ints) -> Ints:
    known = people.languages.degrees.sum(axis=1)[juniors]
    shares = people.languages.met(juniors, mentors) > 0
    return np.where(known > 0, np.where(shares, FULL, 0), LEFT_OUT)


def _choice(people: Columns, juniors: Ints, mentors: Ints) -> Ints:
    has_chosen = np.array([bool(junior.choices) for junior in people.juniors], np.bool_)
    found = np.where(has_chosen[juniors], 0, LEFT_OUT)
    for rank in reversed(range(people.choices.shape[1])):
        is_it = people.choices[juniors, rank] == mentors
        found = np.where(is_it, FULL - rank * FULL // 5, found)
    return found


def _completed(people: Columns, juniors: Ints, mentors: Ints) -> Ints:
    wanted = people.completed.degrees.sum(axis=1)[juniors]
    most = _share(people.completed.most(juniors, mentors), ENOUGH_COMPLETED)
    return np.where(wanted > 0, most, LEFT_OUT)
