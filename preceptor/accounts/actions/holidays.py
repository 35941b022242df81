"""What changes the holidays of an organisation, and moves what follows from them."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from preceptor.accounts.holidays import adding, announce, held_holidays, removing
from preceptor.accounts.models import Holiday, Membership
from preceptor.http import Conflict


@transaction.atomic
def add_holidays(
    *, actor: Membership, days: Iterable[date], name: str, now: datetime
) -> list[str]:
    """Those that are none yet get the name; says what moved because of it."""
    before = held_holidays(actor.organisation_id, alone=True)
    change = adding(actor, before, days, name, now)
    if not change.added:
        raise Conflict(_("Each of these days is a holiday already."))
    Holiday.objects.bulk_create(
        Holiday(organisation_id=actor.organisation_id, day=day, name=name)
        for day in change.added
    )
    return announce(change)


def rename_holiday(*, actor: Membership, holiday: Holiday, name: str) -> None:
    rows = Holiday.objects.filter(pk=holiday.pk, organisation=actor.organisation_id)
    if not rows.update(name=name):
        raise Conflict(_("The holiday was removed in between."))


@transaction.atomic
def remove_holiday(*, actor: Membership, holiday: Holiday, now: datetime) -> list[str]:
    """What it had moved goes back; says how much that is."""
    before = held_holidays(actor.organisation_id, alone=True)
    if not Holiday.objects.filter(pk=holiday.pk).delete()[0]:
        raise Conflict(_("The holiday was removed in between."))
    return announce(removing(actor, before, holiday.day, now))
