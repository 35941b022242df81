from datetime import date
from typing import Any

from django import forms
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preceptor.widgets import DayField
from progress.models import Goal, Milestone, PublishedFigure


class GoalForm(forms.ModelForm):  # type: ignore[type-arg] # generic in the stubs alone
    """What, why, and by when if they like."""

    class Meta:
        model = Goal
        fields = ["text", "why", "due_on"]
        labels = {
            "text": gettext_lazy("Goal"),
            "why": gettext_lazy("Why?"),
            "due_on": gettext_lazy("By when?"),
        }
        help_texts = {
            "text": gettext_lazy(
                "Something to be able to do, in a sentence that one can tell is reached"
            ),
            "why": gettext_lazy("What would be different then; may stay empty"),
            "due_on": gettext_lazy("May stay empty"),
        }
        error_messages = {
            "text": {"required": gettext_lazy("Say the goal in one sentence")},
            "due_on": {"invalid": gettext_lazy("Give a day, such as 2027-01-31")},
        }
        widgets = {
            "text": forms.TextInput(attrs={"autocomplete": "off"}),
            "why": forms.Textarea(attrs={"rows": 3}),
        }
        field_classes = {"due_on": DayField}


class MarkForm(forms.Form):
    """Which state a goal gets."""

    state = forms.ChoiceField(choices=Goal.State.choices)


class FigureForm(forms.Form):
    """Which figure is published or withdrawn."""

    figure = forms.ChoiceField(choices=PublishedFigure.Figure.choices)


class ShiftForm(forms.Form):
    """One place up or down."""

    by = forms.TypedChoiceField(choices=[(-1, "up"), (1, "down")], coerce=int)


class PlaceForm(forms.Form):
    """A place in the list, 0 for the first."""

    place = forms.IntegerField(min_value=0)


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
