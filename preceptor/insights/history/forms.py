from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from preceptor.accounts.models import Membership
from preceptor.history import Kind
from preceptor.insights.history.listing import Wanted
from preceptor.widgets import DayField

MOST_PEOPLE = 20


class HistoryForm(forms.Form):
    """Reads the address of the history; a piece that it can't read says so."""

    PARTS = [
        ("", _("did it, or it is about them")),
        ("did", _("did it")),
        ("about", _("it is about them")),
    ]
    who = forms.CharField(
        label=_("Name or e-mail"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    part = forms.ChoiceField(label=_("Who"), required=False, choices=PARTS)
    kind = forms.ChoiceField(
        label=_("What"), required=False, choices=[("", _("everything")), *Kind.choices]
    )
    program = forms.TypedChoiceField(
        label=_("Program"), required=False, coerce=int, empty_value=None
    )
    from_on = DayField(label=_("From"), required=False)
    until_on = DayField(label=_("Until"), required=False)

    def __init__(
        self, data: Any, *, organisation: int, programs: dict[int, str]
    ) -> None:
        super().__init__(data)
        self.organisation = organisation
        field: Any = self.fields["program"]
        field.choices = [("", _("all")), *programs.items()]

    def clean_who(self) -> tuple[int, ...] | None:
        """The memberships that are meant, or None where nobody was asked for."""
        text = self.cleaned_data["who"].strip()
        if not text:
            return None
        rows = Membership.objects.filter(organisation=self.organisation)
        found = rows.matching(text).values_list("pk", flat=True)[: MOST_PEOPLE + 1]
        people = tuple(found)
        if not people:
            raise forms.ValidationError(_("Nobody here answers to that."))
        if len(people) > MOST_PEOPLE:
            raise forms.ValidationError(
                _("More than %(n)s people answer to that: say more of the name."),
                params={"n": MOST_PEOPLE},
            )
        return people

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = cleaned.get("from_on"), cleaned.get("until_on")
        if first and last and last < first:
            self.add_error("until_on", _("This day is before the first one."))
        return cleaned

    def wanted(self) -> Wanted:
        """To be asked of a valid form."""
        asked = self.cleaned_data
        return Wanted(
            organisation=self.organisation,
            people=asked["who"],
            part=asked["part"],
            kind=asked["kind"],
            program=asked["program"],
            from_on=asked["from_on"],
            until_on=asked["until_on"],
        )
