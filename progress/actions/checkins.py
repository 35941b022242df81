"""What the junior looks back on, what the mentor answers, and the hours of a week."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from progress.actions.plans import locked
from progress.models import CheckIn, GrowthPlan, ProtectedWeek


class StaleCheckIn(Conflict):
    """It was written over, handed over or answered since the page was opened.

    `stands` is what is there now; what was typed is to be kept.
    """

    def __init__(self, message: str, stands: CheckIn | None) -> None:
        super().__init__(message)
        self.stands = stands


@transaction.atomic
def prepare_checkin(
    *,
    plan: GrowthPlan,
    words: Mapping[str, str],
    version: int,
    hands_over: bool,
    now: datetime,
) -> CheckIn:
    """Saves the plan's draft, or hands it over to the mentor.

    `version` is that of the draft which the junior saw, 0 if there was none. The same
    words sent twice are one check-in.
    """
    locked(plan)
    draft = plan.checkins.drafts().first()
    last = plan.checkins.newest_first().handed().first()
    is_sent = last is not None and last.words == words and (version or hands_over)
    if draft is None and last and is_sent:
        return last
    if draft and draft.words != words and draft.version != version:
        raise StaleCheckIn(_("The draft was changed while you wrote."), draft)
    if draft is None and version:
        raise StaleCheckIn(
            _(
                "The draft was handed over or discarded while you wrote. This would be "
                "another one."
            ),
            last,
        )
    row = draft or CheckIn(organisation_id=plan.organisation_id, plan=plan, version=0)
    for name, text in words.items():
        setattr(row, name, text)
    row.version += 1
    row.handed_at = now if hands_over else None
    row.save()
    return row


@transaction.atomic
def discard_checkin(*, plan: GrowthPlan, version: int) -> None:
    """Throws away the draft of that version, which nobody but the junior has read."""
    locked(plan)
    if not plan.checkins.drafts().filter(version=version).delete()[0]:
        raise Conflict(
            _("The draft was changed, handed over or discarded since. Look again.")
        )


def change_checkin(*, checkin: CheckIn, words: Mapping[str, str], version: int) -> None:
    """Another wording of what was handed over, as long as there is no answer."""
    row = CheckIn.objects.handed().filter(pk=checkin.pk)
    seen = row.filter(answered_at=None, version=version)
    if seen.update(**words, version=F("version") + 1):
        return
    stands = row.select_related("answered_by__user").get()
    if stands.words == words:
        return
    raise StaleCheckIn(
        _("It was answered while you wrote, so it stays as it is.")
        if stands.answered_at
        else _("The check-in was changed while you wrote."),
        stands,
    )


def answer_checkin(
    *, actor: Membership, checkin: CheckIn, answer: str, version: int, now: datetime
) -> None:
    """Answers the wording of that version, once and for good."""
    row = CheckIn.objects.handed().filter(pk=checkin.pk)
    seen = row.filter(answered_at=None, version=version)
    if seen.update(answer=answer, answered_by=actor, answered_at=now):
        return
    stands = row.select_related("answered_by__user").get()
    if stands.answered_by_id == actor.pk and stands.answer == answer:
        return
    raise StaleCheckIn(
        _("It was answered while you wrote, so it stays as it is.")
        if stands.answered_at
        else _("The check-in was changed while you wrote. Read it again first."),
        stands,
    )


def tell_hours(*, plan: GrowthPlan, monday: date, hours: Decimal) -> None:
    """How many hours the week had; told again, the last word counts."""
    ProtectedWeek.objects.update_or_create(
        plan=plan,
        monday=monday,
        defaults={"organisation_id": plan.organisation_id, "hours": hours},
    )
