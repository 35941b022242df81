"""Secrets as they are kept: whoever reads the database alone can't use them."""

from base64 import urlsafe_b64encode
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Unreadable(Exception):
    """The key that sealed it is no more."""


def seal(secret: str, purpose: bytes) -> bytes:
    """What was sealed for one purpose opens for no other."""
    return _sealer(purpose).encrypt(secret.encode())


def unseal(sealed: bytes | memoryview, purpose: bytes) -> str:
    """Raises Unreadable."""
    try:
        return _sealer(purpose).decrypt(bytes(sealed)).decode()
    except InvalidToken as error:
        raise Unreadable from error


def _sealer(purpose: bytes) -> MultiFernet:
    return _sealer_of((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS), purpose)


@lru_cache(maxsize=16)
def _sealer_of(secrets: tuple[str, ...], purpose: bytes) -> MultiFernet:
    """Seals with the first secret and opens what any of them sealed."""
    return MultiFernet([Fernet(_key_of(secret, purpose)) for secret in secrets])


def _key_of(secret: str, purpose: bytes) -> bytes:
    kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose)
    return urlsafe_b64encode(kdf.derive(secret.encode()))
