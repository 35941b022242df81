"""Sign-in by SAML 2.0: a request by redirect, an assertion by POST (Web Browser SSO).

python3-saml looks at signature, audience, issuer, times and recipient. Beside that an
answer has to be to a request of this browser, also where that is signed, has to name us
as its audience, and counts once.
"""

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.saml.provider import SAMLProvider
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from lxml import etree
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Constants
from onelogin.saml2.errors import OneLogin_Saml2_Error
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser
from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings

from preceptor.accounts.signing_in.adapter import provider_address, why_not
from preceptor.accounts.signing_in.claims import (
    Claims,
    Refused,
    TestFailed,
    not_begun_here,
    says_several_factors,
)
from preceptor.accounts.signing_in.models import Provider
from preceptor.outward import NotAllowed

METADATA_BYTES = 400_000
RESPONSE_LETTERS = 250_000
REPLAY_SECONDS = 3600
"""Longer than an assertion holds; the request that it answers is gone by then."""

MAIL = "urn:oid:0.9.2342.19200300.100.1.3"
CLAIM = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"
ATTRIBUTES = {
    "uid": ["urn:oasis:names:tc:SAML:attribute:subject-id"],
    "email": [MAIL, f"{CLAIM}/emailaddress", "email", "mail", "emailAddress"],
    "email_verified": ["http://schemas.auth0.com/email_verified", "email_verified"],
    "name": [
        "urn:oid:2.16.840.1.113730.3.1.241",
        "http://schemas.microsoft.com/identity/claims/displayname",
        "displayName",
    ],
    "first_name": [f"{CLAIM}/givenname", "urn:oid:2.5.4.42", "givenName", "firstName"],
    "last_name": [f"{CLAIM}/surname", "urn:oid:2.5.4.4", "sn", "lastName"],
}
FAILS = (OneLogin_Saml2_Error, etree.LxmlError, ValueError, TypeError, KeyError)
Described = dict[str, Any]


def assertion_address(code: str) -> str:
    """Where the provider posts to."""
    return settings.BASE_URL + reverse("entrance:acs", args=[code])


def entity_id(code: str) -> str:
    """Who we are to the provider, and where that is described."""
    return settings.BASE_URL + reverse("entrance:metadata", args=[code])


def fetched(address: str) -> str:
    """The metadata at an address. Raises Refused."""
    try:
        with get_adapter().get_requests_session() as session:
            response = session.get(address)
            response.raise_for_status()
    except requests.RequestException as error:
        text = _("No metadata came from there: %(why)s.")
        raise Refused(text % {"why": why_not(error)}) from error
    found: bytes = response.content
    return found.decode(errors="replace")


def described(xml: str) -> Described:
    """What metadata says of a provider. Raises Refused with what is wrong of it."""
    _refuse_unsafe(xml)
    try:
        found = OneLogin_Saml2_IdPMetadataParser.parse(xml.strip().encode())
        idp: Described = found["idp"]
        entity, there = idp["entityId"], idp["singleSignOnService"]["url"]
    except FAILS as error:
        raise Refused(
            _(
                "This describes no provider that takes requests by redirect. Copy the"
                " whole of its metadata."
            )
        ) from error
    if not (idp.get("x509cert") or idp.get("x509certMulti")) or not entity:
        raise Refused(_("It holds no certificate to know the provider by."))
    try:
        provider_address(there)
    except NotAllowed as error:
        raise Refused(f"{there}: {error}") from error
    return idp


def _refuse_unsafe(xml: str) -> None:
    """Neither entities nor a definition of types, of which XML bombs are made."""
    if len(xml) > METADATA_BYTES:
        raise Refused(_("This is longer than the metadata of one provider."))
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        tree = etree.fromstring(xml.strip().encode(), parser).getroottree()
    except (etree.LxmlError, ValueError) as error:
        raise Refused(_("This is no XML. Copy the whole of the metadata.")) from error
    if tree.docinfo.internalDTD is not None or tree.docinfo.doctype:
        raise Refused(_("It defines types of its own, which metadata does not do."))


def _settings(provider: Provider) -> OneLogin_Saml2_Settings:
    return OneLogin_Saml2_Settings(
        {
            "strict": True,
            "sp": _ourselves(provider.code),
            "idp": described(provider.metadata),
            "security": {
                "allowRepeatAttributeName": True,
                "allowSingleLabelDomains": True,
                "rejectDeprecatedAlgorithm": True,
                "requestedAuthnContext": False,
                "wantAttributeStatement": False,
                "wantNameId": True,
            },
        }
    )


def _ourselves(code: str) -> dict[str, Any]:
    return {
        "entityId": entity_id(code),
        "assertionConsumerService": {
            "url": assertion_address(code),
            "binding": Constants.BINDING_HTTP_POST,
        },
        "NameIDFormat": Constants.NAMEID_UNSPECIFIED,
    }


def metadata(provider: Provider) -> bytes:
    """How we describe ourselves to the provider."""
    config = OneLogin_Saml2_Settings(
        {"strict": True, "sp": _ourselves(provider.code)}, sp_validation_only=True
    )
    found = config.get_sp_metadata()
    return found if isinstance(found, bytes) else str(found).encode()


def _library(request: HttpRequest, provider: Provider) -> SAMLProvider:
    app = SocialApp(
        provider="saml",
        provider_id=provider.code,
        name=provider.name,
        client_id=provider.code,
        settings={"attribute_mapping": ATTRIBUTES},
    )
    return SAMLProvider(request, app=app)


def begin(request: HttpRequest, provider: Provider, state: Mapping[str, Any]) -> str:
    """Where to send the browser. Raises Refused."""
    auth = OneLogin_Saml2_Auth(_here(provider), _settings(provider))
    there: str = auth.login(return_to=secrets.token_urlsafe(8))
    _library(request, provider).stash_redirect_state(
        request, "login", data=dict(state), state_id=auth.get_last_request_id()
    )
    return there


def _here(provider: Provider, answer: str = "") -> dict[str, Any]:
    """The request as the library wants it told, by our own word of who we are."""
    address = urlsplit(assertion_address(provider.code))
    return {
        "https": "on" if address.scheme == "https" else "off",
        "http_host": address.netloc,
        "script_name": address.path,
        "get_data": {},
        "post_data": {"SAMLResponse": answer},
    }


def finish(
    request: HttpRequest, provider: Provider, answer: str
) -> tuple[dict[str, Any], Claims]:
    """What was begun, and who came back. Raises Refused, and of a test TestFailed."""
    try:
        response = OneLogin_Saml2_Response(_settings(provider), answer)
        asked = response.get_in_response_to()
    except FAILS as error:
        raise Refused(_untrusted(provider, type(error).__name__)) from error
    if not asked:
        raise Refused(
            _(
                "A sign-in that begins at %(name)s is not taken, since nobody here"
                " asked for it. Begin it here."
            )
            % {"name": provider}
        )
    state = statekit.unstash_state(request, provider_id=provider.code, state_id=asked)
    if state is None:
        raise Refused(not_begun_here())
    data: dict[str, Any] = state["data"]
    try:
        return data, _claims(request, provider, response, asked)
    except Refused as error:
        if data["process"] == "test":
            raise TestFailed(data, str(error)) from error
        raise


def _claims(
    request: HttpRequest,
    provider: Provider,
    response: OneLogin_Saml2_Response,
    asked: str,
) -> Claims:
    if not response.is_valid(_here(provider), request_id=asked):
        raise Refused(_untrusted(provider, str(response.get_error())[:300]))
    if not response.get_audiences():
        raise Refused(_untrusted(provider, "AudienceRestriction"))
    if _answers(response) != {asked}:
        raise Refused(_untrusted(provider, "SubjectConfirmationData InResponseTo"))
    used = f"saml:{provider.code}:{response.get_assertion_id()}"
    if not cache.add(used, True, REPLAY_SECONDS):
        raise Refused(
            _("This answer of %(name)s was taken before. Begin once more.")
            % {"name": provider}
        )
    return claims_of(_library(request, provider), response)


def _answers(response: OneLogin_Saml2_Response) -> set[str]:
    """The requests that the one assertion, which is signed, says to answer."""
    found = response.document.iterfind(
        ".//saml:Assertion/saml:Subject/saml:SubjectConfirmation"
        "/saml:SubjectConfirmationData",
        Constants.NSMAP,
    )
    return {one.get("InResponseTo", "") for one in found}


def claims_of(library: SAMLProvider, response: OneLogin_Saml2_Response) -> Claims:
    """A name that changes with each sign-in is no identity: the address stands then."""
    said = library.extract_common_fields(response)
    email = str(said.get("email") or "").strip().lower()
    subject = str(library.extract_uid(response) or "")
    is_passing = response.get_nameid_format() == Constants.NAMEID_TRANSIENT
    if is_passing and subject == response.get_nameid():
        subject = email
    names = [said.get("first_name"), said.get("last_name")]
    told = {**response.get_attributes(), "NameID": [response.get_nameid()]}
    verified = said.get("email_verified")
    return Claims(
        subject=subject[:180],
        email=email,
        is_verified=None if verified in (None, "") else bool(verified),
        full_name=(said.get("name") or " ".join(filter(None, names)))[:120],
        has_factor=says_several_factors([], response.get_authn_contexts()),
        told=tuple(
            (name, ", ".join(map(str, values))[:300])
            for name, values in sorted(told.items())
        ),
    )


def _untrusted(provider: Provider, why: str) -> str:
    text = _("What %(name)s answered can’t be trusted (%(kind)s), so nobody is let in.")
    return text % {"name": provider, "kind": why}
