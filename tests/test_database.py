"""A connection that is kept from request to request: when it is asked about itself."""

import pytest
from django.db import ProgrammingError, connection, connections, transaction
from django.db.backends.postgresql import base

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_that_stands_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    connection.ensure_connection()
    monkeypatch.setattr(base.DatabaseWrapper, "is_usable", pytest.fail)
    assert connection.is_usable()


def test_one_that_the_server_ended_is_given_up() -> None:
    kept = connections.create_connection("default")
    with kept.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [pid])
    assert not kept.is_usable()
    kept.close()


def test_one_that_was_closed_here_is_given_up() -> None:
    kept = connections.create_connection("default")
    kept.ensure_connection()
    kept.connection.close()
    assert not kept.is_usable()


def test_one_whose_transaction_failed_is_not_usable() -> None:
    with transaction.atomic():
        with pytest.raises(ProgrammingError), connection.cursor() as cursor:
            cursor.execute("SELECT nothing")
        assert not connection.is_usable()
        transaction.set_rollback(True)
    assert connection.is_usable()
