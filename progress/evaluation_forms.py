from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from progress.goal_forms import Words
from progress.questions import ANSWERS, digest

CANT_SAY = ""


class EvaluationForm(forms.Form):
    """A number from 1 to 5 to each question, or "can't say"; for a mentor, a word.

    `seen` tells which answers stood when the form was shown.
    """

    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    word = Words(
        label=gettext_lazy("A word to them"),
        help_text=gettext_lazy("What to go on with, what to try; may stay empty"),
        required=False,
        longest=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        questions: Mapping[str, Promise],
        answers: Mapping[str, int],
        word: str | None,
    ) -> None:
        seen = digest(answers, word or "")
        super().__init__(data, initial={"word": word or "", "seen": seen})
        if word is None:
            del self.fields["word"]
        self.keys = list(questions)
        asked = {key: _asked(questions[key], answers.get(key)) for key in self.keys}
        self.fields = {**asked, **self.fields}

    @property
    def answers(self) -> dict[str, int]:
        """What was said, by key; what can't be said is left out."""
        said = {key: self.cleaned_data[key] for key in self.keys}
        return {key: value for key, value in said.items() if value is not None}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not self.answers:
            raise forms.ValidationError(
                _("Answer at least one question with more than “can’t say”.")
            )
        return cleaned


def _asked(question: Promise, answer: int | None) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=str(question),
        choices=[*ANSWERS.items(), (CANT_SAY, gettext_lazy("can’t say"))],
        coerce=int,
        empty_value=None,
        required=False,
        initial=CANT_SAY if answer is None else answer,
        widget=forms.RadioSelect,
    )
