from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Subquery

from preceptor.accounts.models import Membership, Organisation
from reviews.actions.rows import drop_unused
from reviews.models import (
    Blob,
    Draft,
    Finding,
    RetentionRule,
    ReviewSession,
    ReviewSessionQuerySet,
    Revision,
    Transcript,
)


def set_retention(*, actor: Membership, days: int | None, now: datetime) -> None:
    """How long code and conversations are kept; None keeps them for good."""
    rules = RetentionRule.objects.filter(organisation=actor.organisation_id)
    if days is None:
        rules.delete()
        return
    RetentionRule.objects.update_or_create(
        organisation_id=actor.organisation_id,
        defaults={"days": days, "set_by": actor, "set_at": now},
    )


def purge_kept_too_long(now: datetime) -> int:
    """Purges what the rules of all organisations no longer keep; how many sessions."""
    rules = RetentionRule.objects.select_related("organisation")
    return sum(
        purge(rule.organisation, before=rule.ends_at(now))
        for rule in rules.order_by("pk")
    )


@transaction.atomic
def purge(organisation: Organisation, *, before: datetime) -> int:
    """Takes code and conversations out of the sessions that ended before.

    What is left of the bytes is their hash. Bytes that a later session shares stay
    until that one is purged.
    """
    sessions = list(to_purge(organisation, before).values_list("pk", flat=True))
    hashes = Blob.objects.filter(pk=OuterRef("blob"))
    Revision.objects.filter(session__in=sessions, blob__isnull=False).update(
        sha256=Subquery(hashes.values("sha256")[:1]), blob=None
    )
    Transcript.objects.filter(session__in=sessions).update(blob=None)
    findings = Finding.objects.filter(session__in=sessions).exclude(suggestion="")
    findings.update(suggestion="", version=F("version") + 1)
    Draft.objects.filter(session__in=sessions).delete()
    drop_unused(Blob.objects.filter(organisation=organisation))
    return len(sessions)


def to_purge(organisation: Organisation, before: datetime) -> ReviewSessionQuerySet:
    """Sessions that ended before and still hold code, a conversation or a draft."""
    of_session = {"session": OuterRef("pk")}
    code = Revision.objects.filter(**of_session, blob__isnull=False)
    words = Transcript.objects.filter(**of_session, blob__isnull=False)
    proposed = Finding.objects.filter(**of_session).exclude(suggestion="")
    drafts = Draft.objects.filter(**of_session)
    return ReviewSession.objects.past().filter(
        Exists(code) | Exists(words) | Exists(proposed) | Exists(drafts),
        organisation=organisation,
        closed_at__lt=before,
    )
