"""What a program's leads settle about its messages.

Programs are rows of an app above; its migrations add the keys that refer to them.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow
from preceptor.history import Kind, tracked


@tracked("paused_at", kind=Kind.PROGRAMS, program="program_id")
class ProgramMessages(OrganisationRow):
    """A program whose messages rest."""

    program_id = models.BigIntegerField(unique=True)
    paused_at = models.DateTimeField()
    paused_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            TenantKey(field="paused_by", name="programmessages_paused_by"),
        ]

    def __str__(self) -> str:
        return f"{self.program_id}"


@tracked(
    "kind",
    "version",
    kind=Kind.PROGRAMS,
    program="program_id",
    hidden=("subject", "opening"),
)
class Wording(OrganisationRow):
    """How a program says one kind of message; what is empty stays as it is.

    Both texts may name the kind's placeholders, in braces.
    """

    program_id = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    subject = models.CharField(_("subject line"), max_length=150, blank=True)
    opening = models.TextField(_("opening"), max_length=2_000, blank=True)
    version = models.PositiveIntegerField(default=1)
    changed_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    changed_at = models.DateTimeField()

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(fields=["program_id", "kind"], name="wording_one"),
            TenantKey(field="changed_by", name="wording_changed_by"),
        ]

    def __str__(self) -> str:
        return self.kind
