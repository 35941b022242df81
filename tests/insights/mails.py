"""What each kind of reminder says, by mail and in chats, alone and in a digest."""

import json
import os
import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Literal
from unittest import mock

from django.core import mail
from django.db import connection
from django.db.models import BinaryField, CharField, Field, Model, TextField
from playwright.sync_api import Page, sync_playwright

from preceptor.accounts import held
from preceptor.notifications import webhooks
from preceptor.notifications.delivering.lanes import ChatLane, MailLane
from preceptor.notifications.delivering.parcels import Parcel, Parcels
from preceptor.notifications.letters import step_of
from preceptor.notifications.models import Delivery, Webhook
from preceptor.notifications.webhooks import seal
from reviews.models import Blob
from tests.browser.steps import problems
from tests.chromium import ARGUMENTS
from tests.chromium import found as browser_at

OF_EACH = 4
"""How many rows of a kind's step are read: their recipients have other parts in it."""
LONG = "W" * 60
"""Nothing in it lets a line break."""
_MARK = re.compile(r"Zq(\d{3})x")


@dataclass(frozen=True, slots=True)
class Letter:
    """`kind` is that of the row, or `digest`; `sender` is who the server is told."""

    kind: str
    row: Delivery
    mail: EmailMessage
    sender: str
    posts: list[dict[str, Any]]

    def part(self, kind: str) -> str:
        """The text of its only part of a type; empty where it has none."""
        found = [p for p in self.mail.walk() if p.get_content_type() == kind]
        assert len(found) <= 1
        return str(found[0].get_content()) if found else ""

    @property
    def everything(self) -> str:
        parts = (f"text/{kind}" for kind in ("plain", "html", "calendar"))
        posts = (json.dumps(post, ensure_ascii=False) for post in self.posts)
        return "\n".join((self.mail["Subject"], *map(self.part, parts), *posts))

    @property
    def html(self) -> str:
        return self.part("text/html")


def letters(now: datetime) -> list[Letter]:
    """Of what stands in inboxes, some of each kind and step, and digests of the same.

    They leave by the deliverer's own lanes, whose servers alone are not there.
    """
    rows = _chosen()
    parcels, found = Parcels(), []
    for number, row in enumerate(rows):
        if parcel := parcels.of(rows[number:], now):
            found.append(_letter(row, parcel))
    digests = _digests([letter.row for letter in found], now)
    parcels = Parcels()
    for number, row in enumerate(digests):
        parcel = parcels.of(digests[number:], now)
        assert parcel
        found.append(_letter(row, parcel))
    return found


def _chosen() -> list[Delivery]:
    rows = Delivery.objects.inbox().filter(state=Delivery.State.SENT)
    rows = rows.select_related("recipient__user", "organisation").order_by("pk")
    number: Counter[tuple[str, str]] = Counter()
    chosen = []
    for row in rows:
        key = row.kind, step_of(row)
        number[key] += 1
        if number[key] <= OF_EACH:
            chosen.append(row)
    return chosen


def _digests(rows: list[Delivery], now: datetime) -> list[Delivery]:
    """One for each recipient, with all of theirs."""
    people = {row.recipient_id: row for row in rows}
    digests = [
        Delivery(
            organisation=row.organisation,
            recipient=row.recipient,
            kind=Delivery.DIGEST,
            subject=member,
            occurrence=f"digest:{member}:test",
            not_before=now,
        )
        for member, row in people.items()
    ]
    Delivery.objects.bulk_create(digests)
    for digest in digests:
        own = [row.pk for row in rows if row.recipient_id == digest.recipient_id]
        Delivery.objects.filter(pk__in=own).update(
            digest=digest, state=Delivery.State.HELD
        )
    return digests


def _letter(row: Delivery, parcel: Parcel) -> Letter:
    mail.outbox.clear()
    MailLane().send(row, parcel)
    (sent,) = mail.outbox
    read = message_from_bytes(sent.message().as_bytes(), policy=policy.default)
    assert isinstance(read, EmailMessage)
    return Letter(row.kind, row, read, sent.from_email, list(_posts(row, parcel)))


def _posts(row: Delivery, parcel: Parcel) -> Iterator[dict[str, Any]]:
    with mock.patch.object(webhooks, "post") as post:
        for service in Webhook.Service.values:
            row.webhook = Webhook(service=service, sealed=seal("https://chat.example/"))
            ChatLane().send(row, parcel)
            yield post.call_args.args[1]


def plant() -> list[str]:
    """Marks each column in which people write, and the bytes of changes; their names.

    What is empty stays, since a reason may hang on it, and so does what is JSON.
    """
    with connection.cursor() as cursor:
        # No trigger keeps what was signed.
        cursor.execute("SET LOCAL session_replication_role = replica")
        names = [
            f"{model.__name__}.{field.name}"
            for number, (model, field) in enumerate(_columns())
            if _plant(cursor, model, field, number)
        ]
        cursor.execute("SET LOCAL session_replication_role = origin")
    return names


def _columns() -> "list[tuple[type[Model], Field[Any, Any]]]":
    written = [
        (model, model._meta.get_field(name))
        for model, names in held.texts().items()
        for name in names
    ]
    plain = (CharField, TextField)
    return [
        *((model, field) for model, field in written if isinstance(field, plain)),
        (Blob, Blob._meta.get_field("body")),
    ]


def _plant(cursor: Any, model: type[Model], field: Any, number: int) -> bool:
    """Whether any row had something there."""
    is_text = not isinstance(field, BinaryField)
    key, letters = model._meta.pk.column, field.max_length or 100
    mark = f"left('Zq{number:03}x' || {key} || '{LONG}', {letters})"
    value, nothing = (mark, "") if is_text else (f"convert_to({mark}, 'UTF8')", "\\x")
    cursor.execute(
        f"UPDATE {model._meta.db_table} SET {field.column} = {value}"  # noqa: S608 # of columns
        f" WHERE {field.column} <> '{nothing}'"
    )
    return bool(cursor.rowcount)


def longest(letters: Iterable[Letter]) -> dict[str, str]:
    """The HTML of one mail of each kind."""
    ordered = sorted(letters, key=lambda letter: len(letter.html))
    return {letter.kind: letter.html for letter in ordered}


def problems_of(pages: Mapping[str, str], read: Container[str]) -> dict[str, list[str]]:
    """What is wrong with some pages, by their names; those in `read` axe reads as well.

    In a thread of its own: a browser of other tests may be open in this one.
    """
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(_looked_at, pages, read).result()


def _looked_at(pages: Mapping[str, str], read: Container[str]) -> dict[str, list[str]]:
    found = {}
    with sync_playwright() as playwright:
        own = playwright.chromium
        browser = own.launch(
            executable_path=browser_at(Path(own.executable_path)),
            args=[*(["--no-sandbox"] if os.geteuid() == 0 else []), *ARGUMENTS],
        )
        page = browser.new_page()
        for name, html in pages.items():
            page.set_content(html)
            seen = [f"{width} {scheme}: it scrolls" for width, scheme in _wide(page)]
            if name in read:
                seen += problems(page)
            if seen:
                found[name] = seen
        browser.close()
    return found


def _wide(page: Page) -> Iterator[tuple[int, str]]:
    """At which widths, in which colours, it scrolls sideways."""
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        for width in (700, 360):
            page.set_viewport_size({"width": width, "height": 800})
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                yield width, scheme


def marked(letters: Iterable[Letter]) -> set[str]:
    """The columns whose marks stand in any of them."""
    columns = [f"{model.__name__}.{field.name}" for model, field in _columns()]
    texts = (letter.everything for letter in letters)
    return {columns[int(one)] for text in texts for one in _MARK.findall(text)}
