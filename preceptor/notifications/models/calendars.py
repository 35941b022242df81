from typing import Self

from django.db import models

from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow


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
