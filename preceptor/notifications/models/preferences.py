from datetime import time

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow
from preceptor.notifications.models.deliveries import Timing

MONDAY, FRIDAY, SUNDAY = 1, 5, 7


def working_week() -> list[int]:
    return list(range(MONDAY, FRIDAY + 1))


class Preferences(OrganisationRow):
    """When and where somebody hears from an organisation; without a row, as here.

    Days are ISO weekdays, 1 for Monday. Quiet hours from a later to an earlier time
    span midnight; equal times are none. All in the person's time zone.
    """

    member = models.ForeignKey(
        Membership, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    working_days = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name=_("days"), default=working_week
    )
    quiet_from = models.TimeField(_("quiet from"), default=time(18))
    quiet_until = models.TimeField(_("quiet until"), default=time(8))
    digest_at = models.TimeField(_("digest at"), default=time(8))
    weekly_on = models.PositiveSmallIntegerField(
        _("weekly digest on"),
        default=MONDAY,
        validators=[MinValueValidator(MONDAY), MaxValueValidator(SUNDAY)],
    )
    weekly_budget = models.PositiveSmallIntegerField(
        _("messages a week"), default=10, validators=[MaxValueValidator(1_000)]
    )
    by_email = models.BooleanField(_("by e-mail"), default=True)
    by_chat = models.BooleanField(_("in my chat"), default=False)

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(fields=["member"], name="preferences_one"),
            models.CheckConstraint(
                condition=Q(
                    working_days__len__gte=1,
                    working_days__contained_by=list(range(MONDAY, SUNDAY + 1)),
                ),
                name="preferences_working_days",
            ),
            models.CheckConstraint(
                condition=Q(weekly_on__range=(MONDAY, SUNDAY)),
                name="preferences_weekly_on",
            ),
            TenantKey(field="member", name="preferences_member"),
        ]

    def __str__(self) -> str:
        return str(self.member)


class KindPreference(OrganisationRow):
    """What somebody chose for one kind of message; without a row, the kind's own."""

    member = models.ForeignKey(
        Membership, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    kind = models.CharField(max_length=40)
    timing = models.CharField(max_length=10, choices=Timing)

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["member", "kind"], name="kindpreference_one"
            ),
            TenantKey(field="member", name="kindpreference_member"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.get_timing_display()}"
