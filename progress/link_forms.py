from collections.abc import Sequence
from datetime import date, timedelta
from secrets import token_urlsafe
from typing import Any

from django import forms
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preceptor.widgets import DayField
from progress.goal_forms import Words
from progress.models import PlanLink
from reviews.models import Lesson

LONGEST = timedelta(days=365)
USUAL = timedelta(days=30)


def new_key() -> str:
    return token_urlsafe(32)


class LinkForm(forms.Form):
    """For whom a link is, until when it works, and what it shows.

    Nothing is ticked beforehand. `lessons` are those that the junior wrote.
    """

    name = Words(
        label=gettext_lazy("For whom?"),
        help_text=gettext_lazy("A word by which you know it again; you alone read it"),
        error_messages={"required": gettext_lazy("Say for whom it is")},
        longest=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    expires_on = DayField(
        label=gettext_lazy("Works until"),
        error_messages={
            "required": gettext_lazy("Give the last day on which it works"),
            "invalid": gettext_lazy("Give a day, such as 2027-01-31"),
        },
    )
    parts = forms.MultipleChoiceField(
        label=gettext_lazy("What it shows"),
        required=False,
        choices=PlanLink.Part.choices,
    )
    lessons = forms.MultipleChoiceField(
        label=gettext_lazy("Lessons that you wrote"), required=False
    )
    key = forms.CharField(
        required=False, max_length=64, widget=forms.HiddenInput, initial=new_key
    )
    """By which one form that is sent twice makes one link."""

    def __init__(
        self,
        data: Any = None,
        *,
        lessons: Sequence[Lesson],
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, initial={"expires_on": today + USUAL}, **kwargs)
        self.today, self.last_on = today, today + LONGEST
        self.offered = lessons
        field: Any = self.fields["lessons"]
        field.choices = [(str(one.pk), one.text) for one in lessons]
        self.fields["expires_on"].help_text = _(
            "To the end of that day where you are; %(last)s at the latest"
        ) % {"last": _day(self.last_on)}

    def clean_key(self) -> str:
        return self.cleaned_data["key"] or new_key()

    def clean_expires_on(self) -> date:
        day: date = self.cleaned_data["expires_on"]
        if day < self.today:
            raise forms.ValidationError(
                _("%(day)s is over: choose today or a later day") % {"day": _day(day)}
            )
        if day > self.last_on:
            raise forms.ValidationError(
                _("A link works for a year at most: choose %(last)s or earlier")
                % {"last": _day(self.last_on)}
            )
        return day

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        ticked = cleaned.get("parts") or cleaned.get("lessons")
        if not self.errors and not ticked:
            self.add_error("parts", _("Tick at least one thing that it shows"))
        return cleaned

    @property
    def ticked(self) -> set[str]:
        """What is ticked, as it was sent."""
        names = ("parts", "lessons")
        return {value for name in names for value in self[name].value() or ()}

    def chosen(self) -> list[Lesson]:
        wanted = set(self.cleaned_data["lessons"])
        return [one for one in self.offered if str(one.pk) in wanted]


def _day(day: date) -> str:
    return formats.date_format(day, "j F Y")
