"""Forms of the record: closing a session, logging one, narrowing the list."""

from datetime import date
from functools import partial
from typing import Any, cast
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext_lazy as _

from pairings.models import Pairing, PairingQuerySet
from preceptor.accounts.models import Membership
from preceptor.widgets import DayField
from reviews.forms import PlainForm
from reviews.models import ReviewSession, ReviewSessionQuerySet

MOST_PAIRS = 200


def _minutes_field(**kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=_("Minutes"),
        min_value=1,
        max_value=600,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        **kwargs,
    )


class HeldForm(PlainForm):
    """Day, next day and lesson, checked against the pairing and today."""

    held_on = DayField(label=_("Day"))
    next_on = DayField(label=_("Next session"), required=False)
    lesson = forms.CharField(
        label=_("What do you take away?"),
        help_text=_("One sentence is plenty"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def check_days(self, pairing: Pairing | None) -> None:
        held_on = self.cleaned_data.get("held_on")
        next_on = self.cleaned_data.get("next_on")
        words = {"today": f"{self.today:%Y-%m-%d}"}
        if held_on and held_on > self.today:
            self.add_error(
                "held_on", _("The day lies ahead: today is %(today)s") % words
            )
        elif held_on and pairing and held_on < pairing.starts_on:
            words = {"day": f"{pairing.starts_on:%Y-%m-%d}"}
            self.add_error("held_on", _("The pairing began later, on %(day)s") % words)
        if held_on and next_on and next_on <= held_on:
            self.add_error("next_on", _("The next session comes after this one"))


class CloseForm(HeldForm):
    minutes = _minutes_field()
    field_order = ["held_on", "minutes", "next_on", "lesson"]

    def __init__(self, *args: Any, pairing: Pairing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pairing = pairing

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.check_days(self.pairing)
        return cleaned


class LogForm(HeldForm):
    """A sitting in one form; `words()` are the session's fields."""

    pairing = forms.ModelChoiceField(
        label=_("With"), queryset=Pairing.objects.none(), empty_label=None
    )
    minutes = _minutes_field(required=False)
    change = forms.CharField(
        label=_("Which change?"),
        help_text=_("A link to the pull request, or a few words"),
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Say what the session was about, in a line or as a link")
        },
    )
    account = forms.CharField(
        label=_("What did the AI get wrong?"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    field_order = [
        "pairing",
        "held_on",
        "minutes",
        "change",
        "account",
        "lesson",
        "next_on",
    ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        pairing: Pairing | None = cleaned.get("pairing")
        self.check_days(pairing)
        held_on = cleaned.get("held_on")
        if held_on and pairing and held_on > pairing.last_on:
            self.add_error("held_on", _("The pairing had ended by then"))
        return cleaned

    def words(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        link = cleaned["change"] if _is_link(cleaned["change"]) else ""
        title = cleaned["change"].partition("://")[2] if link else cleaned["change"]
        return {
            "held_on": cleaned["held_on"],
            "minutes": cleaned["minutes"],
            "next_on": cleaned["next_on"],
            "account": cleaned["account"],
            "link": link,
            "title": title[:160],
        }

    def offer(self, pairings: PairingQuerySet, member: Membership) -> None:
        """The pairings to choose from, each by the name of the other."""
        field = cast("forms.ModelChoiceField[Pairing]", self.fields["pairing"])
        field.queryset = pairings
        name = partial(_other, member=member)
        field.label_from_instance = name  # type: ignore[method-assign] # as documented


def _other(pairing: Pairing, member: Membership) -> str:
    """The other's name, or both for who is neither of them."""
    if pairing.mentor.membership_id == member.pk:
        return str(pairing.junior)
    if pairing.junior.membership_id == member.pk:
        return str(pairing.mentor)
    return str(pairing)


class FilterForm(PlainForm):
    """Narrows a list of sessions; what is not understood narrows nothing."""

    pair = forms.IntegerField(label=_("Pair"), required=False, widget=forms.Select)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All")), *ReviewSession.State.choices[1:]],
    )

    def __init__(
        self, *args: Any, member: Membership, is_record: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        pairings = Pairing.objects.with_people()
        seen = pairings.visible_to(member) if is_record else pairings.of(member)
        names = seen.order_by("junior__membership__user__full_name")[:MOST_PAIRS]
        pairs = [("", _("All")), *((one.pk, _other(one, member)) for one in names)]
        cast("forms.Select", self.fields["pair"].widget).choices = pairs

    def narrow(self, rows: ReviewSessionQuerySet) -> ReviewSessionQuerySet:
        self.is_valid()
        if (pair := self.cleaned_data.get("pair")) is not None:
            rows = rows.filter(pairing_id=pair)
        if state := self.cleaned_data.get("state"):
            rows = rows.filter(state=state)
        return rows


def _is_link(words: str) -> bool:
    try:
        address = urlsplit(words)
    except ValueError:
        return False
    is_web = address.scheme in ("http", "https")
    return is_web and bool(address.netloc) and " " not in words
