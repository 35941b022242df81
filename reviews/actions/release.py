from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from reviews.actions.rows import announce, locked_session
from reviews.models import Finding, ReviewSession

State = ReviewSession.State


@transaction.atomic
def release(*, actor: Membership, session: ReviewSession, now: datetime) -> None:
    """Goes on without a pass that did not come in time; released twice, it is once.

    The session is revealed and counts as not blind from then on. What was written in
    a pass that was never locked stays its author's.
    """
    row = locked_session(session, State.READING, State.REVEALED)
    if row.state == State.REVEALED and not row.is_blind:
        return
    if row.state == State.REVEALED:
        raise Conflict(_("Both passes came after all, and were revealed."))
    if now < session.may_be_released_from:
        day = timezone.localtime(session.may_be_released_from)
        raise Conflict(
            _("The session waits for both passes until %(time)s.")
            % {"time": date_format(day, "l, j F, H:i")}
        )
    if not row.passes.filter(locked_at=None).exists():
        raise Conflict(_("Both passes are locked: either of the pair may reveal."))
    ReviewSession.objects.filter(pk=row.pk).update(
        state=State.REVEALED,
        revealed_at=now,
        is_blind=False,
        released_by=actor,
        version=F("version") + 1,
    )


@transaction.atomic
def bring_in_drafts(*, actor: Membership, session: ReviewSession) -> int:
    """Puts what somebody wrote in a pass that was released on the board; how many."""
    row = locked_session(session, State.REVEALED)
    drafts = Finding.objects.filter(session=row).left_behind(actor)
    count = drafts.update(blind_pass=None, version=F("version") + 1)
    if count:
        announce(row)
    return count
