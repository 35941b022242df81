"""The agreement and the notes of a pairing: two people write on one text."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from pairings.models import Agreement, Pairing, PairNote
from preceptor.accounts.models import Membership
from preceptor.http import Conflict


class Stale(Conflict):
    """Somebody else wrote since the page was opened; what is typed is to be kept."""


@transaction.atomic
def write_agreement(
    *,
    actor: Membership,
    pairing: Pairing,
    texts: Mapping[str, str],
    version: int,
    now: datetime,
) -> Agreement:
    """A further version, to which its writer has agreed.

    `version` is that of the newest one that the writer saw, 0 if there was none.
    """
    held = _standing(pairing)
    newest = held.agreements.newest_first().first()
    if newest is not None and newest.texts == texts:
        return newest
    if version != (newest.version if newest else 0):
        raise Stale(_("The agreement was changed while you wrote."))
    return Agreement.objects.create(
        organisation_id=held.organisation_id,
        pairing=held,
        version=version + 1,
        **texts,
        written_by=actor,
        written_at=now,
        **{_agreed_at(pairing, actor): now},
    )


@transaction.atomic
def agree(*, actor: Membership, pairing: Pairing, version: int, now: datetime) -> None:
    """Agrees to the newest version, which is the one that was read."""
    held = _standing(pairing)
    newest = held.agreements.newest_first().first()
    if newest is None or newest.version != version:
        raise Conflict(_("The agreement was changed since. Read it again first."))
    own = _agreed_at(pairing, actor)
    rows = Agreement.objects.filter(pk=newest.pk, **{f"{own}__isnull": True})
    if not rows.update(**{own: now}):
        raise Conflict(_("You have agreed to this version already."))


def _agreed_at(pairing: Pairing, member: Membership) -> str:
    return f"{pairing.side_of(member)}_agreed_at"


def _standing(pairing: Pairing) -> Pairing:
    """The row as it is, held: an agreement changes one request at a time."""
    held = Pairing.objects.select_for_update(no_key=True).get(pk=pairing.pk)
    if not held.is_standing:
        text = _("The pairing is not running; what the two wrote stays as it is.")
        raise Conflict(text)
    return held


@transaction.atomic
def write_note(
    *,
    actor: Membership,
    pairing: Pairing,
    kind: str,
    text: str,
    version: int,
    now: datetime,
) -> None:
    """Writes over the version that was seen, 0 if there was no text yet.

    The word for the next mentor may be written after the end, shared notes not.
    """
    if kind == PairNote.Kind.SHARED:
        _standing(pairing)
    rows = PairNote.objects.filter(pairing=pairing, kind=kind)
    written = {"text": text, "written_by": actor, "written_at": now}
    if rows.filter(version=version).update(**written, version=F("version") + 1):
        return
    if rows.filter(text=text).exists():
        return
    stale = _("The text was changed while you wrote.")
    if version:
        raise Stale(stale)
    try:
        with transaction.atomic():
            PairNote.objects.create(
                organisation_id=pairing.organisation_id,
                pairing=pairing,
                kind=kind,
                **written,
            )
    except IntegrityError as error:
        raise Stale(stale) from error
