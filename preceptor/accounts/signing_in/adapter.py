"""How the sign-in library reaches out: through our guard, and nowhere of its own."""

from http.client import HTTPException
from io import BytesIO
from typing import Any

import requests
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.utils.translation import gettext as _
from requests.adapters import BaseAdapter

from preceptor.outward import Address, NotAllowed, address_of, call

SECONDS = 8.0
ANSWER_BYTES = 512 * 1024


def provider_address(text: str) -> Address:
    """Raises NotAllowed."""
    return address_of(text, may_be_local=settings.PROVIDERS_MAY_BE_LOCAL)


def why_not(error: requests.RequestException) -> str:
    """Why no answer came, or none of use, for a sentence to go on with."""
    match error:
        case requests.exceptions.InvalidURL():
            return str(error).rstrip(".")
        case requests.ConnectionError():
            return _("no connection to %(there)s") % {"there": error}
        case requests.HTTPError() if error.response is not None:
            return _("status %(number)d") % {"number": error.response.status_code}
    return type(error).__name__


def _bytes(body: object) -> bytes | None:
    """Nothing here sends anything but a form."""
    return str(body).encode() if body is not None else None


class Guarded(BaseAdapter):
    """Carries requests as posts to chats go: no redirect, no proxy, no private net."""

    def send(
        self, request: requests.PreparedRequest, *_args: Any, **_kwargs: Any
    ) -> requests.Response:
        try:
            address = provider_address(request.url or "")
            answer = call(
                address,
                method=request.method or "GET",
                headers={name: str(value) for name, value in request.headers.items()},
                body=_bytes(request.body),
                at_most=ANSWER_BYTES,
                seconds=SECONDS,
            )
        except NotAllowed as error:
            raise requests.exceptions.InvalidURL(str(error)) from error
        except (OSError, HTTPException) as error:
            words = f"{address.host}: {type(error).__name__}"
            raise requests.ConnectionError(words) from error
        response = requests.Response()
        response.status_code = answer.status
        response.headers.update(answer.headers)
        response.url, response.request = request.url or "", request
        response.raw = BytesIO(answer.body)
        return response

    def close(self) -> None:
        """Nothing is held open."""


class ProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc] # untyped library
    def get_requests_session(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = False
        session.max_redirects = 0
        session.headers["Accept-Encoding"] = "identity"
        for scheme in ("https://", "http://"):
            session.mount(scheme, Guarded())
        return session
