"""What every view stands on: request types, addresses, page or fragment."""

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render as django_render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

if TYPE_CHECKING:
    from preceptor.accounts.models import Membership, Organisation, User

TYPED, WITH_FILES = "application/x-www-form-urlencoded", "multipart/form-data"


class Conflict(Exception):
    """The row is no longer as the person saw it; the message says what changed."""


class AnyRequest(HttpRequest):
    """A request of anybody, signed in or not."""

    htmx: HtmxDetails
    user: "User | AnonymousUser"


class UserRequest(HttpRequest):
    """A request of somebody who is signed in."""

    htmx: HtmxDetails
    user: "User"


class MemberRequest(UserRequest):
    """A request of an active member, under `/o/<slug>/`."""

    organisation: "Organisation"
    membership: "Membership"


def form_megabytes() -> dict[str, int]:
    """How much text a form takes, by the type in which it is sent."""
    most = {
        TYPED: settings.TYPED_FORM_BYTES,
        WITH_FILES: settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
    }
    return {kind: size // 1024**2 for kind, size in most.items()}


def sent_bytes(request: HttpRequest) -> int:
    """How large the body is that a request announces."""
    return int(request.META.get("CONTENT_LENGTH") or "0")


def whole(text: str | None, otherwise: int = 0) -> int:
    """A whole number that somebody sent; what is none counts as not sent."""
    return int(text) if text and text.isdecimal() and len(text) < 19 else otherwise


@lru_cache(maxsize=10_000)
def url(slug: str, name: str, *args: object) -> str:
    """The path of an organisation's route, say `url(slug, "reviews:read", 7)`."""
    if len(args) == 1 and type(args[0]) is int and args[0] >= 0:
        # Thousands of mails ask for one route of many rows; asking Django takes long.
        return _path_of_row(slug, name).replace(_ANY_ROW, str(args[0]))
    return reverse(name, args=[slug, *args])


_ANY_ROW = "9007199254740991"


@lru_cache(maxsize=10_000)
def _path_of_row(slug: str, name: str) -> str:
    return reverse(name, args=[slug, int(_ANY_ROW)])


def absolute_url(slug: str, name: str, *args: object) -> str:
    """The same with scheme and host, for mail."""
    return f"{settings.BASE_URL}{url(slug, name, *args)}"


def redirect(request: MemberRequest, name: str, *args: object) -> HttpResponse:
    """After a write: 303 to a route of the organisation, also out of a fragment."""
    return redirect_to(request, url(request.organisation.slug, name, *args))


def redirect_to(request: AnyRequest | UserRequest, path: str) -> HttpResponse:
    """After a write: 303 to a path, and the whole page where htmx asked."""
    if request.htmx and not request.htmx.boosted:
        return HttpResponseClientRedirect(path)
    response = HttpResponseRedirect(path)
    response.status_code = 303
    return response


def render(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
    partial: str | None = None,
) -> HttpResponse:
    """The page, or where htmx asked for a fragment its named partial."""
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined] # set by HtmxMiddleware
    wants_partial = partial and htmx and not htmx.boosted
    name = f"{template}#{partial}" if wants_partial else template
    response = django_render(request, name, context, status=status)
    if partial:
        patch_vary_headers(response, ["HX-Request"])
    return response
