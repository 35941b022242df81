from datetime import date
from typing import Any

from django import forms
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preceptor.widgets import DayField
from progress.models import Milestone, PublishedFigure


class FigureForm(forms.Form):
    """Which figure is published or withdrawn."""

    figure = forms.ChoiceField(choices=PublishedFigure.Figure.choices)


class ShiftForm(forms.Form):
    """One place up or down."""

    by = forms.TypedChoiceField(choices=[(-1, "up"), (1, "down")], coerce=int)


class MoveForm(forms.Form):
    """Another date for a milestone, inside the junior's time in the program."""

    due_on = DayField(
        label=gettext_lazy("New date"),
        error_messages={
            "required": gettext_lazy("Give the new date"),
            "invalid": gettext_lazy("Give a day, such as 2027-01-31"),
        },
    )

    def __init__(
        self, data: Any = None, *, milestone: Milestone, **kwargs: Any
    ) -> None:
        super().__init__(data, initial={"due_on": milestone.due_on}, **kwargs)
        junior = milestone.plan.junior
        self.first_on, self.end = junior.program.starts_on, junior.ends_on
        self.fields["due_on"].help_text = _(
            "From %(first)s to the day before %(end)s"
        ) % {"first": _day(self.first_on), "end": _day(self.end)}

    def clean_due_on(self) -> date:
        due_on: date = self.cleaned_data["due_on"]
        if not self.first_on <= due_on < self.end:
            raise forms.ValidationError(
                _("%(day)s is outside the program: choose a day before %(end)s")
                % {"day": _day(due_on), "end": _day(self.end)}
                if due_on >= self.end
                else _("%(day)s is outside the program, which began on %(first)s")
                % {"day": _day(due_on), "first": _day(self.first_on)}
            )
        return due_on


def _day(day: date) -> str:
    return formats.date_format(day, "j F Y")
