from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import OrganisationRow
from progress.models.plans import GrowthPlan


class PublishedFigure(OrganisationRow):
    """That the junior lets everybody who reads their record see one figure.

    It is shown as it stands when somebody looks; without a row it is the pair's.
    """

    class Figure(models.TextChoices):
        CATCHES = "catches", _("What is caught alone")
        CATEGORIES = "categories", _("By category")
        REJECTIONS = "rejections", _("Over-rejection")
        CALIBRATION = "calibration", _("Calibration")
        EXPLANATIONS = "explanations", _("Explanations")
        DRIVERS = "drivers", _("Who drove")

    plan = models.ForeignKey(
        GrowthPlan,
        on_delete=models.CASCADE,
        related_name="published_figures",
        db_constraint=False,
    )
    figure = models.CharField(max_length=15, choices=Figure)
    published_at = models.DateTimeField(default=timezone.now)

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["plan", "figure"], name="publishedfigure_once"
            ),
            TenantKey(field="plan", name="publishedfigure_plan"),
        ]

    def __str__(self) -> str:
        return f"{self.plan}: {self.figure}"
