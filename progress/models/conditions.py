from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow
from progress.models.plans import Milestone


class MilestoneCondition(OrganisationRow):
    """What a milestone asks for before it is signed.

    Counted ones want so many of what the reviews of the year hold; `counted` is how
    many there were when both had signed, and None until then. One that is ticked has a
    text of its own, wants one tick, and names who ticked it and when.
    """

    LONGEST = 200
    MOST = 12
    """Conditions of one milestone."""

    class Kind(models.TextChoices):
        SESSIONS_HELD = "sessions_held", _("sessions held")
        SESSIONS_LED = "sessions_led", _("sessions led by the junior")
        FINDINGS_EXPLAINED = "findings_explained", _("findings explained")
        TICKED = "ticked", _("something of your own, ticked by hand")

    milestone = models.ForeignKey(
        Milestone,
        on_delete=models.CASCADE,
        related_name="conditions",
        db_constraint=False,
    )
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=20, choices=Kind)
    wanted = models.PositiveSmallIntegerField(default=1)
    text = models.CharField(max_length=LONGEST, blank=True, default="")
    ticked_at = models.DateTimeField(null=True)
    ticked_by = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    counted = models.PositiveIntegerField(null=True)

    class Meta(OrganisationRow.Meta):
        ordering = ["position", "id"]
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.CheckConstraint(
                condition=Q(kind="ticked", wanted=1, counted=None) & ~Q(text="")
                | ~Q(kind="ticked")
                & Q(wanted__gte=1, text="", ticked_at=None, ticked_by=None),
                name="milestonecondition_counted_or_ticked",
            ),
            models.CheckConstraint(
                condition=Q(ticked_at=None, ticked_by=None)
                | Q(ticked_at__isnull=False, ticked_by__isnull=False),
                name="milestonecondition_ticked_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["milestone", "kind"],
                condition=~Q(kind="ticked"),
                name="milestonecondition_counted_once",
            ),
            TenantKey(field="milestone", name="milestonecondition_milestone"),
            TenantKey(field="ticked_by", name="milestonecondition_ticked_by"),
        ]

    def __str__(self) -> str:
        return self.text or f"{self.wanted} {self.get_kind_display()}"

    @property
    def is_ticked_kind(self) -> bool:
        return self.kind == self.Kind.TICKED


class MilestoneAddendum(OrganisationRow):
    """What is added to a milestone after both signed it; never changed again."""

    LONGEST = 4000

    milestone = models.ForeignKey(
        Milestone, on_delete=models.CASCADE, related_name="addenda", db_constraint=False
    )
    author = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    text = models.TextField(_("addendum"))
    created_at = models.DateTimeField(default=timezone.now)

    class Meta(OrganisationRow.Meta):
        ordering = ["created_at", "id"]
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(text=""), name="milestoneaddendum_says_something"
            ),
            TenantKey(field="milestone", name="milestoneaddendum_milestone"),
            TenantKey(field="author", name="milestoneaddendum_author"),
        ]

    def __str__(self) -> str:
        return f"{self.milestone}, {self.author}"
