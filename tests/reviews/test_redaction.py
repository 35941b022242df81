"""Secrets and personal data: found where they are new, replaced wherever they stand."""

import json
import re
from itertools import chain
from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.diffs import parse
from reviews.redaction import (
    Hit,
    Place,
    Text,
    diff_text,
    occurrences,
    plain_text,
    redacted,
    scan,
)
from reviews.redaction.personal import is_card, is_iban, is_phone
from tests.samples import SAMPLES

AWS = "AKIA" + "QYLPMN5HHHFPZAM2"
GITHUB = "ghp_" + "Rk7vT2mQx9LbWz4YcN1dPa8sEuHg3fJo5iK6"
SLACK = "xoxb-" + "123456789012-abcdefGHIJKL"
TOKEN = "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiJpbmVzIn0" + ".c2lnbmF0dXJl"

SECRETS = {
    f'key = "{AWS}"': ("AWS key", AWS),
    f"git clone https://x:{GITHUB}@github.com/a/b": ("GitHub token", GITHUB),
    f"token: {GITHUB}": ("GitHub token", GITHUB),
    f"SLACK={SLACK}": ("Slack token", SLACK),
    f"Authorization: Bearer {TOKEN}": ("sign-in token", TOKEN),
    "dsn = postgres://app:Tr0ub4dor@db/x": ("password in an address", "Tr0ub4dor"),
    "pay to DE75512108001245126199": ("account number", "DE75512108001245126199"),
    "sk-ant-" + "a1B2" * 8: ("Anthropic key", "sk-ant-" + "a1B2" * 8),
}
DRAWN = {
    'password="q9Z3xK7vB1mN"': "q9Z3xK7vB1mN",
    "db_password = 'Xk4!vQ8z#Tn2'": "Xk4!vQ8z#Tn2",
    '"api_key": "k3J-9x2M-7q1W"': "k3J-9x2M-7q1W",
    "secret: '4f9a0c77d21be8356a90'": "4f9a0c77d21be8356a90",
}
DOUBTFUL = {
    'password = "Spring2026!Lisbon"': ("password or key", "Spring2026!Lisbon"),
    'api_key = "my-app-2026-v2-main"': ("password or key", "my-app-2026-v2-main"),
    'api_key = "123e4567-e89b-42d3-a456-426614174000"': (
        "password or key",
        "123e4567-e89b-42d3-a456-426614174000",
    ),
    'password = "hunter22!x"': ("password or key", "hunter22!x"),
    'nonce = "q9Z3xK7vB1mN5cR8tY2wL6pD"': (
        "random-looking text",
        "q9Z3xK7vB1mN5cR8tY2wL6pD",
    ),
    'contact = "ines@carvalho.pt"': ("e-mail address", "ines@carvalho.pt"),
    "call +44 20 7946 0958 now": ("phone number", "+44 20 7946 0958"),
}
HARMLESS = [
    'password = os.environ["PASSWORD"]',
    'password = "${PASSWORD}"',
    'password: "changeme"',
    'secret: "Geheimnis"',
    'url = "https://user:{password}@host/"',
    "postgres://app:$PASSWORD@db/x",
    'mail = "nobody@example.com"',
    "Co-authored-by: Claude <noreply@anthropic.com>",
    "12345+ines@users.noreply.github.com",
    "git@github.com:a/b.git",
    'src = "icon@2x.png"',
    'sha = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"',
    'id = "123e4567-e89b-12d3-a456-426614174000"',
    'card = "4242 4242 4242 4242"',
    "x = y +1234567890 - 3",
    "127.0.0.1:8000",
    "‹removed: AWS key›",
]


def diff(*added: str, removed: str = "", context: str = "x = 1") -> bytes:
    lines = [f"+{line}" for line in added]
    lines += [f"-{removed}"] if removed else []
    old, new = 1 + bool(removed), 1 + len(added)
    head = f"diff --git a/x.py b/x.py\n--- a/x.py\n+++ b/x.py\n@@ -1,{old} +1,{new} @@"
    return "\n".join((head, f" {context}", *lines, "")).encode()


def found(text: Text) -> list[tuple[str, bool, str]]:
    hits = scan([text]).hits
    return [(hit.kind, hit.is_sure, *hit.values([text])) for hit in hits]  # type: ignore[misc] # one value each


@pytest.mark.parametrize(("line", "expected"), SECRETS.items())
def test_scan_is_sure_of_shapes_and_checksums(
    line: str, expected: tuple[str, str]
) -> None:
    assert found(diff_text(diff(line))) == [(expected[0], True, expected[1])]


@pytest.mark.parametrize(("line", "value"), DRAWN.items())
def test_scan_is_sure_of_passwords_drawn_by_lot(line: str, value: str) -> None:
    for text in (diff_text(diff(line)), plain_text(line.encode())):
        assert found(text) == [("password or key", True, value)]


@pytest.mark.parametrize(("line", "expected"), DOUBTFUL.items())
def test_scan_leaves_doubtful_ones_to_the_person(
    line: str, expected: tuple[str, str]
) -> None:
    assert found(diff_text(diff(line))) == [(expected[0], False, expected[1])]


@pytest.mark.parametrize("line", HARMLESS)
def test_scan_says_nothing_of(line: str) -> None:
    assert found(diff_text(diff(line))) == []


def test_scan_looks_at_what_is_new() -> None:
    old = diff("y = 2", removed=f"key = '{AWS}'", context=f"# {SLACK}")
    assert found(diff_text(old)) == []


def test_scan_is_sure_of_the_people_in_a_mail() -> None:
    mail = b"From: Ines <ines@carvalho.pt>\nSubject: x\n\n---\n" + diff("y = 2")
    assert found(diff_text(mail)) == [("e-mail address", True, "ines@carvalho.pt")]


def test_scan_finds_a_key_of_many_lines() -> None:
    body = ["MIIEpAIBAAKCAQEA" + letter * 48 for letter in "abc"]
    lines = ("-----BEGIN RSA PRIVATE KEY-----", *body, "-----END RSA PRIVATE KEY-----")
    text = diff_text(diff(*lines, "z = 3"))
    (hit,) = scan([text]).hits
    assert (hit.kind, hit.is_sure, hit.values([text])) == ("private key", True, body)
    (clean,) = redacted([text], [hit])
    assert clean.count("‹removed: private key›".encode()) == 3
    assert parse(clean).added == 6


def test_scan_finds_a_key_in_one_line_of_json() -> None:
    body = "MIIEpAIBAAKCAQEA" + "q" * 60
    key = f"-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n"
    line = json.dumps({"content": key})
    text = plain_text(line.encode())
    (hit,) = scan([text]).hits
    assert hit.values([text]) == [body]
    (clean,) = redacted([text], [hit])
    said = json.loads(clean)["content"]
    assert said == key.replace(body, "‹removed: private key›")


def test_scan_ends_a_value_where_json_escapes() -> None:
    line = json.dumps({"text": f'use\n{AWS}\nand "{GITHUB}"'})
    text = plain_text(line.encode())
    assert {row[2] for row in found(text)} == {AWS, GITHUB}
    (clean,) = redacted([text], scan([text]).hits)
    assert json.loads(clean)["text"].startswith("use\n‹removed: AWS key›\nand")


def test_redacted_replaces_every_place_and_keeps_the_lines() -> None:
    first = diff(f"a = '{AWS}'", removed=f"b = '{AWS}'", context=f"# {AWS} {AWS}")
    texts = [diff_text(first), plain_text(f"It was {AWS}.\n".encode())]
    hits = scan(texts).hits
    assert [len(places) for places in occurrences(texts, hits)] == [5]
    change, words = redacted(texts, hits)
    assert AWS.encode() not in change + words
    assert change.count(b"\n") == first.count(b"\n")
    assert words.decode() == "It was ‹removed: AWS key›.\n"
    before, after = parse(first), parse(change)
    numbers = [
        [(line.kind, line.old_number, line.new_number) for line in hunk.lines]
        for one in (before, after)
        for hunk in one.files[0].hunks
    ]
    assert numbers[0] == numbers[1]


CARD = 4929000012345674


@pytest.mark.parametrize(
    "value",
    [
        CARD,
        [CARD, 1, -CARD],
        {"card": CARD, "text": f'say "{CARD}"', "x": f"{CARD}, {CARD}"},
        {"longer": int(f"1{CARD}")},
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_redacted_json_is_json(value: object, indent: int | None) -> None:
    data = json.dumps({"first": value, "card": f"{CARD}"}, indent=indent).encode()
    text = plain_text(data)
    places = (
        Place(0, at, *match.span())
        for at, line in enumerate(text.lines, 1)
        for match in re.finditer(str(CARD), line)
    )
    (clean,) = redacted([text], [Hit("card number", False, (next(places),))])
    read = json.loads(clean)
    assert read["card"] == "‹removed: card number›"
    assert str(CARD).encode() not in clean
    assert clean.count(b"\n") == data.count(b"\n")
    if value == CARD:
        assert read["first"] == "‹removed: card number›"
    if isinstance(value, list):
        assert read["first"][1:] == [1, "-‹removed: card number›"]


def test_redacted_prose_gets_no_quotes() -> None:
    text = plain_text(f"card: {CARD}, again".encode())
    hit = Hit("card number", False, (Place(0, 1, 6, 22),))
    assert redacted([text], [hit]) == ["card: ‹removed: card number›, again".encode()]


def test_redacted_leaves_names_of_files() -> None:
    named = diff(f"a = '{AWS}'").replace(b"x.py", f"{AWS}.py".encode())
    text = diff_text(named)
    (clean,) = redacted([text], scan([text]).hits)
    assert parse(clean).files[0].path == f"{AWS}.py"
    assert clean.count(AWS.encode()) == named.count(AWS.encode()) - 1


def test_redacted_keeps_other_bytes() -> None:
    raw = diff(f"a = '{AWS}'", "b = 1").replace(b"b = 1", b"b = '\xe9\xff\x00'\r")
    text = diff_text(raw)
    (clean,) = redacted([text], scan([text]).hits)
    assert clean == raw.replace(AWS.encode(), "‹removed: AWS key›".encode())


def test_redacted_leaves_a_short_value_inside_words() -> None:
    text = diff_text(diff('password = "ab12c!"', "tab12c!x", "ab12c! "))
    (clean,) = redacted([text], scan([text]).hits)
    assert b"tab12c!x" in clean
    assert clean.count("‹removed: password or key›".encode()) == 2


def test_the_rest_of_a_frequent_kind_is_one_hit() -> None:
    lines = [f"m = 'p{number}@carvalho.pt'" for number in range(60)]
    text = diff_text(diff(*lines))
    hits = scan([text]).hits
    assert [len(hit.places) for hit in hits] == [1] * 20 + [40]
    (clean,) = redacted([text], hits)
    assert b"carvalho" not in clean


@given(st.lists(st.text(max_size=60), max_size=12), st.data())
def test_redacting_keeps_any_text_line_for_line(
    lines: list[str], data: st.DataObject
) -> None:
    body = "\n".join(lines).encode("utf-8", "surrogatepass")
    text = plain_text(body)
    assert redacted([text], []) == [body]
    spot = data.draw(st.integers(0, max(len(lines), 1)))
    planted = [*lines[:spot], f"x {AWS} y", *lines[spot:]]
    text = plain_text("\n".join(planted).encode("utf-8", "surrogatepass"))
    (clean,) = redacted([text], scan([text]).hits)
    assert AWS.encode() not in clean
    assert clean.count(b"\n") == len(text.lines) - 1


@pytest.mark.parametrize("name", ["diffs", "transcripts"])
def test_samples_give_no_false_alarm(name: str) -> None:
    make = diff_text if name == "diffs" else plain_text
    bodies = [path.read_bytes() for path in sorted((SAMPLES / name).glob("*"))]
    assert len(bodies) == {"diffs": 34, "transcripts": 14}[name]
    texts = [make(body) for body in bodies]
    assert list(chain(*(scan([text]).hits for text in texts))) == []
    assert redacted(texts, []) == bodies


def test_the_largest_sample_is_scanned_in_time() -> None:
    body = (SAMPLES / "diffs" / "10-big-i18n-utf8-content.diff").read_bytes()
    start = thread_time()
    assert scan([diff_text(body)]).is_whole
    assert thread_time() - start < 2


HOSTILE = {
    "nested quantifiers": [b"secret" * 20_000 + b"%d" % n for n in range(20)],
    "one long line": [b"a@" * 1_500_000],
    "heads of keys": [b"-----BEGIN RSA PRIVATE KEY-----"] * 60_000,
    "null": [b"\0\xff" * 1_000_000],
    "many values": [b"a%dxx@foo%d.com" % (n, n) for n in range(60_000)],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_scan_is_bounded(name: str) -> None:
    lines = HOSTILE[name]
    head = b"--- a/x\n+++ b/x\n@@ -0,0 +1,%d @@\n" % len(lines)
    text = diff_text(head + b"".join(b"+" + line + b"\n" for line in lines))
    start = thread_time()
    result = scan([text], seconds=1)
    occurrences([text], result.hits)
    redacted([text], result.hits)
    assert thread_time() - start < 8


def test_scan_says_where_time_ran_out() -> None:
    assert not scan([diff_text(diff("a = 'something'"))], seconds=-1).is_whole


def test_hits_survive_json() -> None:
    text = diff_text(diff(f"a = '{AWS}'"))
    hits = scan([text]).hits
    rows = json.loads(json.dumps([hit.as_json() for hit in hits]))
    assert tuple(map(Hit.from_json, rows)) == hits
    assert AWS not in json.dumps(rows)


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (is_iban, "GB33 BUKB 2020 1555 5555 55", "GB34 BUKB 2020 1555 5555 55"),
        (is_card, "4929 0000 1234 5674", "4929 0000 1234 5673"),
        (is_card, "5399-8312-7764-0013", "4242 4242 4242 4242"),
        (is_phone, "+49 30 901820", "+1 555 555 0123"),
    ],
)
def test_checks(check: object, good: str, bad: str) -> None:
    assert callable(check)
    assert (check(good), check(bad)) == (True, False)
