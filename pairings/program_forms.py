"""The forms that set a program up, change it, and move it from state to state."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Any, ClassVar

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pairings.models import Enrolment, Program
from preceptor.accounts.models import Organisation
from preceptor.widgets import DayField


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def next_monday(day: date) -> date:
    return day + timedelta(days=7 - day.weekday())


def next_start(program: Program) -> date:
    """When a next cohort would begin: on a Monday, after this one and after today."""
    return next_monday(max(program.last_on, timezone.localdate()))


NAME_LETTERS = 120


class ProgramForm(forms.ModelForm):  # type: ignore[type-arg] # generic in the stubs alone
    """What may change at any time while people take part."""

    class Meta:
        model = Program
        fields = [
            "name",
            "cadence_days",
            "juniors_per_mentor",
            "junior_hours",
            "mentor_hours",
            "pass_timeout_days",
            "min_tenure_months",
            "autonomy_weeks",
            "approval",
        ]
        widgets = {"approval": forms.RadioSelect}
        help_texts = {
            "juniors_per_mentor": gettext_lazy(
                "Three to five is what a mentor can hold"
            ),
            "pass_timeout_days": gettext_lazy(
                "After them a session may go on without a pass that did not come"
            ),
            "min_tenure_months": gettext_lazy("0 asks for none"),
            "autonomy_weeks": gettext_lazy(
                "A mentor then confirms what a junior does alone, or takes it back"
            ),
        }

    def values(self) -> dict[str, Any]:
        """The fields of the program, once the form is valid."""
        return {name: self.cleaned_data[name] for name in self._meta.fields or ()}


class NewProgramForm(ProgramForm):
    months = forms.IntegerField(
        label=gettext_lazy("Months"),
        required=False,
        validators=[MinValueValidator(1), MaxValueValidator(36)],
        help_text=gettext_lazy("Empty: as many as the milestones are made for"),
    )

    class Meta(ProgramForm.Meta):
        fields = [*ProgramForm.Meta.fields, "template", "starts_on"]
        field_classes = {"starts_on": DayField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_on"].initial = next_monday(timezone.localdate())

    def values(self) -> dict[str, Any]:
        fields = super().values()
        months = self.cleaned_data["months"] or Program.MONTHS[fields["template"]]
        return {**fields, "ends_on": months_later(fields["starts_on"], months)}


class NewProgramsForm(forms.Form):
    """What an organisation sets for programs that are yet to come."""

    who_creates = forms.ChoiceField(
        label=gettext_lazy("Who sets up programs"),
        choices=Organisation.Creators.choices,
        widget=forms.RadioSelect,
    )
    cadence_days = forms.TypedChoiceField(
        label=gettext_lazy("Sessions"), choices=Program.Cadence.choices, coerce=int
    )
    juniors_per_mentor = forms.IntegerField(
        label=gettext_lazy("Juniors a mentor, at most"),
        help_text=gettext_lazy("Three to five is what a mentor can hold"),
        min_value=1,
        max_value=20,
    )


class DatesForm(forms.Form):
    """What moves milestones and ends: looked at first, then confirmed."""

    starts_on = DayField(label=gettext_lazy("First day"))
    last_on = DayField(label=gettext_lazy("Last day"))
    template = forms.ChoiceField(
        label=gettext_lazy("Milestones"), choices=Program.Template.choices
    )

    @staticmethod
    def answers_of(program: Program) -> dict[str, Any]:
        """What the form says where nothing is to change."""
        return {
            "starts_on": program.starts_on,
            "last_on": program.last_on,
            "template": program.template,
        }

    def clean_last_on(self) -> date:
        last_on: date = self.cleaned_data["last_on"]
        starts_on = self.cleaned_data.get("starts_on")
        if starts_on and last_on < starts_on:
            raise forms.ValidationError(
                _("The last day lies before the first. Change one of them.")
            )
        return last_on

    def values(self) -> dict[str, Any]:
        """First day, the day after the last, and the template."""
        cleaned = self.cleaned_data
        ends_on = cleaned["last_on"] + timedelta(days=1)
        return {
            "starts_on": cleaned["starts_on"],
            "ends_on": ends_on,
            "template": cleaned["template"],
        }


class DuplicateForm(forms.Form):
    NOBODY, MENTORS, EVERYBODY = "nobody", "mentors", "everybody"

    name = forms.CharField(label=gettext_lazy("Name"), max_length=NAME_LETTERS)
    starts_on = DayField(label=gettext_lazy("First day"))
    people = forms.ChoiceField(
        label=gettext_lazy("With which people?"),
        choices=[
            (NOBODY, gettext_lazy("nobody")),
            (MENTORS, gettext_lazy("its mentors")),
            (EVERYBODY, gettext_lazy("everybody")),
        ],
        initial=NOBODY,
        widget=forms.RadioSelect,
    )

    SIDES: ClassVar[dict[str, tuple[str, ...]]] = {
        NOBODY: (),
        MENTORS: (Enrolment.Side.MENTOR,),
        EVERYBODY: (Enrolment.Side.MENTOR, Enrolment.Side.JUNIOR),
    }

    def values(self) -> dict[str, Any]:
        """Name, first day and the sides that come along."""
        cleaned = self.cleaned_data
        return {
            "name": cleaned["name"],
            "starts_on": cleaned["starts_on"],
            "sides": self.SIDES[cleaned["people"]],
        }


class StartForm(forms.Form):
    tell = forms.BooleanField(
        label=gettext_lazy("Send everybody in it a mail that says so"),
        required=False,
        initial=True,
    )


class CloseForm(forms.Form):
    KEEP, END = "keep", "end"

    pairs = forms.ChoiceField(
        label=gettext_lazy("What becomes of pairs that still run?"),
        choices=[
            (KEEP, gettext_lazy("they go on to their last day")),
            (END, gettext_lazy("all end today")),
        ],
        initial=KEEP,
        widget=forms.RadioSelect,
    )
