"""What two people wrote into the same fields of one form, side by side."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import formats
from django.utils.translation import gettext as _

from pairings import sentences
from preceptor.accounts.models import Membership
from preceptor.seen import Difference, Stale, Values, plain

FIELDS = {"line_manager": "manager", "ends_on": "last_on"}
"""The form's name of a field that goes by another in the row."""


def differences(
    stale: Stale, sent: Values, stands: Values, form: forms.BaseForm, *, is_mentor: bool
) -> Sequence[Difference]:
    """By the form's own labels; `is_mentor` says how degrees of skills are called."""
    degrees = sentences.degrees(is_mentor=is_mentor)
    found = []
    for name in stale.contested:
        field = form.fields.get(FIELDS.get(name, name))
        label = str(field.label) if field and field.label else _("Skills")
        choices = dict(getattr(field, "choices", ()))
        texts = (_text(name, one[name], choices, degrees) for one in (sent, stands))
        found.append(Difference(label, *(text or _("nothing") for text in texts)))
    return found


def _text(
    name: str,
    value: Any,
    choices: Mapping[object, object],
    degrees: Mapping[int, str],
) -> str:
    if name == "skills":
        return ", ".join(f"{skill} ({degrees[degree]})" for skill, degree in value)
    if name == "languages":
        return sentences.of_languages(value)
    if name == "ends_on":
        value -= timedelta(days=1)
    if isinstance(value, list):
        return ", ".join(value)
    return str(choices[value]) if value in choices else _said(value)


def _said(value: Any) -> str:
    if isinstance(value, date):
        return formats.date_format(value, "j F Y")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value) if isinstance(value, Membership) else plain(value)
