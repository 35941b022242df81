"""The links and addresses of invitations, in plain Python."""

import re
import secrets
from dataclasses import dataclass
from email.utils import parseaddr
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Invitee:
    email: str
    full_name: str = ""


def new_token() -> str:
    """256 random bits that fit into an address."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """What is stored of a token; it is random, so a plain hash cannot be guessed."""
    return sha256(token.encode()).hexdigest()


def invitees_in(text: str) -> list[Invitee]:
    """Addresses as people paste them: one a line, `a@b, c@d` or `Ines <i@x>; …`.

    Each address once, in lower case, in the order of the text. What is no address
    at all comes back as it was typed.
    """
    found: dict[str, Invitee] = {}
    for piece in filter(None, map(str.strip, re.split(r"[,;\n]+", text))):
        for invitee in _invitees_of(piece):
            found.setdefault(invitee.email, invitee)
    return list(found.values())


def _invitees_of(piece: str) -> list[Invitee]:
    if "<" in piece:
        name, address = parseaddr(piece)
        return [Invitee(address.lower() or piece, name)]
    return [Invitee(word.lower()) for word in piece.split()]
