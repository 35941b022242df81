"""Looked after every few minutes: who is due, what was left behind, what is over."""

from contextlib import suppress
from datetime import datetime

from django.db.models import F

from preceptor.http import Conflict
from preceptor.personal import actions, tasks
from preceptor.personal.models import Archive, ArchivePart, Erasure, LeaversRule


def look_after(now: datetime) -> None:
    for rule in LeaversRule.objects.order_by("pk"):
        ask_for_leavers(rule, now)
    for erasure in Erasure.objects.to_begin(now).select_related("member__user"):
        # A name that may be anybody's word waits for an owner to look.
        if not erasure.waits_for_owner:
            # The last owner by now waits until there is another.
            with suppress(Conflict):
                actions.begin(erasure, now)
    for erasure in Erasure.objects.left_behind(now):
        resumed = Erasure.objects.standing().filter(
            pk=erasure.pk, stepped_at=erasure.stepped_at
        )
        if resumed.update(stepped_at=now):
            tasks.erase.delay(erasure.pk)
    ArchivePart.objects.filter(archive__in=Archive.objects.over(now)).delete()
    Archive.objects.forgotten(now).delete()
    look_after_gathering(now)


def look_after_gathering(now: datetime) -> None:
    """Who waits is handed over again; whose worker died is told that it failed."""
    left = Archive.objects.left_behind(now)
    waiting = left.filter(state=Archive.State.QUEUED)
    for pk in waiting.values_list("pk", flat=True):
        if waiting.filter(pk=pk).update(stepped_at=now):
            tasks.gather.delay(pk)
    left.filter(state=Archive.State.GATHERING).update(
        state=Archive.State.FAILED, version=F("version") + 1
    )


def ask_for_leavers(rule: LeaversRule, now: datetime) -> None:
    """Who left so long ago is due some days from now, so that owners hear of it."""
    standing = Erasure.objects.filter(called_off_at=None).values("member")
    gone = actions.leavers(rule.organisation_id, rule.days, now)
    Erasure.objects.bulk_create(
        (
            Erasure(
                organisation_id=rule.organisation_id,
                member_id=pk,
                origin=Erasure.Origin.LEFT,
                asked_at=now,
                due_at=actions.due_from(now),
            )
            for pk in gone.exclude(pk__in=standing).values_list("pk", flat=True)
        ),
        ignore_conflicts=True,
    )
