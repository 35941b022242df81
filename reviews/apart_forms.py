"""Forms of taking apart: a side of a card, a reply, an action, a word."""

from collections.abc import Iterable
from typing import Any, cast
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from preceptor.accounts.models import Membership
from preceptor.widgets import DayField
from reviews.cards import MENTOR, STEPS, Card, Step, written_by
from reviews.forms import PlainForm
from reviews.models import Comment, Explanation, Impression, Lesson, ReviewSession

LONGEST = 10_000


class TypedField(forms.CharField):
    """Text as it was typed: neither its ends nor its line ends are touched."""

    def __init__(self, **kwargs: Any) -> None:
        rows = kwargs.pop("rows", 2)
        # An empty placeholder lets the style sheet tell a step that is written.
        attrs = {"rows": rows, "placeholder": " "}
        kwargs = {"strip": False, "max_length": LONGEST, **kwargs}
        super().__init__(widget=forms.Textarea(attrs=attrs), **kwargs)

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value) or "").replace("\r\n", "\n")


class ExplanationForm(PlainForm):
    """The fields of a card that one side writes, by the table of who writes what."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    tab = forms.UUIDField(required=False, widget=forms.HiddenInput)
    before = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, side: str | None, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "card-%s", **kwargs})
        for step in STEPS:
            if step.side == side:
                self.fields[step.name] = TypedField(label=step.label, required=False)
        if side == MENTOR:
            self.fields["mark"] = forms.TypedChoiceField(
                label=_("How well does the junior explain it?"),
                choices=[(mark.value, mark.label) for mark in Explanation.Mark],
                coerce=int,
                empty_value=None,
                required=False,
                widget=forms.RadioSelect,
            )

    @classmethod
    def of(cls, card: Card, side: str) -> "ExplanationForm":
        """The card as it stands, on a page that is new."""
        row = card.row
        initial = {name: getattr(row, name) for name in written_by(side)}
        initial |= {"version": getattr(row, f"{side}_version"), "tab": uuid4()}
        return cls(side=side, initial=initial)

    def words(self) -> dict[str, Any]:
        """What was sent: a field that the page did not have is not emptied."""
        own = self.cleaned_data
        sent = {name for name in own if name in self.data}
        return {name: own[name] for name in sent - {"version", "tab", "before"}}


Laid = tuple[Step, str, forms.BoundField | None]


def laid_out(
    steps: Iterable[Step], card: Card, form: ExplanationForm | None
) -> list[Laid]:
    """Each step with its words, and the field for who writes it."""
    own = form.fields if form else {}
    return [
        (
            step,
            getattr(card.row, step.name),
            form[step.name] if form and step.name in own else None,
        )
        for step in steps
    ]


def forms_of_apart(
    session: ReviewSession, reader: Membership, card: Card | None
) -> dict[str, Any]:
    """The empty forms of a revealed session's page, and the card of the shown flaw."""
    found: dict[str, Any] = {
        "reply_form": CommentForm.new(),
        "action_form": ActionForm(session=session),
    }
    side = session.side_of(reader)
    if card is not None and side and session.state == ReviewSession.State.REVEALED:
        found["card_form"] = ExplanationForm.of(card, side)
    return found


class CommentForm(PlainForm):
    """A turn of the conversation; `key` is the form's own."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    text = TypedField(
        label=_("Reply"),
        error_messages={"required": _("Write something, then send it.")},
    )

    @classmethod
    def new(cls) -> "CommentForm":
        return cls(initial={"key": uuid4()}, auto_id="reply-%s")

    def clean_text(self) -> str:
        return _said(self.cleaned_data["text"])


class EditCommentForm(PlainForm):
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    text = TypedField(
        label=_("What you said"),
        rows=4,
        error_messages={"required": _("Write something, or remove it.")},
    )

    @classmethod
    def of(cls, comment: Comment) -> "EditCommentForm":
        initial = {"version": comment.version, "text": comment.text}
        return cls(initial=initial, auto_id="edit-%s")

    def clean_text(self) -> str:
        return _said(self.cleaned_data["text"])


def _said(text: str) -> str:
    if not text.strip():
        raise forms.ValidationError(_("Write something, then send it."))
    return text


class LessonEditForm(PlainForm):
    """`was` is the lesson as its author saw it when they began."""

    was = forms.CharField(max_length=500, strip=False, widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("A lesson"),
        help_text=_("One sentence that will still be true next year."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    @classmethod
    def of(cls, lesson: Lesson) -> "LessonEditForm":
        return cls(initial={"was": lesson.text, "text": lesson.text})


class ActionForm(PlainForm):
    """What, who of the two, by when; an empty one may be allowed (`is_optional`)."""

    text = forms.CharField(
        label=_("An action"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Say what is to be done.")},
    )
    owner = forms.TypedChoiceField(
        label=_("Who"),
        coerce=int,
        error_messages={"required": _("Say which of you does it.")},
    )
    due_on = DayField(
        label=_("By when"), error_messages={"required": _("Say by when.")}
    )

    def __init__(
        self,
        *args: Any,
        session: ReviewSession,
        is_optional: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **{"auto_id": "action-%s", **kwargs})
        self.two: dict[int, Membership] = {
            member.pk: member for member in (session.junior, session.mentor)
        }
        names = [(pk, member.full_name) for pk, member in self.two.items()]
        choice = cast("forms.ChoiceField", self.fields["owner"])
        choice.choices = [("", "—"), *names]
        self.empty_permitted = is_optional
        self.use_required_attribute = not is_optional

    def words(self) -> dict[str, Any]:
        """As the action takes them."""
        cleaned = self.cleaned_data
        return {**cleaned, "owner": self.two[cleaned["owner"]]}


class WordField(forms.CharField):
    """How it went, in one word."""

    def __init__(self, **kwargs: Any) -> None:
        model_field = Impression._meta.get_field("word")
        super().__init__(
            label=_("How did it go, in one word?"),
            help_text=_("The two of you see each other’s once both have said theirs."),
            max_length=30,
            validators=model_field.validators,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
            **kwargs,
        )


class ImpressionForm(PlainForm):
    word = WordField(error_messages={"required": _("One word is enough.")})
