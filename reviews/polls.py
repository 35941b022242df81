"""A poll in vain is answered before anything else is asked.

Every shared page that is open asks every two seconds whether something changed, and
mostly nothing has. One query then says so, with all that signing in, the organisation's
door and the session ask of whoever polls. Nobody is refused here: what it does not find
goes the way of all requests, and is answered at its end.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.cache import patch_vary_headers
from django.utils.crypto import constant_time_compare

from preceptor.accounts.access import LAST_SEEN
from preceptor.accounts.models import Membership, User
from preceptor.accounts.signing_in.gate import has_stamp
from preceptor.http import whole
from preceptor.prepared import Prepared
from reviews.models import ReviewSession

ENDS = "/changes/"

Response = Callable[[HttpRequest], HttpResponse]


def answered_at_once(get_response: Response) -> Response:
    """Needs the session alone; a poll that it answers is the route's in all figures."""

    def middleware(request: HttpRequest) -> HttpResponse:
        is_poll = request.headers.get("HX-Request") == "true"
        if not is_poll or not request.path_info.endswith(ENDS):
            return get_response(request)
        match = _match(request)
        if match is None or not _is_in_vain(request, match):
            return get_response(request)
        request.resolver_match = match
        answer = HttpResponse(
            status=204, headers={"Cache-Control": "private, no-store"}
        )
        patch_vary_headers(answer, ["HX-Request"])
        return answer

    return middleware


def _match(request: HttpRequest) -> ResolverMatch | None:
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return None
    is_route = request.method == "GET" and match.view_name == "reviews:changes"
    return match if is_route else None


def _is_in_vain(request: HttpRequest, match: ResolverMatch) -> bool:
    """Whether they may ask, and the session stands at the version that they know."""
    slug, session = match.kwargs["slug"], request.session
    user = whole(session.get(SESSION_KEY))
    if not user or session.get(LAST_SEEN) != slug:
        return False
    for version, password, member, *stamp in STANDING(
        user=user, slug=slug, session=match.kwargs["pk"]
    ):
        return (
            version is not None
            and request.GET.get("version") == str(version)
            and _is_of(session, password)
            and has_stamp(session, member, *stamp)
        )
    return False


def _is_of(session: SessionBase, password: str) -> bool:
    """Whether somebody with that password, which is hashed, began the session."""
    backend, given = session.get(BACKEND_SESSION_KEY), session.get(HASH_SESSION_KEY, "")
    ought = User(password=password).get_session_auth_hash()
    is_known = backend in settings.AUTHENTICATION_BACKENDS
    return is_known and constant_time_compare(given, ought)


def _standing(user: int, slug: str, session: int) -> "QuerySet[Any, Any]":
    """At most one row: the member, and the version where they took part, else None.

    A member who is to be called otherwise once they come is left to a whole request.
    """
    own = ReviewSession.objects.filter(
        Q(junior=OuterRef("pk")) | Q(mentor=OuterRef("pk")),
        pk=session,
        organisation=OuterRef("organisation"),
    )
    rows = Membership.objects.active().filter(
        user=user, organisation__slug=slug, called=""
    )
    return rows.values_list(
        Subquery(own.values("version")),
        "user__password",
        "pk",
        "organisation__door",
        "role",
        "oversees",
    )


STANDING = Prepared(_standing, user=int, slug=str, session=int)
