"""The forms of a blind pass: a finding, what is typed of one, and the verdict."""

from collections.abc import Mapping
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from reviews import taxonomy
from reviews.diffs import Change, File, Side
from reviews.forms import PlainForm
from reviews.models import BlindPass, Draft, Finding, ReviewSession, Transcript

# Generic for the type checker alone.
if TYPE_CHECKING:
    FindingModelForm = forms.ModelForm[Finding]
else:
    FindingModelForm = forms.ModelForm

PER_CENT = (0, 10, 25, 50, 75, 90, 100)  # at hand; any other is typed
LONGEST = 20_000  # characters of a text, or of a suggested replacement
MOST_SPANS = 6  # runs of lines that an error names


class CategorySelect(forms.Select):
    """Each option carries what its category means, and its usual CWE id."""

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        if kind := taxonomy.kinds().get(str(option["value"])):
            option["attrs"]["data-help"] = kind.help
            option["attrs"]["data-cwe"] = kind.cwe or ""
        return option


class CweField(forms.IntegerField):
    """A number, also where it is written as CWE-79."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str):
            value = value.strip().upper().removeprefix("CWE-")
        return super().to_python(value)


class FindingForm(FindingModelForm):
    """A finding on the whole change, on a file, on lines that the diff shows, or on a
    turn of a conversation that belongs to the session.

    `key` is the form's own, so that sending it twice makes one finding; `version` is
    that of the finding which is edited, `draft_version` that of what was typed.
    `revision` is the number of the one that is read, which `change` is.
    """

    key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    draft_version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)
    path = forms.ChoiceField(label=_("File"), required=False)
    transcript = forms.ModelChoiceField(
        Transcript.objects.none(), required=False, widget=forms.HiddenInput
    )
    turn = forms.IntegerField(required=False, widget=forms.HiddenInput)
    category = forms.ChoiceField(
        label=_("Category"),
        widget=CategorySelect(attrs={"data-none": _("No category has these words.")}),
    )
    severity = forms.ChoiceField(
        label=_("Severity"),
        choices=Finding.Severity.choices,
        widget=forms.RadioSelect,
    )
    suggestion = forms.CharField(
        label=_("What should stand there instead?"),
        required=False,
        strip=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )
    cwe = CweField(
        label=_("CWE id"),
        required=False,
        min_value=1,
        max_value=9999,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    class Meta:
        model = Finding
        fields = [
            "path",
            "file_side",
            "line_from",
            "line_to",
            "transcript",
            "turn",
            "title",
            "category",
            "severity",
            "text",
            "suggestion",
            "cwe",
        ]
        labels = {
            "line_from": _("From line"),
            "line_to": _("To line"),
            "file_side": _("Lines as they are"),
            "title": _("What is wrong?"),
            "text": _("What happens because of it?"),
        }
        help_texts = {
            "line_from": _("Empty for the whole file."),
            "line_to": _("Empty for one line alone."),
            "text": _("Markdown is understood."),
        }
        widgets = {
            "file_side": forms.Select,
            "line_from": forms.TextInput(attrs={"inputmode": "numeric"}),
            "line_to": forms.TextInput(attrs={"inputmode": "numeric"}),
            "title": forms.TextInput(attrs={"autocomplete": "off"}),
            "text": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(
        self,
        *args: Any,
        session: ReviewSession,
        change: Change,
        kept: str = "",
        **kwargs: Any,
    ) -> None:
        """`kept` is the category of a finding that is edited, retired or not."""
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.change = change
        # Whether a conversation belongs to it is for the constraints to say too.
        self.instance.organisation_id = session.organisation_id
        self.instance.session = session
        transcripts = session.transcripts.all()
        self.fields["transcript"].queryset = transcripts  # type: ignore[attr-defined] # a ModelChoiceField
        paths = dict.fromkeys(file.path for file in change.files)
        self.fields["path"].choices = [  # type: ignore[attr-defined] # a ChoiceField
            ("", _("The change as a whole")),
            *((path, path) for path in paths),
        ]
        kinds = taxonomy.choices(keep=[kept], is_of_talk=bool(self["turn"].value()))
        self.fields["category"].choices = [("", "—"), *kinds]  # type: ignore[attr-defined] # a ChoiceField
        if not self.is_bound:
            self.initial.setdefault("key", uuid4())

    def clean_suggestion(self) -> str:
        text = str(self.cleaned_data["suggestion"]).replace("\r\n", "\n")
        return text.rstrip("\n") if text.strip() else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("turn") is not None or cleaned.get("transcript"):
            return self._on_a_turn(cleaned)
        first, last = cleaned.get("line_from"), cleaned.get("line_to")
        if first is None and last is not None:
            self.add_error("line_from", _("Say on which line it starts."))
        if first is not None:
            cleaned["line_to"] = last = last or first
            self._check_lines(cleaned, first, last)
        if cleaned.get("suggestion"):
            self._check_suggestion(cleaned)
        return cleaned

    def _on_a_turn(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """What is said in a conversation has neither file nor lines."""
        transcript, turn = cleaned.get("transcript"), cleaned.get("turn") or 0
        if transcript is None:
            said = _(
                "The conversation is not here any more. Sent again, this is about the "
                "change as a whole."
            )
            self.errors.pop("transcript", None)
            self.add_error(None, said)
            self.data = {**dict(self.data.items()), "transcript": "", "turn": ""}
        elif not 0 < turn <= transcript.turn_count:
            self.add_error(None, _("The conversation has no such turn."))
        nowhere: dict[str, Any] = {"path": "", "line_from": None, "line_to": None}
        nowhere |= {"file_side": Finding.FileSide.NEW, "suggestion": ""}
        for name in nowhere:
            self.errors.pop(name, None)
        return cleaned | nowhere

    def _check_lines(self, cleaned: dict[str, Any], first: int, last: int) -> None:
        if first < 1:
            self.add_error("line_from", _("Lines are counted from 1."))
        elif last < first:
            self.add_error("line_to", _("The last line comes before the first."))
        elif "path" in cleaned and not cleaned["path"]:
            self.add_error("path", _("Lines need their file."))
        elif cleaned.get("path") and cleaned.get("file_side"):
            self._check_shown(cleaned["path"], cleaned["file_side"], first, last)

    def _check_shown(self, path: str, side: str, first: int, last: int) -> None:
        lines = shown_lines(self._file(path), Side(side))
        for name, line in (("line_from", first), ("line_to", last)):
            if line not in lines and name not in self.errors:
                values = {"line": line, "spans": spans(lines)}
                said = (
                    _("The diff does not show line %(line)s. It shows %(spans)s.")
                    if lines
                    else _("The diff shows no lines of this file on that side.")
                )
                self.add_error(name, said % values)
                return

    def _check_suggestion(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("line_from") is None:
            said = _("Name the lines that this would replace.")
            self.add_error("suggestion", said)
        elif cleaned.get("file_side") == Side.OLD:
            said = _("Only lines as they are after the change can be replaced.")
            self.add_error("suggestion", said)

    def _file(self, path: str) -> File:
        return next(file for file in self.change.files if file.path == path)

    def words(self) -> dict[str, Any]:
        """The finding's own fields, as the actions take them."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


def shown_lines(file: File, side: Side) -> list[int]:
    """The numbers of the lines that the diff shows of one side, in order."""
    numbers = (
        line.old_number if side is Side.OLD else line.new_number
        for hunk in file.hunks
        for line in hunk.lines
    )
    return [number for number in numbers if number is not None]


def spans(lines: list[int]) -> str:
    """`1–7, 10–49`, and an ellipsis where there are too many to name."""
    runs = [
        [line for _at, line in run]
        for _key, run in groupby(enumerate(lines), key=lambda pair: pair[1] - pair[0])
    ]
    named = [
        str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}"
        for run in runs[:MOST_SPANS]
    ]
    return ", ".join(named) + (" …" if len(runs) > MOST_SPANS else "")


class DraftForm(PlainForm):
    """The fields of a finding as they are typed: anything that fits is kept."""

    key = forms.UUIDField()
    tab = forms.UUIDField(required=False)
    finding = forms.IntegerField(required=False)
    version = forms.IntegerField(required=False)
    draft_version = forms.IntegerField(required=False)
    revision = forms.CharField(required=False, max_length=6)
    path = forms.CharField(required=False, strip=False, max_length=500)
    file_side = forms.CharField(required=False, max_length=3)
    line_from = forms.CharField(required=False, max_length=20)
    line_to = forms.CharField(required=False, max_length=20)
    transcript = forms.CharField(required=False, max_length=20)
    turn = forms.CharField(required=False, max_length=20)
    title = forms.CharField(required=False, strip=False, max_length=2_000)
    category = forms.CharField(required=False, max_length=20)
    severity = forms.CharField(required=False, max_length=10)
    text = forms.CharField(required=False, strip=False, max_length=5 * LONGEST)
    suggestion = forms.CharField(required=False, strip=False, max_length=5 * LONGEST)
    cwe = forms.CharField(required=False, max_length=20)

    def words(self) -> dict[str, str]:
        names = (*FindingForm.Meta.fields, "revision")
        return {name: self.cleaned_data[name] for name in names}


def key_of(finding: Finding) -> UUID:
    """The key of the form that edits a finding: one, in however many tabs."""
    return finding.draft_key or UUID(int=finding.pk)


def initial_of(draft: Draft) -> dict[str, Any]:
    """What a form shows that takes up what was typed before."""
    return {**draft.words, "key": draft.key, "draft_version": draft.version}


def typed(data: Mapping[str, str]) -> dict[str, str]:
    """What was sent, to be shown again as it is and judged later."""
    names = (*FindingForm.Meta.fields, "key", "version", "draft_version", "revision")
    return {name: data[name] for name in names if name in data}


class PassForm(PlainForm):
    """Verdict and confidence; both are asked for only when the pass is locked.

    The confidence is one of the steps at hand, or typed as `exactly`. Where both came,
    the one that differs from what was kept, `initial`, is the answer.
    """

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
    )
    exactly = forms.IntegerField(
        label=_("Or exactly, in per cent"),
        required=False,
        min_value=0,
        max_value=100,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, is_draft: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_draft = is_draft
        self.fields["verdict"].required = not is_draft
        self.fields["confidence"].required = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors.keys() & {"confidence", "exactly"}:
            return cleaned
        step, exactly = cleaned["confidence"], cleaned["exactly"]
        typed = None if exactly is None else Decimal(exactly) / 100
        if step is None or "confidence" not in self.changed_data:
            cleaned["confidence"] = step if typed is None else typed
        elif typed not in (None, step) and "exactly" in self.changed_data:
            self.add_error("exactly", _("Choose a step or type a number, not both."))
        if cleaned.get("confidence") is None and not self.is_draft:
            self.add_error("confidence", _("Say how likely it is safe."))
        return cleaned

    def answers(self) -> dict[str, Any]:
        """Those that were sent, as the action takes them."""
        sent = {"confidence" if name == "exactly" else name for name in self.data}
        names = ("verdict", "confidence")
        return {name: self.cleaned_data[name] for name in names if name in sent}

    @classmethod
    def initial_of(cls, blind_pass: BlindPass) -> dict[str, Any]:
        share = blind_pass.confidence
        per_cent = None if share is None else int(share * 100)
        name = "confidence" if per_cent in PER_CENT else "exactly"
        return {"verdict": blind_pass.verdict, name: per_cent}
