"""The forms of profiles, of the list of skills and of the register."""

import re
from datetime import date, datetime, timedelta
from typing import Any, cast

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pairings import sentences
from pairings.languages import UnknownLanguage, split_languages
from pairings.models import Enrolment, MentorRecord
from pairings.roster.skills import LONGEST, USUAL, Degrees, in_order
from preceptor.widgets import DayField, LongAgoField

MOST_SKILLS = 40
MOST_AREAS = 10
ALSO = ("product_areas", "languages")
LONGEST_DAY = timedelta(hours=16)


class ClockInput(forms.TimeInput):
    """The browser's own clock, which wants times as 09:00."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg] # generic in the stubs alone
    """What somebody says of themselves in a program, besides their skills."""

    product_areas = forms.CharField(
        label=gettext_lazy("Product areas"),
        required=False,
        max_length=700,
        help_text=gettext_lazy("As people call them, with commas between"),
        widget=forms.TextInput(attrs={"data-list": "areas", "data-several": ""}),
    )
    languages = forms.CharField(
        label=gettext_lazy("Languages"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("That you can work in, as “English, Portuguese”"),
    )

    class Meta:
        model = Enrolment
        fields = ["team", "works_from", "works_until", "hours", "heads", "about"]
        widgets = {
            "team": forms.TextInput(attrs={"list": "teams"}),
            "works_from": ClockInput,
            "works_until": ClockInput,
            "about": forms.Textarea(attrs={"rows": 5}),
        }
        help_texts = {
            "heads": gettext_lazy("However many hours there are"),
            "works_until": gettext_lazy("Past midnight if earlier"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.is_mentor:
            del self.fields["heads"]
        self.fields["product_areas"].initial = ", ".join(self.instance.product_areas)
        names = sentences.languages()
        codes = self.instance.languages
        self.fields["languages"].initial = ", ".join(names.get(c, c) for c in codes)

    def clean_product_areas(self) -> list[str]:
        parts = re.split(r"[;,\n]", self.cleaned_data["product_areas"])
        areas = list(dict.fromkeys(" ".join(p.split()) for p in parts if p.strip()))
        if len(areas) > MOST_AREAS:
            text = _("%(n)s at most. Keep those that say most.")
            raise forms.ValidationError(text % {"n": MOST_AREAS})
        if too_long := next((area for area in areas if len(area) > 60), ""):
            text = _("“%(area)s…” is longer than 60 letters.")
            raise forms.ValidationError(text % {"area": too_long[:30]})
        return areas

    def clean_languages(self) -> list[str]:
        try:
            return split_languages(
                self.cleaned_data["languages"], sentences.languages()
            )
        except UnknownLanguage as unknown:
            text = _("“%(said)s” is no language that we know. Write it as “English”.")
            raise forms.ValidationError(text % {"said": str(unknown)[:60]}) from None

    def clean(self) -> dict[str, Any] | None:
        if "works_from" in self.errors or "works_until" in self.errors:
            return self.cleaned_data
        first, last = self.cleaned_data["works_from"], self.cleaned_data["works_until"]
        if (first is None) != (last is None):
            missing = "works_from" if first is None else "works_until"
            text = _("Say both, or leave both empty: then nine to five is assumed.")
            self.add_error(missing, text)
        elif first is not None:
            day = datetime.combine(date.min, last) - datetime.combine(date.min, first)
            if not timedelta() < day % timedelta(days=1) <= LONGEST_DAY:
                text = _("That is no working day. Check the two times.")
                self.add_error("works_until", text)
        return self.cleaned_data

    @property
    def names(self) -> list[str]:
        """The fields of the enrolment that it writes."""
        return [name for name in (*self.Meta.fields, *ALSO) if name in self.fields]

    def values(self) -> dict[str, Any]:
        """The same with what was written, once the form is valid."""
        return {name: self.cleaned_data[name] for name in self.names}


class SkillForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Skill"),
        required=False,
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"list": "skills", "autocomplete": "off"}),
    )
    degree = forms.TypedChoiceField(coerce=int, initial=USUAL, required=False)

    def __init__(self, *args: Any, is_mentor: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        degree: Any = self.fields["degree"]
        degree.label = _("Strength") if is_mentor else _("Priority")
        degree.choices = list(sentences.degrees(is_mentor=is_mentor).items())

    def clean_name(self) -> str:
        return one_skill(self.cleaned_data["name"])


def one_skill(text: str) -> str:
    """A name as the list keeps it; refuses what a roster would take for several."""
    name = " ".join(text.split())
    if re.search(r"[;,]", name):
        raise forms.ValidationError(
            _("One skill a line, without commas: these part skills in a roster.")
        )
    return name


class SkillRows(BaseFormSet):  # type: ignore[type-arg] # as above
    def clean(self) -> None:
        seen: set[str] = set()
        for form in self.forms:
            name = getattr(form, "cleaned_data", {}).get("name", "")
            if name and name.casefold() in seen:
                form.add_error("name", _("This one is there already."))
            seen.add(name.casefold())

    def values(self) -> Degrees:
        """Skills with their degrees, once the rows are valid."""
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data]
        return in_order(
            (row["name"], row["degree"] or USUAL) for row in rows if row["name"]
        )


_ROWS = formset_factory(
    SkillForm,
    formset=SkillRows,
    extra=4,
    max_num=MOST_SKILLS,
    absolute_max=MOST_SKILLS,
    validate_max=True,
)


def skill_rows(
    data: Any, enrolment: Enrolment, degrees: Degrees | None = None
) -> SkillRows:
    """A row for each of their skills, or of `degrees`, and four to fill."""
    shown = enrolment.degrees if degrees is None else degrees
    initial = [{"name": name, "degree": n} for name, n in shown]
    kwargs = {"is_mentor": enrolment.is_mentor}
    rows = _ROWS(data, initial=initial, form_kwargs=kwargs, prefix="skill")
    return cast("SkillRows", rows)


class SeatsForm(forms.Form):
    """What is typed of a mentor's time, before it is saved."""

    heads = forms.IntegerField(min_value=0, max_value=20)
    hours = forms.DecimalField(min_value=0, max_value=40, decimal_places=1)


class SkillNameForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=LONGEST,
        help_text=gettext_lazy("The name of another skill merges the two"),
        widget=forms.TextInput(attrs={"list": "skills", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Write what the skill is called.")},
    )

    def clean_name(self) -> str:
        return one_skill(self.cleaned_data["name"])


class RecordForm(forms.ModelForm):  # type: ignore[type-arg] # as above
    """What the register keeps of a mentor."""

    class Meta:
        model = MentorRecord
        fields = ["trained_on", "employed_since", "is_available", "away_until"]
        field_classes = {
            "trained_on": LongAgoField,
            "employed_since": LongAgoField,
            "away_until": DayField,
        }
        help_texts = {
            "trained_on": gettext_lazy("Empty if they have not done it"),
            "employed_since": gettext_lazy("From this the tenure is counted"),
            "away_until": gettext_lazy("If they take none now, and you know when"),
        }

    def clean(self) -> dict[str, Any] | None:
        cleaned = self.cleaned_data
        if cleaned.get("is_available") and cleaned.get("away_until"):
            text = _("They take juniors now: untick that, or take this day away.")
            self.add_error("away_until", text)
        return cleaned
