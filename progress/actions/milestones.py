"""Signatures of milestones, and their dates."""

from datetime import date, datetime

from django.db.models import Case, DateTimeField, Q, Value, When
from django.utils.translation import gettext as _

from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from progress.models import Milestone


def sign_milestone(*, actor: Membership, milestone: Milestone, now: datetime) -> None:
    """Signs as the junior whose plan it is, or else as the mentor.

    Whoever signs second signs the milestone off. Two who sign at the same moment
    wait for each other at the row, so one of them is the second.
    """
    row = Milestone.objects.filter(pk=milestone.pk)
    if milestone.is_of(actor):
        changed = row.filter(junior_signed_at=None).update(
            junior_signed_at=now,
            signed_at=_if(Q(mentor_signed_at__isnull=False), now),
        )
    else:
        changed = row.filter(mentor_signed_at=None).update(
            mentor_signed_at=now,
            mentor_signed_by=actor,
            signed_at=_if(Q(junior_signed_at__isnull=False), now),
        )
    if not changed:
        raise Conflict(_("This side of the milestone was signed already."))


def _if(other_signed: Q, now: datetime) -> Case:
    """`now` where the other side has signed, else nothing."""
    moment = When(other_signed, then=Value(now))
    return Case(moment, default=None, output_field=DateTimeField())


def withdraw_signature(*, actor: Membership, milestone: Milestone) -> None:
    """Takes back one's own signature, as long as the other has not signed."""
    still_open = Milestone.objects.open().filter(pk=milestone.pk)
    if milestone.is_of(actor):
        mine = still_open.filter(junior_signed_at__isnull=False)
        changed = mine.update(junior_signed_at=None)
    else:
        mine = still_open.filter(mentor_signed_by=actor)
        changed = mine.update(mentor_signed_at=None, mentor_signed_by=None)
    if not changed:
        raise Conflict(
            _(
                "There is no signature of yours to take back: the milestone was signed "
                "by both of you, or you had not signed it."
            )
        )


def move_milestone(*, milestone: Milestone, due_on: date) -> None:
    """Gives a milestone that is not signed off another date, be it a holiday."""
    still_open = Milestone.objects.open().filter(pk=milestone.pk)
    if not still_open.update(due_on=due_on, nominal_on=None):
        raise Conflict(_("The milestone was signed off in between; its date stays."))
