"""Erases again who was erased, after a backup brought them back; see `kept`."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import Enum

from django.db import transaction

from preceptor.accounts.models import Membership
from preceptor.personal import erasing
from preceptor.personal.actions import is_last_owner
from preceptor.personal.kept import Done
from preceptor.personal.models import Erasure


class Outcome(Enum):
    ERASED = "erased again"
    ALREADY = "erased already"
    NOT_HERE = "not in this database"
    LAST_OWNER = "the last owner: make somebody else an owner, then say it again"


def repeat(lines: Iterable[Done], now: datetime) -> Iterator[tuple[Done, Outcome]]:
    """Erases each again, one after the other; of those that it can, all."""
    for done in dict.fromkeys(lines):
        yield done, _again(done, now)


def _again(done: Done, now: datetime) -> Outcome:
    member = (
        Membership.objects.select_related("user")
        .filter(
            pk=done.member,
            organisation=done.organisation,
            created_at=datetime.fromisoformat(done.joined_at),
        )
        .first()
    )
    if member is None:
        return Outcome.NOT_HERE
    if Erasure.objects.filter(member=member, finished_at__isnull=False).exists():
        return Outcome.ALREADY
    if is_last_owner(member):
        return Outcome.LAST_OWNER
    erasing.take_up(_begun(done, member, now).pk)
    return Outcome.ERASED


@transaction.atomic
def _begun(done: Done, member: Membership, now: datetime) -> Erasure:
    words = erasing.words_of(member)
    also = [words[place] for place in done.struck if place < len(words)]
    erasure, _is_new = Erasure.objects.get_or_create(
        organisation_id=done.organisation,
        member=member,
        called_off_at=None,
        defaults={"origin": Erasure.Origin.OWNER, "asked_at": now, "due_at": now},
    )
    rows = Erasure.objects.filter(pk=erasure.pk)
    rows.filter(begun_at=None).update(begun_at=now, also=also, stepped_at=now)
    Membership.objects.filter(pk=member.pk).update(is_active=False)
    return erasure
