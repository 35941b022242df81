from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pairings.models import Pairing
from preceptor.widgets import DayField

LONGEST_PAUSE = 731
"""Days."""


class PauseForm(forms.Form):
    back_on = DayField(
        label=gettext_lazy("Back on"),
        required=False,
        help_text=gettext_lazy(
            "The first day together again. Leave it empty if nobody knows yet"
        ),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why, in a line"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Only what everybody may know: “Away until January”"),
    )

    def clean_back_on(self) -> date | None:
        back_on: date | None = self.cleaned_data["back_on"]
        today = timezone.localdate()
        if back_on is not None and back_on <= today:
            raise forms.ValidationError(
                _("The day of return lies after today. Choose a later one.")
            )
        if back_on is not None and (back_on - today).days > LONGEST_PAUSE:
            raise forms.ValidationError(
                _("A pause is two years at most. End the pairing instead.")
            )
        return back_on

    def days(self) -> int:
        """By how much the year moves at once."""
        back_on = getattr(self, "cleaned_data", {}).get("back_on")
        return (back_on - timezone.localdate()).days if back_on else 0


class PhaseForm(forms.Form):
    phase = forms.ChoiceField(
        label=gettext_lazy("Go on to"),
        choices=Pairing.Phase.choices,
        error_messages={"required": gettext_lazy("Choose a phase.")},
    )

    def __init__(self, *args: Any, pairing: Pairing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = [one for one in Pairing.Phase.choices if one[0] != pairing.phase]
        field: Any = self.fields["phase"]
        field.choices = [(value, capfirst(label)) for value, label in others]
        field.initial = pairing.next_phase


class LeaveForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why do they leave?"),
        help_text=gettext_lazy("A line is plenty: “Tomasz moves to Lisbon”"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": gettext_lazy("Say why; the record of each pairing keeps it.")
        },
    )
