"""A junior lets the next mentor read earlier sessions; the mentor says they have."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pairings.models import Handover, Pairing, PairNote
from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from reviews.models import ReleasedSession, ReviewSession


@transaction.atomic
def release_handover(
    *,
    pairing: Pairing,
    word: PairNote | None,
    word_version: int,
    sessions: Sequence[ReviewSession],
    version: int,
    now: datetime,
) -> Handover:
    """Releases these sessions, and the last mentor's word as the junior has read it.

    In place of an earlier release, which had `version`, 0 if there was none: what is
    not among the sessions is taken back, and the mentor is asked again to read.
    """
    held = Pairing.objects.select_for_update(no_key=True).get(pk=pairing.pk)
    if not held.is_standing:
        raise Conflict(_("The pairing is not running; nothing was released."))
    if word_version != (word.version if word else 0):
        raise Conflict(
            _("What your last mentor wrote has changed since. Read it again first.")
        )
    handover = Handover.objects.filter(pairing=held).first()
    if version != (handover.version if handover else 0):
        raise Conflict(_("The handover was released in another tab. Look at it again."))
    handover = handover or Handover(
        organisation_id=held.organisation_id, pairing=held, version=0
    )
    handover.word, handover.word_version = (word.text if word else ""), word_version
    handover.version, handover.released_at = version + 1, now
    handover.acknowledged_at = None
    handover.save()
    _set_sessions(handover, sessions)
    return handover


def _set_sessions(handover: Handover, sessions: Sequence[ReviewSession]) -> None:
    rows = ReleasedSession.objects.filter(handover=handover)
    rows.exclude(session__in=sessions).delete()
    ReleasedSession.objects.bulk_create(
        (
            ReleasedSession(
                organisation_id=handover.organisation_id,
                handover=handover,
                session=session,
            )
            for session in sessions
        ),
        ignore_conflicts=True,
    )


def acknowledge_handover(
    *, actor: Membership, pairing: Pairing, version: int, now: datetime
) -> None:
    """The next mentor has read what was released; the day is kept."""
    readable = Handover.objects.to(actor, timezone.localdate(now))
    is_shown = readable.filter(pairing=pairing).exists()
    # By columns of the row alone: those are looked at again where it was held.
    rows = Handover.objects.filter(pairing=pairing.pk, version=version)
    if not (is_shown and rows.filter(acknowledged_at=None).update(acknowledged_at=now)):
        raise Conflict(
            _("The handover was released anew or acknowledged since. Look at it again.")
        )
