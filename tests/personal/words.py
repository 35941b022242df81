"""A row for every line of the table, with a word of its own in every text."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from django.db import models

from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.held import Held, everything
from preceptor.accounts.models import Membership
from tests.rows import fill

MOMENT = datetime(2026, 10, 5, 9, tzinfo=UTC)
DAY = date(2026, 10, 5)

BESIDE: dict[str, dict[str, Any]] = {
    "pairings": {"state": "ended", "ended_at": MOMENT},
    "pairings_declined": {
        "state": "proposed",
        "proposed_at": MOMENT,
        "declined_at": MOMENT,
    },
    "first_steps": {"first_step_on": DAY, "first_step_done_at": MOMENT},
    "phases": {"agreed_at": MOMENT, "agreed_on": DAY},
    "own_milestones": {"kind": "own"},
    "signed": {"kind": "own", "mentor_signed_at": MOMENT},
    "skipped": {"skipped_at": MOMENT, "although": ""},
    "conditions": {"kind": "ticked", "wanted": 1},
    "moves": {"kind": "by_hand"},
    "answers": {"handed_at": MOMENT, "answered_at": MOMENT},
    "evidence_links": {"kind": "link"},
    "ratings_given": {"side": "mentor"},
    "ratings": {"side": "self"},
    "chat": {"program_id": None},
}
"""What a check constraint wants beside a text."""

NAMED = {
    "pairings_declined": ("declined_by",),
    "own_milestones": ("added_by",),
    "signed": ("mentor_signed_by", "added_by"),
    "skipped": ("skipped_by",),
    "answers": ("answered_by",),
    "first_steps": ("first_step_by",),
}
"""Who else the row has to name for it, where it names somebody."""

_numbers = count(1)


def word() -> str:
    """One that is nowhere else, short enough for every column but a few."""
    return f"zq{next(_numbers):05}xj"


def write_everywhere(member: Membership) -> dict[str, str]:
    """Rows of a member for every line with texts that go; the words by their place."""
    words: dict[str, str] = {}
    for held in everything():
        for path in held.whose:
            if (held.goes or held.row_goes) and _is_forward(held.model, path):
                words |= _write(held, path, member)
    return words


def _is_forward(model: type[models.Model], path: str) -> bool:
    """Along references of the rows themselves, to the membership."""
    for name in path.split("__"):
        if not any(field.name == name for field in model._meta.local_fields):
            return False
        target = model._meta.get_field(name).related_model
        if target is None:
            return False
        model = target
    return model is Membership


def _write(held: Held, path: str, member: Membership) -> dict[str, str]:
    texts = {name: word() for name in _texts(held)}
    given: dict[str, Any] = {**_fitting(held, texts), **BESIDE.get(held.key, {})}
    for other in NAMED.get(held.key, ()):
        given.setdefault(other, member)
    make(held.model, path, member, **given)
    return {f"{held.key}.{name} of {path}": text for name, text in texts.items()}


def _texts(held: Held) -> Iterator[str]:
    names = held.columns if held.row_goes else held.goes
    for name in names:
        field: Any = held.model._meta.get_field(name)
        is_text = isinstance(field, models.CharField | models.TextField)
        if is_text and not field.choices and name not in BESIDE.get(held.key, {}):
            yield name


def _fitting(held: Held, texts: dict[str, str]) -> dict[str, str]:
    for name, text in texts.items():
        most = held.model._meta.get_field(name).max_length  # type: ignore[union-attr]
        assert most is None or len(text) <= most, f"{held.key}.{name}"
    return texts


def make(
    model: type[models.Model], path: str, member: Membership, /, **given: Any
) -> models.Model:
    """A row at the end of whose path the member stands; the rest is somebody else's."""
    first, _, rest = path.partition("__")
    shared = _shared(model, first)
    target: Any = member
    if rest:
        related: Any = model._meta.get_field(first).related_model
        fixed = {their: _fixed(model, own) for own, their in shared}
        sides = {their: value for their, value in fixed.items() if value is not None}
        target = make(related, rest, member, **sides)
    values: dict[str, Any] = {**given, first: target}
    for own, their in shared:
        if own != "organisation" and _fixed(model, own) is None:
            values.setdefault(own, getattr(target, their))
    return fill(model, member.organisation, **values)


def _shared(model: type[models.Model], name: str) -> list[tuple[str, str]]:
    """What a row has in common with the one that a field of it names."""
    return [
        pair
        for constraint in model._meta.constraints
        if isinstance(constraint, TenantKey) and constraint.field == name
        for pair in constraint.shared
    ]


def _fixed(model: type[models.Model], name: str) -> Any:
    """What a generated column always says; None of another."""
    field: Any = model._meta.get_field(name)
    if isinstance(field, models.GeneratedField):
        return field.expression.value  # type: ignore[attr-defined] # not in the stubs
    return None
