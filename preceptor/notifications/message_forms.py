"""When a message comes back, and what somebody wants to hear of, when and where."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from preceptor.notifications import snoozing
from preceptor.notifications.kinds import PAIR, Audience, Kind, registered
from preceptor.notifications.models import Timing, Webhook
from preceptor.notifications.webhooks import address_of
from preceptor.outward import NotAllowed
from preceptor.widgets import DayField, MomentField

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

    until = MomentField(required=False)


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

    def __init__(
        self, *args: Any, has_chat: bool, reached: Collection[Audience], **kwargs: Any
    ) -> None:
        """Kinds that come to nobody who is `reached` are taken, but not offered."""
        super().__init__(*args, **kwargs)
        if not has_chat:
            del self.fields["by_chat"]
        rows = [self._row(kind) for kind in registered()]
        coming = [row for row in rows if row.kind.audience & set(reached)]
        own = PAIR | {Audience.MEMBERS}
        self.own_rows = [row for row in coming if row.kind.audience & own]
        self.other_rows = [row for row in coming if not row.kind.audience & own]
        self.has_part = bool(set(reached) - {Audience.MEMBERS})

    def clean(self) -> dict[str, Any]:
        """Raises what keeps a digest from ever leaving at the hour that it names."""
        names = ("quiet_from", "quiet_until", "digest_at")
        begins, ends, at = (self.cleaned_data.get(name) for name in names)
        if begins and ends and at and _is_within(at, begins, ends):
            text = _now(
                "At %(at)s your quiet hours go on, from %(begins)s to %(ends)s. Choose "
                "an hour outside them."
            )
            words = {"at": at, "begins": begins, "ends": ends}
            hours = {name: f"{hour:%H:%M}" for name, hour in words.items()}
            self.add_error("digest_at", text % hours)
        return self.cleaned_data

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


def _is_within(moment: time, begins: time, ends: time) -> bool:
    """Whether it lies in quiet hours, which end at their end; over midnight, too."""
    if begins <= ends:
        return begins <= moment < ends
    return moment >= begins or moment < ends


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
