"""What the codes of second steps are made of, sealed as it is kept."""

import logging
from base64 import b32encode
from secrets import token_bytes

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.db import transaction

from preceptor import sealing

PURPOSE = b"preceptor.accounts.signing_in.seeds"
SEALED = "gAAAA"
"""How each seal begins: with its version and the zeros of its date.

No seed does: that of an app is of capitals, that of recovery codes in base 16.
"""
HELD_AS = {
    Authenticator.Type.TOTP: "secret",
    Authenticator.Type.RECOVERY_CODES: "seed",
}

logger = logging.getLogger(__name__)


class SealingAdapter(DefaultMFAAdapter):  # type: ignore[misc] # untyped library
    def encrypt(self, text: str) -> str:
        return sealing.seal(text, PURPOSE).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """One that was set up before they were sealed is read as it stands.

        Where the key is no more, it is one that no code fits.
        """
        if not encrypted_text.startswith(SEALED):
            return encrypted_text
        try:
            return sealing.unseal(encrypted_text.encode(), PURPOSE)
        except sealing.Unreadable:
            logger.error("A second step was sealed by a key that is not set any more")
            return b32encode(token_bytes(20)).decode()


def seal_seeds() -> int:
    """Seals those that an earlier version left open; gives how many."""
    rows = Authenticator.objects.filter(type__in=HELD_AS).order_by("pk")
    names = [(row.pk, HELD_AS[row.type]) for row in rows if _is_open(row)]
    return sum(_seal(pk, name) for pk, name in names)


def _is_open(row: Authenticator) -> bool:
    seed = row.data.get(HELD_AS[row.type])
    return bool(seed) and not seed.startswith(SEALED)


@transaction.atomic
def _seal(pk: int, name: str) -> bool:
    row = Authenticator.objects.select_for_update().filter(pk=pk).first()
    if row is None or not _is_open(row):
        return False
    row.data[name] = SealingAdapter().encrypt(row.data[name])
    row.save(update_fields=["data"])
    return True
