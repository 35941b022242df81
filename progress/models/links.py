from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow
from progress.models.plans import GrowthPlan
from reviews.models import Lesson


class PlanLink(OrganisationRow):
    """That a junior lets whoever has an address read parts of their year for a time.

    The address holds a token, of which only the digest is kept. It works until
    the end of `expires_on` where the junior is, and never again once `revoked_at` is
    set.
    """

    class Part(models.TextChoices):
        GOALS = "goals", _("Goals and how they ended")
        LEVELS = "levels", _("Levels then and now")
        SESSIONS = "sessions", _("Sessions: how many, how long, who led")
        CATCHES = "catches", _("The chart of what you catch alone")
        SIGN_OFFS = "sign_offs", _("Milestones and the days of their signatures")
        AUTONOMY = "autonomy", _("What was left to you, and the evidence of it")
        EVIDENCE = "evidence", _("Evidence: how many pieces")
        MENTORS = "mentors", _("The names of your mentors, with their dates")

    plan = models.ForeignKey(
        GrowthPlan, on_delete=models.CASCADE, related_name="links", db_constraint=False
    )
    name = models.CharField(_("for whom"), max_length=80)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    parts: "models.Field[list[str], list[str]]" = ArrayField(
        models.CharField(max_length=10, choices=Part), default=list, blank=True
    )
    expires_on = models.DateField(_("works until"))
    created_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(null=True)
    last_opened_at = models.DateTimeField(null=True)

    class Meta(OrganisationRow.Meta):
        ordering = ["-created_at", "-id"]
        constraints = [
            *OrganisationRow.Meta.constraints,
            TenantKey(field="plan", name="planlink_plan"),
            TenantKey(field="created_by", name="planlink_created_by"),
        ]

    def __str__(self) -> str:
        return self.name

    def has_expired(self, now: datetime) -> bool:
        """For one that came with the junior's user, by whose clock it ends."""
        zone = ZoneInfo(self.plan.junior.membership.user.time_zone)
        return self.expires_on < timezone.localdate(now, zone)

    def works(self, now: datetime) -> bool:
        return self.revoked_at is None and not self.has_expired(now)


class SharedLesson(OrganisationRow):
    """A lesson of the junior's own that a link shows."""

    link = models.ForeignKey(
        PlanLink,
        on_delete=models.CASCADE,
        related_name="shared_lessons",
        db_constraint=False,
    )
    lesson = models.ForeignKey(
        Lesson, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["link", "lesson"], name="sharedlesson_once"
            ),
            TenantKey(field="link", name="sharedlesson_link"),
            TenantKey(field="lesson", name="sharedlesson_lesson"),
        ]

    def __str__(self) -> str:
        return f"{self.link}: {self.lesson_id}"
