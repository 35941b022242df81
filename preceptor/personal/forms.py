from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext


class ConfirmForm(forms.Form):
    """Typed, not clicked: the address of who is erased."""

    address = forms.CharField(label=_("The e-mail address"), max_length=254)

    def __init__(self, *args: Any, address: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wanted = address
        self.fields["address"].help_text = _(
            "Type %(address)s to confirm. What is erased can’t be brought back."
        ) % {"address": address}

    def clean_address(self) -> str:
        typed: str = self.cleaned_data["address"]
        if typed.strip().casefold() != self.wanted.casefold():
            raise ValidationError(
                _("This is not the address. Nothing was erased."), code="other"
            )
        return typed


class OwnerConfirmForm(ConfirmForm):
    """With the single words that are struck too: by owners, who see how often each
    stands."""

    also = forms.MultipleChoiceField(
        label=_("Strike these words too, wherever somebody wrote them"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Just as they are written here, and not within longer words. A word that"
            " means something else, too, is struck there as well; in code and in"
            " conversations with AI tools it is left."
        ),
    )
    field_order = ("also", "address")

    def __init__(
        self,
        *args: Any,
        parts: Mapping[str, bool],
        places: Mapping[str, int],
        **kwargs: Any,
    ) -> None:
        """`parts` are words of the name; those that say True are ticked."""
        super().__init__(*args, **kwargs)
        also = cast("forms.MultipleChoiceField", self.fields["also"])
        also.choices = [(word, _said(word, places.get(word))) for word in parts]
        also.initial = [word for word, is_ticked in parts.items() if is_ticked]


def _said(word: str, places: int | None) -> str:
    if places is None:
        return word
    said = ngettext("%(word)s, in %(n)s place", "%(word)s, in %(n)s places", places)
    return said % {"word": word, "n": places}


class LeaversForm(forms.Form):
    """After how many days those who left are erased; empty, not by itself.

    `seen` is what the page showed that was sent, and `sure` stands for the people
    whom it named.
    """

    days = forms.IntegerField(
        label=_("Days after the access ended"),
        required=False,
        min_value=1,
        max_value=3_650,
        help_text=_("Left empty, nobody is erased until somebody asks or does it."),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    sure = forms.CharField(required=False, widget=forms.HiddenInput)
