"""Posts to the address of a chat, which is sealed at rest."""

import json
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from preceptor import outward, sealing
from preceptor.outward import Address, NotAllowed

TOTAL_SECONDS = 10.0
ANSWER_BYTES = 1_000
PURPOSE = b"preceptor.notifications.webhooks"


class HostIsAway(Exception):
    """The server did not answer in time, or said that it can't at present."""


class Declined(Exception):
    """The server answered that it does not take this message at this address."""


def address_of(text: str) -> Address:
    """An address as somebody typed it. Raises NotAllowed."""
    return outward.address_of(text, may_be_local=settings.WEBHOOKS_MAY_BE_LOCAL)


def seal(address: str) -> bytes:
    """As it is kept: whoever reads the database alone can't post with it."""
    return sealing.seal(address.strip(), PURPOSE)


def unseal(sealed: bytes | memoryview) -> str:
    """Raises NotAllowed where the key that sealed it is no more."""
    try:
        return sealing.unseal(sealed, PURPOSE)
    except sealing.Unreadable as error:
        raise NotAllowed(
            _("The address can’t be read any more; enter it once more.")
        ) from error


def post(address: Address, payload: Mapping[str, Any]) -> None:
    """Posts JSON; raises NotAllowed, HostIsAway or Declined where it isn't accepted."""
    try:
        answer = outward.call(
            address,
            method="POST",
            headers={"Content-Type": "application/json"},
            body=json.dumps(payload, ensure_ascii=False).encode(),
            at_most=ANSWER_BYTES,
            seconds=TOTAL_SECONDS,
        )
    except (OSError, HTTPException) as error:
        # Never the error's own words: they may hold the address.
        raise HostIsAway(f"{address.host}: {type(error).__name__}") from error
    said = " ".join(answer.body.decode(errors="replace").split())
    words = f"{address.host} answered {answer.status}: {said}"
    if answer.status == 429 or answer.status >= 500:
        raise HostIsAway(words)
    if not 200 <= answer.status < 300:
        raise Declined(words)
