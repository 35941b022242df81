"""What each of the two says of competencies, and what they agreed on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from progress.actions import Agreed, Said
from progress.evidence import Gathered
from progress.goal_forms import Words
from progress.levels import Level
from progress.models import Assessment, Competency, Outcome, Rating
from progress.models.assessments import LONGEST_NOTE

CANT_SAY = "0"
LEVELS = [(str(level.value), level.label) for level in Level]
NOTHING = Said(is_said=False, level=None, method="", note="")


class OpenForm(forms.Form):
    """Which occasion an assessment is for."""

    occasion = forms.ChoiceField(
        label=_("What is it for?"), widget=forms.RadioSelect, choices=[]
    )

    def __init__(self, data: Any = None, *, held: set[str], wished: str) -> None:
        super().__init__(data, initial={"occasion": wished})
        field: Any = self.fields["occasion"]
        field.choices = [
            (value, label)
            for value, label in Assessment.Occasion.choices
            if value not in held or value == Assessment.Occasion.OWN
        ]


@dataclass(frozen=True, slots=True)
class Line:
    """One competency's fields. `other` is what stands where another tab saved."""

    competency: Competency
    level: forms.BoundField
    method: forms.BoundField | None
    state: forms.BoundField | None
    note: forms.BoundField
    evidence: Gathered | None = None

    @property
    def levels(self) -> list[tuple[str, str]]:
        """What one can observe at each level, where the framework says it."""
        texts = zip(Level, self.competency.levels, strict=True)
        return [(str(level.label), text) for level, text in texts if text]

    @property
    def errors(self) -> list[str]:
        fields = (self.level, self.method, self.state, self.note)
        return [str(text) for one in fields if one for text in one.errors]


class _ByCompetency(forms.Form):
    """The same fields for each competency, named by its id."""

    edits = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(
        self, data: Any = None, *, competencies: Sequence[Competency], edits: int
    ) -> None:
        super().__init__(data, initial={"edits": edits})
        self.competencies = competencies

    def _add(self, name: str, pk: int, field: forms.Field, initial: object) -> None:
        field.initial = initial
        self.fields[f"{name}-{pk}"] = field

    def lines(self, evidence: Mapping[UUID, Gathered]) -> Iterator[Line]:
        """Each with how much evidence there is of it."""
        for one in self.competencies:
            fields = {
                name: self[key]
                for name in ("level", "method", "state", "note")
                if (key := f"{name}-{one.pk}") in self.fields
            }
            yield Line(
                one,
                fields["level"],
                fields.get("method"),
                fields.get("state"),
                fields["note"],
                evidence.get(one.key),
            )


class RatingsForm(_ByCompetency):
    """A level or "can't say" for each, how one knows, and a note; a draft has gaps."""

    def __init__(
        self,
        data: Any = None,
        *,
        competencies: Sequence[Competency],
        said: Mapping[int, Said],
        edits: int,
    ) -> None:
        super().__init__(data, competencies=competencies, edits=edits)
        for one in competencies:
            was = said.get(one.pk, NOTHING)
            self._add("level", one.pk, _levels(), _value(was))
            self._add("method", one.pk, _method(), was.method)
            self._add("note", one.pk, _note(), was.note)

    def said(self) -> dict[int, Said]:
        return {
            one.pk: _said(*(self.cleaned_data[f"{n}-{one.pk}"] for n in PARTS))
            for one in self.competencies
        }


PARTS = ("level", "method", "note")


def _said(level: str, method: str, note: str) -> Said:
    given = int(level) if level and level != CANT_SAY else None
    return Said(is_said=bool(level), level=given, method=method, note=note)


def _value(said: Said) -> str:
    if not said.is_said:
        return ""
    return CANT_SAY if said.level is None else str(said.level)


def _levels() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Level"),
        choices=[*LEVELS, (CANT_SAY, _("can’t say"))],
        required=False,
        widget=forms.RadioSelect,
    )


def _method() -> forms.ChoiceField:
    choices = [("", _("not said")), *Rating.Method.choices]
    return forms.ChoiceField(label=_("How you know"), choices=choices, required=False)


def _note() -> Words:
    return Words(
        label=_("Note"),
        required=False,
        longest=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class OutcomesForm(_ByCompetency):
    """The agreed level and a note for each; for the mentor, the state as well."""

    def __init__(
        self,
        data: Any = None,
        *,
        competencies: Sequence[Competency],
        agreed: Mapping[int, Agreed],
        edits: int,
        sets_states: bool,
    ) -> None:
        super().__init__(data, competencies=competencies, edits=edits)
        for one in competencies:
            was = agreed.get(one.pk, Agreed(level=None, state=None, note=""))
            self._add("level", one.pk, _agreed_level(), was.level or "")
            if sets_states:
                self._add("state", one.pk, _state(), was.state or Outcome.State.NOT_YET)
            self._add("note", one.pk, _note(), was.note)

    def agreed(self) -> dict[int, Agreed]:
        cleaned = self.cleaned_data
        return {
            one.pk: Agreed(
                level=int(cleaned[f"level-{one.pk}"] or 0) or None,
                state=cleaned.get(f"state-{one.pk}"),
                note=cleaned[f"note-{one.pk}"],
            )
            for one in self.competencies
        }


def _agreed_level() -> forms.ChoiceField:
    choices = [("", _("no level")), *LEVELS]
    return forms.ChoiceField(label=_("Agreed level"), choices=choices, required=False)


def _state() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("State"), choices=Outcome.State.choices)
