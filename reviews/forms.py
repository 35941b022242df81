from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reviews import taxonomy
from reviews.diffs import Change
from reviews.models import (
    BlindPass,
    Finding,
    Lesson,
)

# Generic for the type checker alone.
if TYPE_CHECKING:
    FindingModelForm = forms.ModelForm[Finding]
    LessonModelForm = forms.ModelForm[Lesson]
else:
    FindingModelForm = LessonModelForm = forms.ModelForm

PER_CENT = (0, 10, 25, 50, 75, 90, 100)


class PlainForm(forms.Form):
    """Labels without a colon, as every form of the product has them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class FindingForm(FindingModelForm):
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Finding
        fields = [
            "path",
            "file_side",
            "line_from",
            "line_to",
            "title",
            "category",
            "severity",
            "text",
        ]
        labels = {
            "path": _("File"),
            "file_side": _("Lines as they are"),
            "title": _("What is wrong?"),
            "text": _("What happens because of it?"),
        }
        widgets = {
            "file_side": forms.Select,
            "line_from": forms.TextInput(attrs={"inputmode": "numeric"}),
            "line_to": forms.TextInput(attrs={"inputmode": "numeric"}),
            "title": forms.TextInput(attrs={"autocomplete": "off"}),
            "text": forms.Textarea(attrs={"rows": 3, "maxlength": 20000}),
            "severity": forms.RadioSelect,
        }

    def __init__(self, *args: Any, change: Change, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.change = change
        paths = dict.fromkeys(file.path for file in change.files)
        self.fields["path"] = forms.ChoiceField(
            label=_("File"),
            required=False,
            choices=[("", _("The change as a whole")), *((p, p) for p in paths)],
        )
        self.fields["category"] = forms.ChoiceField(
            label=_("Category"), choices=[("", "—"), *taxonomy.choices()]
        )
        self.fields["severity"] = forms.ChoiceField(
            label=_("Severity"),
            choices=Finding.Severity.choices,
            widget=forms.RadioSelect,
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("line_from"), cleaned.get("line_to")
        if first is None and last is not None:
            self.add_error("line_from", _("Say on which line it starts."))
        if first is not None:
            cleaned["line_to"] = last = last or first
            if not cleaned.get("path"):
                self.add_error("path", _("Lines need their file."))
            if first < 1:
                self.add_error("line_from", _("Lines are counted from 1."))
            elif last < first:
                self.add_error("line_to", _("The last line comes before the first."))
        return cleaned

    def words(self) -> dict[str, Any]:
        """The finding's own fields, as the actions take them."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class PassForm(PlainForm):
    """Verdict and confidence; both are asked for only when the pass is locked."""

    verdict = forms.ChoiceField(
        label=_("Would you merge it?"),
        choices=BlindPass.Verdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether you would merge it.")},
    )
    confidence = forms.TypedChoiceField(
        label=_("How likely is this safe to merge as it is?"),
        help_text=_("In per cent; 50 is a coin toss."),
        choices=[(str(share), str(share)) for share in PER_CENT],
        coerce=lambda share: Decimal(share) / 100,
        empty_value=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say how likely it is safe.")},
    )

    def __init__(self, *args: Any, is_draft: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = not is_draft

    @classmethod
    def initial_of(cls, blind_pass: BlindPass) -> dict[str, Any]:
        share = blind_pass.confidence
        return {
            "verdict": blind_pass.verdict,
            "confidence": "" if share is None else str(int(share * 100)),
        }


class AdjudicationForm(PlainForm):
    version = forms.IntegerField(widget=forms.HiddenInput)
    adjudication = forms.ChoiceField(
        label=_("Is it a real flaw? Decide together"),
        choices=[
            (choice.value, choice.label)
            for choice in (
                Finding.Adjudication.REAL,
                Finding.Adjudication.MOOT,
                Finding.Adjudication.UNDECIDED,
            )
        ],
        widget=forms.RadioSelect,
    )


class PairedFindingForm(PlainForm):
    """Two findings to be joined or parted, and the version that was looked at."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    other = forms.IntegerField(min_value=1)


class LessonForm(LessonModelForm):
    class Meta:
        model = Lesson
        fields = ["text"]
        labels = {"text": _("A lesson")}
        help_texts = {"text": _("One sentence that will still be true next year.")}
        widgets = {"text": forms.Textarea(attrs={"rows": 2, "maxlength": 500})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
