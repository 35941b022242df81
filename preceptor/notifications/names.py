"""What pages call a kind of message."""

from django.utils.translation import gettext as _

from preceptor.notifications import kinds
from preceptor.notifications.models import Delivery


def names_of_kinds() -> dict[str, str]:
    """By its name in the rows: those that are registered, and the digest."""
    found = {kind.name: str(kind.label) for kind in kinds.registered()}
    return {**found, Delivery.DIGEST: _("Digest")}


def called(names: dict[str, str], delivery: Delivery) -> str:
    """The label; a kind that an earlier version knew is called by its name."""
    return names.get(delivery.kind, delivery.kind)
