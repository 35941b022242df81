"""Sign-in by OpenID Connect: the library's flow, with what it leaves out.

The library keeps the state to one browser and one use, and proves possession of the
code (PKCE). Beside that the token's signature is checked against the provider's keys,
its audience, issuer, age and nonce, and that the issuer is the one that was set up.
"""

import json
import secrets
from collections.abc import Mapping
from typing import Any

import jwt
import requests
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import (
    OpenIDConnectProvider,
)
from allauth.socialaccount.providers.openid_connect.views import (
    OpenIDConnectOAuth2Adapter,
)
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from preceptor import sealing
from preceptor.accounts.signing_in.adapter import why_not
from preceptor.accounts.signing_in.claims import (
    Claims,
    Refused,
    TestFailed,
    Told,
    not_begun_here,
    says_several_factors,
)
from preceptor.accounts.signing_in.models import Provider

PURPOSE = b"preceptor.accounts.signing_in"
SIGNED_BY = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "EdDSA"]
CLOCKS_DIFFER_SECONDS = 60
FAILS = (
    OAuth2Error,
    requests.RequestException,
    jwt.PyJWTError,
    sealing.Unreadable,
    KeyError,
    TypeError,
    ValueError,
)


def seal(secret: str) -> bytes:
    return sealing.seal(secret, PURPOSE)


def callback_address(code: str) -> str:
    """Where the provider sends people back to."""
    return settings.BASE_URL + reverse("entrance:callback", args=[code])


class Connection(OpenIDConnectOAuth2Adapter):  # type: ignore[misc] # untyped library
    """The library's flow towards one organisation's provider."""

    def __init__(self, request: HttpRequest, provider: "Connector") -> None:
        super().__init__(request, provider.app.provider_id)
        self.provider = provider

    def get_provider(self) -> "Connector":
        return self.provider

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return callback_address(app.provider_id)

    @property
    def openid_config(self) -> dict[str, Any]:
        found: dict[str, Any] = super().openid_config
        wanted = self.provider.app.settings["server_url"]
        if found.get("issuer") != wanted:
            raise Refused(
                _("%(there)s says that it is %(issuer)s. Copy the issuer from there.")
                % {"there": wanted, "issuer": found.get("issuer")}
            )
        return found


class Connector(OpenIDConnectProvider):  # type: ignore[misc] # untyped library
    def get_oauth2_adapter(self, request: HttpRequest) -> Connection:
        return Connection(request, self)


def _connector(request: HttpRequest, row: Provider) -> Connector:
    secret = sealing.unseal(row.sealed_secret, PURPOSE) if row.sealed_secret else ""
    app = SocialApp(
        provider="openid_connect",
        provider_id=row.code,
        name=row.name,
        client_id=row.client_id,
        secret=secret,
        settings={"server_url": row.issuer, "oauth_pkce_enabled": True},
    )
    return Connector(request, app=app)


def begin(request: HttpRequest, row: Provider, state: Mapping[str, Any]) -> str:
    """Where to send the browser. Raises Refused where the provider does not answer."""
    nonce = secrets.token_urlsafe(24)
    try:
        response = _connector(request, row).redirect(
            request,
            process="login",
            data={**state, "nonce": nonce},
            auth_params={"nonce": nonce, **_hint(state)},
        )
    except FAILS as error:
        raise Refused(_away(row, error, state)) from error
    return str(response.headers["Location"])


def _hint(state: Mapping[str, Any]) -> dict[str, str]:
    return {"login_hint": state["address"]} if state.get("address") else {}


def finish(request: HttpRequest, row: Provider) -> tuple[dict[str, Any], Claims]:
    """What was begun, and who came back. Raises Refused, and of a test TestFailed."""
    state = statekit.unstash_state(
        request, provider_id=row.code, state_id=request.GET.get("state", "")
    )
    if state is None:
        raise Refused(not_begun_here())
    try:
        return state["data"], _arrived(request, row, state)
    except Refused as error:
        if state["data"]["process"] == "test":
            raise TestFailed(state["data"], str(error)) from error
        raise


def _arrived(request: HttpRequest, row: Provider, state: Mapping[str, Any]) -> Claims:
    if "code" not in request.GET:
        raise Refused(_said(row, request.GET))
    try:
        return _claims(request, _connector(request, row), state)
    except FAILS as error:
        raise Refused(_away(row, error, state["data"])) from error


def _claims(
    request: HttpRequest, connector: Connector, state: Mapping[str, Any]
) -> Claims:
    connection = connector.get_oauth2_adapter(request)
    client = connection.get_client(request, connector.app)
    answer = connection.get_access_token_data(
        request, connector.app, client, state["pkce_code_verifier"]
    )
    said = _checked(connection, answer["id_token"], state["data"]["nonce"])
    if "email" not in said:
        said = {**_user_info(connection, answer["access_token"], said["sub"]), **said}
    return claims_of(said)


def _checked(connection: Connection, token: str, nonce: str) -> dict[str, Any]:
    """What the token says, once its signature, audience, issuer and nonce hold."""
    config = connection.openid_config
    keys = jwt.PyJWKSet.from_dict(_json_at(config["jwks_uri"]))
    key_id = jwt.get_unverified_header(token).get("kid")
    key = keys[key_id] if key_id else keys.keys[0]
    said: dict[str, Any] = jwt.decode(
        token,
        key,
        algorithms=SIGNED_BY,
        audience=connection.provider.app.client_id,
        issuer=config["issuer"],
        leeway=CLOCKS_DIFFER_SECONDS,
        options={"require": ["exp", "iat", "sub"], "strict_aud": False},
    )
    if not secrets.compare_digest(str(said.get("nonce", "")), nonce):
        raise jwt.InvalidTokenError("nonce")
    if said.get("azp", connection.provider.app.client_id) != (
        connection.provider.app.client_id
    ):
        raise jwt.InvalidTokenError("azp")
    return said


def _user_info(connection: Connection, token: str, subject: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}"}
    said = _json_at(connection.openid_config["userinfo_endpoint"], headers)
    if said.get("sub") != subject:
        raise jwt.InvalidTokenError("sub")
    return said


def _json_at(url: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    with get_adapter().get_requests_session() as session:
        response = session.get(url, headers=headers)
        response.raise_for_status()
        found: dict[str, Any] = response.json()
    return found


def claims_of(said: Mapping[str, Any]) -> Claims:
    """Of a token's content. Anything but a plain true or false is no word on it."""
    verified = {True: True, "true": True, False: False, "false": False}
    email, methods = str(said.get("email") or ""), said.get("amr")
    is_verified = said.get("email_verified")
    return Claims(
        subject=str(said["sub"]),
        email=email.strip().lower(),
        is_verified=verified.get(is_verified, False)
        if is_verified is not None
        else None,
        full_name=str(said.get("name") or "")[:120],
        has_factor=says_several_factors(
            methods if isinstance(methods, list) else [], [str(said.get("acr", ""))]
        ),
        told=_told(said),
    )


def _told(said: Mapping[str, Any]) -> Told:
    hidden = {"nonce", "at_hash", "c_hash", "iat", "nbf", "exp", "jti", "sid"}
    return tuple(
        (name, value if isinstance(value, str) else json.dumps(value)[:300])
        for name, value in sorted(said.items())
        if name not in hidden
    )


def _said(row: Provider, query: Mapping[str, str]) -> str:
    if query.get("error") == "access_denied":
        return _("%(name)s did not let you in, or you called it off.") % {"name": row}
    why = (query.get("error_description") or query.get("error") or "?")[:200]
    return _("%(name)s did not let you in: %(why)s") % {"name": row, "why": why}


def _away(row: Provider, error: Exception, state: Mapping[str, Any]) -> str:
    """Also whom to ask, but for an owner who tests it."""
    said = {"name": row, "why": _why(error)}
    if isinstance(error, jwt.PyJWTError):
        text = _(
            "What %(name)s answered can’t be trusted (%(why)s), so nobody is let in."
        )
        return text % said
    text = _("%(name)s did not answer as it should: %(why)s.") % said
    if state["process"] == "test":
        return text
    return f"{text} " + _(
        "Try again; an owner of your organisation can look at how it is set up."
    )


def _why(error: Exception) -> str:
    """Of most errors their kind alone: words may hold a code or a token."""
    if isinstance(error, requests.RequestException):
        return why_not(error)
    if isinstance(error, OAuth2Error):
        return _("it gave no token, so compare client ID, secret and redirect address")
    return type(error).__name__
