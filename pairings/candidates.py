"""Who could be a junior's next mentor, for who pairs people."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from pairings.lists import MentorChoice, best_mentors
from pairings.models import Avoidance, Enrolment

CANDIDATES = 3


def next_mentors(
    juniors: Sequence[Enrolment], others: Mapping[int, Iterable[int]], today: date
) -> dict[int, list[MentorChoice]]:
    """The likeliest with a free seat, by the junior's id: five queries at most.

    Without whom the junior reports to, or would rather not have, and without `others`:
    memberships by the junior's id. Who is left out tells of wishes that leads alone
    read, so this is for them.
    """
    if not juniors:
        return {}
    best, out = best_mentors(juniors, today), defaultdict(set)
    rows = Avoidance.objects.filter(junior__in=juniors)
    for junior, person in rows.values_list("junior", "person"):
        out[junior].add(person)
    for one in juniors:
        out[one.pk].update(others.get(one.pk, ()))
        if one.line_manager_id is not None:
            out[one.pk].add(one.line_manager_id)
    return {pk: _free(choices, out[pk]) for pk, choices in best.items()}


def _free(choices: Iterable[MentorChoice], out: set[int]) -> list[MentorChoice]:
    free = (one for one in choices if one.is_free)
    return [one for one in free if one.enrolment.membership_id not in out][:CANDIDATES]
