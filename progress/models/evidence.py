from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow
from progress.models.frameworks import Competency
from progress.models.plans import GrowthPlan
from reviews.models import Finding, ReviewSession
from reviews.models.findings import place_called
from reviews.taxonomy import KEY_LETTERS, label

OF_SESSION = Q(session__isnull=False, url="", title="")
NAMED = Q(kind="link", session=None, finding=None, lesson=None) & ~Q(url="") & ~Q(
    title=""
) | OF_SESSION & (
    Q(kind__in=["finding", "explanation"], finding__isnull=False, lesson=None)
    | Q(kind="lesson", finding=None, lesson__isnull=False)
    | Q(kind="session", finding=None, lesson=None)
)
"""Each kind names what it refers to, and only a link has words of its own."""


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def newest_first(self) -> Self:
        return self.order_by("-held_on", "-pk")


class Evidence(OrganisationRow):
    """Something that shows what a junior can do in a competency: a reference.

    It names what it refers to by number, with the place and the hash of the change as
    they were when it was tagged; triggers refuse any change to it. It has no words of
    the room: those are read through what it refers to, by who may read that. Whoever
    tagged it may take it back until both have signed a milestone or an assessment
    that it could be a reason for.
    """

    class Kind(models.TextChoices):
        LINK = "link", _("outside link")
        FINDING = "finding", _("flaw")
        EXPLANATION = "explanation", _("explained card")
        LESSON = "lesson", _("lesson")
        SESSION = "session", _("session")

    plan = models.ForeignKey(
        GrowthPlan,
        on_delete=models.CASCADE,
        related_name="evidence",
        db_constraint=False,
    )
    competency = models.ForeignKey(
        Competency, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    """As the plan's version of that day has it; it stays when the plan moves on."""

    kind = models.CharField(max_length=12, choices=Kind)
    session = models.ForeignKey(
        ReviewSession,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    finding = models.PositiveBigIntegerField(null=True)
    """The number of the flaw, also of the one that an explained card is about."""

    lesson = models.PositiveBigIntegerField(null=True)
    diff_sha256 = models.CharField(max_length=64, blank=True)
    """In hexadecimal; empty where there was no change to hash."""

    path = models.CharField(max_length=500, blank=True)
    file_side = models.CharField(
        max_length=3, choices=Finding.FileSide, default=Finding.FileSide.NEW
    )
    line_from = models.PositiveIntegerField(null=True)
    line_to = models.PositiveIntegerField(null=True)
    turn = models.PositiveIntegerField(null=True)
    category = models.CharField(max_length=KEY_LETTERS, blank=True)
    severity = models.CharField(max_length=10, choices=Finding.Severity, blank=True)
    held_on = models.DateField()
    """The day of the session; of a link, the day on which it was tagged."""

    url = models.URLField(_("address"), max_length=500, blank=True)
    title = models.CharField(_("what it is"), max_length=160, blank=True)
    tagged_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    tagged_at = models.DateTimeField(default=timezone.now)

    objects = EvidenceQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=[
                    "plan",
                    "competency",
                    "kind",
                    "session",
                    "finding",
                    "lesson",
                    "url",
                ],
                nulls_distinct=False,
                name="evidence_once",
            ),
            models.CheckConstraint(condition=NAMED, name="evidence_names_its_thing"),
            TenantKey(field="plan", name="evidence_plan"),
            TenantKey(field="competency", name="evidence_competency"),
            TenantKey(field="session", name="evidence_session"),
            TenantKey(field="tagged_by", name="evidence_tagged_by"),
        ]

    def get_category_display(self) -> str:
        return label(self.category) if self.category else ""

    def __str__(self) -> str:
        return f"{self.competency}: {self.get_kind_display()}"

    @property
    def ref(self) -> int | None:
        """The number of what it refers to, of its kind; a link has none."""
        return self.finding or self.lesson or self.session_id

    @property
    def thing_key(self) -> str:
        """What forms and addresses call what it refers to: `finding-12`."""
        return f"{self.kind}-{self.ref}"

    @property
    def where(self) -> str:
        """`delivery.py:26–30`, the file's name alone, `turn 12`, or nothing."""
        return place_called(self.path, self.line_from, self.line_to, self.turn)
