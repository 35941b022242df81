"""The form of a scenario: three numbers and a source for each input."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preceptor.insights.returns.inputs import CURRENCIES, GROUPS, INPUTS, Input
from preceptor.insights.returns.model import NAMES, Answers
from preceptor.insights.returns.sources import SOURCES, Source

PARTS = ("low", "likely", "high")
MOST_SOURCE = 600
HUNDRED = Decimal(100)
WITH_COMMA = re.compile(r"[0-9]+,[0-9]{1,2}")
Said = tuple[str, str, str, str]
"""Low, likely, high and the source of an input, as they are stored."""


@dataclass(frozen=True, slots=True)
class Row:
    """One input as the form shows it, with what is known of it."""

    name: str
    of: Input
    fields: Sequence[forms.BoundField]
    source_field: forms.BoundField
    source: Source | None
    said: str

    @property
    def errors(self) -> list[str]:
        return [str(error) for field in self.fields for error in field.errors]


class ScenarioForm(forms.Form):
    """`said` tells by input what the programs say of it."""

    name = forms.CharField(
        label=gettext_lazy("Name of the scenario"),
        help_text=gettext_lazy("Such as what it takes to be true"),
        max_length=80,
    )
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), choices=CURRENCIES)

    def __init__(
        self, *args: Any, said: Mapping[str, str] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.said = said or {}
        for name in NAMES:
            for part, label in zip(PARTS, _parts(), strict=True):
                self.fields[f"{name}_{part}"] = _number(INPUTS[name], label)
            self.fields[f"{name}_source"] = _source_field()

    @staticmethod
    def answers_of(name: str, currency: str, answers: Answers) -> dict[str, Any]:
        """What the fields show of what is stored."""
        shown: dict[str, Any] = {"name": name, "currency": currency}
        for key, one in answers.items():
            if key not in INPUTS:
                continue
            for part in PARTS:
                shown[f"{key}_{part}"] = typed(INPUTS[key], str(one[part]))  # type: ignore[literal-required] # of its three parts
            shown[f"{key}_source"] = one["source"]
        return shown

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in NAMES:
            self._complete(name)
        return cleaned

    def _complete(self, name: str) -> None:
        """What is likely stands for an end that is not said; all three are in order."""
        keys = [f"{name}_{part}" for part in PARTS]
        if any(key in self.errors for key in keys):
            return
        low, likely, high = (self.cleaned_data.get(key) for key in keys)
        if likely is None:
            if low is not None or high is not None:
                self.add_error(keys[1], _("Say what is likely, too."))
            return
        low = likely if low is None else low
        high = likely if high is None else high
        if not low <= likely <= high:
            text = _("Write the three in order: low, likely, high.")
            self.add_error(keys[1], text)
        self.cleaned_data |= dict(zip(keys, (low, likely, high), strict=True))

    def values(self) -> dict[str, Any]:
        """Name, currency, and by input its `Said`, or None where it is empty."""
        found: dict[str, Any] = {
            "name": self.cleaned_data["name"],
            "currency": self.cleaned_data["currency"],
        }
        for name in NAMES:
            numbers = [self.cleaned_data.get(f"{name}_{part}") for part in PARTS]
            source = " ".join(self.cleaned_data[f"{name}_source"].split())
            if None in numbers:
                found[name] = None
                continue
            kept = (_kept(INPUTS[name], one) for one in numbers if one is not None)
            found[name] = (*kept, source)
        return found

    @property
    def groups(self) -> Iterator[tuple[Promise, list[Row]]]:
        for title, names in GROUPS:
            yield title, [self._row(name) for name in names]

    def _row(self, name: str) -> Row:
        return Row(
            name=name,
            of=INPUTS[name],
            fields=[self[f"{name}_{part}"] for part in PARTS],
            source_field=self[f"{name}_source"],
            source=SOURCES.get(name),
            said=self.said.get(name, ""),
        )


class FirstForm(forms.Form):
    """With what a new scenario begins."""

    def __init__(self, *args: Any, programs: Any, is_manager: bool, **kwargs: Any):
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["program"] = forms.ModelChoiceField(
            label=_("For"),
            queryset=programs,
            required=not is_manager,
            empty_label=_("the whole organisation") if is_manager else None,
        )
        self.order_fields(["program", "currency"])

    currency = forms.ChoiceField(
        label=gettext_lazy("Currency"),
        help_text=gettext_lazy("Published wages are in U.S. dollars"),
        choices=CURRENCIES,
        initial="EUR",
    )


def _parts() -> tuple[str, str, str]:
    return _("Low"), _("Likely"), _("High")


class NumberField(forms.DecimalField):
    """Also with the comma that half of Europe writes in place of the point.

    Before three digits it may set thousands apart, and is refused.
    """

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and WITH_COMMA.fullmatch(value.strip()):
            value = value.replace(",", ".")
        return super().to_python(value)


def _number(of: Input, label: str) -> NumberField:
    return NumberField(
        label=f"{of.label}: {label.lower()}",
        required=False,
        max_digits=14,
        decimal_places=3,
        error_messages={
            "invalid": gettext_lazy("Enter a number. Set no thousands apart.")
        },
        validators=[MinValueValidator(of.least), MaxValueValidator(of.most)],
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )


def _source_field() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Where this comes from"),
        required=False,
        max_length=MOST_SOURCE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def typed(of: Input, stored: str) -> str:
    """A stored number as it stands in its field: shares in per cent."""
    number = Decimal(stored) * HUNDRED if of.is_share else Decimal(stored)
    return f"{number.normalize():f}"


def _kept(of: Input, typed: Decimal) -> str:
    number = typed / HUNDRED if of.is_share else typed
    return f"{number.normalize():f}"
