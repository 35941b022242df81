"""The calendar subscription of a member, and the calendar itself."""

from hashlib import sha256

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
    require_safe,
)

from preceptor.doors import CALENDAR, TOKENS, limited, token_in, unguessed
from preceptor.http import MemberRequest, redirect, render
from preceptor.notifications import actions
from preceptor.notifications.access import own_subscription, subscription_by
from preceptor.notifications.feeds import calendar_of
from preceptor.notifications.models import CalendarSubscription


@require_GET
def subscription(request: MemberRequest) -> HttpResponse:
    context = {"subscription": own_subscription(request.membership)}
    return render(request, "notifications/subscription.html", context)


@require_POST
def subscribe(request: MemberRequest) -> HttpResponse:
    """Shows the address, this once.

    No redirect follows, unlike after every other write: the secret would have to be
    kept somewhere until the next request.
    """
    token = actions.subscribe(actor=request.membership, now=timezone.now())
    address = f"{settings.BASE_URL}{reverse('feed', args=[token])}"
    context = {
        "subscription": own_subscription(request.membership),
        "address": address,
        "webcal": f"webcal:{address.partition(':')[2]}",
    }
    return render(request, "notifications/subscription.html", context)


@require_http_methods(["GET", "POST"])
def unsubscribe(request: MemberRequest) -> HttpResponse:
    if request.method == "GET":
        return render(request, "notifications/unsubscribe.html")
    actions.unsubscribe(actor=request.membership)
    messages.success(request, _("The address is dead; your calendar gets no more."))
    return redirect(request, "calendar:subscription")


@unguessed(TOKENS)
@limited(CALENDAR, by=token_in, methods=("GET", "HEAD"))
@login_not_required
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponseBase:
    """The calendar of whoever the address was made for; nobody signs in to it."""
    found = subscription_by(token)
    now = timezone.now()
    CalendarSubscription.objects.filter(pk=found.pk).update(fetched_at=now)
    with translation.override(found.member.user.locale):
        body = calendar_of(found.member, now)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="preceptor.ics"'
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    response["ETag"] = f'"{sha256(body).hexdigest()[:32]}"'
    etag = response["ETag"]
    return get_conditional_response(request, etag=etag, response=response) or response
