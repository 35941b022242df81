from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow


class SnoozeQuerySet(models.QuerySet["Snooze"]):
    def in_force(self, now: datetime) -> Self:
        return self.filter(Q(until=None) | Q(until__gt=now))


class Snooze(OrganisationRow):
    """A matter that somebody put off until a moment, or is done with where it is null.

    Once the moment has come the reminder stands again, as a new occurrence.
    """

    member = models.ForeignKey(
        Membership, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    matter = models.CharField(max_length=120)
    until = models.DateTimeField(null=True)

    objects = SnoozeQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(fields=["member", "matter"], name="snooze_one"),
            TenantKey(field="member", name="snooze_member"),
        ]

    def __str__(self) -> str:
        return self.matter
