from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from preceptor.accounts.models import StagedUpload
from reviews import taxonomy
from reviews.diffs import DEFAULT_LIMITS, Change, DiffError, Reason, parse
from reviews.models import (
    BlindPass,
    Finding,
    Lesson,
    ReviewSession,
)

# Generic for the type checker alone.
if TYPE_CHECKING:
    FindingModelForm = forms.ModelForm[Finding]
    LessonModelForm = forms.ModelForm[Lesson]
else:
    FindingModelForm = LessonModelForm = forms.ModelForm

PER_CENT = (0, 10, 25, 50, 75, 90, 100)


UNCOUNTED = (Reason.TRUNCATED, Reason.OVERFULL)
LOST_LINES = _("Copied text can lose or gain line ends: the file itself has them all.")


def _pasted(text: str) -> str:
    """What a text field sends, with the line ends that it had before.

    Blank lines at its end may be the context of the last hunk.
    """
    text = text.replace("\r\n", "\n").lstrip("\n")
    return text if not text or text.endswith("\n") else f"{text}\n"


class PlainForm(forms.Form):
    """Labels without a colon, as every form of the product has them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class ChangeForm(PlainForm):
    """Title, diff and provenance. Cleaned `body` holds the bytes, `change` the parse.

    A file chosen once is kept by the caller as `staged`, since a browser can't be
    given its file back.
    """

    title = forms.CharField(
        label=_("What does the change do?"),
        help_text=_("In a few words. Only the two of you read it."),
        max_length=160,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    diff = forms.CharField(
        label=_("The change, as a unified diff"),
        help_text=_("Paste what “git diff” prints, or choose a file below."),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
    patch = forms.FileField(
        label=_("Or a file"),
        help_text=_("A .diff or .patch file of up to 5 MB."),
        required=False,
        allow_empty_file=True,
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ".diff,.patch,text/x-diff,text/plain"}),
    )
    tool = forms.CharField(
        label=_("Written by which tool?"),
        max_length=80,
        widget=forms.TextInput(attrs={"placeholder": _("coding agent in the editor")}),
    )
    model = forms.CharField(
        label=_("Which model?"),
        max_length=80,
        required=False,
        help_text=_("Leave it empty if nobody knows."),
    )
    driver = forms.ChoiceField(
        label=_("Who drove?"), choices=[("", "—"), *ReviewSession.Driver.choices]
    )
    edited_share = forms.IntegerField(
        label=_("Edited by a human, in per cent"),
        required=False,
        min_value=0,
        max_value=100,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    claim = forms.CharField(
        label=_("What does it say of itself?"),
        help_text=_("The AI’s own summary, word for word. It is there to be doubted."),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self,
        *args: Any,
        staged: StagedUpload | None = None,
        is_too_large: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.staged = staged
        self.is_too_large = is_too_large
        self.file_name = staged.name if staged else ""
        self.body = b""
        self.change: Change | None = None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        name = self._take_body(cleaned)
        if self.is_too_large:
            megabytes = DEFAULT_LIMITS.size // 1024**2
            self.add_error(
                "patch",
                _("The file is larger than %(limit)s MB: split the change.")
                % {"limit": megabytes},
            )
            return cleaned
        if name in self.errors:
            return cleaned
        try:
            self.change = parse(self.body)
        except DiffError as error:
            self.add_error(name, _(error.reason) % error.values)
            if name == "diff" and error.reason in UNCOUNTED:
                self.add_error(name, LOST_LINES)
        return cleaned

    def _take_body(self, cleaned: dict[str, Any]) -> str:
        """Takes the bytes from file, field or staging; gives the field's name."""
        upload: UploadedFile[Any] | None = cleaned.get("patch")
        if upload is not None:
            self.body, self.file_name = upload.read(), upload.name or ""
            return "patch"
        if text := _pasted(cleaned.get("diff") or ""):
            self.body, self.file_name = text.encode(), ""
            return "diff"
        if self.staged:
            self.body = self.staged.data
            return "patch"
        return "diff"

    def details(self) -> dict[str, Any]:
        """What waits beside the bytes, fit for JSON."""
        cleaned = self.cleaned_data
        share = cleaned.get("edited_share")
        return {
            "title": cleaned.get("title", ""),
            "tool": cleaned.get("tool", ""),
            "model": cleaned.get("model", ""),
            "driver": cleaned.get("driver", ""),
            "edited_share": None if share is None else str(Decimal(share) / 100),
            "claim": cleaned.get("claim", ""),
        }


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
