"""What happens to a pairing on its way: pauses, changes of phase, wishes to change."""

from datetime import date, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from pairings.models.pairings import Pairing
from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow
from preceptor.history import Kind, tracked


def _member(*, null: bool = False) -> "models.ForeignKey[Membership, Membership]":
    return models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        null=null,
        related_name="+",
        db_constraint=False,
    )


class PauseQuerySet(models.QuerySet["Pause"]):
    def open(self) -> Self:
        return self.filter(resumed_on=None)

    def taken(self) -> Self:
        """Without those that were called off before they had lasted a day."""
        return self.exclude(resumed_on=F("starts_on"))

    def over(self, today: date) -> Self:
        """Open ones whose day of return has come."""
        return self.open().filter(back_on__lte=today)


@tracked(
    "starts_on",
    "back_on",
    "resumed_on",
    kind=Kind.PAIRINGS,
    program="pairing__program",
    person="pairing__junior__membership",
    other="pairing__mentor__membership",
)
class Pause(OrganisationRow):
    """Time off from a pairing, from `starts_on` to the day before `back_on`.

    Its first day may lie ahead; until then the pairing is active. Without `back_on`
    nobody knows yet for how long. `resumed_on` is the first day that they worked
    together again, the first one of a pause that was called off. `moved_days` is by how
    much the junior's year moved.
    """

    pairing = models.ForeignKey(
        Pairing, on_delete=models.CASCADE, related_name="pauses", db_constraint=False
    )
    starts_on = models.DateField()
    back_on = models.DateField(_("back on"), null=True, blank=True)
    resumed_on = models.DateField(null=True)
    moved_days = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    created_by = _member()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = PauseQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        ordering = ["starts_on", "id"]
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["pairing"],
                condition=Q(resumed_on=None),
                name="pause_one_open",
            ),
            models.CheckConstraint(
                condition=Q(back_on=None) | Q(back_on__gt=F("starts_on")),
                name="pause_has_days",
            ),
            models.CheckConstraint(
                condition=Q(resumed_on=None) | Q(resumed_on__gte=F("starts_on")),
                name="pause_ends_after_start",
            ),
            TenantKey(field="pairing", name="pause_pairing"),
            TenantKey(field="created_by", name="pause_created_by"),
        ]

    def __str__(self) -> str:
        return f"{self.pairing}, {self.starts_on}"

    @property
    def days(self) -> int:
        """What it is worth at once, 0 if nobody knows how long it lasts."""
        return self.days_until(self.back_on) if self.back_on else 0

    def days_until(self, on: date) -> int:
        """What it is worth if they work together again from `on`."""
        return max((on - self.counts_from).days, 0)

    @cached_property
    def counts_from(self) -> date:
        """Its first day, or the first for which the year has not moved already.

        A pause that a pairing ended in keeps what it moved until its day of return; the
        days until then are not counted again for the next pairing.
        """
        others = Pause.objects.filter(pairing__junior=self.pairing.junior_id)
        days = others.exclude(pk=self.pk).values_list("starts_on", "moved_days")
        moved = (first + timedelta(days=count) for first, count in days)
        return max([self.starts_on, *moved])


class PhaseMoveQuerySet(models.QuerySet["PhaseMove"]):
    def waiting(self) -> Self:
        return self.filter(agreed_at=None)

    def agreed(self) -> Self:
        return self.filter(agreed_at__isnull=False)


@tracked(
    "phase",
    "agreed_on",
    kind=Kind.PAIRINGS,
    program="pairing__program",
    person="pairing__junior__membership",
    other="pairing__mentor__membership",
)
class PhaseMove(OrganisationRow):
    """One of a pair asks to go on to another phase; it holds once the other agrees.

    `reached` of `counted` competencies spoke for the phase when it was asked for; both
    are None where nothing was counted.
    """

    pairing = models.ForeignKey(
        Pairing,
        on_delete=models.CASCADE,
        related_name="phase_moves",
        db_constraint=False,
    )
    phase = models.CharField(_("phase"), max_length=15, choices=Pairing.Phase)
    asked_by = _member()
    asked_at = models.DateTimeField()
    agreed_by = _member(null=True)
    agreed_at = models.DateTimeField(null=True)
    agreed_on = models.DateField(null=True)
    reached = models.PositiveIntegerField(null=True)
    counted = models.PositiveIntegerField(null=True)

    objects = PhaseMoveQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        ordering = ["asked_at", "id"]
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["pairing"],
                condition=Q(agreed_at=None),
                name="phasemove_one_waiting",
            ),
            models.CheckConstraint(
                condition=Q(agreed_at=None, agreed_by=None, agreed_on=None)
                | Q(
                    agreed_at__isnull=False,
                    agreed_by__isnull=False,
                    agreed_on__isnull=False,
                )
                & ~Q(agreed_by=F("asked_by")),
                name="phasemove_by_both",
            ),
            models.CheckConstraint(
                condition=Q(reached=None, counted=None)
                | Q(reached__isnull=False, counted__isnull=False)
                & Q(reached__lte=F("counted")),
                name="phasemove_reached_of_counted",
            ),
            TenantKey(field="pairing", name="phasemove_pairing"),
            TenantKey(field="asked_by", name="phasemove_asked_by"),
            TenantKey(field="agreed_by", name="phasemove_agreed_by"),
        ]

    def __str__(self) -> str:
        return f"{self.pairing}, {self.get_phase_display()}"


class RematchRequestQuerySet(models.QuerySet["RematchRequest"]):
    def open(self) -> Self:
        return self.filter(settled_at=None)


class RematchRequest(OrganisationRow):
    """One of a pair asks for another match, without a reason; a lead settles it.

    `successor` is the pairing that came of it; none if it was withdrawn, or if both
    stay together.
    """

    pairing = models.ForeignKey(
        Pairing,
        on_delete=models.CASCADE,
        related_name="rematch_requests",
        db_constraint=False,
    )
    asked_by = _member()
    asked_at = models.DateTimeField()
    settled_by = _member(null=True)
    settled_at = models.DateTimeField(null=True)
    successor = models.ForeignKey(
        Pairing,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
    )

    objects = RematchRequestQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        ordering = ["asked_at", "id"]
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["pairing"],
                condition=Q(settled_at=None),
                name="rematchrequest_one_open",
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None)
                | Q(settled_at__isnull=False, settled_by__isnull=False),
                name="rematchrequest_settled_by_somebody",
            ),
            TenantKey(field="pairing", name="rematchrequest_pairing"),
            TenantKey(field="asked_by", name="rematchrequest_asked_by"),
            TenantKey(field="settled_by", name="rematchrequest_settled_by"),
            TenantKey(field="successor", name="rematchrequest_successor"),
        ]

    def __str__(self) -> str:
        return str(self.pairing)
