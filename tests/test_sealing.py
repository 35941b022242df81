"""Secrets as they are kept: without the key nobody reads or changes them."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from pytest_django.fixtures import Settings

from preceptor.sealing import Unreadable, seal, unseal


def test_a_seal_is_of_128_bits_and_new_each_time() -> None:
    """The form of Fernet: a version, when, where it begins, blocks of AES, a mark."""
    sealed = [urlsafe_b64decode(seal("tide", b"one")) for _ in range(2)]
    for one in sealed:
        version, blocks, mark = one[0], one[25:-32], one[-32:]
        assert (version, len(blocks), len(mark)) == (0x80, 16, 32)
    assert sealed[0][9:] != sealed[1][9:]


def test_a_changed_byte_opens_nothing() -> None:
    raw = urlsafe_b64decode(seal("tide", b"one"))
    for at in range(len(raw)):
        changed = bytearray(raw)
        changed[at] ^= 1
        with pytest.raises(Unreadable):
            unseal(urlsafe_b64encode(bytes(changed)), b"one")


def test_what_was_sealed_for_one_purpose_opens_for_no_other() -> None:
    with pytest.raises(Unreadable):
        unseal(seal("tide", b"one"), b"other")


def test_an_earlier_key_opens_what_it_sealed(settings: Settings) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a" * 60, []
    sealed = seal("tide", b"one")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "b" * 60, ["a" * 60]
    assert unseal(sealed, b"one") == "tide"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(Unreadable):
        unseal(sealed, b"one")
