from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from preceptor.insights.models.quarters import FIRST_DAY, LAST_DAY


class ScheduleForm(forms.Form):
    """`members` are who may be sent it."""

    day = forms.IntegerField(
        label=_("On which day of each quarter?"),
        help_text=_("8 to 60: a month is closed a week after it"),
        min_value=FIRST_DAY,
        max_value=LAST_DAY,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, members: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["readers"] = forms.ModelMultipleChoiceField(
            label=_("To whom?"),
            queryset=members,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )

    def values(self) -> dict[str, Any]:
        readers = sorted(member.pk for member in self.cleaned_data["readers"])
        return {"day": self.cleaned_data["day"], "readers": readers}
