from typing import Any

from django import forms

from reviews.models import ReviewSession


class ReleaseForm(forms.Form):
    """Which sessions, and of what the junior has seen: the word, an earlier release."""

    sessions = forms.MultipleChoiceField(required=False)
    is_all = forms.BooleanField(required=False)
    word_version = forms.IntegerField(min_value=0)
    version = forms.IntegerField(min_value=0)

    def __init__(self, *args: Any, sessions: list[ReviewSession], **more: Any) -> None:
        super().__init__(*args, **more)
        self.offered = sessions
        field: Any = self.fields["sessions"]
        field.choices = [(str(one.pk), one.code) for one in sessions]

    def chosen(self) -> list[ReviewSession]:
        if self.cleaned_data["is_all"]:
            return self.offered
        wanted = set(self.cleaned_data["sessions"])
        return [one for one in self.offered if str(one.pk) in wanted]
