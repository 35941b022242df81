"""The inputs of the model in words: what each asks for, in what, and within what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Unit(Enum):
    COUNT = "count"
    MONTHS = "months"
    YEARS = "years"
    HOURS = "hours"
    SHARE = "share"
    MONEY = "money"


@dataclass(frozen=True, slots=True)
class Input:
    """`least` and `most` bound what is typed: a share is typed in per cent."""

    label: Promise
    about: Promise
    unit: Unit
    most: Decimal
    least: Decimal = Decimal(0)

    @property
    def is_share(self) -> bool:
        return self.unit is Unit.SHARE


INPUTS: Mapping[str, Input] = {
    "juniors": Input(
        _("Juniors"), _("How many take part"), Unit.COUNT, Decimal(100_000), Decimal(1)
    ),
    "months": Input(
        _("Months"), _("How long the program runs"), Unit.MONTHS, Decimal(60)
    ),
    "mentor_hours": Input(
        _("Mentor’s hours a week"), _("For each junior"), Unit.HOURS, Decimal(40)
    ),
    "junior_hours": Input(
        _("Junior’s hours a week"), _("Kept free for it"), Unit.HOURS, Decimal(40)
    ),
    "mentor_rate": Input(
        _("Cost of a mentor’s hour"),
        _("All that the hour costs the company"),
        Unit.MONEY,
        Decimal(1_000_000),
    ),
    "junior_rate": Input(
        _("Cost of a junior’s hour"),
        _("All that the hour costs the company"),
        Unit.MONEY,
        Decimal(1_000_000),
    ),
    "slow_months": Input(
        _("First months with less speed"),
        _("Until a pair has found its pace"),
        Unit.MONTHS,
        Decimal(24),
    ),
    "week_hours": Input(
        _("Hours of a working week"), _("Of a mentor"), Unit.HOURS, Decimal(80)
    ),
    "slow_share": Input(
        _("Speed lost in those months"),
        _("Per cent of a mentor’s week for each junior, beyond the hours above"),
        Unit.SHARE,
        Decimal(100),
    ),
    "other_costs": Input(
        _("Everything else"),
        _("Staff, training, tools; in total"),
        Unit.MONEY,
        Decimal(10_000_000_000),
    ),
    "leave_without": Input(
        _("Leave in a year without the program"),
        _("Per cent of such engineers who leave the company"),
        Unit.SHARE,
        Decimal(100),
    ),
    "leave_with": Input(
        _("Leave in a year with the program"),
        _("Per cent, as you expect it"),
        Unit.SHARE,
        Decimal(100),
    ),
    "years": Input(
        _("Years looked at"),
        _("Over how many who leaves is counted"),
        Unit.YEARS,
        Decimal(10),
    ),
    "pay": Input(
        _("Pay of an engineer in a year"),
        _("Of those who would be replaced"),
        Unit.MONEY,
        Decimal(1_000_000_000),
    ),
    "replace_share": Input(
        _("Cost of replacing an engineer"),
        _("Per cent of a year’s pay"),
        Unit.SHARE,
        Decimal(1000),
    ),
}

GROUPS: Sequence[tuple[Promise, Sequence[str]]] = (
    (_("Who, and for how long"), ("juniors", "months")),
    (
        _("Hours, and what they cost"),
        ("mentor_hours", "junior_hours", "mentor_rate", "junior_rate"),
    ),
    (
        _("The first months, and the rest"),
        ("slow_months", "week_hours", "slow_share", "other_costs"),
    ),
    (
        _("Who leaves, and what that costs"),
        ("leave_without", "leave_with", "years", "pay", "replace_share"),
    ),
)

LINES: Mapping[str, Promise] = {
    "mentors": _("Mentors’ time"),
    "juniors": _("Juniors’ time"),
    "slower": _("Speed lost in the first months"),
    "other": _("Everything else"),
    "gain": _("Return: replacing fewer engineers"),
    "leavers": _("Leavers less"),
    "even": _("Leavers less that pay for it"),
}

CURRENCIES: Sequence[tuple[str, str]] = tuple(
    (code, code)
    for code in (
        *("AED", "AUD", "BRL", "CAD", "CHF", "CLP", "CNY", "COP", "CZK", "DKK"),
        *("EGP", "EUR", "GBP", "HKD", "HUF", "IDR", "ILS", "INR", "JPY", "KES"),
        *("KRW", "MXN", "MYR", "NGN", "NOK", "NZD", "PHP", "PKR", "PLN", "RON"),
        *("SAR", "SEK", "SGD", "THB", "TRY", "TWD", "UAH", "USD", "VND", "ZAR"),
    )
)
"""ISO 4217."""
