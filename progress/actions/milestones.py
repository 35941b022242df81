"""Signatures of milestones, what becomes of those that are skipped, and addenda."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from progress.asked import Asked, asked_of, unmet
from progress.models import (
    Milestone,
    MilestoneAddendum,
    MilestoneCondition,
    MilestoneMove,
)

SIGNED = (
    "junior_signed_at",
    "mentor_signed_at",
    "mentor_signed_by",
    "although",
    "signed_at",
)


@transaction.atomic
def sign_milestone(
    *,
    actor: Membership,
    milestone: Milestone,
    now: datetime,
    seen: int | None = None,
    although: str = "",
) -> None:
    """Signs as the junior whose plan it is, or else as the mentor.

    Whoever signs second signs the milestone off, and what was counted by then is kept.
    `seen` is the version that was read. Over conditions that are not met a mentor signs
    with a reason, `although`, or not at all. Two who sign at the same moment wait for
    each other at the row, so one of them is the second.
    """
    row = held(milestone)
    if row.skipped_at:
        raise Conflict(_("The milestone was skipped in between. Take that back first."))
    if row.is_signed_by(actor):
        raise Conflict(_("This side of the milestone was signed already."))
    if seen not in (None, row.version):
        raise Conflict(_("The milestone was changed since. Read it again first."))
    asked = asked_of(row, timezone.localdate(now))
    if row.is_of(actor):
        row.junior_signed_at = now
    else:
        row.mentor_signed_at, row.mentor_signed_by = now, actor
        row.although = although if unmet(asked) else ""
        if unmet(asked) and not although:
            raise Conflict(_not_met(unmet(asked)))
    if row.junior_signed_at and row.mentor_signed_at:
        row.signed_at = now
        _keep_counts(asked)
    row.save(update_fields=SIGNED)


def _not_met(missing: Sequence[Asked]) -> str:
    names = ", ".join(one.name for one in missing)
    return _(
        "Not met: %(names)s. The mentor signs over that only with a reason, which the "
        "record keeps."
    ) % {"names": names}


def _keep_counts(asked: Sequence[Asked]) -> None:
    counted = []
    for one in asked:
        if not one.condition.is_ticked_kind:
            one.condition.counted = one.count
            counted.append(one.condition)
    MilestoneCondition.objects.bulk_update(counted, ["counted"])


def may_withdraw(actor: Membership, milestone: Milestone, today: date) -> bool:
    """Whether there is a signature that they may take back, as the junior or a mentor.

    That is their own, or that of a mentor who is one no longer: else nobody could, and
    what the two of today want otherwise would stay half signed.
    """
    if milestone.can_withdraw(actor):
        return True
    signer = milestone.mentor_signed_by
    if not milestone.is_open or milestone.is_of(actor) or signer is None:
        return False
    return not milestone.plan.is_mentored_by(signer, today)


def withdraw_signature(*, actor: Membership, milestone: Milestone, today: date) -> None:
    """Takes back the signature of one's side, as long as the other has not signed."""
    still_open = Milestone.objects.open().filter(pk=milestone.pk)
    if milestone.is_of(actor):
        mine = still_open.filter(junior_signed_at__isnull=False)
        changed = mine.update(junior_signed_at=None)
    else:
        if not may_withdraw(actor, milestone, today):
            still_open = still_open.none()
        mine = still_open.filter(mentor_signed_by=milestone.mentor_signed_by)
        changed = mine.update(mentor_signed_at=None, mentor_signed_by=None, although="")
    if not changed:
        raise Conflict(
            _(
                "There is no signature of yours to take back: the milestone was signed "
                "by both of you, or you had not signed it."
            )
        )


@transaction.atomic
def move_milestone(
    *,
    actor: Membership,
    milestone: Milestone,
    due_on: date,
    reason: str,
    now: datetime,
) -> None:
    """Gives an open milestone another date, be it a holiday, and keeps why."""
    row = held(milestone)
    if not row.is_open:
        raise Conflict(
            _("The milestone was signed off or skipped in between; its date stays.")
        )
    if row.due_on != due_on:
        keep_move(actor=actor, milestone=row, to_on=due_on, reason=reason, now=now)
        row.due_on, row.nominal_on = due_on, None
        row.save(update_fields=["due_on", "nominal_on"])


def keep_move(
    *, actor: Membership, milestone: Milestone, to_on: date, reason: str, now: datetime
) -> None:
    """Writes down that somebody moves it by hand, before its own day changes."""
    MilestoneMove.objects.create(
        organisation_id=milestone.organisation_id,
        milestone=milestone,
        kind=MilestoneMove.Kind.BY_HAND,
        from_on=milestone.due_on,
        to_on=to_on,
        reason=reason,
        moved_by=actor,
        moved_at=now,
    )


def skip_milestone(
    *, actor: Membership, milestone: Milestone, reason: str, now: datetime
) -> None:
    """Lets it be, and says why; what carries a signature is not skipped."""
    unsigned = Milestone.objects.unsigned().filter(pk=milestone.pk)
    if not unsigned.update(skipped_at=now, skipped_by=actor, skip_reason=reason):
        raise Conflict(
            _(
                "It was signed or skipped in between. A signature is taken back before "
                "a milestone is skipped."
            )
        )


def unskip_milestone(*, milestone: Milestone) -> None:
    """Makes one that was skipped open again, on the day that it was due."""
    rows = Milestone.objects.filter(pk=milestone.pk, skipped_at__isnull=False)
    if not rows.update(skipped_at=None, skipped_by=None, skip_reason=""):
        raise Conflict(_("The milestone is open again already."))


@transaction.atomic
def add_addendum(
    *, actor: Membership, milestone: Milestone, text: str, now: datetime
) -> None:
    """Adds to what both have signed. The same words sent twice are one addendum."""
    row = held(milestone)
    if row.signed_at is None:
        raise Conflict(_("It is not signed by both, so it can be changed itself."))
    last = row.addenda.order_by("created_at", "pk").last()
    if last and (last.author_id, last.text) == (actor.pk, text):
        return
    MilestoneAddendum.objects.create(
        organisation_id=row.organisation_id,
        milestone=row,
        author=actor,
        text=text,
        created_at=now,
    )


def held(milestone: Milestone) -> Milestone:
    """Its row as it is, which nobody else writes until the transaction is over."""
    rows = Milestone.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("plan__junior").get(pk=milestone.pk)
