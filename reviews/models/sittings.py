from django.core.validators import MinValueValidator
from django.db import models

from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import OrganisationRow
from reviews.models.sessions import ReviewSession


class SittingFile(OrganisationRow):
    """In which sitting, counted from 1, a pair reads a file of a large change."""

    session = models.ForeignKey(
        ReviewSession,
        on_delete=models.CASCADE,
        related_name="sitting_files",
        db_constraint=False,
    )
    path = models.CharField(max_length=500)
    sitting = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["session", "path"], name="sittingfile_once"
            ),
            models.CheckConstraint(
                condition=models.Q(sitting__gte=1), name="sittingfile_from_one"
            ),
            TenantKey(field="session", name="sittingfile_session"),
        ]

    def __str__(self) -> str:
        return f"{self.sitting}: {self.path}"
