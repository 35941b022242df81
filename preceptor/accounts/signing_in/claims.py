"""What a provider says of somebody, in one form whichever way it was said."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

Told = tuple[tuple[str, str], ...]

KNOWN = frozenset({"pwd", "pin", "kba"})
HELD = frozenset({"otp", "hwk", "swk", "sc", "sms", "tel", "pop", "fpt", "face", "mfa"})
SEVERAL = frozenset(
    {
        "https://refeds.org/profile/mfa",
        "http://schemas.openid.net/pape/policies/2007/06/multi-factor",
        "http://schemas.microsoft.com/claims/multipleauthn",
        "urn:oasis:names:tc:SAML:2.0:ac:classes:MobileTwoFactorContract",
        "urn:oasis:names:tc:SAML:2.0:ac:classes:TimeSyncToken",
    }
)


class Refused(Exception):
    """Nobody comes in by this; the message says why, and what would do."""


class TestFailed(Exception):
    """A test came back without claims; the message says why."""

    def __init__(self, state: dict[str, Any], why: str) -> None:
        super().__init__(why)
        self.state = state


@dataclass(frozen=True, slots=True)
class Claims:
    """`is_verified` is None where the provider says nothing of the address."""

    subject: str
    email: str
    is_verified: bool | None
    full_name: str
    has_factor: bool
    told: Told = ()

    @property
    def domain(self) -> str:
        return domain_of(self.email)


def domain_of(address: str) -> str:
    """The part behind the last @, in lower case; empty where there is none."""
    name, _at, domain = address.strip().rpartition("@")
    return domain.lower() if name else ""


def says_several_factors(methods: Iterable[str], contexts: Iterable[str]) -> bool:
    """Whether a provider says that it asked for more than something known.

    Methods are those of RFC 8176 (`amr`), contexts those of `acr` and of SAML.
    """
    said = set(methods)
    return (
        "mfa" in said
        or bool(said & KNOWN and said & HELD)
        or bool(SEVERAL & {*contexts, *said})
    )


def not_begun_here() -> str:
    return _(
        "This sign-in was not begun in this browser, was used already, or took more"
        " than ten minutes. Begin once more."
    )
