"""Forms of what is kept: one's own note, and for how long the code stays."""

from django import forms
from django.utils.translation import gettext_lazy as _

from reviews.forms import PlainForm

LONGEST_NOTE = 50_000


class NoteForm(PlainForm):
    """`version` is that of the note which the page showed, 0 where there was none."""

    text = forms.CharField(
        label=_("Your private note"),
        help_text=_("Nobody but you reads this, now or later. Saved as you type."),
        required=False,
        strip=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class RetentionForm(PlainForm):
    days = forms.IntegerField(
        label=_("Keep code and conversations for how many days after a session?"),
        help_text=_("Empty keeps them for good."),
        required=False,
        min_value=1,
        max_value=3650,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    is_sure = forms.BooleanField(required=False, widget=forms.HiddenInput)
