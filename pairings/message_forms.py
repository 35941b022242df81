"""Forms around the messages of a program."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pairings.actions.messages import Words
from preceptor.notifications.wording import unknown


class WordsForm(forms.Form):
    """A kind's subject line and opening; it knows the placeholders of the kind."""

    subject = forms.CharField(
        label=gettext_lazy("Subject line"),
        required=False,
        max_length=150,
        help_text=gettext_lazy("Empty: as the product says it"),
    )
    opening = forms.CharField(
        label=gettext_lazy("Opening"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy(
            "Comes before what the product says of the matter. Empty: nothing does"
        ),
    )
    version = forms.IntegerField(
        min_value=0, required=False, widget=forms.HiddenInput()
    )

    def __init__(
        self, *args: Any, placeholders: Mapping[str, object], **kwargs: Any
    ) -> None:
        self.placeholders = placeholders
        super().__init__(*args, **kwargs)

    def clean_subject(self) -> str:
        return self._checked(" ".join(self.cleaned_data["subject"].split()))

    def clean_opening(self) -> str:
        return self._checked(self.cleaned_data["opening"])

    def _checked(self, text: str) -> str:
        if wrong := unknown(text, self.placeholders):
            known = ", ".join(f"{{{name}}}" for name in self.placeholders)
            if not known:
                raise forms.ValidationError(
                    _("This message has no placeholders: take out %(wrong)s.")
                    % {"wrong": ", ".join(wrong)}
                )
            raise forms.ValidationError(
                _("Take out %(wrong)s: in braces stands one of %(known)s.")
                % {"wrong": ", ".join(wrong), "known": known}
            )
        return text

    def words(self) -> Words:
        return Words(self.cleaned_data["subject"], self.cleaned_data["opening"])
