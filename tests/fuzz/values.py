"""What a request may carry that no page of ours would send.

A value is plain JSON, so that a request which found something can be kept: a text, or a
list that says how to make one: `["own", "reviews.Finding"]`, `["foreign", …]`,
`["times", "[", 50000]`, `["file", "zip bomb"]`.
"""

import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final

from django.apps import apps
from hypothesis import strategies as st

from preceptor.accounts.models import Organisation, OrganisationRow

Value = Any
MARK: Final = "<i data-hostile>"
"""Nowhere on a page, or somebody's words are taken for markup."""

NUMBERS: Final = (
    *("0", "-1", "1", "2147483648", "9223372036854775807", "9223372036854775808"),
    *("99999999999999999999999", "1e400", "NaN", "Infinity", "-0", "1.5", "1,5"),
    *("\u0663", "²", "\uff11\uff12", "0x10", "1_000", " 7 ", "+7", "0007"),
)
MOMENTS: Final = (
    *("0001-01-01", "9999-12-31", "2026-02-30", "0000-00-00", "10000-01-01"),
    *("1000-01-01", "-2026-01-01", "2026-1-1", "9999-12-31T23:59", "0001-01-01T00:00"),
    *(
        "2026-03-29T02:30",
        "24:00",
        "23:59:59.999999",
        "2026-W53-7",
        "\u0662\u0660\u0662\u0666-\u0660\u0661-\u0660\u0661",
    ),
    *("0001-Q1", "9999-Q4", "2026-Q0", "0001-01", "9999-12", "2026-13"),
)
WORDS: Final = (
    *("", " ", "\t\r\n", "\0", "a\0b", "\x1b[31m", "\x07", "\x7f", "\ufeff", "\uffff"),
    *(
        "\u202egnp.exe",
        "\u200b",
        "\ufdfa",
        "e\u0301" * 40,
        "👩‍👩‍👧‍👦",
        "İ",
        "ß",
        "\ud800",
        "a\udfffb",
    ),
    *("=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "|cmd", '","', "a\r\nSet-Cookie: a=b"),
    *(MARK, f'"{MARK}', f"'>{MARK}", f"</textarea>{MARK}", f"</script>{MARK}"),
    *(
        "javascript:alert(1)",
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
    ),
    *("https://localhost:8000@evil.example/", "../../../../etc/passwd", "%00", "%"),
    *(
        "' OR 1=1 --",
        "{{ 7 }}{% now 'Y' %}",
        "${7}",
        "null",
        "None",
        "true",
        "on",
        "[]",
    ),
    *("{}", '{"a": null}', "[[]]", '"', "\\", "http://127.0.0.1:5432/", "a@b", "@"),
    *("a@b.example", "A" * 64 + "@b.example", "xn--a", "Ⅳ.example", "a..b", "1.2.3.4"),
)
PIECES: Final = (
    *("[", "{", '{"a":', "(", "<a>", "> ", "- ", "*", "_", "`", "![", "[](", "&"),
    *("a", "é", "\0", "\n", " ", "@", "+", "--- a\n", "1,", ";", "=", ".", "/", "0"),
)
LENGTHS: Final = (40, 300, 3_000, 60_000)


def texts() -> st.SearchStrategy[Value]:
    """Those that have bitten somebody, much of one thing, and anything at all."""
    times = st.builds(
        lambda piece, n: ["times", piece, n],
        st.sampled_from(PIECES),
        st.sampled_from(LENGTHS),
    )
    any_text = st.text(st.characters(), max_size=60)
    known = st.sampled_from([*WORDS, *NUMBERS, *MOMENTS])
    return st.one_of(known, known, times, any_text, rows())


def rows() -> st.SearchStrategy[Value]:
    """A row by its number: one's own, or another organisation's."""
    return st.tuples(
        st.sampled_from(["own", "foreign"]), st.sampled_from(tables())
    ).map(list)


@cache
def tables() -> Sequence[str]:
    found = [m._meta.label for m in apps.get_models() if issubclass(m, OrganisationRow)]
    return sorted(found)


def numbers(home: Organisation, foreign: Organisation) -> dict[tuple[str, str], str]:
    """The first row of each kind that either has."""
    found = {}
    for label in tables():
        model: Any = apps.get_model(label)
        for whose, at in (("own", home), ("foreign", foreign)):
            row = model.objects.filter(organisation=at).order_by("pk").first()
            found[whose, label] = str(row.pk if row else 0)
    return found


def made(value: Value, known: Mapping[tuple[str, str], str]) -> str:
    """The text that a value stands for."""
    match value:
        case ["times", str(piece), int(n)]:
            return piece * n
        case ["own" | "foreign" as whose, str(label)]:
            return known[whose, label]
    return str(value)


def _zip_bomb() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<a>" + b" " * 30_000_000)
        archive.writestr("[Content_Types].xml", b"<Types/>")
    return held.getvalue()


LAUGHS: Final = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha">'
    + "".join(f'<!ENTITY b{n} "{f"&b{n - 1 or str()};" * 10}">' for n in range(1, 10))
    + "]><a>&b9;</a>"
)
ENTITY: Final = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    "<a>&x;</a>"
)
DIFF: Final = "diff --git a/{0} b/{0}\n--- a/{0}\n+++ b/{0}\n@@ -1 +1 @@\n-a\n+{1}\n"
FILES: Final[dict[str, Callable[[], bytes]]] = {
    "nothing": lambda: b"",
    "zip bomb": _zip_bomb,
    "no zip": lambda: b"PK\x03\x04" + b"\xff" * 500,
    "laughs": LAUGHS.encode,
    "entity": ENTITY.encode,
    "deep JSON": lambda: b"[" * 100_000,
    "deep objects": lambda: b'{"a":' * 30_000 + b"1" + b"}" * 30_000,
    "lines of JSON": lambda: b'{"type": "user", "message": {"content": []}}\n' * 2_000,
    "numbers": lambda: b"[" + b"9" * 50_000 + b"]",
    "nulls": lambda: b"\0" * 10_000,
    "not UTF-8": lambda: b"\xff\xfe\xed\xa0\x80" * 500,
    "UTF-16": lambda: "name,e-mail\nÅsa,a@b.example\n".encode("utf-16"),
    "commas": lambda: b"," * 50_000,
    "quotes": lambda: b'"' * 9_999,
    "formulas": lambda: b"name,e-mail,side\n=1+1,=a@b.example,junior\n",
    "lines": lambda: b"\n" * 200_000,
    "diff": lambda: DIFF.format("a.py", MARK).encode(),
    "diff away": lambda: DIFF.format("../../etc/passwd", "x").encode(),
    "diff odd": lambda: DIFF.format("a\x07\u202eb", "\x1b[2J").encode(),
    "diff of a long line": lambda: DIFF.format("a.py", "x" * 400_000).encode(),
    "diff counts": lambda: b"--- a\n+++ b\n@@ -1,99999999999 +1,99999999999 @@\n+a\n",
    "calendar": lambda: (
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:00010101\r\n"
        b"RRULE:FREQ=SECONDLY\r\nSUMMARY:a\\nb\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    ),
    "calendars": lambda: b"BEGIN:VEVENT\r\n" * 20_000,
    "framework": lambda: json.dumps(
        {"areas": [{"name": MARK, "competencies": [{"name": "\0"}] * 50}]}
    ).encode(),
}
FILE_NAMES: Final = (
    *("a.csv", "a.xlsx", "a.ics", "a.json", "a.diff", "a.html", "a", "", ".", "..\\a"),
    *('a";\r\nx: y', "a" * 300 + ".txt", "\u202etxt.exe", "\0.csv", "a.jsonl", "a.zip"),
)
