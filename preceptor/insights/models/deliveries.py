"""What a team delivered in a week, as somebody told it."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow
from preceptor.history import Kind, tracked


@tracked(
    "team",
    "monday",
    "lead_time_hours",
    "deployments",
    "failures",
    "throughput",
    kind=Kind.SETTINGS,
    together="organisation",
)
class TeamWeek(OrganisationRow):
    """The figures of a team in the week from `monday` on; null: nobody told it.

    A team is known by its name, whatever its case, as enrolments name it.
    """

    FIGURES = ("lead_time_hours", "deployments", "failures", "throughput")

    team = models.CharField(_("team"), max_length=80)
    monday = models.DateField(_("Monday of the week"))
    lead_time_hours = models.DecimalField(
        _("lead time, hours"),
        max_digits=7,
        decimal_places=1,
        null=True,
        validators=[MinValueValidator(0), MaxValueValidator(100_000)],
    )
    """The median from a change's first commit to its running for customers."""
    deployments = models.PositiveIntegerField(
        _("deployments"), null=True, validators=[MaxValueValidator(100_000)]
    )
    failures = models.PositiveIntegerField(
        _("change failures"), null=True, validators=[MaxValueValidator(100_000)]
    )
    """Of the deployments, how many had to be taken back or put right."""
    throughput = models.PositiveIntegerField(
        _("throughput"), null=True, validators=[MaxValueValidator(100_000)]
    )
    """Changes that were finished."""
    written_by = models.ForeignKey(
        Membership,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    written_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(OrganisationRow.Meta):
        ordering = ["team", "-monday"]
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                "organisation", Lower("team"), "monday", name="teamweek_once"
            ),
            models.CheckConstraint(
                condition=Q(monday__iso_week_day=1), name="teamweek_monday"
            ),
            models.CheckConstraint(
                condition=Q(failures=None)
                | Q(deployments=None)
                | Q(failures__lte=F("deployments")),
                name="teamweek_failures",
                violation_error_message=_(
                    "There are more change failures than deployments. Correct one."
                ),
            ),
            TenantKey(field="written_by", name="teamweek_written_by"),
        ]

    def __str__(self) -> str:
        return f"{self.team}, {self.monday}"
