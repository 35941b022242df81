"""The changes and conversations themselves: their files, and names in them."""

from collections.abc import Iterator

from django.db import transaction
from django.db.models import Q, Value
from django.db.models.functions import Coalesce

from preceptor.accounts.models import Membership
from preceptor.accounts.spelling import Spelled
from reviews.actions.rows import blob_of, drop_unused
from reviews.models import (
    Blob,
    Revision,
    Transcript,
)


def files(member: Membership) -> Iterator[tuple[str, bytes]]:
    """Changes and conversations of the sessions that somebody took part in.

    Each is asked for alone, so that no more than one is in memory.
    """
    revisions = Revision.objects.filter(_took_part(member), blob__isnull=False)
    for pk in revisions.order_by("pk").values_list("pk", flat=True):
        if row := revisions.select_related("blob").filter(pk=pk).first():
            yield f"changes/session-{row.session_id}-{row.number}.diff", row.data
    talks = Transcript.objects.filter(_took_part(member), blob__isnull=False)
    for pk in talks.order_by("pk").values_list("pk", flat=True):
        talk = talks.select_related("blob").filter(pk=pk).first()
        if talk and talk.blob:
            ending = _ending(talk.name)
            path = f"conversations/session-{talk.session_id}-{talk.pk}{ending}"
            yield path, talk.blob.data


def _ending(name: str) -> str:
    """Of a file's name, where it has one that says something."""
    last = name.rpartition(".")[2]
    return f".{last}" if last.isalnum() and len(last) <= 5 else ".txt"


def clean(member: Membership, spelled: Spelled) -> None:
    """Code of theirs that names them, as a patch does; its hash is what stays."""
    rows = Revision.objects.filter(_took_part(member), blob__isnull=False)
    for pk in rows.values_list("pk", flat=True).order_by("pk"):
        revision = rows.select_related("blob").filter(pk=pk).first()
        if revision and spelled.is_in_file(revision.data):
            digest = bytes.fromhex(revision.digest)
            Revision.objects.filter(pk=pk).update(sha256=digest, blob=None)
    with transaction.atomic():
        drop_unused(Blob.objects.filter(organisation=member.organisation_id))


def strike(organisation: int, spelled: Spelled) -> None:
    """Out of the changes and conversations of others, whose lines stay where they are.

    The hash goes on to be that of the bytes as they came, by which evidence finds them.
    Single words are left: in code they mean something else.
    """
    names = Spelled(spelled.names)
    blobs = Blob.objects.filter(organisation=organisation)
    for pk in blobs.order_by("pk").values_list("pk", flat=True):
        blob = blobs.filter(pk=pk).first()
        data = blob.data if blob else b""
        if blob and (struck := names.struck(data)) is not data:
            _replace(blob, struck)


@transaction.atomic
def _replace(blob: Blob, body: bytes) -> None:
    fresh = blob_of(blob.organisation_id, body)
    revisions = Revision.objects.filter(blob=blob)
    revisions.update(sha256=Coalesce("sha256", Value(bytes(blob.sha256))), blob=fresh)
    Transcript.objects.filter(blob=blob).update(blob=fresh)
    drop_unused(Blob.objects.filter(pk=blob.pk))


def _took_part(member: Membership) -> Q:
    return Q(session__junior=member) | Q(session__mentor=member)
