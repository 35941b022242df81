"""What a form says of a value that is too much, too little or too long."""

from typing import Any

from django.core.validators import (
    DecimalValidator,
    MaxLengthValidator,
    MaxValueValidator,
    MinValueValidator,
)
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy


def speak() -> None:
    """Gives Django's validators the product's words.

    Set on the classes, because forms made of models make their validators themselves.
    """
    MaxValueValidator.message = _("Write %(limit_value)s or less.")
    MinValueValidator.message = _("Write %(limit_value)s or more.")
    MaxLengthValidator.message = ngettext_lazy(
        "This is %(show_value)d characters long; %(limit_value)d is the most.",
        "This is %(show_value)d characters long; %(limit_value)d are the most.",
        "limit_value",
    )
    digits: dict[str, Any] = {
        "max_digits": ngettext_lazy(
            "Write %(max)s digit at most.", "Write %(max)s digits at most.", "max"
        ),
        "max_decimal_places": ngettext_lazy(
            "Write %(max)s digit behind the point at most.",
            "Write %(max)s digits behind the point at most.",
            "max",
        ),
        "max_whole_digits": ngettext_lazy(
            "Write %(max)s digit before the point at most.",
            "Write %(max)s digits before the point at most.",
            "max",
        ),
    }
    DecimalValidator.messages = {**DecimalValidator.messages, **digits}
