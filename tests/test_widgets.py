"""A widget that Python draws is the one that Django's templates would."""

from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe

from preceptor.widgets import DateInput, Renderer

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
