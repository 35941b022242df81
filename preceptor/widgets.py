from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy


class DateInput(forms.DateInput):
    """The browser's own calendar, which wants dates as 2026-11-22."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)
BAD_DAY = gettext_lazy("Choose a day between the years 2000 and 2199.")
BAD_LONG_AGO = gettext_lazy("Choose a day between the years 1950 and 2199.")


class DayField(forms.DateField):
    """A day from which the calendar can still be reckoned."""

    widget = DateInput
    default_validators = [
        MinValueValidator(EARLIEST, BAD_DAY),
        MaxValueValidator(LATEST, BAD_DAY),
    ]


class LongAgoField(DayField):
    """Of what somebody did before they came here, as far back as in a roster."""

    default_validators = [
        MinValueValidator(date(1950, 1, 1), BAD_LONG_AGO),
        MaxValueValidator(LATEST, BAD_LONG_AGO),
    ]


class MomentField(forms.DateTimeField):
    """The same with the time of day."""

    default_validators = [
        MinValueValidator(datetime.combine(EARLIEST, time.min, UTC), BAD_DAY),
        MaxValueValidator(datetime.combine(LATEST, time.min, UTC), BAD_DAY),
    ]


class Renderer(DjangoTemplates):
    """Draws common widgets in Python, letter for letter as Django's templates do,
    but for the longest length of a text.

    Those include two more for each field or option: a fifth of a page with filters.
    """

    def render(
        self,
        template_name: str,
        context: dict[str, Any],
        request: HttpRequest | None = None,
    ) -> SafeString:
        if draw := DRAWN.get(template_name):
            return draw(context["widget"])
        drawn = super().render(template_name, context, request)
        return mark_safe(drawn)  # noqa: S308 # a template escapes


def _input(widget: Mapping[str, Any]) -> SafeString:
    name, kind = conditional_escape(widget["name"]), conditional_escape(widget["type"])
    value = {} if widget["value"] is None else {"value": str(widget["value"])}
    attributes = _attributes({**value, **widget["attrs"]})
    html = f'<input type="{kind}" name="{name}"{attributes}>'
    return mark_safe(html)  # noqa: S308 # parts are escaped


def _textarea(widget: Mapping[str, Any]) -> SafeString:
    """Without its longest length: a browser would cut off what is pasted, unsaid.

    What is too long the form itself refuses, with all of it still in the field.
    """
    said = {key: value for key, value in widget["attrs"].items() if key != "maxlength"}
    name, attributes = conditional_escape(widget["name"]), _attributes(said)
    value = conditional_escape(widget["value"] or "")
    html = f'<textarea name="{name}"{attributes}>\n{value}</textarea>'
    return mark_safe(html)  # noqa: S308 # parts are escaped


def _select(widget: Mapping[str, Any]) -> SafeString:
    name, attributes = conditional_escape(widget["name"]), _attributes(widget["attrs"])
    parts = [f'<select name="{name}"{attributes}>']
    for group, options, _index in widget["optgroups"]:
        if group:
            parts.append(f'\n  <optgroup label="{conditional_escape(group)}">')
        parts += map(_option, options)
        if group:
            parts.append("\n  </optgroup>")
    return mark_safe("".join([*parts, "\n</select>"]))  # noqa: S308 # parts are escaped


def _option(option: Mapping[str, Any]) -> str:
    value, label = (conditional_escape(option[key]) for key in ("value", "label"))
    attributes = _attributes(option["attrs"])
    return f'\n  <option value="{value}"{attributes}>{label}</option>\n'


def _attributes(attributes: Mapping[str, Any]) -> str:
    shown = ((name, value) for name, value in attributes.items() if value is not False)
    return "".join(
        f" {conditional_escape(name)}"
        + ("" if value is True else f'="{conditional_escape(value)}"')
        for name, value in shown
    )


DRAWN: Mapping[str | None, Callable[[Mapping[str, Any]], SafeString]] = {
    forms.Select.template_name: _select,
    forms.Textarea.template_name: _textarea,
    **{
        kind.template_name: _input
        for kind in (forms.TextInput, forms.HiddenInput, forms.DateInput)
    },
}
