"""Reports of quarters that a worker made, and who is sent them when."""

from datetime import datetime, timedelta
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pairings.models import Program
from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow
from preceptor.history import Kind, tracked

LOST_AFTER = timedelta(minutes=15)
"""A report that is not there by then was lost with the worker or the queue."""


class QuarterReports(models.QuerySet["QuarterReport"]):
    def open(self) -> Self:
        """What a worker was given and has not made."""
        states = [QuarterReport.State.QUEUED, QuarterReport.State.RUNNING]
        return self.filter(state__in=states)

    def in_hand(self, now: datetime) -> Self:
        """The same, as far as it is still to be expected."""
        return self.open().filter(asked_at__gt=now - LOST_AFTER)


class QuarterReport(OrganisationRow):
    """A report that took too long for a page: its document, once a worker has made it.

    `document` is that of `preceptor.insights.quarterly.document.Report`.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("being made")
        DONE = "done", _("made")
        FAILED = "failed", _("failed")

    program = models.ForeignKey(
        Program,
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    """None: of the whole organisation."""
    year = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    done_steps = models.PositiveIntegerField(default=0)
    all_steps = models.PositiveIntegerField(default=0)
    document = models.JSONField(null=True)
    asked_at = models.DateTimeField(default=timezone.now)
    made_at = models.DateTimeField(null=True)

    objects = QuarterReports.as_manager()

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["organisation", "program", "year", "number"],
                nulls_distinct=False,
                name="quarterreport_once",
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=4), name="quarterreport_number"
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(document__isnull=False),
                name="quarterreport_done_has_document",
            ),
            TenantKey(field="program", name="quarterreport_program"),
        ]

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"

    def is_in_hand(self, now: datetime) -> bool:
        """Whether a worker is to be waited for."""
        is_open = self.state in (self.State.QUEUED, self.State.RUNNING)
        return is_open and self.asked_at > now - LOST_AFTER


FIRST_DAY, LAST_DAY = 8, 60


@tracked("program", "day", kind=Kind.SETTINGS, program="program")
class ReportSchedule(OrganisationRow):
    """On which day of each quarter the report of the one before is mailed.

    A month closes a week after its end, so that none is sent before the eighth.
    """

    program = models.ForeignKey(
        Program,
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    """None: of the whole organisation."""
    day = models.PositiveSmallIntegerField(
        _("day of the quarter"),
        default=10,
        validators=[MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)],
    )
    set_on = models.DateField()
    """What is set after the day of a quarter begins with the next one."""

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["organisation", "program"],
                nulls_distinct=False,
                name="reportschedule_once",
            ),
            models.CheckConstraint(
                condition=Q(day__gte=FIRST_DAY, day__lte=LAST_DAY),
                name="reportschedule_day",
            ),
            TenantKey(field="program", name="reportschedule_program"),
        ]

    def __str__(self) -> str:
        return str(self.program or self.organisation)


@tracked("member", kind=Kind.SETTINGS, program="schedule__program", person="member")
class ReportReader(OrganisationRow):
    """Somebody whom a report is mailed to, as long as they may read it."""

    schedule = models.ForeignKey(
        ReportSchedule,
        on_delete=models.CASCADE,
        related_name="readers",
        db_constraint=False,
    )
    member = models.ForeignKey(
        Membership, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["schedule", "member"], name="reportreader_once"
            ),
            TenantKey(field="schedule", name="reportreader_schedule"),
            TenantKey(field="member", name="reportreader_member"),
        ]

    def __str__(self) -> str:
        return str(self.member)
