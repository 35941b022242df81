from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from reviews.forms import PlainForm
from reviews.transcripts import Reason, TranscriptError, read
from reviews.uploads import talk_limits


class TranscriptForm(PlainForm):
    """A conversation with an AI, as a file or pasted.

    Cleaned, `body` holds its bytes; it was read once and can be read again.
    """

    conversation = forms.FileField(
        label=_("The conversation, as a file"),
        help_text=_(
            "A log of Claude Code or the Codex CLI (.jsonl), a SpecStory or aider "
            "history (.md), or a chat that Copilot exported (.json)."
        ),
        required=False,
        allow_empty_file=True,
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ".jsonl,.json,.md,.txt,text/plain"}),
    )
    conversation_text = forms.CharField(
        label=_("Or as text"),
        help_text=_("With a name before what each said, such as “You:” and “AI:”."),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
    )

    def __init__(
        self,
        *args: Any,
        is_too_large: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.is_too_large = is_too_large
        self.file_name = ""
        self.body = b""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        name = self._take_body(cleaned)
        if name in self.errors:
            return cleaned
        limits = talk_limits()
        try:
            if self.is_too_large:
                limit = limits.size // 1024**2
                raise TranscriptError(Reason.TOO_LARGE, limit=limit)
            read(self.body, self.file_name, limits)
        except TranscriptError as error:
            said = _(error.reason) % error.values
            self.add_error(name or "conversation", said)
        return cleaned

    def _take_body(self, cleaned: dict[str, Any]) -> str:
        """Takes the bytes from the file or the text; gives the field's name."""
        upload: UploadedFile[Any] | None = cleaned.get("conversation")
        if upload is not None:
            self.body, self.file_name = upload.read(), upload.name or ""
            return "conversation"
        if self.is_too_large or "conversation" in self.errors:
            return "conversation"
        text = (cleaned.get("conversation_text") or "").replace("\r\n", "\n")
        self.body = text.encode()
        return "conversation_text" if text.strip() else ""
