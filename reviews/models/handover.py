from datetime import date
from typing import Self

from django.db import models

from pairings.models import Handover
from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow
from reviews.models.sessions import ReviewSession


class ReleasedSessionQuerySet(models.QuerySet["ReleasedSession"]):
    def to(self, member: Membership, today: date) -> Self:
        """What somebody may read as the next mentor of the junior."""
        return self.filter(handover__in=Handover.objects.to(member, today))


class ReleasedSession(OrganisationRow):
    """An earlier session that its junior lets the next mentor read."""

    handover = models.ForeignKey(
        Handover,
        on_delete=models.CASCADE,
        related_name="released",
        db_constraint=False,
    )
    session = models.ForeignKey(
        ReviewSession,
        on_delete=models.CASCADE,
        related_name="releases",
        db_constraint=False,
    )

    objects = ReleasedSessionQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["handover", "session"], name="releasedsession_once"
            ),
            TenantKey(field="handover", name="releasedsession_handover"),
            TenantKey(field="session", name="releasedsession_session"),
        ]

    def __str__(self) -> str:
        return self.session.code
