"""When a message comes back, and what somebody wants to hear of, when and where."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from preceptor.notifications import snoozing
from preceptor.notifications.kinds import Kind, registered
from preceptor.notifications.models import Timing, Webhook
from preceptor.notifications.webhooks import NotAllowed, address_of
from preceptor.widgets import DayField

DAYS = [
    (1, _("Monday")),
    (2, _("Tuesday")),
    (3, _("Wednesday")),
    (4, _("Thursday")),
    (5, _("Friday")),
    (6, _("Saturday")),
    (7, _("Sunday")),
]
TOMORROW, IN_THREE_DAYS, MONDAY, ON_DAY = "tomorrow", "three-days", "monday", "day"


class ShownForm(forms.Form):
    """When the page was shown on which somebody reads all."""

    until = forms.DateTimeField(required=False)


class PutOffForm(forms.Form):
    """`cleaned_data["moment"]` is when the message comes back."""

    until = forms.ChoiceField(
        choices=[(one, one) for one in (TOMORROW, IN_THREE_DAYS, MONDAY, ON_DAY)]
    )
    day = DayField(label=_("Another day"), required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.offers = {
            TOMORROW: snoozing.tomorrow(today),
            IN_THREE_DAYS: snoozing.in_three_days(today),
            MONDAY: snoozing.next_monday(today),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if cleaned.get("until") == ON_DAY and "day" not in self.errors:
            self._check(cleaned.get("day"))
        if not self.errors:
            day = self.offers.get(cleaned["until"]) or cleaned["day"]
            cleaned["moment"] = snoozing.morning_of(day)
        return cleaned

    def _check(self, day: date | None) -> None:
        if day is None:
            self.add_error("day", _now("Choose the day on which it is to come back."))
        elif day <= self.today:
            self.add_error("day", _now("Choose a day after today."))
        elif day - self.today > snoozing.LONGEST:
            self.add_error("day", _now("Choose a day within a year."))


class Clock(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class Hour(forms.TimeField):
    widget = Clock


@dataclass(frozen=True, slots=True)
class KindRow:
    """A kind on the page of preferences."""

    kind: Kind[Any]
    field: BoundField


class PreferencesForm(forms.Form):
    """All wishes of a member, by the names of `Wishes.values`."""

    working_days = forms.TypedMultipleChoiceField(
        label=_("Days on which messages may come"),
        choices=DAYS,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one day.")},
    )
    quiet_from = Hour(label=_("Quiet from"))
    quiet_until = Hour(
        label=_("Quiet until"),
        help_text=_("The same time in both: no quiet hours."),
    )
    digest_at = Hour(label=_("Digests come at"))
    weekly_on = forms.TypedChoiceField(
        label=_("The weekly one on"), choices=DAYS, coerce=int
    )
    weekly_budget = forms.IntegerField(
        label=_("Messages at once, in a week"),
        help_text=_("What comes beyond goes into the daily digest. 0: all of it."),
        min_value=0,
        max_value=1_000,
    )
    by_email = forms.BooleanField(label=_("By e-mail"), required=False)
    by_chat = forms.BooleanField(label=_("In my chat"), required=False)

    def __init__(self, *args: Any, has_chat: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_chat:
            del self.fields["by_chat"]
        self.rows = [self._row(kind) for kind in registered()]

    def _row(self, kind: Kind[Any]) -> KindRow:
        name, label = f"kind-{kind.name}", str(kind.label)
        offered = {Timing.AT_ONCE}
        if not kind.is_immediate:
            offered |= {Timing.DAILY, Timing.WEEKLY}
        if not kind.required:
            offered |= {Timing.OFF}
        self.fields[name] = forms.ChoiceField(
            label=label,
            required=False,
            choices=[one for one in Timing.choices if one[0] in offered],
            widget=forms.Select(attrs={"aria-label": label}),
        )
        return KindRow(kind, self[name])

    def own_rows(self) -> Iterator[KindRow]:
        return (row for row in self.rows if not row.kind.for_staff)

    def staff_rows(self) -> Iterator[KindRow]:
        return (row for row in self.rows if row.kind.for_staff)

    @property
    def sent(self) -> dict[str, Any]:
        """What was sent: a page leaves out kinds that do not concern its reader."""
        told = self.cleaned_data.items()
        return {name: value for name, value in told if value != ""}

    def said(self, name: str, value: Any) -> str:
        """A value in the words of the form."""
        choices: Mapping[Any, Any] = dict(getattr(self.fields[name], "choices", ()))
        if isinstance(value, bool):
            return _now("yes") if value else _now("no")
        if isinstance(value, list):
            return ", ".join(str(choices.get(one, one)) for one in value)
        if isinstance(value, str | int):
            return str(choices.get(value, value))
        return f"{value:%H:%M}"


class ChatForm(forms.Form):
    """An incoming webhook of a chat. Whether it answers, a test message tells."""

    service = forms.ChoiceField(
        label=_("Which chat"),
        choices=Webhook.Service.choices,
        widget=forms.RadioSelect,
    )
    address = forms.CharField(
        label=_("Address of the incoming webhook"),
        help_text=_("Made in your chat, for you or a channel of yours: https://…"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"]
        try:
            address_of(address)
        except NotAllowed as error:
            raise ValidationError(str(error)) from error
        return address
