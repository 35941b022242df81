from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow
from progress.models.plans import GrowthPlan

WORDS = ("went_well", "hardest", "differently", "next_focus", "mood")
"""What the junior writes of a check-in."""

LOOKING_BACK = WORDS[:3]


class CheckInQuerySet(models.QuerySet["CheckIn"]):
    def handed(self) -> Self:
        return self.filter(handed_at__isnull=False)

    def drafts(self) -> Self:
        return self.filter(handed_at=None)

    def readable_by(self, member: Membership) -> Self:
        """Of a plan whose text they read: a draft is its junior's alone."""
        return self.filter(
            Q(handed_at__isnull=False) | Q(plan__junior__membership=member)
        )

    def as_record(self) -> Self:
        """That they took place and when, without a word of them."""
        return self.handed().only("organisation", "plan", "handed_at", "answered_at")

    def newest_first(self) -> Self:
        return self.order_by("-handed_at", "-pk")


class CheckIn(OrganisationRow):
    """What a junior looks back on and the mentor answers.

    Until `handed_at` it is a draft. From `answered_at` on both texts stay as they are,
    which a trigger holds. `version` counts what the junior saved.
    """

    plan = models.ForeignKey(
        GrowthPlan,
        on_delete=models.CASCADE,
        related_name="checkins",
        db_constraint=False,
    )
    went_well = models.TextField(_("what went well"), blank=True)
    hardest = models.TextField(_("the hardest moment"), blank=True)
    differently = models.TextField(_("what to do differently"), blank=True)
    next_focus = models.TextField(_("what comes next"), blank=True)
    mood = models.CharField(_("how it goes in a word"), max_length=40, blank=True)
    version = models.PositiveIntegerField(default=1)
    begun_at = models.DateTimeField(default=timezone.now, editable=False)
    handed_at = models.DateTimeField(null=True)
    answer = models.TextField(_("answer"), blank=True, default="")
    answered_by = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    answered_at = models.DateTimeField(null=True)

    objects = CheckInQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        indexes = [
            models.Index(
                fields=["plan"],
                condition=Q(handed_at__isnull=False, answered_at=None),
                name="checkin_to_answer",
            )
        ]
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["plan"],
                condition=Q(handed_at=None),
                name="checkin_one_draft",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None, answer="")
                | Q(
                    handed_at__isnull=False,
                    answered_at__isnull=False,
                    answered_by__isnull=False,
                ),
                name="checkin_answered_by_somebody",
            ),
            TenantKey(field="plan", name="checkin_plan"),
            TenantKey(field="answered_by", name="checkin_answered_by"),
        ]

    def __str__(self) -> str:
        return f"{self.plan}, {self.handed_at or self.begun_at:%Y-%m-%d}"

    @property
    def words(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in WORDS}

    @property
    def first_line(self) -> str:
        """Of the first of the junior's texts that says something."""
        texts = (getattr(self, name).strip() for name in LOOKING_BACK)
        return next((text.splitlines()[0] for text in texts if text), "")
