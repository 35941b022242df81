from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from operator import itemgetter

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Cast

from pairings.models import Program
from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Organisation, OrganisationRow
from preceptor.insights.figures.months import Month, month_in

AS_TEXT = Cast("document", models.TextField())
"""What is read is decoded in one step, not by way of lists of lists."""
_ROOM = ["flaws", "calls", "confidences", "marks", "evaluations"]
RECORD_AS_TEXT = Cast(
    Func(
        F("document"),
        Value(_ROOM, output_field=ArrayField(models.TextField())),
        arg_joiner=" - ",
        template="(%(expressions)s)",
        output_field=models.JSONField(),
    ),
    models.TextField(),
)
"""The same without what the sessions found, which is most of it."""


class ClosedMonthQuerySet(models.QuerySet["ClosedMonth"]):
    def read(
        self, program: Program, months: Iterable[date] | None = None
    ) -> dict[date, Month]:
        """Those of a program that are closed, all or some of them, in order."""
        rows = self.filter(organisation=program.organisation_id, program=program)
        if months is not None:
            rows = rows.filter(month__in=list(months))
        columns = rows.order_by("month").values_list("month", AS_TEXT)
        return {on: month_in(text) for on, text in columns}

    def by_program(
        self, organisation: Organisation, months: Iterable[date]
    ) -> Iterator[tuple[int, dict[date, Month]]]:
        """Those of every program of an organisation, one program at a time.

        One query; no more than a program's months are held at once.
        """
        rows = self.filter(organisation=organisation, month__in=list(months))
        columns = rows.order_by("program", "month").values_list(
            "program", "month", AS_TEXT
        )
        for program, own in groupby(columns.iterator(), key=itemgetter(0)):
            yield program, {on: month_in(text) for _program, on, text in own}

    def months_of(self, program: Program) -> list[date]:
        """Which of a program are closed, in order."""
        rows = self.filter(organisation=program.organisation_id, program=program)
        return list(rows.order_by("month").values_list("month", flat=True))


class ClosedMonth(OrganisationRow):
    """What was counted of a program's month when it was closed, a week after its end.

    Never written again, by a trigger: of a month that is counted anew, the difference
    would say what became of the one session that came late. It goes with its program
    alone. `document` is that of a `Month`.
    """

    program = models.ForeignKey(
        Program, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    month = models.DateField()
    closed_at = models.DateTimeField()
    document = models.JSONField()

    objects = ClosedMonthQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        ordering = ["month"]
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["program", "month"], name="closedmonth_once"
            ),
            models.CheckConstraint(
                condition=Q(month__day=1), name="closedmonth_first_day"
            ),
            TenantKey(field="program", name="closedmonth_program"),
        ]

    def __str__(self) -> str:
        return f"{self.program}, {self.month:%Y-%m}"
