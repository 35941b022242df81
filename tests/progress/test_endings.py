from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from progress.endings import Ending, Time, ending

DAY = timedelta(days=1)
TODAY = date(2026, 6, 10)
END = date(2027, 1, 4)
GOING = Time(None, True, END, END, [(END, True)])


def test_a_year_with_a_mentor_goes_on() -> None:
    assert ending(GOING, TODAY) == Ending("so_far", None)


def test_it_is_completed_by_the_second_signature_whatever_came_after() -> None:
    done = replace(GOING, completed_on=TODAY, is_here=False, pairs=[(TODAY, False)])
    assert ending(done, TODAY) == Ending("completed", TODAY)
    assert ending(done, TODAY).is_completed
    assert not ending(done, TODAY).is_stopped


def test_a_place_that_ended_before_the_program_says_so() -> None:
    left = replace(GOING, ends_on=TODAY, pairs=[(TODAY, False)])
    assert ending(left, TODAY) == Ending("left", TODAY - DAY)
    assert ending(left, TODAY - DAY).state == "unpaired"


def test_the_end_of_the_program_without_a_review_is_no_completion() -> None:
    over = ending(GOING, END)
    assert (over, over.is_stopped) == (Ending("over", END - DAY), True)
    assert ending(GOING, END - DAY).state == "so_far"


def test_29_february_is_a_last_day_as_any_other() -> None:
    leap = replace(GOING, ends_on=date(2028, 3, 1), program_ends_on=date(2028, 3, 1))
    assert ending(leap, date(2028, 3, 1)).on == date(2028, 2, 29)


def test_who_has_no_mentor_and_none_to_come_stopped() -> None:
    ended = replace(GOING, pairs=[(TODAY - 9 * DAY, False), (TODAY, False)])
    assert ending(ended, TODAY) == Ending("unpaired", TODAY - DAY)
    next_one = replace(GOING, pairs=[(TODAY, False), (END, True)])
    assert ending(next_one, TODAY).state == "so_far"


def test_a_year_whose_pair_is_yet_to_come_goes_on() -> None:
    assert ending(replace(GOING, pairs=[]), TODAY).state == "so_far"


def test_who_left_the_organisation_stopped_at_the_end_of_the_last_pair() -> None:
    gone = replace(GOING, is_here=False, pairs=[(TODAY - 5 * DAY, False)])
    assert ending(gone, TODAY) == Ending("gone", TODAY - 6 * DAY)
    still_paired = replace(GOING, is_here=False)
    assert ending(still_paired, TODAY) == Ending("gone", TODAY)


days = st.dates(date(2025, 1, 1), date(2028, 12, 31))


@given(days, st.booleans(), days, st.lists(st.tuples(days, st.booleans())), days)
def test_what_has_stopped_names_a_day_that_has_come(
    ends_on: date,
    is_here: bool,
    program: date,
    pairs: list[tuple[date, bool]],
    on: date,
) -> None:
    found = ending(Time(None, is_here, ends_on, program, pairs), on)
    assert (found.on is None) == (found.state == "so_far")
    if found.on is not None:
        assert found.on <= on
