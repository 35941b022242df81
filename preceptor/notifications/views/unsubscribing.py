"""No more mail of a kind, by the link of a mail and without signing in."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from preceptor.doors import TOKENS, UNSUBSCRIBING, limited, token_in, unguessed
from preceptor.http import render, url
from preceptor.notifications import actions
from preceptor.notifications.access import unsubscribing
from preceptor.notifications.wishes import is_off


@unguessed(TOKENS)
@limited(UNSUBSCRIBING, by=token_in, methods=("GET", "POST"))
@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """One POST turns the kind off, whoever sends it: a person, or their mail program.

    Mail programs send `List-Unsubscribe=One-Click` and follow no redirect (RFC 8058),
    so the answer is the page itself. A GET changes nothing: scanners of mail follow
    links. There is no cookie to abuse, so nothing for a CSRF token to guard.
    """
    member, kind = unsubscribing(token)
    why_not = str(kind.required) if kind else ""
    if request.method == "POST" and not why_not:
        actions.turn_off(member=member, kind=kind, now=timezone.now())
    context = {
        "kind": kind,
        "why_not": why_not,
        "is_off": is_off(member, kind),
        "organisation_name": member.organisation.name,
        "preferences": url(member.organisation.slug, "messages:preferences"),
    }
    with translation.override(member.user.locale):
        return render(request, "messages/unsubscribe.html", context)
