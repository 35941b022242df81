"""What holds locks or takes its time is cut, in web and worker and nowhere else."""

import os
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.test import Client

from preceptor.accounts.models import Organisation
from preceptor.celery import hold_to_limits
from preceptor.limits import limit, limits
from tests.cast import make_cast
from tests.clients import signed_in

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def restored() -> Iterator[None]:
    """Connections are opened anew, and afterwards as they were before."""
    own = connections.settings["default"]
    before = own["OPTIONS"]
    connection.close()
    yield
    own["OPTIONS"] = before
    connection.close()


def shown() -> dict[str, str]:
    found = {}
    with connection.cursor() as cursor:
        for name in limits(1):
            cursor.execute(f"SHOW {name}")
            found[name] = cursor.fetchone()[0]
    return found


@pytest.mark.usefixtures("transactional_db", "restored")
def test_a_worker_is_patient_and_a_command_without_limits() -> None:
    assert set(shown().values()) == {"0"}
    connection.close()
    hold_to_limits()
    assert shown() == {
        "statement_timeout": "15min",
        "lock_timeout": "5min",
        "idle_in_transaction_session_timeout": "30min",
    }


def test_web_is_held_to_half_a_minute() -> None:
    """Asked of a process of its own, since it sets them while it is imported."""
    code = (
        "import preceptor.wsgi; from django.db import connections;"
        "print(connections.settings['default']['OPTIONS']['options'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == (
        "-c statement_timeout=30000 -c lock_timeout=10000"
        " -c idle_in_transaction_session_timeout=60000"
    )


@pytest.fixture
def owner(transactional_db: None, restored: None) -> Client:
    return signed_in(make_cast().olga)


def test_who_waits_for_a_lock_is_told_and_nothing_is_kept(owner: Client) -> None:
    """Somebody else holds the row of the organisation, and does not let go."""
    limit(0.3)
    connection.close()
    name = str(connection.settings_dict["NAME"])
    with psycopg.connect(os.environ["DATABASE_URL"], dbname=name) as other:
        other.execute("SELECT FROM accounts_organisation FOR UPDATE")
        answer = owner.post(
            "/o/tidewater/members/settings/",
            {"name": "New", "time_zone": "Europe/London"},
        )
        other.rollback()
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "nothing of it was saved" in answer.content.decode()
    assert not Organisation.objects.filter(name="New").exists()


@pytest.mark.usefixtures("transactional_db", "restored")
def test_who_says_nothing_in_a_transaction_loses_it() -> None:
    limit(0.05)
    with pytest.raises(DatabaseError, match="idle-in"), transaction.atomic():
        be_silent()


def be_silent() -> None:
    """Until the server says goodbye."""
    Organisation.objects.count()
    select.select([connection.connection.fileno()], [], [], 60)
    Organisation.objects.count()
