"""A second step that is set up was proved by that."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from preceptor.accounts.models import User

PROVED = {Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN}


def note_new_factor(
    *, request: HttpRequest, user: User, authenticator: Authenticator, **_: Any
) -> None:
    """Setting up an app or a passkey takes its code or its touch: none is asked again.

    The library says it for recovery codes too, which prove nothing when they are made.
    """
    if authenticator.type in PROVED:
        record_authentication(
            request, user, "mfa", id=authenticator.pk, type=authenticator.type
        )
