from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pairings.models import Pairing
from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow
from reviews.models.sessions import ReviewSession


class ChangeSuggestionQuerySet(models.QuerySet["ChangeSuggestion"]):
    def waiting(self) -> "ChangeSuggestionQuerySet":
        """Not taken into a session yet, the oldest first."""
        rows = self.filter(session=None).select_related("author__user")
        return rows.order_by("created_at", "pk")


class ChangeSuggestion(OrganisationRow):
    """A change that one of a pair would take apart next; read by the two alone."""

    pairing = models.ForeignKey(
        Pairing,
        on_delete=models.CASCADE,
        related_name="suggestions",
        db_constraint=False,
    )
    author = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    title = models.CharField(_("which change?"), max_length=160)
    link = models.URLField(_("link"), max_length=500, blank=True)
    reason = models.CharField(_("why this one?"), max_length=300, blank=True)
    session = models.ForeignKey(
        ReviewSession,
        on_delete=models.SET_NULL,
        null=True,
        related_name="suggestions",
        db_constraint=False,
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = ChangeSuggestionQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["pairing", "author", "title"], name="changesuggestion_once"
            ),
            TenantKey(field="pairing", name="changesuggestion_pairing"),
            TenantKey(field="author", name="changesuggestion_author"),
            TenantKey(field="session", name="changesuggestion_session"),
        ]

    def __str__(self) -> str:
        return self.title
