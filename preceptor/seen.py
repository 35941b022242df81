"""Two people over one form: what each wrote is kept, and neither takes back unread.

A form carries what its page showed. Against that a field is known to be changed by who
sends it, by somebody else meanwhile, or by both; only the last is to be decided.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.http import QueryDict

Seen = Mapping[str, str]
"""What a page showed, by field, as `plain` writes it."""
Values = Mapping[str, Any]


class Stale(Exception):
    """Fields that both changed, and not to the same; nothing was written."""

    def __init__(self, contested: Sequence[str]) -> None:
        super().__init__(*contested)
        self.contested = contested


@dataclass(frozen=True, slots=True)
class Difference:
    """What two people wrote into one field, by its label."""

    field: str
    yours: str
    stands: str


def changed(seen: Seen, sent: Values, stands: Values) -> dict[str, Any]:
    """What of the fields the sender changed, or `Stale`. All else stays as it stands.

    Of what the page did not say it showed, it is taken to have shown what stands.
    """
    now = {name: plain(stands[name]) for name in sent}
    shown = {**now, **seen}
    own = {name: value for name, value in sent.items() if plain(value) != shown[name]}
    contested = [
        name
        for name, value in own.items()
        if now[name] not in (shown[name], plain(value))
    ]
    if contested:
        raise Stale(contested)
    return own


def mixed(seen: Seen, sent: Values, stands: Values) -> dict[str, Any]:
    """What the form shows next: the sender's own changes over all that stands."""
    return {
        name: value if plain(value) != seen.get(name) else stands[name]
        for name, value in sent.items()
    }


def plain(value: Any) -> str:
    """A value as text, the same however it was typed or stored."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, list | tuple):
        return "; ".join(map(plain, value))
    if isinstance(value, Model):
        return str(value.pk)
    return str(value).replace("\r\n", "\n")


def written(values: Values) -> str:
    """For the form: what its page shows."""
    return json.dumps({name: plain(value) for name, value in values.items()})


def seen_in(answers: QueryDict) -> dict[str, str]:
    """What the page of a sent form had shown; nothing if it does not say."""
    try:
        found = json.loads(answers.get("seen", ""))
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: text for name, text in found.items() if isinstance(text, str)}
