"""The form of an organisation's own flaw category."""

from django import forms
from django.utils.translation import gettext_lazy as _

from reviews.forms import PlainForm
from reviews.pass_forms import CweField
from reviews.taxonomy import Group


class CategoryForm(PlainForm):
    label = forms.CharField(
        label=_("Name"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    group = forms.TypedChoiceField(
        label=_("Group"),
        help_text=_("Findings of one group on the same lines are proposed as one flaw"),
        choices=Group.choices,
        coerce=Group,
    )
    help = forms.CharField(
        label=_("What it means, in a sentence"),
        help_text=_("Whoever writes a finding reads it beside the name"),
        max_length=160,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    cwe = CweField(
        label=_("CWE id"),
        help_text=_("Where it mostly is one weakness; may stay empty"),
        required=False,
        min_value=1,
        max_value=9999,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
