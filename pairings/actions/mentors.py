from collections.abc import Iterable
from typing import Any

from django.db import transaction

from pairings.models import MentorRecord
from preceptor.accounts.models import Membership
from preceptor.seen import Seen, Values, changed


@transaction.atomic
def edit_record(
    *, actor: Membership, mentor: Membership, sent: Values, seen: Seen
) -> MentorRecord:
    """Writes what the register keeps of a mentor; the first time makes the record.

    Raises `Stale` where somebody else changed the same since the page showed it.
    """
    MentorRecord.objects.get_or_create(
        membership=mentor, organisation_id=mentor.organisation_id
    )
    record = MentorRecord.objects.select_for_update(no_key=True).get(membership=mentor)
    own = changed(seen, sent, record_of(record, sent))
    for name, value in own.items():
        setattr(record, name, value)
    record.save(update_fields=list(own))
    return record


def record_of(record: MentorRecord, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(record, name) for name in names}
