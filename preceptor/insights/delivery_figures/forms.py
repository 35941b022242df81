from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pairings.forms import RosterForm
from preceptor.insights.delivery_figures.files import FIGURES
from preceptor.insights.models import TeamWeek


class WeekFileForm(RosterForm):
    file = forms.FileField(
        label=_("File of weekly figures"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv,.txt,.tsv"}),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("The file is empty. Choose one with rows."),
        },
    )


class TeamForm(forms.Form):
    """Which weeks are listed."""

    team = forms.CharField(label=_("Team"), required=False, max_length=80)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class WeekForm(forms.ModelForm):  # type: ignore[type-arg] # generic in the stubs alone
    class Meta:
        model = TeamWeek
        fields = FIGURES

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        for name in FIGURES:
            self.fields[name].required = False
            self.fields[name].widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and all(cleaned.get(name) is None for name in FIGURES):
            text = _("Tell one figure at least, or remove the week.")
            raise forms.ValidationError(text)
        return cleaned

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FIGURES}
