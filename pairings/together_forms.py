"""Forms of what the two of a pairing write for themselves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pairings.models.together import LONGEST


class TextField(forms.CharField):
    """A text of several lines, its line ends those of the database."""

    def __init__(self, *, rows: int, **kwargs: Any) -> None:
        area = forms.Textarea(attrs={"rows": rows})
        super().__init__(
            required=False, max_length=LONGEST, widget=area, strip=True, **kwargs
        )

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value) or "").replace("\r\n", "\n")


class VersionedForm(forms.Form):
    """`version` is that of the text which the page showed, 0 where there was none."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class AgreementForm(VersionedForm):
    junior_expects = TextField(
        label=_("What the junior expects"),
        help_text=_("Of the year, and of the mentor: “Ask me before you tell me”"),
        rows=4,
    )
    mentor_expects = TextField(
        label=_("What the mentor expects"),
        help_text=_("Of the junior, and of the time together"),
        rows=4,
    )
    meets = TextField(
        label=_("How you meet"),
        help_text=_("Day and hour, where, who brings the change, what if one can’t"),
        rows=3,
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and not any(self.texts().values()):
            raise forms.ValidationError(
                _("Write at least one of the three; an empty agreement binds nobody.")
            )
        return cleaned

    def texts(self) -> dict[str, str]:
        names = ("junior_expects", "mentor_expects", "meets")
        return {name: self.cleaned_data[name] for name in names}


class PairNoteForm(VersionedForm):
    text = TextField(label=_("Notes"), rows=14)


class WordForm(VersionedForm):
    text = TextField(
        label=_("For the next mentor"),
        help_text=_("What you would want to know if you took over today"),
        rows=8,
    )
