"""The forms that grant a step of autonomy, and that ask for one."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from progress.autonomy_pages import Row
from progress.goal_forms import Words
from progress.levels import Autonomy
from progress.models.autonomy import LONGEST_REASON


def _steps(lowest: int = Autonomy.OBSERVE) -> list[tuple[int, str]]:
    every = ((one.value, capfirst(str(one.label))) for one in Autonomy)
    return [(value, label) for value, label in every if value >= lowest]


class GrantForm(forms.Form):
    """A step for one competency. `seen` is the grant that the page showed, 0 for none.

    What the evidence does not speak for needs a reason, as does each step down, and
    another answer than the one that the junior asked for.
    """

    level = forms.TypedChoiceField(
        label=gettext_lazy("Step"),
        coerce=int,
        choices=_steps,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a step.")},
    )
    reason = Words(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy(
            "Needed where the evidence does not speak for it, and for a step down"
        ),
        required=False,
        longest=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, row: Row, **kwargs: Any) -> None:
        first = row.stand.asked or row.proposed or row.level
        initial = {"level": first, "seen": row.stand.grant}
        super().__init__(data, initial=initial, **kwargs)
        self.row = row

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        is_whole = "level" in cleaned and "reason" in cleaned
        if is_whole and not cleaned["reason"]:
            wanted = self._reason_for(cleaned["level"])
            if wanted:
                self.add_error("reason", wanted)
        return cleaned

    def _reason_for(self, level: int) -> str:
        """Why a reason is asked for; empty where none is."""
        row = self.row
        if level < row.level:
            return _("Say why it goes down: the junior reads it.")
        if row.stand.asked and level < row.stand.asked:
            return _("Say why not yet: the junior asked for more and reads it.")
        if level > row.level and level != row.proposed:
            return _("The evidence does not speak for this step yet. Say why you do.")
        return ""


class AskForm(forms.Form):
    """The junior asks for a step beyond the one that stands."""

    level = forms.TypedChoiceField(
        label=gettext_lazy("Step"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose a step."),
            "invalid_choice": gettext_lazy(
                "That step was granted in between: choose one beyond it."
            ),
        },
    )
    word = Words(
        label=gettext_lazy("Your word on it"),
        help_text=gettext_lazy("What your mentor could look at, in a line or two"),
        longest=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Give your mentor a word on it.")},
    )

    def __init__(self, data: Any = None, *, row: Row, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        field: Any = self.fields["level"]
        field.choices = _steps(row.level + 1)
        field.initial = row.level + 1
