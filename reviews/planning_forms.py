"""Forms of what lies ahead: planning a sitting, moving it, suggesting a change."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from pairings.models import Enrolment, Pairing
from preceptor.widgets import DayField
from reviews.forms import PlainForm
from reviews.models import ChangeSuggestion, ReviewSession

if TYPE_CHECKING:  # generic for the type checker alone
    SuggestionModelForm = forms.ModelForm[ChangeSuggestion]
else:
    SuggestionModelForm = forms.ModelForm

FARTHEST = timedelta(days=3 * 366)
WEEKS = (
    (1, _("Once")),
    (4, _("Every week, 4 times")),
    (8, _("Every week, 8 times")),
    (12, _("Every week, 12 times")),
    (26, _("Every week, for half a year")),
)


class TimeInput(forms.TimeInput):
    """The browser's own clock, which wants times as 14:30."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class WhenForm(PlainForm):
    """Day, time, minutes and who leads; `starts_at` is the moment, once valid.

    Day and time are by the clock of who fills it in.
    """

    day = DayField(label=_("Day"))
    time = forms.TimeField(label=_("Time"), widget=TimeInput)
    minutes = forms.IntegerField(
        label=_("Minutes"),
        initial=60,
        min_value=10,
        max_value=480,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    led_by = forms.ChoiceField(
        label=_("Who leads?"), choices=Enrolment.Side, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, pairing: Pairing, now: datetime, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.pairing, self.now = pairing, now
        names = (
            (Enrolment.Side.JUNIOR, str(pairing.junior)),
            (Enrolment.Side.MENTOR, str(pairing.mentor)),
        )
        self.fields["led_by"].choices = names  # type: ignore[attr-defined] # a ChoiceField

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        day, time = cleaned.get("day"), cleaned.get("time")
        if day is None or time is None:
            return cleaned
        starts_at = timezone.make_aware(datetime.combine(day, time))
        if starts_at <= self.now:
            self.add_error("day", _("This moment has passed: choose a later one"))
        elif starts_at > self.now + FARTHEST or day > self.pairing.last_on:
            words = {"day": date_format(self.pairing.last_on, "j F Y")}
            self.add_error("day", _("The pairing ends on %(day)s") % words)
        elif day < self.pairing.starts_on:
            words = {"day": date_format(self.pairing.starts_on, "j F Y")}
            self.add_error("day", _("The pairing begins on %(day)s") % words)
        return {**cleaned, "starts_at": starts_at}

    def words(self) -> dict[str, Any]:
        """What `plan` and `move` take of it."""
        names = ("starts_at", "minutes", "led_by")
        return {name: self.cleaned_data[name] for name in names}


class PlanForm(WhenForm):
    weeks = forms.TypedChoiceField(
        label=_("How often?"), choices=WEEKS, coerce=int, initial=1
    )

    def words(self) -> dict[str, Any]:
        return {**super().words(), "weeks": self.cleaned_data["weeks"]}


class MoveForm(WhenForm):
    """`sequence` is what the form was opened on, so that a stale one is refused."""

    is_following = forms.BooleanField(
        label=_("Move all later ones of the series by as much"), required=False
    )
    sequence = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, session: ReviewSession, **kwargs: Any) -> None:
        local = timezone.localtime(session.planned_at)
        initial = {
            "day": local.date(),
            "time": local.time(),
            "minutes": session.planned_minutes,
            "led_by": session.led_by,
            "sequence": session.sequence,
        }
        super().__init__(*args, pairing=session.pairing, initial=initial, **kwargs)
        if session.series is None:
            del self.fields["is_following"]

    def words(self) -> dict[str, Any]:
        return {
            **super().words(),
            "sequence": self.cleaned_data["sequence"],
            "is_following": self.cleaned_data.get("is_following", False),
        }


class SuggestionForm(SuggestionModelForm):
    link = forms.URLField(
        label=_("Link"),
        required=False,
        max_length=500,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )

    class Meta:
        model = ChangeSuggestion
        fields = ["title", "link", "reason"]
        help_texts = {"title": _("What it does, in a few words")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    def words(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}
