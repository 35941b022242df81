from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from pairings.models import Pause
from preceptor.accounts.models import Membership
from progress.models import GrowthPlan, ProtectedWeek
from progress.protected import (
    hours_between,
    hours_lately,
    hours_of,
    hours_to_choose,
    monday_of,
)
from tests.cast import Cast

As = Callable[[Membership], Client]
WEEK = timedelta(weeks=1)


def address(plan: GrowthPlan) -> str:
    return f"/o/tidewater/growth/{plan.pk}/hours/"


def this_monday() -> date:
    return monday_of(timezone.localdate())


def tell(client: Client, plan: GrowthPlan, monday: date, hours: str) -> int:
    fields = {"monday": monday.isoformat(), "hours": hours}
    return client.post(address(plan), fields).status_code


def rest(cast: Cast, since: date, until: date | None) -> Pause:
    return Pause.objects.create(
        organisation=cast.tidewater,
        pairing=cast.pairing,
        starts_on=since,
        back_on=until,
        created_by=cast.ruth,
    )


@pytest.mark.parametrize(
    ("planned", "choices"),
    [
        ("4.0", "0 1 2 3 4 5"),
        ("2.5", "0 1 2 2.5 3.5"),
        ("0.5", "0 0.5 1.5"),
        ("40.0", "0 7 14 21 28 35 40 41"),
    ],
)
def test_hours_to_choose(planned: str, choices: str) -> None:
    wanted = [Decimal(one) for one in choices.split()]
    assert hours_to_choose(Decimal(planned)) == wanted


@given(st.decimals(Decimal("0.1"), 40, places=1))
def test_hours_to_choose_are_few_and_each_once(planned: Decimal) -> None:
    choices = hours_to_choose(planned)
    assert choices == sorted(set(choices))
    assert choices[0] == 0
    assert choices[-2:] == [planned, planned + 1]
    assert 3 <= len(choices) <= 9


def test_tell_hours_by_one_tap_and_change_the_answer(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    client, this = as_(cast.ines), this_monday()
    for monday in (this, this - WEEK):
        assert tell(client, plan, monday, "3") == 303
        assert tell(client, plan, monday, "0") == 303
        assert tell(client, plan, monday, "5.0") == 303
    assert list(plan.protected_weeks.values_list("monday", "hours")) == [
        (this - WEEK, Decimal(5)),
        (this, Decimal(5)),
    ]


def test_tell_hours_of_no_other_week_and_no_other_number(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    client, this = as_(cast.ines), this_monday()
    for monday in (this + WEEK, this - 2 * WEEK, this + timedelta(days=1)):
        assert tell(client, plan, monday, "3") == 409
    for hours in ("6", "-1", "", "x", "NaN", "3.5"):
        assert tell(client, plan, this, hours) == 409
    assert client.post(address(plan), {"hours": "3"}).status_code == 409
    assert not plan.protected_weeks.exists()


def test_tell_hours_goes_back_to_where_it_was(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    client = as_(cast.ines)
    fields = {"monday": this_monday().isoformat(), "hours": "2"}
    back = client.post(address(plan), fields)["Location"]
    assert back == f"/o/tidewater/growth/{plan.pk}/#hours"
    back = client.post(address(plan), {**fields, "from": "today"})["Location"]
    assert back == "/o/tidewater/#hours"


def test_a_week_that_a_pause_touches_is_not_told(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    this = this_monday()
    rest(cast, this - timedelta(days=3), this)
    hours = hours_lately(plan, timezone.localdate())
    assert [week.monday for week in hours.to_tell] == [this]
    assert tell(as_(cast.ines), plan, this - WEEK, "3") == 409


def test_a_pause_without_an_end_leaves_no_week_to_tell(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    rest(cast, this_monday() - timedelta(days=20), None)
    page = as_(cast.ines).get("/o/tidewater/").content.decode()
    assert "How many protected hours" not in page
    assert hours_lately(plan, timezone.localdate()).to_tell == []


def test_hours_of_the_year_count_the_weeks_that_were_told(
    plan: GrowthPlan, cast: Cast
) -> None:
    today, this = timezone.localdate(), this_monday()
    for weeks, had in ((0, 4), (2, 1), (6, 3)):
        ProtectedWeek.objects.create(
            organisation=plan.organisation,
            plan=plan,
            monday=this - weeks * WEEK,
            hours=had,
        )
    rest(cast, this - 6 * WEEK, this - 4 * WEEK)
    hours = hours_of(plan, today)
    first = monday_of(plan.starts_on)
    passed = (this - first).days // 7 + 1
    assert [hours.told, hours.had, hours.wanted] == [3, 8, 12]
    assert len(hours.weeks) == passed - 1
    assert hours.weeks[0].monday == this
    assert hours.weeks[-1].monday == first


def test_no_week_lies_before_or_after_the_year(plan: GrowthPlan) -> None:
    before = plan.starts_on - timedelta(days=8)
    assert hours_lately(plan, before).weeks == []
    last = plan.junior.ends_on - timedelta(days=1)
    long_after = hours_lately(plan, last + 5 * WEEK)
    assert (long_after.weeks, long_after.to_tell) == ([], [])
    end = hours_between(plan, last, last + WEEK, last + WEEK)
    assert [week.monday for week in end.weeks] == [monday_of(last)]


def test_today_asks_the_junior_alone(plan: GrowthPlan, cast: Cast, as_: As) -> None:
    asked = "How many protected hours did you have?"
    ines = as_(cast.ines)
    assert asked in ines.get("/o/tidewater/").content.decode()
    assert asked not in as_(cast.tomasz).get("/o/tidewater/").content.decode()
    tell(ines, plan, this_monday(), "3")
    page = ines.get("/o/tidewater/").content.decode()
    assert 'value="3" aria-pressed="true"' in page
    assert page.count('aria-pressed="true"') == 1


def test_today_asks_nothing_where_no_hours_are_planned(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    cast.program.junior_hours = Decimal(0)
    cast.program.save()
    client = as_(cast.ines)
    for path in ("/o/tidewater/", f"/o/tidewater/growth/{plan.pk}/"):
        page = client.get(path).content.decode()
        assert 'id="hours"' not in page
        assert "aria-pressed" not in page


@pytest.mark.parametrize("name", ["ines", "tomasz", "lars", "ruth"])
def test_who_reads_the_record_reads_the_hours(
    name: str, plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    tell(as_(cast.ines), plan, this_monday(), "3")
    page = as_(getattr(cast, name)).get(f"/o/tidewater/growth/{plan.pk}/")
    text = page.content.decode()
    assert "3 of 4 hours so far" in text
    assert "Everybody who reads the record of this year reads these hours" in text
    assert ("aria-pressed" in text) == (name == "ines")


def test_the_database_takes_mondays_alone(plan: GrowthPlan) -> None:
    tuesday = this_monday() + timedelta(days=1)
    with pytest.raises(IntegrityError, match="monday"), transaction.atomic():
        ProtectedWeek.objects.create(
            organisation=plan.organisation, plan=plan, monday=tuesday, hours=1
        )
