from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow
from preceptor.history import Kind, tracked


class ProgramStaffQuerySet(models.QuerySet["ProgramStaff"]):
    def leads(self) -> Self:
        return self.filter(role=ProgramStaff.Role.LEAD).order_by("pk")

    def with_people(self) -> Self:
        return self.select_related("membership__user").order_by("role", "pk")


@tracked("role", kind=Kind.PROGRAMS, program="program", person="membership")
class ProgramStaff(OrganisationRow):
    class Role(models.TextChoices):
        LEAD = "lead", _("Lead")
        OBSERVER = "observer", _("Observer")

    program = models.ForeignKey(
        "pairings.Program",
        on_delete=models.CASCADE,
        related_name="staff",
        db_constraint=False,
    )
    membership = models.ForeignKey(
        Membership, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    role = models.CharField(_("role"), max_length=10, choices=Role)

    objects = ProgramStaffQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["program", "membership"], name="programstaff_once"
            ),
            TenantKey(field="program", name="programstaff_program"),
            TenantKey(field="membership", name="programstaff_membership"),
        ]

    def __str__(self) -> str:
        return f"{self.membership}, {self.get_role_display()}"
