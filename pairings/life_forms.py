from datetime import date
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pairings.actions.pauses import refuse_days
from pairings.models import Pairing, Pause
from preceptor.widgets import DayField

LONGEST_PAUSE = 731
"""Days."""


class PauseForm(forms.Form):
    """`today` is that of the organisation's calendar."""

    starts_on = DayField(
        label=gettext_lazy("First day of the pause"),
        required=False,
        help_text=gettext_lazy("Today if it is left empty"),
    )
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

    def __init__(
        self, *args: Any, pairing: Pairing, today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.pairing, self.today = pairing, today
        self.initial["starts_on"] = max(today, pairing.starts_on)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        starts_on = cleaned["starts_on"] = (
            cleaned["starts_on"] or self.initial["starts_on"]
        )
        back_on = cleaned["back_on"]
        refuse_days(self.pairing, starts_on, back_on, self.today)
        if back_on is not None and (back_on - starts_on).days > LONGEST_PAUSE:
            text = _("A pause is two years at most. End the pairing instead.")
            raise forms.ValidationError({"back_on": text})
        return cleaned

    def draft(self) -> Pause:
        """The pause that would be, unsaved; from the first possible day if unsaid."""
        days = getattr(self, "cleaned_data", {})
        return Pause(
            pairing=self.pairing,
            organisation=self.pairing.organisation,
            starts_on=days.get("starts_on") or self.initial["starts_on"],
            back_on=days.get("back_on"),
        )


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
