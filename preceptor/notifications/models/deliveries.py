from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, Q, Window
from django.db.models.functions import FirstValue
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow
from preceptor.notifications.models.channels import Webhook
from preceptor.notifications.models.snoozes import Snooze


class Timing(models.TextChoices):
    """When somebody wants to hear of a kind."""

    AT_ONCE = "at-once", _("At once")
    DAILY = "daily", _("Daily digest")
    WEEKLY = "weekly", _("Weekly digest")
    OFF = "off", _("Off")


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def claimable(self, now: datetime) -> Self:
        """Pending rows whose time has come, and claimed ones whose lease ran out."""
        return self.filter(
            Q(state=Delivery.State.PENDING, not_before__lte=now)
            | Q(state=Delivery.State.CLAIMED, leased_until__lte=now)
        )

    def inbox(self) -> Self:
        return self.filter(channel=Delivery.Channel.INBOX)

    def unread(self) -> Self:
        return self.inbox().filter(state=Delivery.State.SENT, read_at=None)

    def in_inbox(self, now: datetime) -> Self:
        """What stands there, and what is about to be planned anew."""
        stands = Q(state=Delivery.State.SENT) | Delivery.again(now)
        return self.inbox().filter(stands, sent_at__isnull=False)

    def settled(self, member: int, now: datetime) -> Self:
        """What stood in a member's inbox and fell away by itself, each matter once."""
        mine = self.inbox().filter(recipient=member, sent_at__isnull=False)
        standing = mine.in_inbox(now).values("matter")
        resting = Snooze.objects.in_force(now).filter(member=member).values("matter")
        gone = mine.filter(state=Delivery.State.WITHDRAWN)
        gone = gone.exclude(matter__in=standing).exclude(matter__in=resting)
        last = Window(
            FirstValue("pk"), partition_by="matter", order_by=["-planned_at", "-pk"]
        )
        return gone.annotate(last=last).filter(last=F("pk"))

    def newest(self, member: int, matters: Collection[str]) -> list["Delivery"]:
        """Of each matter what came last to a member's inbox, in the matters' order."""
        rows = self.inbox().filter(recipient=member, sent_at__isnull=False)
        rows = rows.filter(matter__in=matters).order_by("planned_at", "pk")
        by_matter = {row.matter: row for row in rows}
        return [by_matter[matter] for matter in matters if matter in by_matter]

    def update_free(self, **changes: Any) -> int:
        """Changes those that nobody else changes at this moment; gives how many.

        The planner takes many in an order of its own, and who held some that it wants
        while they waited for others would wait for good. For who writes what the next
        run finds out by itself, or what is withdrawn by who holds it.
        """
        free = self.select_for_update(skip_locked=True).values_list("pk", flat=True)
        return Delivery.objects.filter(pk__in=list(free)).update(**changes)

    def carriers(self) -> Self:
        """What goes out of the house."""
        return self.exclude(channel=Delivery.Channel.INBOX)

    def in_digest(self, digests: "Collection[Delivery]") -> Self:
        """What digests are to take along, also where they failed to."""
        waiting = [Delivery.State.HELD, Delivery.State.FAILED]
        return self.filter(digest__in=digests, state__in=waiting)


class Delivery(OrganisationRow):
    """The outbox: one message to one person through one channel.

    `subject` is the id of the row that the reminder is about; `occurrence` names the
    matter, with its date, and the step, so that a moved date is a new occurrence. The
    row of the inbox stands for the reminder itself, also where it is suppressed; those
    of other channels carry it, at once or in a digest.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        CLAIMED = "claimed", _("Being sent")
        HELD = "held", _("Waits for the digest")
        SENT = "sent", _("Sent")
        DIGESTED = "digested", _("Sent in the digest")
        FAILED = "failed", _("Failed")
        SUPPRESSED = "suppressed", _("Not sent")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Channel(models.TextChoices):
        INBOX = "inbox", _("Inbox")
        EMAIL = "email", _("E-mail")
        CHAT = "chat", _("Chat")
        PROGRAM = "program", _("Program’s channel")

    class Reason(models.TextChoices):
        NONE = "", ""
        OFF = "off", _("turned off by who would get it")
        PAUSED = "paused", _("the program’s messages are paused")
        BUDGET = "budget", _("beyond the week’s budget, so in the digest")
        AGAIN = "again", _("planned anew, by what was chosen since")

    AGAIN_WITHIN = timedelta(minutes=5)
    """Within this, what is to be planned anew has been, or its reason is gone."""

    DIGEST = "digest"
    """The kind of the row that takes along what was held."""

    recipient = models.ForeignKey(
        Membership,
        on_delete=models.CASCADE,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    program_id = models.BigIntegerField(null=True)
    """The program that it is about; apps above know what that is."""
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.EMAIL)
    webhook = models.ForeignKey(
        Webhook,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    kind = models.CharField(max_length=40)
    subject = models.BigIntegerField()
    matter = models.CharField(max_length=120, default="")
    occurrence = models.CharField(max_length=120)
    timing = models.CharField(max_length=10, choices=Timing, default=Timing.AT_ONCE)
    urgency = models.PositiveSmallIntegerField(default=50)
    not_before = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    reason = models.CharField(max_length=10, choices=Reason, blank=True, default="")
    digest = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        related_name="items",
        db_constraint=False,
        db_index=False,
    )
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    planned_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        indexes = [
            models.Index(
                F("not_before"),
                condition=Q(state__in=["pending", "claimed"]),
                name="delivery_due",
            ),
            models.Index(
                fields=["recipient", "not_before"],
                condition=Q(state="held"),
                name="delivery_held",
            ),
            models.Index(
                fields=["kind"],
                condition=Q(channel="inbox", state__in=["sent", "suppressed"]),
                name="delivery_standing",
            ),
            models.Index(
                fields=["recipient", "-planned_at"],
                condition=Q(channel="inbox"),
                name="delivery_inbox",
            ),
            models.Index(
                fields=["recipient"],
                condition=Q(channel="inbox", state="sent", read_at=None),
                name="delivery_unread",
            ),
            models.Index(
                fields=["organisation", "program_id", "-planned_at"],
                name="delivery_log",
            ),
            models.Index(fields=["kind", "subject"], name="delivery_subject"),
            models.Index(
                fields=["organisation", "-planned_at"],
                condition=Q(state="failed"),
                name="delivery_failed",
            ),
            models.Index(
                fields=["digest"],
                condition=Q(digest__isnull=False),
                name="delivery_items",
            ),
            models.Index(
                fields=["webhook"],
                condition=Q(webhook__isnull=False),
                name="delivery_of_webhook",
            ),
        ]
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["recipient", "occurrence", "channel"], name="delivery_once"
            ),
            TenantKey(field="recipient", name="delivery_recipient"),
            TenantKey(field="webhook", name="delivery_webhook"),
            TenantKey(field="digest", name="delivery_digest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.recipient}"

    def is_again(self, now: datetime) -> bool:
        """Whether it was withdrawn a moment ago, to be planned anew."""
        return (
            self.reason == self.Reason.AGAIN
            and self.withdrawn_at is not None
            and self.withdrawn_at > now - self.AGAIN_WITHIN
        )

    @staticmethod
    def again(now: datetime) -> Q:
        """Withdrawn a moment ago, so that the planner writes it anew."""
        return Q(
            state=Delivery.State.WITHDRAWN,
            reason=Delivery.Reason.AGAIN,
            withdrawn_at__gt=now - Delivery.AGAIN_WITHIN,
        )

    @staticmethod
    def may_fall() -> Q:
        """What stands or waits. What left the house is never taken back."""
        waits = Q(state__in=[Delivery.State.PENDING, Delivery.State.HELD])
        return waits | Q(channel=Delivery.Channel.INBOX, state=Delivery.State.SENT)


PATIENCE = timedelta(days=8)
"""Longer than any digest is waited for, not as long as a chat that never answers."""


def told(
    kind: str,
    *,
    subject: Any,
    recipient: Any,
    before: datetime,
    patience: timedelta = PATIENCE,
    **also: Any,
) -> Q:
    """Whether somebody was told of a subject before then: for who hears of it next.

    `subject` and `recipient` are columns of the outer row, as OuterRef, and so is
    what is `also` asked of the row, such as its matter. It stands in their inbox, or
    they chose not to hear of it, and none of its messages still waits, but for those
    that had waited longer than `patience` by then. Their kind is to be planned first.
    """
    which = {"kind": kind, "subject": subject, "recipient": recipient, **also}
    rows = Delivery.objects.filter(**which)
    waiting = rows.filter(
        state__in=["pending", "held", "claimed"], planned_at__gt=before - patience
    )
    return Q(Exists(rows.inbox().filter(planned_at__lte=before))) & ~Q(Exists(waiting))
