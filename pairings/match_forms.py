"""What a lead asks of a run: rules as switches, weights as sliders, and the aim."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pairings import contradictions
from pairings.gathering import Wanted, rules_of
from pairings.matching import Aim, Criterion, Pin, Rule, Rules, Weights
from pairings.models import Enrolment, MatchRun, MentorRecord, Program

USUAL_OVERLAP = 4
HEAVIEST = 50
STEP = 5


class Slider(forms.NumberInput):
    input_type = "range"

    def __init__(self) -> None:
        super().__init__({"min": 0, "max": HEAVIEST, "step": STEP})


def _weight(label: Any, hint: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=hint,
        widget=Slider,
        validators=[MinValueValidator(0), MaxValueValidator(HEAVIEST)],
    )


def _limit(label: Any) -> forms.NumberInput:
    """Beside a switch, which shows what the number is."""
    return forms.NumberInput({"aria-label": label})


def _switch(label: Any) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False)


class MatchForm(forms.Form):
    """Weights carry the names of their criteria."""

    manager = _switch(gettext_lazy("own line manager as mentor"))
    avoided = _switch(gettext_lazy("somebody the junior would rather not have"))
    heads = _switch(gettext_lazy("more juniors than a mentor has heads for"))
    hours = _switch(gettext_lazy("more juniors than a mentor has hours for"))
    has_overlap = _switch(gettext_lazy("fewer shared working hours a day than"))
    overlap = forms.DecimalField(
        label=gettext_lazy("Shared working hours, at least"),
        widget=_limit(gettext_lazy("Shared working hours, at least")),
        max_digits=4,
        decimal_places=2,
        required=False,
        validators=[MinValueValidator(0), MaxValueValidator(16)],
    )
    has_tenure = _switch(gettext_lazy("fewer months in the organisation than"))
    tenure = forms.IntegerField(
        label=gettext_lazy("Months in the organisation, at least"),
        widget=_limit(gettext_lazy("Months in the organisation, at least")),
        required=False,
        validators=[MinValueValidator(0), MaxValueValidator(120)],
    )
    training = _switch(gettext_lazy("a mentor without the training"))
    same_team = _switch(gettext_lazy("a mentor of another team"))
    relax_last = forms.ChoiceField(
        label=gettext_lazy("Gives way last"),
        required=False,
        help_text=gettext_lazy("For juniors whom all rules together leave alone"),
        choices=[
            ("", gettext_lazy("no rule")),
            (Rule.OVERLAP.value, gettext_lazy("shared working hours")),
            (Rule.TENURE.value, gettext_lazy("months in the organisation")),
            (Rule.TRAINING.value, gettext_lazy("training")),
            (Rule.TEAM.value, gettext_lazy("same team")),
            (Rule.MANAGER.value, gettext_lazy("line manager")),
            (Rule.AVOIDED.value, gettext_lazy("whom they would rather not have")),
            (Rule.HEADS.value, gettext_lazy("heads")),
            (Rule.HOURS.value, gettext_lazy("hours a week")),
        ],
    )
    skills = _weight(
        gettext_lazy("Skills that the junior wants"),
        gettext_lazy("by how much they matter, and how strong the mentor is"),
    )
    overlap_weight = _weight(
        gettext_lazy("Shared working hours"), gettext_lazy("up to 8 a day")
    )
    team = _weight(
        gettext_lazy("Same team or product area"),
        gettext_lazy("the team counts in full, areas by their share"),
    )
    choice = _weight(
        gettext_lazy("The junior’s own choice"),
        gettext_lazy("from the first to the fifth"),
    )
    spare = _weight(
        gettext_lazy("Even load on mentors"),
        gettext_lazy("the share of seats that is free before the run"),
    )
    language = _weight(
        gettext_lazy("A language in common"), gettext_lazy("one is enough")
    )
    completed = _weight(
        gettext_lazy("Pairings brought to their end"),
        gettext_lazy("in a skill that the junior wants; three count in full"),
    )
    aim = forms.ChoiceField(
        label=gettext_lazy("Aim"),
        widget=forms.RadioSelect,
        choices=[
            (Aim.TOTAL.value, gettext_lazy("Highest total")),
            (Aim.FAIR.value, gettext_lazy("Fair: fewest low scores")),
        ],
    )
    base = forms.IntegerField(required=False, widget=forms.HiddenInput)
    pin = forms.RegexField(
        r"^\d{1,18}:\d{1,18}$", required=False, widget=forms.HiddenInput
    )
    """The ids of a junior and a mentor who are pinned on top."""

    def __init__(
        self, data: Any = None, *, program: Program, like: MatchRun | None = None
    ) -> None:
        super().__init__(data, initial=answers(program, like))
        self.program = program

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for switch, number in (("has_overlap", "overlap"), ("has_tenure", "tenure")):
            if cleaned.get(switch) and cleaned.get(number, 0) is None:
                self.add_error(number, _("Say how many, or switch the rule off."))
        if not any(cleaned.get(_field(one), 1) for one in Criterion):
            self.add_error("skills", contradictions.no_weights())
        return cleaned

    def wanted(self) -> Wanted:
        """What is asked for, once the form is valid."""
        said = self.cleaned_data
        overlap = said["overlap"] if said["has_overlap"] else 0
        tenure = said["tenure"] if said["has_tenure"] else 0
        rules = Rules(
            **{name: said[name] for name in SWITCHES},
            min_overlap_minutes=round((overlap or 0) * 60),
            min_tenure_months=tenure or 0,
            relax_last=Rule(said["relax_last"]) if said["relax_last"] else None,
        )
        weights = Weights(**{one.value: said[_field(one)] for one in Criterion})
        return Wanted(rules, weights, Aim(said["aim"]))

    def base_run(self) -> MatchRun | None:
        """The run whose pins are kept."""
        pk = self.cleaned_data.get("base")
        return self.program.runs.filter(pk=pk).first() if pk else None

    def new_pin(self) -> Pin | None:
        """The pair that is pinned on top; both are of the program, or there is none."""
        asked = self.cleaned_data["pin"]
        pks = [int(pk) for pk in asked.split(":")] if asked else []
        found = self.program.enrolments.filter(pk__in=pks)
        sides = {one.side: one.pk for one in found}
        junior = sides.get(Enrolment.Side.JUNIOR)
        mentor = sides.get(Enrolment.Side.MENTOR)
        return Pin(junior, mentor) if junior and mentor else None

    @property
    def numbered(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The switches that have a number."""
        return [
            (self["has_overlap"], self["overlap"]),
            (self["has_tenure"], self["tenure"]),
        ]

    @property
    def switches(self) -> list[forms.BoundField]:
        return [self[name] for name in SWITCHES]

    @property
    def sliders(self) -> list[forms.BoundField]:
        return [self[_field(one)] for one in ORDER]


SWITCHES = ("manager", "avoided", "heads", "hours", "training", "same_team")
ORDER = (
    *(Criterion.SKILLS, Criterion.OVERLAP, Criterion.TEAM, Criterion.CHOICE),
    *(Criterion.SPARE, Criterion.LANGUAGE, Criterion.COMPLETED),
)


def _field(criterion: Criterion) -> str:
    return "overlap_weight" if criterion == Criterion.OVERLAP else criterion.value


def answers(program: Program, like: MatchRun | None = None) -> dict[str, Any]:
    """What the form begins with: what a run asked for, or what is usual here."""
    if like is not None:
        return of_run(like)
    # Where the register knows nobody's first day, the rule would bar everybody.
    mentors = program.enrolments.mentors().values("membership")
    known = MentorRecord.objects.filter(membership__in=mentors)
    knows = known.exclude(employed_since=None).exists()
    rules = Rules(
        min_overlap_minutes=USUAL_OVERLAP * 60,
        min_tenure_months=program.min_tenure_months if knows else 0,
    )
    return _answers(rules, Weights(), Aim.TOTAL)


def of_run(run: MatchRun) -> dict[str, Any]:
    """What a run asked for; its pins are kept."""
    weights, aim = Weights(**run.weights), Aim(run.aim)
    return {**_answers(rules_of(run), weights, aim), "base": run.pk}


def _answers(rules: Rules, weights: Weights, aim: Aim) -> dict[str, Any]:
    overlap, tenure = rules.min_overlap_minutes, rules.min_tenure_months
    shared = round(overlap / 60, 2)
    return {
        **{name: getattr(rules, name) for name in SWITCHES},
        "has_overlap": overlap > 0,
        "overlap": f"{shared:g}" if overlap else USUAL_OVERLAP,
        "has_tenure": tenure > 0,
        "tenure": tenure or 12,
        "relax_last": rules.relax_last.value if rules.relax_last else "",
        **{_field(one): weights.of(one) for one in Criterion},
        "aim": aim.value,
    }


def sent(values: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The same as a browser sends it: what is switched off is left out."""
    return [
        (name, "on" if value is True else value)
        for name, value in values.items()
        if value is not False and value != ""
    ]
