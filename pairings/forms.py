from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pairings.actions import rules
from pairings.actions.people import Person
from pairings.drafts import FirstStep
from pairings.models import Enrolment, Pairing, Program, ProgramStaff
from pairings.roster.skills import (
    LONGEST,
    BadDegree,
    Said,
    join_skills,
    settled,
    split_skills,
)
from preceptor.accounts.models import Membership
from preceptor.widgets import DayField


class StaffForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("E-mail of a member"),
        widget=forms.EmailInput(attrs={"list": "members", "autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role"), choices=ProgramStaff.Role.choices
    )

    def __init__(self, *args: Any, organisation_id: int, **kwargs: Any) -> None:
        self.organisation_id = organisation_id
        super().__init__(*args, **kwargs)

    def clean_email(self) -> str:
        self.membership = _member(self.organisation_id, self.cleaned_data["email"])
        if self.membership is None:
            raise forms.ValidationError(_not_a_member())
        return self.membership.user.email

    def values(self) -> dict[str, Any]:
        return {"membership": self.membership, "role": self.cleaned_data["role"]}


def _member(organisation_id: int, email: str) -> Membership | None:
    rows = Membership.objects.filter(organisation=organisation_id)
    return rows.select_related("user").filter(user__email__iexact=email).first()


def _not_a_member() -> str:
    return _(
        "Nobody in the organisation has this address. Check it, or have an owner "
        "invite them first."
    )


PLACED = ("side", "team", "heads", "hours", "line_manager", "ends_on", "skills")
"""What of an enrolment `PlaceForm` writes."""


class PlaceForm(forms.ModelForm):  # type: ignore[type-arg] # as above
    """What somebody's place in a program consists of."""

    side = forms.ChoiceField(
        label=gettext_lazy("Side"),
        choices=Enrolment.Side.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose mentor or junior.")},
    )
    skills = forms.CharField(
        label=gettext_lazy("Skills"),
        required=False,
        max_length=1000,
        widget=forms.TextInput(
            attrs={"data-list": "skills", "data-several": "", "autocomplete": "off"}
        ),
        help_text=gettext_lazy("As “Python:3, SQL:1”; the number is 1, 2 or 3, or 2"),
    )
    manager = forms.EmailField(
        label=gettext_lazy("Line manager’s e-mail"),
        required=False,
        help_text=gettext_lazy("Reads the record of their reports"),
        widget=forms.EmailInput(attrs={"list": "members", "autocomplete": "off"}),
    )
    last_on = DayField(label=gettext_lazy("Last day"))

    class Meta:
        model = Enrolment
        fields = ["side", "team", "heads", "hours"]
        help_texts = {"heads": gettext_lazy("Counts for mentors alone")}
        widgets = {"team": forms.TextInput(attrs={"list": "teams"})}

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        self.program = program
        self.line_manager: Membership | None = None
        super().__init__(*args, **kwargs)
        is_new = self.instance.pk is None
        self.fields["last_on"].initial = (
            program.last_on if is_new else self.instance.last_on
        )
        if not is_new:
            self.fields["skills"].initial = join_skills(self.instance.degrees)
        if manager := self.instance.line_manager:
            self.fields["manager"].initial = manager.user.email

    def clean_skills(self) -> tuple[Said, ...]:
        try:
            skills = split_skills(self.cleaned_data["skills"])
        except BadDegree as bad:
            text = _("“%(skill)s”: behind a skill and a colon stands 1, 2 or 3.")
            raise forms.ValidationError(text % {"skill": str(bad)[:80]}) from None
        if too_long := next((s.name for s in skills if len(s.name) > LONGEST), ""):
            text = _("“%(skill)s…” is too long for a skill: %(most)s letters at most.")
            raise forms.ValidationError(
                text % {"skill": too_long[:30], "most": LONGEST}
            )
        return skills

    def clean_manager(self) -> str:
        email: str = self.cleaned_data["manager"]
        if not email:
            return ""
        self.line_manager = _member(self.program.organisation_id, email)
        if self.line_manager is None:
            raise forms.ValidationError(_not_a_member())
        if email.lower() == self.own_email().lower():
            raise forms.ValidationError(_("Nobody is their own line manager."))
        return email

    def own_email(self) -> str:
        return str(self.instance.membership.user.email)

    def clean_last_on(self) -> date:
        last_on: date = self.cleaned_data["last_on"]
        ends_by = max(self.program.last_on, self._own_last_on())
        if not self.program.starts_on <= last_on <= ends_by:
            raise forms.ValidationError(
                _("The program runs from %(first)s to %(last)s. Choose a day in it.")
                % {"first": self.program.starts_on, "last": self.program.last_on}
            )
        return last_on

    def _own_last_on(self) -> date:
        is_new = self.instance.pk is None
        return self.program.last_on if is_new else self.instance.last_on

    def sent(self) -> dict[str, Any]:
        """All that it writes into an enrolment that is there.

        A skill that is said without a degree keeps the one that it has.
        """
        skills = settled(self.cleaned_data["skills"], self.instance.degrees)
        return {**self.places(), "skills": skills}

    def places(self) -> dict[str, Any]:
        """The fields of the enrolment, once the form is valid."""
        fields = {name: self.cleaned_data[name] for name in self.Meta.fields}
        return {
            **fields,
            "line_manager": self.line_manager,
            "ends_on": self.cleaned_data["last_on"] + timedelta(days=1),
        }


class EnrolForm(PlaceForm):
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        help_text=gettext_lazy("Of a member, or of somebody new"),
        widget=forms.EmailInput(attrs={"list": "members", "autocomplete": "off"}),
    )
    full_name = forms.CharField(
        label=gettext_lazy("Full name"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("Only for somebody who is not a member yet"),
    )
    tell = forms.BooleanField(
        label=gettext_lazy("Send them a mail that says so, and how to sign in"),
        required=False,
        initial=True,
    )

    field_order = ["email", "full_name", "side", "team", "skills", "heads", "hours"]

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        super().__init__(*args, program=program, **kwargs)
        if program.is_draft:
            del self.fields["tell"]

    def own_email(self) -> str:
        return str(self.cleaned_data.get("email", ""))

    def person(self) -> Person:
        cleaned = self.cleaned_data
        return Person(email=cleaned["email"], name=cleaned["full_name"])

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def clean(self) -> dict[str, Any] | None:
        email, name = self.cleaned_data.get("email"), self.cleaned_data.get("full_name")
        if email and not name and not _member(self.program.organisation_id, email):
            self.add_error(
                "full_name",
                _("Nobody in the organisation has this address yet: say who it is."),
            )
        return super().clean()


class RosterForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Roster file"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv,.txt,.tsv"}),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("The file is empty. Choose one with rows."),
        },
    )

    def refuse(self, reason: str) -> None:
        """Puts the one reason that matters in place of whatever the field says."""
        self.errors["file"] = self.error_class([reason])


class PairFileForm(RosterForm):
    file = forms.FileField(
        label=gettext_lazy("File of pairs"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv,.txt,.tsv"}),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("The file is empty. Choose one with rows."),
        },
    )


class FirstStepFields(forms.Form):
    """What a pair does first, who sees to it and by when; empty is the usual."""

    first_step = forms.CharField(
        label=gettext_lazy("First step"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("What the two do first; both read it"),
    )
    first_step_by = forms.ChoiceField(
        label=gettext_lazy("Who sees to it"),
        required=False,
        choices=[
            ("mentor", gettext_lazy("the mentor")),
            ("junior", gettext_lazy("the junior")),
        ],
        initial="mentor",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["first_step"].initial = FirstStep.usual(timezone.localdate()).text

    def step(self, starts_on: date, on: date | None = None) -> FirstStep:
        """By the day that is named, or a week after the pair's first."""
        usual, cleaned = FirstStep.usual(starts_on), self.cleaned_data
        return FirstStep(
            text=cleaned["first_step"] or usual.text,
            is_juniors=cleaned["first_step_by"] == "junior",
            on=on or usual.on,
        )


class PublishForm(FirstStepFields):
    """From when chosen pairs hold, and what each of them does first."""

    starts_on = DayField(
        label=gettext_lazy("First day"),
        error_messages={"required": gettext_lazy("Say from which day they are pairs.")},
    )

    field_order = ["starts_on", "first_step", "first_step_by"]

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.program = program
        first = max(timezone.localdate(), program.starts_on)
        self.fields["starts_on"].initial = first

    def clean_starts_on(self) -> date:
        """Said once here, and not of each pair."""
        starts_on: date = self.cleaned_data["starts_on"]
        rules.refuse_start(self.program, starts_on)
        return starts_on

    def values(self) -> dict[str, Any]:
        starts_on = self.cleaned_data["starts_on"]
        return {"starts_on": starts_on, "step": self.step(starts_on)}


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why not?"),
        help_text=gettext_lazy("A line is plenty; it helps to find somebody else"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": gettext_lazy("Say why, so that the next proposal fits better.")
        },
    )


class PairForm(FirstStepFields):
    """The dates and kind of a pairing; mentor and junior are chosen among rows."""

    mentor = forms.ModelChoiceField(
        queryset=Enrolment.objects.none(),
        label=gettext_lazy("Mentor"),
        error_messages={
            "required": gettext_lazy("Choose a mentor."),
            "invalid_choice": gettext_lazy("That person is not in this program."),
        },
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("As"),
        choices=[
            (Pairing.Kind.PRIMARY, gettext_lazy("primary mentor")),
            (Pairing.Kind.SECONDARY, gettext_lazy("secondary mentor")),
        ],
        initial=Pairing.Kind.PRIMARY,
        widget=forms.RadioSelect,
    )
    starts_on = DayField(label=gettext_lazy("First day"))
    last_on = DayField(label=gettext_lazy("Last day"))
    first_step_on = DayField(
        label=gettext_lazy("First step by"),
        required=False,
        help_text=gettext_lazy("In the first week; its last day if left empty"),
    )

    def __init__(self, *args: Any, junior: Enrolment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        program = junior.program
        mentors: Any = self.fields["mentor"]
        mentors.queryset = program.enrolments.with_people()
        today = timezone.localdate()
        self.fields["starts_on"].initial = max(today, program.starts_on)
        self.fields["last_on"].initial = junior.last_on

    def only_looks(self) -> bool:
        """Whether the list was searched or turned over, and nobody is to be paired."""
        return "find" in self.data or "page" in self.data

    def forgive(self) -> None:
        """Keeps what was written, without a word on what is missing yet."""
        self.errors.clear()

    def chosen(self) -> Enrolment | None:
        """The mentor who is ticked, on whichever page of the list."""
        cleaned = getattr(self, "cleaned_data", {})
        mentor: Enrolment | None = cleaned.get("mentor")
        return mentor

    def span(self) -> tuple[date, date]:
        """First day and the day after the last, as far as they can be read."""
        first, last = (_readable(self, name) for name in ("starts_on", "last_on"))
        return first, max(last, first) + timedelta(days=1)

    def values(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        return {
            "mentor": cleaned["mentor"],
            "kind": cleaned["kind"],
            "starts_on": cleaned["starts_on"],
            "ends_on": cleaned["last_on"] + timedelta(days=1),
            "first_step": self.step(cleaned["starts_on"], cleaned["first_step_on"]),
        }


def _readable(form: forms.Form, name: str) -> date:
    """A date of the form, or its initial one where what was written is no date."""
    cleaned = getattr(form, "cleaned_data", {})
    day: date = cleaned.get(name) or form.fields[name].initial
    return day


class EndForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why does it end?"),
        help_text=gettext_lazy("A line is plenty: “Tomasz moves to Lisbon”"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": gettext_lazy("Say why it ends; the record keeps it.")
        },
    )
