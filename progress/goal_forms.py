"""The forms that write goals and their steps."""

from itertools import groupby
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preceptor.widgets import DayField
from progress.levels import Level
from progress.models import Area, Competency, FrameworkVersion, Goal, GrowthPlan
from progress.models.goals import LONG, SHORT


class Words(forms.CharField):
    """Text of at most `longest` letters, its line ends those of the database.

    The browser is not told how many: it would cut off what is pasted, unsaid.
    """

    def __init__(self, *, longest: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.validators.append(MaxLengthValidator(longest))

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value) or "").replace("\r\n", "\n")


class GoalForm(forms.Form):
    """A goal of a plan. `version` is that which the page showed, 0 for a new one.

    What it may be of are the competencies of the plan's version, and the one of the
    goal so far; where there are none, it asks for none.
    """

    NAMES = ("text", "why", "done_when", "competency", "target", "due_on")

    version = forms.IntegerField(min_value=0, initial=0, widget=forms.HiddenInput)
    text = Words(
        label=gettext_lazy("Goal"),
        help_text=gettext_lazy("Something to be able to do, in one sentence"),
        error_messages={"required": gettext_lazy("Say the goal in one sentence")},
        longest=SHORT,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    why = Words(
        label=gettext_lazy("Why?"),
        help_text=gettext_lazy("What would be different then; may stay empty"),
        required=False,
        longest=LONG,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    done_when = Words(
        label=gettext_lazy("Done when?"),
        help_text=gettext_lazy("What somebody else could see then; may stay empty"),
        required=False,
        longest=LONG,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    competency = forms.ModelChoiceField(
        label=gettext_lazy("Competency"),
        help_text=gettext_lazy("Which one it is a part of; may stay empty"),
        queryset=Competency.objects.none(),
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy(
                "The plan’s framework no longer has this one: choose another"
            )
        },
    )
    target = forms.TypedChoiceField(
        label=gettext_lazy("Level to reach"),
        help_text=gettext_lazy("In that competency; may stay empty"),
        required=False,
        coerce=int,
        empty_value=None,
    )
    due_on = DayField(
        label=gettext_lazy("By when?"),
        help_text=gettext_lazy("May stay empty"),
        required=False,
        error_messages={"invalid": gettext_lazy("Give a day, such as 2027-01-31")},
    )

    def __init__(
        self,
        data: Any = None,
        *,
        plan: GrowthPlan,
        goal: Goal | None = None,
    ) -> None:
        super().__init__(data, initial=self._answers(goal) if goal else {})
        self.plan, self.goal = plan, goal
        self.chosen: Competency | None = None
        rows = _competencies(plan, goal.competency_id if goal else None)
        if not rows:
            del self.fields["competency"], self.fields["target"]
            return
        field: Any = self.fields["competency"]
        field.queryset = Competency.objects.filter(pk__in=[row.pk for row in rows])
        field.choices = _grouped(rows, plan)
        target: Any = self.fields["target"]
        target.choices = [
            ("", _("No level")),
            *((level.value, capfirst(level.label)) for level in Level),
        ]
        chosen = self["competency"].value()
        self.chosen = next((row for row in rows if str(row.pk) == str(chosen)), None)

    def _answers(self, goal: Goal) -> dict[str, Any]:
        answers = {name: getattr(goal, name) for name in self.NAMES}
        return {**answers, "competency": goal.competency_id, "version": goal.version}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        has_level = cleaned.get("target") and "competency" not in self.errors
        if has_level and not cleaned.get("competency"):
            text = _("Choose the competency that this level is of")
            self.add_error("competency", text)
        return cleaned

    def values(self) -> dict[str, Any]:
        """Without what it did not ask for."""
        asked = (name for name in self.NAMES if name in self.fields)
        return {name: self.cleaned_data[name] for name in asked}


def _competencies(plan: GrowthPlan, has: int | None) -> list[Competency]:
    """Those of the plan's version, then the one that a goal has of another."""
    offered = Q(version=plan.version_id) if plan.version_id else Q(pk__in=[])
    rows = Competency.objects.filter(offered | Q(pk=has)).select_related(
        "area", "version__framework"
    )
    in_order = rows.order_by("area__position", "position")
    return sorted(in_order, key=lambda row: row.version_id != plan.version_id)


def _grouped(rows: list[Competency], plan: GrowthPlan) -> list[tuple[str, Any]]:
    """By area; one of another version, or of another framework, says so."""
    grouped: list[tuple[str, Any]] = [("", _("No competency"))]
    for area, found in groupby(rows, key=lambda row: row.area):
        members = list(found)
        label = _label(area, members[0].version, plan)
        grouped.append((label, [(row.pk, row.name) for row in members]))
    return grouped


def _label(area: Area, version: FrameworkVersion, plan: GrowthPlan) -> str:
    if version.pk == plan.version_id:
        return area.name
    said = {
        "area": area.name,
        "framework": version.framework,
        "number": version.number,
    }
    if plan.version and plan.version.framework_id == version.framework_id:
        return _("%(area)s, in version %(number)s") % said
    return _("%(area)s, in %(framework)s, version %(number)s") % said


class LevelsForm(forms.Form):
    """Of which competency the levels are shown, and perhaps one level alone."""

    competency = forms.IntegerField()
    target = forms.TypedChoiceField(
        required=False, choices=Level, coerce=int, empty_value=None
    )


class StepForm(forms.Form):
    """One step on the way to a goal."""

    text = Words(
        label=gettext_lazy("Another step"),
        help_text=gettext_lazy("Small enough to see that it is done"),
        error_messages={"required": gettext_lazy("Say the step in a few words")},
        longest=SHORT,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class TickForm(forms.Form):
    """Whether a step is done now."""

    done = forms.TypedChoiceField(
        choices=[("1", "done"), ("0", "open")], coerce=lambda text: text == "1"
    )


class VersionForm(forms.Form):
    """Which version of a goal was read."""

    version = forms.IntegerField(min_value=1)


class MarkForm(forms.Form):
    """Which state a goal gets."""

    state = forms.ChoiceField(choices=Goal.State.choices)


class PlaceForm(forms.Form):
    """A place in the list, 0 for the first."""

    place = forms.IntegerField(min_value=0)
