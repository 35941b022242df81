from collections.abc import Mapping

from django.db import transaction

from pairings.models import MentorRecord
from preceptor.accounts.models import Membership


@transaction.atomic
def edit_record(
    *, actor: Membership, mentor: Membership, fields: Mapping[str, object]
) -> MentorRecord:
    """Writes what the register keeps of a mentor; the first time makes the record."""
    record, _made = MentorRecord.objects.update_or_create(
        membership=mentor, organisation_id=mentor.organisation_id, defaults=fields
    )
    return record
