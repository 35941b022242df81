"""Either kind of provider behind one face: where to send people, and who came back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from preceptor.accounts.signing_in import connect, saml
from preceptor.accounts.signing_in.claims import Claims
from preceptor.accounts.signing_in.models import Provider


@dataclass(frozen=True, slots=True)
class Tried:
    """What a test brought back: claims, or why there are none."""

    claims: Claims | None
    why: str = ""


def begin(request: HttpRequest, provider: Provider, state: Mapping[str, Any]) -> str:
    """Where to send the browser, which keeps the state. Raises Refused."""
    if provider.is_saml:
        return saml.begin(request, provider, state)
    return connect.begin(request, provider, state)


def addresses(provider: Provider) -> list[tuple[str, str]]:
    """What the provider has to be told of us."""
    if provider.is_saml:
        ours = saml.entity_id(provider.code)
        return [
            (_("Entity ID, which is our metadata’s address too"), ours),
            (
                _("Assertion consumer service, by POST"),
                saml.assertion_address(provider.code),
            ),
        ]
    return [(_("Redirect address"), connect.callback_address(provider.code))]
