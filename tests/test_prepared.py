"""Queries that are compiled once say what the query sets say that they are made of."""

from datetime import date, timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import TruncDate
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from pairings.models import Enrolment, Pairing
from preceptor.accounts.models import Membership, User
from preceptor.prepared import Prepared
from tests.cast import Cast, make_cast

pytestmark = pytest.mark.django_db


def places(program: int, until: date) -> "QuerySet[Enrolment]":
    rows = Enrolment.objects.filter(program=program, ends_on__lt=until)
    return rows.select_related("membership__user").order_by("-pk")


def joined(member: int) -> "QuerySet[Any, Any]":
    rows = Membership.objects.filter(pk=member)
    return rows.values_list("pk", TruncDate("created_at"))


def test_answers_for_the_values_of_each_call(cast: Cast) -> None:
    ask = Prepared(places, program=int, until=date)
    program, after = cast.program.pk, cast.program.ends_on + timedelta(days=1)
    for values in ((program, after), (program, cast.program.ends_on), (0, after)):
        wanted = list(places(*values))
        assert ask(program=values[0], until=values[1]) == wanted
    assert len(ask(program=program, until=after)) == 5


def test_brings_what_its_query_set_brings_in_one_query(cast: Cast) -> None:
    ask = Prepared(places, program=int, until=date)
    after = cast.program.ends_on + timedelta(days=1)
    ask(program=cast.program.pk, until=after)

    with CaptureQueriesContext(connection) as queries:
        rows = ask(program=cast.program.pk, until=after)
        names = [one.membership.user.full_name for one in rows]

    assert len(queries) == 1
    assert names[:2] == ["Mai Tran", "Devon Marsh"]


def test_takes_the_day_of_a_moment_in_the_time_zone_of_the_call(cast: Cast) -> None:
    ask = Prepared(joined, member=int)
    Membership.objects.filter(pk=cast.ines.pk).update(created_at="2026-03-01T23:30Z")

    for zone, day in (("Europe/London", 1), ("Asia/Tokyo", 2), ("Europe/London", 1)):
        with timezone.override(zone):
            assert ask(member=cast.ines.pk) == [(cast.ines.pk, date(2026, 3, day))]


def test_takes_words(cast: Cast) -> None:
    ask = Prepared(lambda email: User.objects.filter(email=email), email=str)
    for email in (cast.ines.user.email, cast.olga.user.email):
        assert [one.email for one in ask(email=email)] == [email]


def test_a_number_beyond_any_column_is_that_of_no_row(cast: Cast) -> None:
    ask = Prepared(joined, member=int)
    assert ask(member=2**63) == ask(member=10**40) == []
    assert ask(member=2**63 - 1) == []


def test_refuses_a_value_that_has_no_place(cast: Cast) -> None:
    def build(junior: int, other: int) -> "QuerySet[Pairing]":
        return Pairing.objects.filter(junior=junior)

    ask = Prepared(build, junior=int, other=int)
    with pytest.raises(ValueError, match="“other” is in no place of the query"):
        ask(junior=cast.ines_enrolled.pk, other=1)


@pytest.mark.django_db(transaction=True)
def test_asks_by_the_connection_of_the_thread_that_calls() -> None:
    cast, ask, found = make_cast(), Prepared(places, program=int, until=date), []
    after = cast.program.ends_on + timedelta(days=1)

    def asked() -> None:
        found.append(len(ask(program=cast.program.pk, until=after)))
        connection.close()

    asked_first = Thread(target=asked)
    asked_first.start()
    asked_first.join(10)
    assert found == [len(ask(program=cast.program.pk, until=after))] == [5]
