"""The forms of milestones: words, dates, conditions, signatures, addenda."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import formats
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preceptor.widgets import DayField
from progress.asked import Asked
from progress.goal_forms import Words
from progress.models import (
    GrowthPlan,
    Milestone,
    MilestoneAddendum,
    MilestoneCondition,
    MilestoneMove,
)

NAME, ABOUT = 120, 300
A_DAY = gettext_lazy("Give a day, such as 2027-01-31")
Kind = MilestoneCondition.Kind


def _reason(**kwargs: Any) -> Words:
    return Words(
        longest=MilestoneMove.LONGEST_REASON,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        **kwargs,
    )


class DatedForm(forms.Form):
    """A day inside the junior's time in the program."""

    due_on = DayField(
        label=gettext_lazy("New date"),
        error_messages={
            "required": gettext_lazy("Give the new date"),
            "invalid": A_DAY,
        },
    )

    def __init__(self, data: Any = None, *, plan: GrowthPlan, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        junior = plan.junior
        self.first_on, self.end = junior.program.starts_on, junior.ends_on
        self.fields["due_on"].help_text = _(
            "From %(first)s to the day before %(end)s"
        ) % {"first": _day(self.first_on), "end": _day(self.end)}

    def clean_due_on(self) -> date:
        due_on: date = self.cleaned_data["due_on"]
        if not self.first_on <= due_on < self.end:
            raise forms.ValidationError(
                _("%(day)s is outside the program: choose a day before %(end)s")
                % {"day": _day(due_on), "end": _day(self.end)}
                if due_on >= self.end
                else _("%(day)s is outside the program, which began on %(first)s")
                % {"day": _day(due_on), "first": _day(self.first_on)}
            )
        return due_on


class MoveForm(DatedForm):
    """Another date for a milestone, and why."""

    reason = _reason(
        label=gettext_lazy("Why does it move?"),
        help_text=gettext_lazy("Stays beside both dates in the record"),
        error_messages={"required": gettext_lazy("Say why it moves")},
    )

    def __init__(self, data: Any = None, *, milestone: Milestone) -> None:
        initial = {"due_on": milestone.due_on}
        super().__init__(data, plan=milestone.plan, initial=initial)


class OwnForm(DatedForm):
    """A milestone that somebody adds. `version` is that which the page showed."""

    NAMES = ("name", "about", "due_on")

    version = forms.IntegerField(min_value=0, initial=0, widget=forms.HiddenInput)
    name = Words(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("Short, such as “First change in production”"),
        error_messages={"required": gettext_lazy("Give it a name")},
        longest=NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    about = Words(
        label=gettext_lazy("What is it for?"),
        help_text=gettext_lazy("What the two of you look at then; may stay empty"),
        required=False,
        longest=ABOUT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    reason = _reason(
        label=gettext_lazy("Why does the date move?"),
        help_text=gettext_lazy("Needed with another date; stays beside both"),
        required=False,
    )

    def __init__(
        self,
        data: Any = None,
        *,
        plan: GrowthPlan,
        milestone: Milestone | None = None,
    ) -> None:
        initial: dict[str, Any] = {}
        if milestone:
            initial = {name: getattr(milestone, name) for name in self.NAMES}
            initial["version"] = milestone.version
        super().__init__(data, plan=plan, initial=initial)
        self.was = milestone.due_on if milestone else None
        self.fields["due_on"].label = _("Due")
        if milestone is None:
            del self.fields["reason"]
            self.fields["due_on"].error_messages["required"] = _("Give a day")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        day = cleaned.get("due_on")
        moves = self.was and day and day != self.was
        if moves and "reason" not in self.errors and not cleaned.get("reason"):
            self.add_error("reason", _("Say why the date moves"))
        return cleaned

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.NAMES}


class ConditionForm(forms.Form):
    """So many of what the reviews hold, or something in words that is ticked.

    How many findings were explained is the pair's to know. Who could ask for any number
    of them and see whether that is met would find it out, so the pair alone does.
    """

    kind = forms.ChoiceField(label=gettext_lazy("What is asked for"))
    wanted = forms.IntegerField(
        label=gettext_lazy("How many"),
        help_text=gettext_lazy("Of what is counted"),
        required=False,
        validators=[MinValueValidator(1), MaxValueValidator(999)],
        error_messages={"invalid": gettext_lazy("Give a whole number, such as 12")},
    )
    text = Words(
        label=gettext_lazy("In words"),
        help_text=gettext_lazy("Where it is ticked by hand: what is then the case"),
        required=False,
        longest=MilestoneCondition.LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, *, is_pair: bool) -> None:
        super().__init__(data)
        field: Any = self.fields["kind"]
        field.choices = [
            (kind.value, capfirst(kind.label))
            for kind in Kind
            if is_pair or kind != Kind.FINDINGS_EXPLAINED
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        is_ticked = cleaned.get("kind") == Kind.TICKED
        wanting = "text" if is_ticked else "wanted"
        if "kind" in cleaned and wanting in cleaned and not cleaned[wanting]:
            says = _("Say what is to be ticked") if is_ticked else _("Say how many")
            self.add_error(wanting, says)
        if not is_ticked and cleaned.get("text"):
            self.add_error(
                "text",
                _("Words are for what is ticked by hand: choose that, or empty this"),
            )
        return cleaned | ({"wanted": 1} if is_ticked else {"text": ""})


class SignForm(forms.Form):
    """A signature; over conditions that are not met it is confirmed, with a reason."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    confirmed = forms.BooleanField(
        required=False, label=gettext_lazy("I sign although this is not met")
    )
    although = Words(
        label=gettext_lazy("Why nevertheless?"),
        help_text=gettext_lazy("Stays in the record beside your signature"),
        required=False,
        longest=Milestone.LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        milestone: Milestone,
        missing: Sequence[Asked],
    ) -> None:
        super().__init__(data, initial={"version": milestone.version})
        if not missing:
            del self.fields["confirmed"], self.fields["although"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "confirmed" in self.fields and not cleaned.get("confirmed"):
            says = _("Tick this if you mean to sign over what is not met")
            self.add_error("confirmed", says)
        if "although" in cleaned and not cleaned["although"]:
            self.add_error("although", _("Say why you sign nevertheless"))
        return cleaned


class SkipForm(forms.Form):
    """Why a milestone is left out."""

    reason = Words(
        label=gettext_lazy("Why is it skipped?"),
        help_text=gettext_lazy("Stays in the record beside your name"),
        error_messages={"required": gettext_lazy("Say why it is skipped")},
        longest=Milestone.LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AddendumForm(forms.Form):
    """What is added to a milestone that both have signed."""

    text = Words(
        label=gettext_lazy("Addendum"),
        help_text=gettext_lazy(
            "What was signed stays as it is. This is put beneath it for good, with "
            "your name and the day."
        ),
        error_messages={"required": gettext_lazy("Say what is to be added")},
        longest=MilestoneAddendum.LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def _day(day: date) -> str:
    return formats.date_format(day, "j F Y")
