"""What changes an organisation's own flaw categories."""

from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from preceptor.accounts.actions.members import lock_as_owner
from preceptor.accounts.models import Membership, Organisation
from preceptor.http import Conflict
from preceptor.seen import Seen, Values, changed
from reviews.models import Finding
from reviews.taxonomy import KEY_LETTERS, OWN_KEY, PRODUCT, Kind, own_of

OWN_AT_MOST = 40
NAMES = ("label", "group", "help", "cwe")


@transaction.atomic
def add_category(*, actor: Membership, **fields: Any) -> Kind:
    """A `ValidationError` where the name is taken, `Conflict` beyond the most."""
    own = _held(actor)
    if len(own) >= OWN_AT_MOST:
        text = _("%(n)d categories of your own are the most: rename or retire one.")
        raise Conflict(text % {"n": OWN_AT_MOST})
    _refuse_taken(own, fields["label"])
    kind = Kind(_key(own, fields["label"]), **fields)
    _write(actor, [*own, kind])
    return kind


@transaction.atomic
def edit_category(*, actor: Membership, key: str, sent: Values, seen: Seen) -> Kind:
    """Raises `Stale` where another owner changed the same since the page showed it."""
    own = _held(actor)
    was = _one(own, key)
    fields = changed(seen, sent, category_settings(was))
    _refuse_taken([one for one in own if one is not was], fields.get("label", ""))
    kind = replace(was, **fields)
    _write(actor, [kind if one is was else one for one in own])
    return kind


@transaction.atomic
def retire_category(*, actor: Membership, key: str) -> bool:
    """Nobody chooses it any more; where it was chosen it stays. Whether any was.

    One that no finding has is gone altogether.
    """
    own = _held(actor)
    was = _one(own, key)
    is_used = is_category_used(actor.organisation_id, key)
    kept = [replace(was, is_retired=True)] if is_used else []
    _write(actor, [new for one in own for new in (kept if one is was else [one])])
    return is_used


@transaction.atomic
def bring_back_category(*, actor: Membership, key: str) -> None:
    own = _held(actor)
    was = _one(own, key)
    kind = replace(was, is_retired=False)
    _write(actor, [kind if one is was else one for one in own])


def category_settings(kind: Kind) -> dict[str, Any]:
    return {name: getattr(kind, name) for name in NAMES}


def is_category_used(organisation: int, key: str) -> bool:
    return Finding.objects.filter(organisation=organisation, category=key).exists()


def _held(actor: Membership) -> list[Kind]:
    """The organisation's own, which nobody else changes until the transaction ends."""
    lock_as_owner(actor)
    rows = Organisation.objects.filter(pk=actor.organisation_id)
    return own_of(rows.values_list("own_categories", flat=True).get())


def _one(own: list[Kind], key: str) -> Kind:
    found = next((one for one in own if one.key == key), None)
    if found is None:
        raise Conflict(_("This category was removed in between."))
    return found


def _write(actor: Membership, own: list[Kind]) -> None:
    rows = Organisation.objects.filter(pk=actor.organisation_id)
    rows.update(own_categories=[one.row() for one in own])


def _refuse_taken(others: list[Kind], label: str) -> None:
    names = {str(one.label).casefold() for one in (*PRODUCT.values(), *others)}
    if label.casefold() in names:
        text = _("There is a category with this name already, perhaps a retired one.")
        raise ValidationError({"label": text})


def _key(own: list[Kind], label: str) -> str:
    """Of its first name, which it keeps for good; it stands in files and exports."""
    stem = OWN_KEY + (slugify(label).replace("-", "_") or "category")
    taken, number, key = {one.key for one in own}, 1, stem[:KEY_LETTERS]
    while key in taken:
        number += 1
        end = f"_{number}"
        key = stem[: KEY_LETTERS - len(end)] + end
    return key
