"""A widget that Python draws is the one that Django's templates would."""

from datetime import date
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import DjangoTemplates
from django.urls import get_resolver
from django.utils.safestring import mark_safe

from preceptor.widgets import (
    DateInput,
    DayField,
    LongAgoField,
    MomentField,
    Renderer,
)

CHOICES: dict[str, list[Any]] = {
    "flat": [("", "All"), ("a", 'A "quoted" & <b>bold</b> one'), (3, "three")],
    "safe": [("a", mark_safe("&amp; kept"))],
    "grouped": [("", "—"), ('Group "one"', [("x", "X"), ("y", "Y")]), ("z", "Z")],
    "empty": [],
}


@pytest.mark.parametrize("name", CHOICES)
@pytest.mark.parametrize("kind", [forms.Select, forms.SelectMultiple])
@pytest.mark.parametrize(
    "attributes",
    [{}, {"required": True, "disabled": False, "data-of": '<">', "size": 4}],
)
def test_a_select_is_drawn_as_the_template_has_it(
    name: str, kind: type[forms.Select], attributes: dict[str, str]
) -> None:
    widget = kind(choices=CHOICES[name])
    value = ["x", "3"] if kind is forms.SelectMultiple else "x"

    drawn, reference = (
        widget.render("of <it>", value, attributes, renderer)
        for renderer in (Renderer(), DjangoTemplates())
    )

    assert drawn == reference


@pytest.mark.parametrize(
    "widget",
    [
        forms.TextInput(),
        forms.TextInput({"type": "search", "autofocus": True, "maxlength": 200}),
        forms.HiddenInput(),
        DateInput(),
        forms.Textarea({"placeholder": '"so" & so', "required": False}),
    ],
)
@pytest.mark.parametrize("value", [None, "", 0, '<b> & "it"', mark_safe("&amp;")])
def test_a_field_is_drawn_as_the_template_has_it(
    widget: forms.Widget, value: object
) -> None:
    drawn, reference = (
        widget.render("of <it>", value, {"id": "id_of"}, renderer)
        for renderer in (Renderer(), DjangoTemplates())
    )

    assert drawn == reference


def test_a_text_is_not_cut_off_by_the_browser() -> None:
    class Note(forms.Form):
        text = forms.CharField(max_length=9, widget=forms.Textarea)

    form = Note({"text": "Ten letters"}, renderer=Renderer())

    assert "maxlength" not in str(form["text"])
    assert form.errors["text"]
    assert ">\nTen letters</textarea>" in str(form["text"])


def test_other_widgets_keep_their_templates() -> None:
    drawn = forms.EmailInput().render("q", "now", renderer=Renderer())

    assert drawn == '<input type="email" name="q" value="now">'


def fields(form: type[forms.BaseForm]) -> list[tuple[str, Any]]:
    """Of a form and all that follow from it, where they are the product's own."""
    own = ("preceptor.", "pairings.", "reviews.", "progress.")
    found = []
    if form.__module__.startswith(own):
        base: dict[str, Any] = getattr(form, "base_fields", {})
        found = [(f"{form.__qualname__}.{name}", one) for name, one in base.items()]
    return found + [pair for sub in form.__subclasses__() for pair in fields(sub)]


def test_days_are_asked_for_between_years_that_can_be_reckoned() -> None:
    assert get_resolver().url_patterns
    asked = dict(fields(forms.BaseForm))
    days = {k: v for k, v in asked.items() if isinstance(v, forms.DateField)}
    moments = {k: v for k, v in asked.items() if isinstance(v, forms.DateTimeField)}
    assert [k for k, v in days.items() if not isinstance(v, DayField)] == []
    assert [k for k, v in moments.items() if not isinstance(v, MomentField)] == []
    assert (len(days) > 15, len(moments)) == (True, 1)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        (DayField(), "9999-12-31"),
        (DayField(), "0001-01-01"),
        (DayField(), "1998-09-01"),
        (LongAgoField(), "1949-12-31"),
        (MomentField(), "9999-12-31T23:59:59+00:00"),
        (MomentField(), "0001-01-01 00:00"),
    ],
)
def test_a_day_beyond_is_refused_in_words(field: forms.Field, text: str) -> None:
    with pytest.raises(ValidationError, match=r"between the years|valid date"):
        field.clean(text)


def test_somebody_may_have_begun_long_ago() -> None:
    assert LongAgoField().clean("1998-09-01") == date(1998, 9, 1)
