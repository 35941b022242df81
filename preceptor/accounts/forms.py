from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from preceptor.accounts.calendar_files import LONGEST, working
from preceptor.accounts.invitations import Invitee, invitees_in
from preceptor.accounts.models import Membership, User
from preceptor.accounts.zones import zones_with
from preceptor.seen import Difference, Values
from preceptor.widgets import DayField

INVITED_AT_ONCE = 500


class SignupForm(forms.Form):
    """What registration asks beside e-mail and password."""

    full_name = forms.CharField(label=_("Full name"), max_length=120)

    def signup(self, request: HttpRequest, user: User) -> None:
        user.full_name = self.cleaned_data["full_name"]
        user.save(update_fields=["full_name"])


class ZoneForm(forms.Form):
    """Offers the places of the world, and whatever zone is in use already."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"] = forms.ChoiceField(
            label=_("Time zone"),
            help_text=_("Mornings and due dates are reckoned in it."),
            choices=zones_with(self.initial.get("time_zone", "UTC")),
        )
        self.order_fields(self.field_order)


class ProfileForm(ZoneForm):
    full_name = forms.CharField(label=_("Full name"), max_length=120)
    locale = forms.ChoiceField(
        label=_("Language"), choices=User._meta.get_field("locale").choices or []
    )
    field_order = ["full_name", "time_zone", "locale"]


class OrganisationForm(ZoneForm):
    name = forms.CharField(label=_("Name"), max_length=120)
    field_order = ["name", "time_zone"]


class JoinForm(ZoneForm):
    """What somebody new says of themselves when they accept an invitation."""

    full_name = forms.CharField(
        label=_("Full name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        help_text=_("At least 8 characters, and not one that is easily guessed."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    field_order = ["full_name", "password", "time_zone"]

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if "password" in cleaned:
            user = User(email=self.email, full_name=cleaned.get("full_name", ""))
            try:
                validate_password(cleaned["password"], user)
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned


class InviteForm(forms.Form):
    addresses = forms.CharField(
        label=_("E-mail addresses"),
        help_text=_("One a line, or copied from a mail as Name <address>, …"),
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label=_("Role"),
        choices=Membership.Role.choices,
        initial=Membership.Role.MEMBER,
        widget=forms.RadioSelect,
    )

    def clean_addresses(self) -> list[Invitee]:
        invitees = invitees_in(self.cleaned_data["addresses"])
        if len(invitees) > INVITED_AT_ONCE:
            raise ValidationError(
                _now("These are %(n)s addresses; invite %(most)s at once, at most.")
                % {"n": len(invitees), "most": INVITED_AT_ONCE}
            )
        if wrong := [i.email for i in invitees if not _is_address(i.email)]:
            raise ValidationError(
                ngettext(
                    "This is no e-mail address: %(wrong)s",
                    "These are no e-mail addresses: %(wrong)s",
                    len(wrong),
                )
                % {"wrong": ", ".join(wrong)}
            )
        return invitees


def differences(
    form: forms.Form, sent: Values, stands: Values, names: Iterable[str] | None = None
) -> list[Difference]:
    """What two wrote into the same fields, in the words of the form."""
    return [
        Difference(
            str(form[name].label),
            _said(form.fields[name], sent[name]),
            _said(form.fields[name], stands[name]),
        )
        for name in (stands if names is None else names)
    ]


def _said(field: forms.Field, value: Any) -> str:
    return str(dict(getattr(field, "choices", ())).get(value, value))


class RoleForm(forms.Form):
    role = forms.ChoiceField(
        label=_("Role"),
        choices=Membership.Role.choices,
        widget=forms.RadioSelect,
        help_text=_(
            "Managers write in every program. Owners do too, and decide who belongs"
            " to the organisation."
        ),
    )


class HolidaysForm(forms.Form):
    """A day or a span of days that are free, under one name."""

    first_on = DayField(
        label=_("Day"),
        error_messages={
            "required": _("Give the day"),
            "invalid": _("Give a day, such as 2027-01-31"),
        },
    )
    last_on = DayField(
        label=_("Last day"),
        help_text=_("For more than one day; weekends between are left out"),
        required=False,
        error_messages={"invalid": _("Give a day, such as 2027-01-31")},
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("Everybody in the organisation reads it"),
        error_messages={"required": _("Say which holiday it is")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        first, last = (
            self.cleaned_data.get("first_on"),
            self.cleaned_data.get("last_on"),
        )
        if first and last and not 0 <= (last - first).days < LONGEST:
            text = _now(
                "Choose a last day from the first on, at most %(n)d days in all."
            )
            self.add_error("last_on", text % {"n": LONGEST})
        return self.cleaned_data

    @property
    def days(self) -> list[date]:
        """One day as it is, of several those from Monday to Friday."""
        first: date = self.cleaned_data["first_on"]
        last: date = self.cleaned_data["last_on"] or first
        return working(first, last)


class HolidayFileForm(forms.Form):
    file = forms.FileField(
        label=_("Calendar file"),
        help_text=_("As calendars export it, ending in .ics; 300 kB at most"),
        widget=forms.ClearableFileInput(attrs={"accept": ".ics,text/calendar"}),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("The file is empty. Choose another."),
        },
    )

    def refuse(self, reason: str) -> None:
        """Puts the one reason that matters in place of whatever the field says."""
        self.errors["file"] = self.error_class([reason])


class HolidayNameForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        error_messages={"required": _("Say which holiday it is")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class MemberFilterForm(forms.Form):
    """Reads the address of the list of members; what it can't read it leaves out."""

    SHOWN = [
        ("active", _("Active")),
        ("deactivated", _("Deactivated")),
        ("all", _("Everybody")),
    ]
    q = forms.CharField(
        label=_("Name or e-mail"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    show = forms.ChoiceField(label=_("Show"), required=False, choices=SHOWN)


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254
