from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pairings.together_forms import TextField, VersionedForm
from progress.models.checkins import LOOKING_BACK, WORDS
from progress.protected import Hours


class CheckInForm(VersionedForm):
    """The junior's words. A draft may be empty, what is handed over not."""

    went_well = TextField(
        label=gettext_lazy("What went well"),
        help_text=gettext_lazy("Something that you could not have done a while ago"),
        rows=4,
    )
    hardest = TextField(
        label=gettext_lazy("The hardest moment"),
        help_text=gettext_lazy("Where you were stuck, or believed something too early"),
        rows=4,
    )
    differently = TextField(label=gettext_lazy("What you would do differently"), rows=3)
    next_focus = TextField(
        label=gettext_lazy("What to look at next"),
        help_text=gettext_lazy("One thing, until the next check-in"),
        rows=2,
    )
    mood = forms.CharField(
        label=gettext_lazy("How it goes, in a word"),
        help_text=gettext_lazy("Such as “going well” or “stuck on one thing”"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, *, is_handed: bool, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.is_handed = is_handed

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        looks_back = any(cleaned.get(name) for name in LOOKING_BACK)
        if self.is_handed and not self.errors and not looks_back:
            raise forms.ValidationError(
                _(
                    "Write at least one of the first three: your mentor has nothing to "
                    "answer yet."
                )
            )
        return cleaned

    def words(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in WORDS}


class AnswerForm(VersionedForm):
    answer = TextField(
        label=gettext_lazy("Your answer"),
        help_text=gettext_lazy("What you saw, what you would try, what you will do"),
        rows=8,
    )

    def clean_answer(self) -> str:
        answer: str = self.cleaned_data["answer"]
        if not answer:
            raise forms.ValidationError(_("Write an answer, however short"))
        return answer


class HoursForm(forms.Form):
    """One of the weeks that can be told, and one of the buttons."""

    monday = forms.TypedChoiceField(coerce=date.fromisoformat)
    hours = forms.TypedChoiceField(coerce=Decimal)

    def __init__(self, data: Any, *, hours: Hours) -> None:
        super().__init__(data)
        weeks: Any = self.fields["monday"]
        weeks.choices = [(week.monday.isoformat(), "") for week in hours.to_tell]
        choices: Any = self.fields["hours"]
        choices.choices = [(f"{one:f}", "") for one in hours.choices]
