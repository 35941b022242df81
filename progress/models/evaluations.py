"""What juniors and mentors say of each other, and what of it others ever read."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pairings.models import Pairing
from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow


class OccasionName(models.TextChoices):
    MIDPOINT = "midpoint", _("half-way")
    COMPLETION = "completion", _("completion")


class Batch(OrganisationRow):
    """Evaluations of one mentor that are released together.

    Open until three juniors have answered; triggers refuse any change after that.
    """

    mentor = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    closed_on = models.DateField(null=True)

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["mentor"], condition=Q(closed_on=None), name="batch_one_open"
            ),
            TenantKey(field="mentor", name="batch_mentor"),
        ]

    def __str__(self) -> str:
        return f"{self.mentor}, {self.closed_on}"


class Release(OrganisationRow):
    """The average of one question over a batch: `n` juniors, a mean from 1 to 5.

    Written once, when the batch closes. It is all that anybody but its author ever
    reads of an evaluation of a mentor.
    """

    batch = models.ForeignKey(
        Batch, on_delete=models.CASCADE, related_name="releases", db_constraint=False
    )
    question = models.CharField(max_length=20)
    n = models.PositiveSmallIntegerField()
    mean = models.DecimalField(max_digits=3, decimal_places=2)

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(fields=["batch", "question"], name="release_once"),
            models.CheckConstraint(condition=Q(n__gte=3), name="release_of_three"),
            models.CheckConstraint(
                condition=Q(mean__gte=1, mean__lte=5), name="release_mean"
            ),
            TenantKey(field="batch", name="release_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.question}: {self.mean} ({self.n})"


class EvaluationQuerySet(models.QuerySet["MentorEvaluation"]):
    def by(self, author: Membership) -> Self:
        """The only rows that a page may read: one's own."""
        return self.filter(pairing__junior__membership=author)


class MentorEvaluation(OrganisationRow):
    """A junior's answers about a mentor, by key; what can't be said is left out.

    Numbers alone, without a day: read by the form of their author and by the closing
    of their batch.
    """

    pairing = models.ForeignKey(
        Pairing, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    occasion = models.CharField(max_length=10, choices=OccasionName)
    answers = models.JSONField(default=dict)
    batch = models.ForeignKey(
        Batch, on_delete=models.PROTECT, related_name="evaluations", db_constraint=False
    )

    objects = EvaluationQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["pairing", "occasion"], name="mentorevaluation_once"
            ),
            TenantKey(field="pairing", name="mentorevaluation_pairing"),
            TenantKey(field="batch", name="mentorevaluation_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.pairing}, {self.occasion}"


class JuniorEvaluation(OrganisationRow):
    """A mentor's answers about a junior, which the junior reads once they are given."""

    pairing = models.ForeignKey(
        Pairing,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
    )
    occasion = models.CharField(max_length=10, choices=OccasionName)
    answers = models.JSONField(default=dict)
    word = models.TextField(_("a word to them"), blank=True, max_length=2_000)
    given_at = models.DateTimeField(default=timezone.now)

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["pairing", "occasion"], name="juniorevaluation_once"
            ),
            TenantKey(field="pairing", name="juniorevaluation_pairing"),
        ]

    def __str__(self) -> str:
        return f"{self.pairing}, {self.occasion}"
