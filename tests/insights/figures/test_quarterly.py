"""What a quarter says, and that nobody reads a single junior out of it."""

from datetime import date, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from pairings.models import ProgramStaff
from preceptor.insights.figures.estimates import Estimate, Figure, Reason, Withheld
from preceptor.insights.figures.quarterly import quarter
from preceptor.insights.figures.quarters import Quarter
from preceptor.insights.figures.rooms import Room
from progress.models import Batch, MentorEvaluation, Release
from reviews.models import Finding
from tests.insights.figures.conftest import (
    FEBRUARY,
    IN_APRIL,
    JANUARY,
    MARCH,
    Year,
    moment,
    week,
)

FIRST = Quarter(2026, 1)
EIGHT = range(8)


def room(year: Year) -> Room:
    found = quarter(year.program, FIRST).room
    assert isinstance(found, Room)
    return found


def known(figure: Figure) -> Estimate:
    assert isinstance(figure, Estimate)
    return figure


def by_month(year: Year) -> list[Figure]:
    return [one.caught for one in quarter(year.program, FIRST).months]


def test_a_share_of_caught_flaws_wants_five_juniors_in_the_month(year: Year) -> None:
    """January has four juniors, February five, March five of whom one has nothing."""
    for n, first in ((4, 0), (5, 4), (4, 8)):
        for junior in range(n):
            year.hold(junior, week(first), "+-")
    year.hold(4, week(8))
    year.close()
    assert by_month(year) == [
        Withheld(Reason.CROWD),
        known(by_month(year)[1]),
        Withheld(Reason.CROWD),
    ]
    assert (known(by_month(year)[1]).value, known(by_month(year)[1]).n) == (0.5, 10)


def test_a_quarter_is_the_sum_of_what_its_months_show(year: Year) -> None:
    """With a withheld month in it, the difference of the two would be that month."""
    for junior in EIGHT:
        year.hold(junior, week(0), "+--")
    year.hold(0, week(5), "+++")
    for junior in range(6):
        year.hold(junior, week(9), "+")
    year.close()
    shown = [one for one in by_month(year) if isinstance(one, Estimate)]
    found = room(year)
    assert found.months == (JANUARY, MARCH)
    assert known(found.caught).n == sum(one.n for one in shown) == 30
    told = sum(round(one.value * one.n) for one in shown)
    assert round(known(found.caught).value * 30) == told == 14


def test_all_but_one_with_the_same_mentor_are_no_crowd(year: Year) -> None:
    """Who mentors the others and oversees the program would know the fifth."""
    first = year.pairs[0].mentor.membership
    for junior in range(5):
        session = year.hold(junior, week(0), "+-")
        if junior < 4:
            session.mentor = first
            session.save(update_fields=["mentor"])
    year.close()
    assert by_month(year)[0] == Withheld(Reason.CROWD)


def test_nothing_of_the_room_is_told_before_the_quarter_is_over(year: Year) -> None:
    """A table of two months, less that of one, would be one month's, of few."""
    for junior in EIGHT:
        year.hold(junior, week(0), "+-")
    year.close(moment(date(2026, 3, 8)))
    found = quarter(year.program, FIRST)
    assert not found.is_over
    assert [one.month for one in found.months] == [JANUARY, FEBRUARY]
    assert isinstance(found.months[0].caught, Estimate)
    assert found.room == found.evaluations == Withheld(Reason.OPEN)


def test_kinds_of_flaws_of_few_juniors_are_told_together(year: Year) -> None:
    for junior in EIGHT:
        year.hold(junior, week(0), kinds={"logic": "+--", "secrets": "-"})
    year.hold(0, week(1), kinds={"injection": "-"})
    year.close()
    rows = {row.key: row for row in room(year).categories}
    # A row of injection alone, or of the rest alone, would be of one junior.
    assert list(rows) == ["logic", ""]
    assert [known(row.caught).n for row in rows.values()] == [24, 9]
    assert known(rows["logic"].part).value == pytest.approx(24 / 33)
    assert [row.key for row in room(year).practise] == ["logic"]


def test_the_most_missed_choose_what_to_practise(year: Year) -> None:
    kinds = {"logic": "++-", "secrets": "--", "hack": "---", "misread": "+"}
    for junior in EIGHT:
        year.hold(junior, week(0), kinds=kinds)
    year.close()
    found = [(row.key, row.missed) for row in room(year).practise]
    assert found == [("hack", 24), ("secrets", 16), ("logic", 8)]


def test_models_are_told_within_their_tool(year: Year) -> None:
    """One model of few would else be its tool less the other models."""
    for junior in EIGHT:
        year.hold(junior, week(0), "+-", tool="Agent", model="large")
        year.hold(junior, week(1), "-", tool="Chat", model="small")
    year.hold(3, week(2), "-", tool="Agent", model="odd")
    year.close()
    agent, chat = room(year).tools
    assert [(row.key, known(row.caught).n) for row in (agent, chat)] == [
        ("Agent", 17),
        ("Chat", 8),
    ]
    assert agent.parts == ()
    assert [row.key for row in chat.parts] == ["small"]


def test_verdicts_confidences_and_marks(year: Year) -> None:
    for junior in EIGHT:
        said = {"call": "reject" if junior < 2 else "fix", "mark": junior % 4}
        year.hold(junior, week(0), "+", confidence="0.80", **said)
        year.hold(junior, week(1), "-", was_safe=False, confidence="0.10")
    year.close()
    found = room(year)
    assert (known(found.rejected).value, known(found.rejected).n) == (0.25, 8)
    assert known(found.brier).value == pytest.approx((0.2**2 + 0.1**2) / 2)
    bands = [(band.low, known(band.safe).value) for band in found.bands]
    assert bands == [(0.0, 0.0), (0.8, 1.0)]
    assert [band.said for band in found.bands] == pytest.approx([0.1, 0.8])
    assert (known(found.sound).value, known(found.sound).n) == (0.5, 8)
    # Two juniors to a mark: none is a crowd, and so neither is any row of a table.
    assert found.marks == ()


def test_a_verdict_of_few_is_withheld_beside_flaws_of_many(year: Year) -> None:
    for junior in EIGHT:
        year.hold(junior, week(0), "+-", was_safe=True if junior < 4 else None)
    year.close()
    found = room(year)
    assert isinstance(found.caught, Estimate)
    assert found.rejected == found.brier == Withheld(Reason.CROWD)
    assert found.sound == Withheld(Reason.NOTHING)


def test_a_correction_after_the_close_is_not_to_be_seen(year: Year) -> None:
    for junior in EIGHT:
        year.hold(junior, week(0), "+-")
    year.close()
    before = quarter(year.program, FIRST)
    Finding.objects.filter(author=year.pairs[0].junior.membership).delete()
    year.close()
    assert quarter(year.program, FIRST) == before


def test_who_joins_or_leaves_changes_no_month_before(year: Year) -> None:
    """Months share no session: the difference of two is nobody's."""
    for junior in range(6):
        year.hold(junior, week(0), "+-")
    for junior in range(7):
        year.hold(junior, week(5), "+-")
    year.close()
    assert [known(one).n for one in by_month(year)[:2]] == [12, 14]
    year.hold(7, week(0), "---", closed_at=moment(date(2026, 4, 9)))
    year.close(IN_APRIL + timedelta(days=31))
    assert [known(one).n for one in by_month(year)[:2]] == [12, 14]


def release(year: Year, n: int, on: date, mean: str = "4") -> Batch:
    member = year.pairs[n].mentor.membership
    batch = Batch.objects.create(organisation_id=member.organisation_id, mentor=member)
    Release.objects.create(
        organisation_id=member.organisation_id,
        batch=batch,
        question="time",
        n=3,
        mean=mean,
    )
    batch.closed_on = on
    batch.save()
    return batch


def test_evaluations_are_told_of_three_mentors_together(year: Year) -> None:
    release(year, 0, date(2026, 2, 1), "4")
    release(year, 2, date(2026, 3, 1), "5")
    release(year, 4, date(2026, 4, 2), "1")
    year.close()
    assert quarter(year.program, FIRST).evaluations == Withheld(Reason.MENTORS)


def test_evaluations_are_averages_as_they_were_released(year: Year) -> None:
    for n, mean in ((0, "3"), (2, "4"), (4, "5")):
        release(year, n, date(2026, 2, 1), mean)
    year.close()
    found = quarter(year.program, FIRST).evaluations
    assert isinstance(found, tuple)
    [answer] = found
    assert answer.question == "time"
    assert known(answer.mean).value == pytest.approx(4)
    assert (known(answer.mean).n, known(answer.mean).clusters) == (9, 3)
    assert 1 <= known(answer.mean).low < 4 < known(answer.mean).high <= 5


def test_an_average_of_who_reads_the_sum_is_not_in_it(year: Year) -> None:
    """They read those of the others one by one: the rest would be their own."""
    for n in (0, 2, 4):
        release(year, n, date(2026, 2, 1))
    mine = Batch.objects.create(
        organisation_id=year.program.organisation_id,
        mentor=year.pairs[6].mentor.membership,
    )
    MentorEvaluation.objects.create(
        organisation_id=mine.organisation_id,
        pairing=year.pairs[6],
        occasion="midpoint",
        answers={"time": 1},
        batch=mine,
    )
    Release.objects.create(
        organisation_id=mine.organisation_id, batch=mine, question="time", n=3, mean=1
    )
    Batch.objects.filter(pk=mine.pk).update(closed_on=date(2026, 2, 2))
    ProgramStaff.objects.create(
        organisation_id=mine.organisation_id,
        program=year.program,
        membership=mine.mentor,
        role="lead",
    )
    year.close()
    found = quarter(year.program, FIRST).evaluations
    assert isinstance(found, tuple)
    [answer] = found
    assert known(answer.mean).n == 9


def test_a_quarter_is_one_query_at_any_size(
    year: Year, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for n in (1, 3):
        for junior in range(n):
            year.hold(junior, week(0), "+-")
    year.close()
    with django_assert_num_queries(1):
        quarter(year.program, FIRST)


def test_record_of_a_quarter(year: Year) -> None:
    for junior in EIGHT:
        for n in range(0, 12, 1 + junior % 2):
            year.hold(junior, week(n))
    year.close()
    record = quarter(year.program, FIRST).record
    assert record is not None
    assert (record.pairs, record.juniors, record.mentors) == (8, 8, 4)
    assert (known(record.kept).n, known(record.kept).clusters) == (96, 8)
    assert known(record.kept).value == pytest.approx(0.75)
    assert known(record.length).value == 45
    assert known(record.load).value == 2
    assert known(record.trained).value == 0
    assert record.milestones == Withheld(Reason.NOTHING)
    assert record.planned == 4
    pair_months = 8 * 86 / (365.25 / 12)
    assert known(record.sessions).value == pytest.approx(72 / pair_months)


def test_a_program_without_closed_months_has_no_figures(year: Year) -> None:
    found = quarter(year.program, FIRST)
    assert (found.months, found.record) == ((), None)
