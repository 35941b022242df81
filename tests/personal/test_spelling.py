"""In how many ways a name is found in what others wrote, and where it is none."""

import json
from email.header import Header
from unicodedata import normalize

import pytest
from django.db import connection

from preceptor.accounts.spelling import Spelled

NAME, ADDRESS = "Élodie Łukasz", "elodie.lukasz@tidewater.example"
WHO = Spelled((NAME, ADDRESS))

FOUND = (
    NAME,
    "élodie łukasz",
    "ÉLODIE ŁUKASZ",
    normalize("NFD", "As Élodie Łukasz said"),
    "Élodie\u00a0Łukasz’s word",
    "Łukasz, Élodie",
    "(Elodie.Lukasz@Tidewater.example)",
    "Ask elodie.lukasz@tidewater.example.",
)
OTHERS = (
    "Élodie Łukaszewicz",
    "Mélodie Łukasz",
    "melodie.lukasz@tidewater.example",
    "pre-elodie.lukasz@tidewater.example",
    "elodie.lukasz@tidewater.example.org",
)


@pytest.mark.parametrize("text", FOUND)
def test_however_it_is_spelled(db: None, text: str) -> None:
    assert WHO.is_in(text)
    assert in_database(WHO, text)
    assert WHO.is_in_file(f"+{text}\n".encode())


@pytest.mark.parametrize("text", OTHERS)
def test_what_goes_on_is_somebody_else(db: None, text: str) -> None:
    assert not WHO.is_in(text)
    assert not in_database(WHO, text)
    assert not WHO.is_in_file(text.encode())


def in_database(who: Spelled, text: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s ~ %s", [text, who.pattern])
        return bool(cursor.fetchone()[0])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Sammy Davis Jr.", "That was Sammy Davis Jr., he said"),
        ("Ines (Ace) Carvalho", "says ines (ace) carvalho"),
        ('Ines "Ace" Carvalho', json.dumps('Ines "Ace" Carvalho: yes')),
        ("Tim O'Brien", "Tim O’Brien"),
        ("山田 太郎", "山田 太郎さん"),
        ("Anne-Marie Weiß", "ANNE\u2011MARIE WEISS"),
    ],
)
def test_names_with_marks(db: None, name: str, text: str) -> None:
    assert Spelled((name,)).is_in(text)
    assert in_database(Spelled((name,)), text)


@pytest.mark.parametrize(
    "line",
    [
        f"Co-authored-by: {NAME} <{ADDRESS}>".encode(),
        f"From: {Header(NAME, 'utf-8').encode()} <x@example.org>".encode(),
        b"From: =?UTF-8?q?=C3=89lodie=20=C5=81ukasz?= <x@example.org>",
        json.dumps({"text": f"Ask {NAME}!"}).encode(),
        b'--- "a/people/\\303\\211lodie \\305\\201ukasz.md"',
    ],
)
def test_files_say_it_in_their_own_way(line: bytes) -> None:
    struck = WHO.struck(b"first\n" + line + b"\nlast \xff\n")
    assert struck.count(b"\n") == 3
    assert struck.startswith(b"first\n")
    assert struck.endswith(b"\nlast \xff\n")
    assert b"Former member" in struck
    assert b"lodie" not in struck


def test_one_byte_letters_are_found() -> None:
    latin = "Signed-off-by: Élodie Brûlé".encode("latin-1")
    assert Spelled(("Élodie Brûlé",)).struck(latin) == b"Signed-off-by: Former member"


def test_parts_are_found_as_they_are_written() -> None:
    part = Spelled((), ("Ines",))
    assert part.is_in("Ines saw it")
    assert not part.is_in("the lines")
    assert not part.is_in("ines")


def test_bytes_without_a_name_are_the_same() -> None:
    data = b"+nothing\xc3\n"
    assert WHO.struck(data) is data
