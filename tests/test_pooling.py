"""The product through PgBouncer in transaction mode, where connections are shared."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from preceptor.accounts.entries import HistoryEntry
from preceptor.accounts.models import Membership, Organisation
from preceptor.limits import limits, spoken
from preceptor.notifications.models import Delivery
from preceptor.notifications.planner import plan
from tests.cast import Cast, make_cast
from tests.clients import signed_in
from tests.factories import MembershipFactory, OrganisationFactory
from tests.pgbouncer import pooling

ROOT = Path(__file__).resolve().parent.parent
CONNECTIONS, PEOPLE, TIMES = 2, 6, 6


@pytest.fixture
def pool(transactional_db: None) -> Iterator[str]:
    """Every connection of this process goes through one of two to the server."""
    own = connection.settings_dict
    server, name = str(own["OPTIONS"].get("host") or own["HOST"]), str(own["NAME"])
    url = f"postgres://{own['USER']}@/{name}?host={server}"
    with pooling(url, name, CONNECTIONS, spoken(30)) as folder:
        before = {**own, "OPTIONS": dict(own["OPTIONS"])}
        connection.close()
        own["OPTIONS"].pop("host", None)
        own.update(HOST=folder, PORT="5432", DISABLE_SERVER_SIDE_CURSORS=True)
        try:
            yield f"host={folder} dbname=pgbouncer user={own['USER']}"
        finally:
            connection.close()
            own.update(before)


def owners() -> list[Membership]:
    """Each of an organisation of their own."""
    return [
        MembershipFactory.create(
            organisation=OrganisationFactory.create(slug=f"house-{number}"),
            role=Membership.Role.OWNER,
        )
        for number in range(PEOPLE)
    ]


def rename(owner: Membership) -> list[int]:
    """Reads a page and renames the organisation, again and again."""
    client, base = signed_in(owner), f"/o/{owner.organisation.slug}/members/settings/"
    zone, found = owner.organisation.time_zone, list[int]()
    try:
        for turn in range(TIMES):
            answer = {"name": f"House {turn}", "time_zone": zone}
            found += [
                client.get(base).status_code,
                client.post(base, answer).status_code,
            ]
    finally:
        connection.close()
    return found


def test_many_at_once_share_two_connections_and_nothing_else(pool: str) -> None:
    everybody = owners()
    with ThreadPoolExecutor(PEOPLE) as threads:
        found = list(threads.map(rename, everybody))

    assert found == [[200, 303] * TIMES] * PEOPLE
    with psycopg.connect(pool, autocommit=True) as admin:
        servers = admin.execute("SHOW SERVERS").fetchall()
        said = admin.execute("SHOW CONFIG").fetchall()
    assert len(servers) == CONNECTIONS
    assert ("pool_mode", "transaction") in [row[:2] for row in said]
    # Who acts is told for a transaction: nobody's change is put down to another.
    rows = HistoryEntry.objects.filter(what="accounts.organisation", verb="changed")
    wrote = set(rows.values_list("organisation", "actor_id"))
    assert wrote == {(one.organisation_id, one.pk) for one in everybody}
    assert rows.count() == PEOPLE * TIMES
    names = Organisation.objects.filter(slug__startswith="house-")
    assert set(names.values_list("name", flat=True)) == {f"House {TIMES - 1}"}


def test_reminders_are_planned_once_and_read(pool: str) -> None:
    people: Cast = make_cast()
    people.program.state = "running"
    people.program.save()
    plan(timezone.now())
    written = Delivery.objects.count()
    assert written > 0
    assert plan(timezone.now()).written == 0
    assert signed_in(people.ines).get("/o/tidewater/messages/").status_code == 200


def test_the_pool_holds_its_connections_to_the_limits(pool: str) -> None:
    """It passes no wish of the process on: its own settings say them."""
    with connection.cursor() as cursor:
        for name, value in limits(30).items():
            cursor.execute("SELECT setting FROM pg_settings WHERE name = %s", [name])
            assert cursor.fetchone() == (str(value),)
    operations = (ROOT / "docs" / "operations.md").read_text()
    for seconds in (30, 900):
        assert f"connect_query='{spoken(seconds)}'" in operations
