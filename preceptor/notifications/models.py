from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def claimable(self, now: datetime) -> Self:
        """Pending rows whose time has come, and claimed ones whose lease ran out."""
        return self.filter(
            Q(state=Delivery.State.PENDING, not_before__lte=now)
            | Q(state=Delivery.State.CLAIMED, leased_until__lte=now)
        )


class Delivery(OrganisationRow):
    """The outbox: one message to one person through one channel.

    `subject` is the id of the row that the reminder is about; `occurrence` names due
    date and step, so that a moved date is a new occurrence.
    """

    class State(models.TextChoices):
        PENDING = "pending"
        CLAIMED = "claimed"
        SENT = "sent"
        FAILED = "failed"
        WITHDRAWN = "withdrawn"

    class Channel(models.TextChoices):
        EMAIL = "email"

    recipient = models.ForeignKey(
        Membership, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.EMAIL)
    kind = models.CharField(max_length=40)
    subject = models.BigIntegerField()
    occurrence = models.CharField(max_length=120)
    not_before = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    planned_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        indexes = [
            models.Index(
                F("not_before"),
                condition=Q(state__in=["pending", "claimed"]),
                name="delivery_due",
            )
        ]
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["recipient", "channel", "occurrence"], name="delivery_once"
            ),
            TenantKey(field="recipient", name="delivery_recipient"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.recipient}"


class CalendarSubscriptionQuerySet(models.QuerySet["CalendarSubscription"]):
    def live(self) -> Self:
        """Of people who may still come in."""
        return self.filter(member__is_active=True, member__user__is_active=True)


class CalendarSubscription(OrganisationRow):
    """An address under which somebody's calendar fetches what concerns them here.

    Whoever knows it reads it without signing in. Its token is stored as a hash alone; a
    new one takes the place of the old.
    """

    member = models.ForeignKey(
        Membership, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField()
    fetched_at = models.DateTimeField(null=True)

    objects = CalendarSubscriptionQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(fields=["member"], name="calendarsubscription_one"),
            TenantKey(field="member", name="calendarsubscription_member"),
        ]

    def __str__(self) -> str:
        return str(self.member)
