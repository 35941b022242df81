"""One did their part of an assessment, and the other is asked for theirs."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from pairings.models import Pairing
from progress.models import Assessment, GrowthPlan, Rating
from progress.reminders import ASSESSMENT
from progress.reminders.assessments import assessments
from tests.cast import Cast
from tests.progress.reminders.clock import (
    ZONES,
    at,
    html,
    inbox,
    live_in,
    round_at,
    told_at,
)

DAY = date(2027, 6, 10)
NOTE = "Stops at the first cause"


def begin(plan: GrowthPlan, **given: Any) -> Assessment:
    """A midpoint over all competencies, rated with a note each by both."""
    assessment = Assessment.objects.create(
        organisation=plan.organisation,
        plan=plan,
        version_id=plan.version_id or 0,
        occasion="midpoint",
        opened_by=plan.junior.membership,
    )
    Rating.objects.bulk_create(
        Rating(
            organisation=plan.organisation,
            assessment=assessment,
            version=plan.version,
            competency=competency,
            side=side,
            is_said=True,
            level=2,
            note=NOTE,
        )
        for competency in assessment.version.competencies.all()
        for side in ("self", "mentor")
    )
    Assessment.objects.filter(pk=assessment.pk).update(**given)
    assessment.refresh_from_db()
    return assessment


def after(days: int, hour: int = 8) -> datetime:
    return at(DAY + timedelta(days=days), hour)


IN, IN_LATER, SIGNED = (at(DAY + timedelta(days=n), 15) for n in (-6, -3, 0))
BOTH_IN = {"self_in_at": IN, "mentor_in_at": IN_LATER}


@pytest.mark.parametrize(
    ("state", "days", "told"),
    [
        ({}, 30, {}),
        ({"self_in_at": SIGNED}, 1, {}),
        ({"self_in_at": SIGNED}, 2, {"tomasz": "rate:2027-06-10:days"}),
        ({"self_in_at": SIGNED}, 7, {"tomasz": "rate:2027-06-10:week"}),
        ({"mentor_in_at": SIGNED}, 2, {"ines": "rate:2027-06-10:days"}),
        ({"mentor_in_at": SIGNED}, 60, {"ines": "rate:2027-06-10:week"}),
        (
            BOTH_IN,
            0,
            {"ines": "agree:2027-06-07:days", "tomasz": "agree:2027-06-07:days"},
        ),
        (
            {**BOTH_IN, "junior_signed_at": SIGNED},
            2,
            {"tomasz": "sign:2027-06-10:days"},
        ),
        ({**BOTH_IN, "junior_signed_at": SIGNED}, 1, {}),
        (
            {**BOTH_IN, "mentor_signed_at": SIGNED},
            7,
            {"ines": "sign:2027-06-10:week"},
        ),
    ],
)
def test_who_has_not_done_their_part_is_asked(
    state: dict[str, Any],
    days: int,
    told: dict[str, str],
    cast: Cast,
    plan: GrowthPlan,
) -> None:
    if "mentor_signed_at" in state:
        state = {**state, "mentor_signed_by": cast.tomasz}
    row = begin(plan, **state)
    assert told_at(ASSESSMENT, after(days)) == {
        getattr(cast, name).pk: f"assessment:{row.pk}:{step}"
        for name, step in told.items()
    }


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", [date(2027, 3, 26), date(2027, 9, 24)])
def test_the_morning_is_the_recipients_own(
    zone: str, day: date, cast: Cast, plan: GrowthPlan
) -> None:
    """In two days clocks change in London, on the second of the days in Auckland."""
    live_in(cast.ines, zone)
    done_at = at(day, 12, zone=zone)
    row = begin(plan, mentor_in_at=done_at)
    morning = at(day + timedelta(days=2), 8, zone=zone)
    assert told_at(ASSESSMENT, morning - timedelta(seconds=1)) == {}
    told = told_at(ASSESSMENT, morning)
    assert set(told) == {cast.ines.pk}
    assert told[cast.ines.pk].startswith(f"assessment:{row.pk}:rate:")


def test_a_zone_that_changes_asks_nobody_anew(cast: Cast, plan: GrowthPlan) -> None:
    begin(plan, mentor_in_at=SIGNED)
    keys = set()
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/London"):
        live_in(cast.ines, zone)
        keys |= set(told_at(ASSESSMENT, after(4)).values())
    assert len(keys) == 1


def test_what_the_other_does_takes_it_back(cast: Cast, plan: GrowthPlan) -> None:
    row = begin(plan, self_in_at=SIGNED, mentor=cast.tomasz)
    (mail,) = round_at(after(2))
    assert mail.to == [cast.tomasz.user.email]
    assert len(inbox(cast.tomasz)) == 1
    Assessment.objects.filter(pk=row.pk).update(mentor_in_at=after(2))
    assert round_at(after(2, 9)) == []
    assert inbox(cast.tomasz) == []
    assert {one.to[0] for one in round_at(after(4))} == {
        cast.ines.user.email,
        cast.tomasz.user.email,
    }
    Assessment.objects.filter(pk=row.pk).update(
        junior_signed_at=after(4),
        mentor_signed_at=after(4),
        mentor_signed_by=cast.tomasz,
        signed_at=after(4),
    )
    assert round_at(after(4, 9)) == []
    assert inbox(cast.ines) == inbox(cast.tomasz) == []
    assert round_at(after(30)) == []


def test_nobody_is_asked_while_the_pairing_rests(cast: Cast, plan: GrowthPlan) -> None:
    begin(plan, **BOTH_IN)
    Pairing.objects.update(state=Pairing.State.PAUSED)
    assert told_at(ASSESSMENT, after(9)) == {}


RATE_OWN = "Midpoint: rate where you stand"
DONE = "Tomasz Wieczorek’s side has been in since Thursday, 10 June."
SIGNED_BY = "Ines Carvalho signed on Thursday, 10 June. Your signature is what is left."
AGREE = "Both sides have been in since Monday, 7 June, and neither of you has signed."


@pytest.mark.parametrize(
    ("state", "who", "subject", "words", "end"),
    [
        ({"mentor_in_at": SIGNED}, "ines", RATE_OWN, DONE, "rate/"),
        (
            {"self_in_at": SIGNED},
            "tomasz",
            "Midpoint: rate where Ines Carvalho stands",
            "Ines Carvalho’s side has been in since Thursday, 10 June.",
            "rate/",
        ),
        (BOTH_IN, "ines", "Midpoint: agree on your levels", AGREE, "agree/"),
        (
            {**BOTH_IN, "outcome_edits": 1, "junior_signed_at": SIGNED},
            "tomasz",
            "Midpoint: sign the levels of Ines Carvalho",
            SIGNED_BY,
            "",
        ),
    ],
)
def test_the_mail_says_what_is_left_and_no_rating(
    state: dict[str, Any],
    who: str,
    subject: str,
    words: str,
    *,
    end: str,
    cast: Cast,
    plan: GrowthPlan,
) -> None:
    row = begin(plan, mentor=cast.tomasz, **state)
    address = getattr(cast, who).user.email
    (message,) = (one for one in round_at(after(2)) if one.to == [address])
    assert message.subject == subject
    for body in (str(message.body), html(message)):
        assert words in body
        assert f"/o/tidewater/growth/assessments/{row.pk}/{end}" in body
        assert NOTE not in body
        assert "competent" not in body.lower()


@pytest.mark.parametrize("count", [1, 3])
def test_the_queries_do_not_grow(
    count: int,
    cast: Cast,
    plan: GrowthPlan,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    row = begin(plan, **BOTH_IN, mentor=cast.tomasz)
    signed = {"signed_at": SIGNED, "junior_signed_at": SIGNED}
    Assessment.objects.update(
        **signed, mentor_signed_at=SIGNED, mentor_signed_by=cast.tomasz
    )
    for _ in range(count - 1):
        row.pk, row.occasion = None, "own"
        row.signed_at = row.junior_signed_at = row.mentor_signed_at = SIGNED
        row.mentor_signed_by = cast.tomasz
        row.save()
    ids = list(Assessment.objects.values_list("pk", flat=True))
    with django_assert_num_queries(1):
        for one in assessments(ids).values():
            str(one.plan.junior.program.name + one.plan.junior.membership.full_name)
            assert one.mentor
            assert one.mentor_signed_by
            str(one.mentor.full_name + one.mentor_signed_by.full_name)
    assert len(ids) == count
