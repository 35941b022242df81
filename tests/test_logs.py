"""An address that opens something to whoever has it is not in the log."""

import logging

import pytest
from django.test import Client

from preceptor.logs import Line

TOKEN = "uO4Xr1vYw0m8-Tq_3sKzP6nLhB2dJcEaF5gHiQxWvMk"
CUT = [
    ("POST", f"/shared/{TOKEN}/", "Method Not Allowed"),
    ("GET", f"/shared/{TOKEN}/", "Not Found"),
    ("GET", f"/shared/{TOKEN}/more/", "Not Found"),
    ("GET", f"/shared/{TOKEN[:30]}/", "Not Found"),
    ("POST", f"/calendar/{TOKEN}.ics", "Method Not Allowed"),
    ("GET", f"/calendar/{TOKEN}.ics/", "Not Found"),
    ("GET", f"/account/invitation/{TOKEN}/", "Not Found"),
]


@pytest.mark.parametrize(("method", "path", "says"), CUT)
def test_a_refused_address_is_cut_where_its_key_begins(
    method: str, path: str, says: str, db: None, caplog: pytest.LogCaptureFixture
) -> None:
    handlers = logging.getLogger().handlers
    [ours] = [one for one in handlers if isinstance(one.formatter, Line)]
    assert Client().generic(method, path).status_code in (404, 405)
    lines = [ours.format(one) for one in caplog.records]
    assert lines[-1].startswith("WARNING django.request")
    assert says in lines[-1]
    assert "/…" in lines[-1]
    assert TOKEN[:20] not in "".join(lines)


def test_other_addresses_stand_as_they_are() -> None:
    path = "/o/tidewater/calendar/unsubscribe/?from=/shared/"
    record = logging.makeLogRecord({"msg": "Not Found: %s", "args": (path,)})
    assert Line().format(record) == f"Not Found: {path}"
