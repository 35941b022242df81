from django import forms

from progress.models import PublishedFigure


class FigureForm(forms.Form):
    """Which figure is published or withdrawn."""

    figure = forms.ChoiceField(choices=PublishedFigure.Figure.choices)


class ShiftForm(forms.Form):
    """One place up or down."""

    by = forms.TypedChoiceField(choices=[(-1, "up"), (1, "down")], coerce=int)
