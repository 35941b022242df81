"""An address that opens something to whoever has it is not in the log."""

import logging
import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from preceptor.logs import KEYS, Json, Line, said

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


@pytest.mark.parametrize("formatter", [Json(), Line(is_strict=True)])
def test_what_somebody_typed_begins_no_line(formatter: logging.Formatter) -> None:
    typed = "a\r\nERROR forged\x1b[2J\u2028{}"
    told = {
        "name": "preceptor.test",
        "levelname": "INFO",
        "msg": "%s",
        "args": (typed,),
    }
    line = formatter.format(logging.makeLogRecord(told))
    assert len(line.splitlines()) == 1
    assert "a ERROR forged [2J {}" in line


def test_other_addresses_stand_as_they_are() -> None:
    path = "/o/tidewater/calendar/unsubscribe/?from=/shared/"
    record = logging.makeLogRecord({"msg": "Not Found: %s", "args": (path,)})
    assert Line().format(record) == f"Not Found: {path}"


def addresses(rows: list[object], before: str = "/") -> list[str]:
    """Of routes that a token opens, with one in its place."""
    found = []
    for row in rows:
        path = before + str(row.pattern)  # type: ignore[attr-defined] # of either kind
        if isinstance(row, URLPattern):
            found += [path] if "<str:token>" in path else []
        elif "accounts/" not in path:
            found += addresses(row.url_patterns, path)  # type: ignore[attr-defined]
    return [
        path.replace("<str:token>", TOKEN).replace("<slug:slug>", "tidewater")
        for path in found
    ]


def test_no_address_that_opens_something_is_kept_in_a_log() -> None:
    """By us, nor by the proxy as it is described."""
    opening = addresses(list(get_resolver().url_patterns))
    opening.append(reverse("account_reset_password_from_key", args=["7", TOKEN]))
    assert len(opening) >= 6
    guide = Path(__file__).parents[1] / "docs" / "operations.md"
    [pattern] = re.findall(r"^ +~(\S+) 0;$", guide.read_text(), re.MULTILINE)
    for path in opening:
        assert re.search(pattern, path), path
        assert TOKEN not in KEYS.sub("…", path), path
    assert not re.search(pattern, "/o/tidewater/my-data/")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("To ines@tidewater.example: refused", "To …: refused"),
        ("<ines@tidewater.example>", "<…>"),
        ('"a@b"@c.example, b', '"a@b"@c.example, b'),
        ("at ines@home or @tidewater.example", "at ines@home or @tidewater.example"),
    ],
)
def test_an_address_of_mail_leaves_no_trace(text: str, kept: str) -> None:
    assert said(logging.makeLogRecord({"msg": text, "name": "preceptor"})) == kept


@pytest.mark.parametrize("word", ["a", "a@", "@.", "a@b."])
def test_a_line_without_a_break_is_looked_through_once(word: str) -> None:
    """Twice as long takes twice as long: of these any square would take hours."""
    line = word * (4_000_000 // len(word))
    kept = said(logging.makeLogRecord({"msg": line, "name": "preceptor"}))
    assert kept in (line, "…")
