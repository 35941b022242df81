"""The form that closes a session, with rows for its actions."""

from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from reviews.actions import Ending
from reviews.apart_forms import ActionForm, WordField
from reviews.change_forms import ProvenanceForm, origin_of, provenance_in
from reviews.flaws import Flaw
from reviews.models import BlindPass, ReviewSession
from reviews.record_forms import HeldForm, minutes_field

MOST_ROWS = 10


class CloseForm(HeldForm):
    """Day, verdict, lesson, word and `rows` of actions; empty rows say nothing.

    `unexplained` are the grave flaws without a marked card: they ask for a reason.
    Where nobody said where the change comes from, the form asks that too.
    """

    minutes = minutes_field()
    verdict = forms.ChoiceField(
        label=_("Would you two merge it?"),
        help_text=_("As you see it now, together."),
        choices=BlindPass.Verdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say together whether you would merge it.")},
    )
    unexplained_because = forms.CharField(
        label=_("Why do they stay unexplained?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    word = WordField(error_messages={"required": _("One word is enough.")})

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        session: ReviewSession,
        unexplained: list[Flaw],
        today: date,
    ) -> None:
        is_more = data is not None and "more" in data
        typed = data.dict() if data is not None else {}
        super().__init__(
            None if is_more else data,
            today=today,
            initial=typed if is_more else {"held_on": today, **origin_of(session)},
        )
        self.session, self.unexplained = session, unexplained
        if self.asks_origin:
            self.fields.update(ProvenanceForm(asks=True).fields)
        count = sum(name.endswith("-due_on") for name in typed) or 1
        self.rows = [
            ActionForm(
                None if is_more else data,
                session=session,
                is_optional=True,
                prefix=f"action{number}",
                auto_id="%s",
                initial=_of_row(typed, number) if is_more else None,
            )
            for number in range(min(count + is_more, MOST_ROWS))
        ]

    @property
    def asks_origin(self) -> bool:
        is_over = self.session.state == ReviewSession.State.CLOSED
        return not (is_over or self.session.has_provenance)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.check_days(self.session.pairing)
        if self.unexplained and not cleaned.get("unexplained_because"):
            reason = _("Say why, or let them be explained first.")
            self.add_error("unexplained_because", reason)
        return cleaned

    def is_valid(self) -> bool:
        """With all rows, so that every error shows at once."""
        is_whole = super().is_valid()
        for number, row in enumerate(self.rows, 1):
            if self.is_bound and not row.is_valid():
                is_whole = False
                said = _("Action %(number)s needs another look.")
                self.add_error(None, said % {"number": number})
        return is_whole

    def ending(self) -> Ending:
        todo = [row.words() for row in self.rows if row.has_changed()]
        names = Ending.__dataclass_fields__
        cleaned = {n: v for n, v in self.cleaned_data.items() if n in names}
        if self.asks_origin:
            cleaned["provenance"] = provenance_in(self.cleaned_data)
        return Ending(**cleaned, todo=todo)


def _of_row(typed: dict[str, Any], number: int) -> dict[str, Any]:
    before = f"action{number}-"
    return {
        name.removeprefix(before): value
        for name, value in typed.items()
        if name.startswith(before)
    }
