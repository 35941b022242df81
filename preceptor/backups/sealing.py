"""Sealing to age's public keys and opening by its secret ones, as a stream."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import pyrage

from preceptor.backups.problem import Problem

PIECE = 1024 * 1024


def recipients(keys: Sequence[str]) -> list[pyrage.x25519.Recipient]:
    """Public keys as age-keygen writes them. Raises Problem."""
    try:
        return [pyrage.x25519.Recipient.from_str(key) for key in keys]
    except pyrage.RecipientError:
        raise Problem(
            "A recipient is no public key of age, which begins with age1."
        ) from None


def identities(path: Path | None) -> list[pyrage.x25519.Identity]:
    """The secret keys in a file of age-keygen. Raises Problem."""
    if path is None:
        raise Problem("The backup is sealed: name the file of its key by --identity.")
    try:
        lines = [line.strip() for line in path.read_text().splitlines()]
        keys = [line for line in lines if line and not line.startswith("#")]
        found = [pyrage.x25519.Identity.from_str(key) for key in keys]
    except (OSError, UnicodeDecodeError, pyrage.IdentityError):
        found = []
    if not found:
        raise Problem(f"{path} holds no secret key of age that can be read.")
    return found


def seal(source: IO[bytes], target: IO[bytes], keys: Sequence[str]) -> None:
    """Copies all of it, sealed where there are keys.

    Raises Problem, and BrokenPipeError where a pipe broke.
    """
    if not keys:
        shutil.copyfileobj(source, target, PIECE)
        return
    try:
        pyrage.encrypt_io(source, target, recipients(keys))
    except pyrage.EncryptError as error:
        if "BrokenPipeError" in str(error):  # it tells of others by their words alone
            raise BrokenPipeError(str(error)) from None
        raise Problem(f"The backup can't be sealed: {error}") from None


def unseal(
    source: IO[bytes], target: IO[bytes], keys: Sequence[pyrage.x25519.Identity]
) -> None:
    """The other way. Raises Problem where no key fits, or a byte was changed."""
    try:
        if keys:
            pyrage.decrypt_io(source, target, keys)
        else:
            shutil.copyfileobj(source, target, PIECE)
    except BrokenPipeError:
        raise
    except (pyrage.DecryptError, OSError) as error:
        raise Problem(f"The backup can't be opened ({error}): is it its key?") from None
