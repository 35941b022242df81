from datetime import date

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy


class DateInput(forms.DateInput):
    """The browser's own calendar, which wants dates as 2026-11-22."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


BAD_DAY = gettext_lazy("Choose a day between the years 2000 and 2199.")


class DayField(forms.DateField):
    """A day from which the calendar can still be reckoned."""

    widget = DateInput
    default_validators = [
        MinValueValidator(date(2000, 1, 1), BAD_DAY),
        MaxValueValidator(date(2199, 12, 31), BAD_DAY),
    ]
