"""Everything that is held of a member, as one ZIP, within a constant memory."""

import json
import logging
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from functools import lru_cache, partial
from itertools import count, islice
from tempfile import SpooledTemporaryFile, TemporaryFile
from typing import IO, Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from preceptor.accounts.held import Held, Topic, everything, files_of
from preceptor.accounts.invitations import hash_of
from preceptor.accounts.models import Membership, OrganisationRow
from preceptor.personal.models import ARCHIVE_LASTS, Archive, ArchivePart
from preceptor.personal.readme import readme

ROWS = 500
PART = 1024**2
IN_MEMORY = 1024**2

logger = logging.getLogger(__name__)

Told = Callable[[], None]


def take_up(archive_id: int) -> None:
    """Gathers what a worker was given; says so where it fails."""
    rows = Archive.objects.filter(pk=archive_id, state=Archive.State.QUEUED)
    steps = len(everything()) + 1
    state = {"state": Archive.State.GATHERING, "all_steps": steps}
    begun = {**state, "stepped_at": timezone.now()}
    if not rows.update(**begun, version=F("version") + 1):
        return
    archive = Archive.objects.select_related("member__user", "organisation").get(
        pk=archive_id
    )
    try:
        with TemporaryFile() as file:
            told, alive = partial(_tell, archive_id), partial(_live, archive_id)
            write(archive.member, file, told, timezone.now(), alive)
            _keep(archive, file, timezone.now())
    except Exception as error:  # whatever it was, the page says so
        logger.error("The archive %s failed", archive_id, exc_info=error)
        _open(archive_id).update(state=Archive.State.FAILED, version=F("version") + 1)


def _open(archive_id: int) -> "models.QuerySet[Archive]":
    return Archive.objects.open().filter(pk=archive_id)


def _tell(archive_id: int) -> None:
    more = {"done_steps": F("done_steps") + 1, "version": F("version") + 1}
    _open(archive_id).update(**more, stepped_at=timezone.now())


def _live(archive_id: int) -> None:
    _open(archive_id).update(stepped_at=timezone.now())


def write(
    member: Membership, file: IO[bytes], told: Told, now: datetime, alive: Told
) -> None:
    """The whole ZIP; `told` is called once a thing of the table and at the end.

    `alive` is called after each file, of which there may be many.
    """
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.md", readme(member, now))
        for topic in Topic:
            things = [held for held in everything() if held.topic == topic]
            _topic(archive, member, topic, things, told)
        for path, data in files_of(member):
            archive.writestr(path, data)
            alive()
    told()


def _topic(
    archive: zipfile.ZipFile,
    member: Membership,
    topic: Topic,
    things: list[Held],
    told: Told,
) -> None:
    """Data and readable text at once: one is streamed in, the other waits on disk."""
    name = topic.value
    with SpooledTemporaryFile(IN_MEMORY) as text:
        with archive.open(f"data/{name}.json", "w", force_zip64=True) as data:
            data.write(b"{")
            for number, held in enumerate(things):
                data.write(b"," if number else b"")
                _thing(data, text, held, member)
                told()
            data.write(b"\n}\n")
        text.seek(0)
        with archive.open(f"read/{name}.md", "w", force_zip64=True) as page:
            for block in iter(lambda: text.read(PART), b""):
                page.write(block)


def _thing(data: IO[bytes], text: IO[bytes], held: Held, member: Membership) -> None:
    said = {"what": str(held.what), "rows": []}
    head = json.dumps(said, ensure_ascii=False)[: -len("]}")]
    data.write(f'\n"{held.key}": {head}'.encode())
    text.write(f"## {held.what}\n\n".encode())
    for number, row in enumerate(rows_of(held, member)):
        comma = "," if number else ""
        line = json.dumps(row, ensure_ascii=False, default=_written)
        data.write(f"{comma}\n  {line}".encode())
        text.write(_readable(row).encode())
    data.write(b"]}")


def _written(value: object) -> str:
    """A moment or a day by ISO 8601, anything else as it is said."""
    return value.isoformat() if isinstance(value, date | time) else str(value)


def rows_of(held: Held, member: Membership) -> Iterator[dict[str, Any]]:
    """What the member may read of it, by column; what has a name by that."""
    columns = [name for name in held.columns if name not in held.secret]
    named = {name: model for name in columns if (model := _named_by(held, name))}
    shown = held.rows.filter(held.shown_to(member)).order_by("pk").distinct()
    known = _Names(member.organisation_id)
    rows = shown.values("pk", *columns).iterator(chunk_size=ROWS)
    while some := list(islice(rows, ROWS)):
        told = held.tells([row["pk"] for row in some]) if held.tells else {}
        for row in some:
            said = {
                name: known.of(named[name], value) if name in named else value
                for name, value in row.items()
            }
            yield {**said, **told.get(row["pk"], {})}


def _named_by(held: Held, name: str) -> type[models.Model] | None:
    """The model of what a column refers to, if its rows have names."""
    if name in held.refers:
        return held.refers[name]
    field: Any = held.model._meta.get_field(name)
    model: type[models.Model] | None = field.related_model
    return model if model and _has_name(model) else None


def _has_name(model: type[models.Model]) -> bool:
    if model is Membership:
        return True
    is_own = issubclass(model, OrganisationRow)
    return is_own and any(one.name == "name" for one in model._meta.local_fields)


class _Names:
    """What rows of one organisation are called, each asked for once."""

    def __init__(self, organisation: int) -> None:
        self.organisation = organisation
        self.name = lru_cache(maxsize=10_000)(self._name)

    def of(self, model: type[models.Model], pk: int | None) -> str | None:
        return None if pk is None else self.name(model, pk)

    def _name(self, model: type[models.Model], pk: int) -> str:
        every: models.QuerySet[Any] = models.QuerySet(model)
        rows = every.filter(organisation=self.organisation, pk=pk)
        if model is Membership:
            return str(rows.select_related("user").first() or pk)
        return str(rows.values_list("name", flat=True).first() or pk)


def _readable(row: dict[str, Any]) -> str:
    """A row as a list; texts of several lines are quoted, so that they stay theirs."""
    said = {name: value for name, value in row.items() if value not in (None, "", [])}
    lines = [f"### {said.pop('pk')}", ""]
    for name, value in said.items():
        words = str(value).splitlines() or [""]
        label = name.replace("_", " ")
        if len(words) == 1:
            lines.append(f"- {label}: {words[0]}")
        else:
            lines += [f"- {label}:", "", *(f"  > {word}" for word in words), ""]
    return "\n".join([*lines, "", ""])


def token_of(archive: Archive) -> str:
    """The way to download an archive, once; it is in no row of the database.

    By the key that it was gathered under; empty where that is no key of ours any more.
    """
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    tokens = (_token(archive, key) for key in keys)
    kept = archive.token_hash
    return next((one for one in tokens if kept in ("", hash_of(one))), "")


def _token(archive: Archive, key: str) -> str:
    salt = f"{archive.pk} {archive.member_id} {archive.asked_at.isoformat()}"
    name = "preceptor.personal.archive"
    return salted_hmac(name, salt, secret=key, algorithm="sha256").hexdigest()


@transaction.atomic
def _keep(archive: Archive, file: IO[bytes], now: datetime) -> None:
    """Puts the bytes beside the row, unless it was taken away in between."""
    size = file.tell()
    kept = _open(archive.pk).update(
        state=Archive.State.READY,
        size=size,
        expires_at=now + ARCHIVE_LASTS,
        token_hash=hash_of(token_of(archive)),
        version=F("version") + 1,
    )
    if not kept:
        return
    file.seek(0)
    for number in count():
        if not (block := file.read(PART)):
            return
        ArchivePart.objects.create(
            organisation_id=archive.organisation_id,
            archive=archive,
            number=number,
            body=block,
        )


def parts_of(archive: Archive) -> Iterator[bytes]:
    """Its bytes, one part in memory at a time."""
    numbers = ArchivePart.objects.filter(archive=archive).values_list("number")
    for (number,) in list(numbers.order_by("number")):
        part = ArchivePart.objects.get(archive=archive, number=number)
        yield bytes(part.body)
