"""Forms that bring a change: its bytes, where it comes from, what is left out."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import get_text_list
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from preceptor.accounts.models import StagedUpload
from reviews.diffs import Change, Reason, in_words, plain
from reviews.forms import PlainForm
from reviews.joining import Part, Refused, joined
from reviews.models import ReviewSession
from reviews.redaction import Hit
from reviews.staging import Bundle
from reviews.transcripts import TranscriptError
from reviews.transcripts import read as read_conversation
from reviews.uploads import CONVERSATION, limits, talk_limits

UNCOUNTED = (Reason.TRUNCATED, Reason.OVERFULL)
PASTED = _("pasted text")
CHOOSE_AGAIN = _("Choose the files again: what you pasted was not joined to them.")
LOST_LINES = _("Copied text can lose or gain line ends: the file itself has them all.")
MOST_FILES = 20


def _pasted(text: str) -> str:
    """What a text field sends, with the line ends that it had before.

    Blank lines at its end may be the context of the last hunk.
    """
    text = text.replace("\r\n", "\n").lstrip("\n")
    return text if not text or text.endswith("\n") else f"{text}\n"


class ManyFiles(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files up to twenty; cleaned to a list of parts."""

    widget = ManyFiles

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "allow_empty_file": True, **kwargs})

    def clean(self, data: Any, initial: Any = None) -> list[Part]:
        files: list[UploadedFile[Any]] = data if isinstance(data, list) else []
        if len(files) > MOST_FILES:
            raise forms.ValidationError(
                _("These are %(n)s files; up to %(most)s are taken at once."),
                params={"n": len(files), "most": MOST_FILES},
            )
        parts = []
        for file in files:
            super().clean(file, initial)
            parts.append(Part(file.name or "", file.read()))
        return parts


class UploadForm(PlainForm):
    """A diff, pasted or in files. `body` holds its bytes, `change` what they say.

    What was brought once is kept by the caller as `staged`, since a browser can't be
    given its files back. `too_large` names the fields whose files were dropped on the
    way, for being larger than the limit. What is pasted beside files is one of them.
    """

    diff = forms.CharField(
        label=_("The change, as a unified diff"),
        help_text=_("Paste what “git diff” prints, or choose files below."),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
    patch = FilesField(
        label=_("Or files"),
        max_length=255,
        widget=ManyFiles(
            attrs={"accept": ".diff,.patch,.mbox,.eml,text/x-diff,text/plain"}
        ),
    )

    def __init__(
        self,
        *args: Any,
        staged: StagedUpload | None = None,
        too_large: Iterable[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.staged = staged
        self.before = Bundle.of(staged) if staged else Bundle(b"")
        self.too_large = frozenset(too_large)
        self.parts: list[Part] = []
        self.body = b""
        self.change: Change | None = None
        self.fields["patch"].help_text = _(
            "One .diff, .patch or mailbox, or several: they become one change, with "
            "what you pasted. Up to %(size)s and %(lines)s changed lines."
        ) % {"size": in_words(limits().size), "lines": f"{limits().changed:,}"}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        name = self._take_parts(cleaned)
        if "patch" in self.too_large:
            self.add_error(
                "patch",
                _("What you chose is larger than %(limit)s: split the change.")
                % {"limit": in_words(limits().size)},
            )
        elif name not in self.errors and "patch" not in self.errors:
            self._read_parts(name)
        return cleaned

    def _take_parts(self, cleaned: dict[str, Any]) -> str:
        """Takes the parts from files, field or staging; gives the field's name."""
        files: list[Part] = cleaned.get("patch") or []
        text = _pasted(cleaned.get("diff") or "").encode()
        if files:
            is_new = bool(text) and text not in (plain(part.body) for part in files)
            self.parts = [*files, Part(str(PASTED), text)] if is_new else files
            return "patch"
        if text:
            self.parts = [Part("", text)]
            return "diff"
        self.parts = [Part("", self.before.diff)]
        return "patch" if self.before.diff else "diff"

    def _read_parts(self, field: str) -> None:
        try:
            self.body, self.change = joined(self.parts, limits())
        except Refused as refused:
            error = refused.error
            sentence = _(error.reason) % error.values
            if refused.name and refused.name == str(PASTED):
                self.add_error("diff", sentence)
                self.add_error("patch", CHOOSE_AGAIN)
                return
            self.add_error(
                field, f"{refused.name}: {sentence}" if refused.name else sentence
            )
            if field == "diff" and error.reason in UNCOUNTED:
                self.add_error(field, LOST_LINES)

    def wait_as(self, staged: StagedUpload) -> None:
        """The change waits; what was pasted beside files would replace it if sent on
        its own.
        """
        self.staged = staged
        if len(self.parts) > 1 and self.parts[-1].name == str(PASTED):
            self.data = {**dict(self.data.items()), "diff": ""}

    @property
    def names(self) -> tuple[str, ...]:
        """The files that the change is made of, in order."""
        names = tuple(sorted(part.name for part in self.parts if part.name))
        is_old = self.body == self.before.diff
        return names or (self.before.names if is_old else ())

    def bundle(self) -> Bundle:
        return Bundle(self.body, self.names)


class ProvenanceForm(PlainForm):
    """Where a change comes from; `asks` makes what a session needs required."""

    tool = forms.CharField(
        label=_("Written by which tool?"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("coding agent in the editor")}),
    )
    model = forms.CharField(
        label=_("Which model?"),
        max_length=80,
        required=False,
        help_text=_("Leave it empty if nobody knows."),
    )
    driver = forms.ChoiceField(
        label=_("Who drove?"),
        choices=[("", "—"), *ReviewSession.Driver.choices],
        required=False,
    )
    edited_share = forms.IntegerField(
        label=_("Edited by a human, in per cent"),
        required=False,
        min_value=0,
        max_value=100,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, asks: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if asks:
            self.fields["tool"].required = self.fields["driver"].required = True

    def provenance(self) -> dict[str, Any]:
        """The fields of a session, fit for JSON: the share is a fraction as text."""
        return provenance_in(self.cleaned_data)

    @staticmethod
    def initial_of(values: dict[str, Any]) -> dict[str, Any]:
        share = values.get("edited_share")
        per_cent = None if share is None else round(float(share) * 100)
        return {**values, "edited_share": per_cent}


def provenance_in(cleaned: dict[str, Any]) -> dict[str, Any]:
    share = cleaned.get("edited_share")
    return {
        "tool": cleaned.get("tool", ""),
        "model": cleaned.get("model", ""),
        "driver": cleaned.get("driver", ""),
        "edited_share": None if share is None else str(Decimal(share) / 100),
    }


def origin_of(session: ReviewSession) -> dict[str, Any]:
    """What stands; where nothing does, what the conversations say of themselves."""
    fields = {
        "tool": session.tool,
        "model": session.model,
        "driver": session.driver,
        "edited_share": session.edited_share,
        "seen": session.provenance_mark,
    }
    talk = None if session.tool else session.transcripts.exclude(tool="").first()
    if talk is not None:
        fields |= {"tool": talk.tool, "model": session.model or talk.model}
    return ProvenanceForm.initial_of(fields)


class OriginForm(ProvenanceForm):
    """The same for an open session; `seen` is what its form showed."""

    seen = forms.CharField(max_length=16, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, asks=True, **kwargs)


class ChangeForm(ProvenanceForm, UploadForm):
    """A change with its title, its conversations and where it comes from."""

    title = forms.CharField(
        label=_("What does the change do?"),
        help_text=_("In a few words. Only the two of you read it."),
        max_length=160,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    conversation = FilesField(
        label=_("The conversation with the AI"),
        help_text=_(
            "A log of Claude Code or Codex CLI, a SpecStory history, a Copilot chat "
            "export or an aider history; several if there were several. Optional."
        ),
        max_length=255,
        widget=ManyFiles(attrs={"accept": ".jsonl,.json,.md,.txt,text/*"}),
    )
    conversation_text = forms.CharField(
        label=_("Or as text"),
        help_text=_("With a name before what each said, such as “You:” and “AI:”."),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )
    claim = forms.CharField(
        label=_("What does it say of itself?"),
        help_text=_("The AI’s own summary, word for word. It is there to be doubted."),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    field_order = ["title", "diff", "patch", "conversation", "conversation_text"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if CONVERSATION in self.too_large:
            self.add_error(
                CONVERSATION,
                _(
                    "What you chose is larger than %(limit)s: keep the part that made "
                    "the change."
                )
                % {"limit": in_words(talk_limits().size)},
            )
        for field, part in self._talks(cleaned):
            try:
                read_conversation(part.body, part.name, talk_limits())
            except TranscriptError as error:
                sentence = _(error.reason) % error.values
                told = f"{part.name}: {sentence}" if part.name else sentence
                self.add_error(field, told)
        return cleaned

    def _talks(self, cleaned: dict[str, Any]) -> list[tuple[str, Part]]:
        found = [(CONVERSATION, part) for part in cleaned.get(CONVERSATION) or []]
        text = (cleaned.get("conversation_text") or "").replace("\r\n", "\n")
        if text.strip():
            found.append(("conversation_text", Part("", text.encode())))
        return found

    def bundle(self) -> Bundle:
        """What is brought now, and of what was brought before what nothing replaces."""
        cleaned = self.cleaned_data
        talks = [
            part for field, part in self._talks(cleaned) if field not in self.errors
        ]
        return Bundle(
            diff=self.body,
            names=self.names,
            conversations=tuple(talks) or self.before.conversations,
            words=(cleaned.get("title", ""), cleaned.get("claim", "")),
        )

    def details(self) -> dict[str, Any]:
        """What waits beside the bytes, fit for JSON."""
        cleaned = self.cleaned_data
        return {
            "title": cleaned.get("title", ""),
            "claim": cleaned.get("claim", ""),
            **self.provenance(),
        }


class HitsForm(PlainForm):
    """Which of the hits in an upload are replaced."""

    is_checked = forms.BooleanField(
        error_messages={
            "required": _("Look at what was found in the upload, then confirm.")
        }
    )

    def __init__(self, *args: Any, hits: Sequence[Hit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hits = hits
        numbers = [(str(at), hit.kind) for at, hit in enumerate(hits)]
        self.fields["remove"] = forms.TypedMultipleChoiceField(
            coerce=int, required=False, choices=numbers
        )
        self.fields["is_checked"].required = bool(hits)

    @property
    def ticked(self) -> list[int]:
        """Numbers of the hits to be replaced; before anybody looked, the sure ones."""
        if self.is_bound:
            sent = set(self.data.getlist("remove"))  # type: ignore[attr-defined] # of a QueryDict
            return [at for at, _hit in enumerate(self.hits) if str(at) in sent]
        return [at for at, hit in enumerate(self.hits) if hit.is_sure]


class PreviewForm(HitsForm, ProvenanceForm):
    """Where the change comes from, and which of the hits are replaced.

    Fields that were not sent leave what was staged as it is.
    """

    def provenance(self) -> dict[str, Any]:
        return super().provenance() if "tool" in self.data else {}


def joined_sentence(names: Sequence[str]) -> str:
    """That several files became one change, and in which order; empty for one."""
    if len(names) < 2:
        return ""
    return ngettext(
        "%(n)s file was joined into one change: %(names)s.",
        "%(n)s files were joined into one change, in the order of their names: "
        "%(names)s.",
        len(names),
    ) % {"n": len(names), "names": get_text_list(list(names), _("and"))}
