"""Where a session's change comes from, as long as it may be put right."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from preceptor.http import Conflict
from reviews.actions.rows import announce, locked_session
from reviews.models import ReviewSession


class Unaccounted(Conflict):
    """A session is to close of whose change nobody has said where it comes from."""


def set_provenance(
    *, session: ReviewSession, seen: str, provenance: Mapping[str, Any]
) -> None:
    """Puts tool, model, driver and share right until the close.

    `seen` is the session's `provenance_mark` as the person saw it. Raises Conflict
    where the session is over, or where the other was faster.
    """
    states = ReviewSession.State
    with transaction.atomic():
        row = locked_session(session, states.READING, states.REVEALED)
        if row.provenance_mark != seen:
            raise Conflict(
                _("Where the change comes from was written down meanwhile; look again.")
            )
        take_provenance(row, provenance)
        row.save()
        announce(row)


def take_provenance(row: ReviewSession, provenance: Mapping[str, Any]) -> None:
    """Sets the fields, without saving; the share is a fraction as text, or None."""
    share = provenance["edited_share"]
    row.tool, row.model = provenance["tool"], provenance["model"]
    row.driver = provenance["driver"]
    row.edited_share = None if share is None else Decimal(share)


def account_for_origin(row: ReviewSession, provenance: Mapping[str, Any]) -> None:
    """Takes what the close says; raises Unaccounted where tool or driver is open."""
    if provenance:
        take_provenance(row, provenance)
    if not row.has_provenance:
        raise Unaccounted(_("Say which tool wrote the change, and who drove it."))
