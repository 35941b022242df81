"""The doors: the sign-in page, a provider's way there and back, an organisation's."""

from typing import Any
from urllib.parse import urlencode

from allauth.account import views as library
from allauth.account.adapter import get_adapter
from allauth.account.app_settings import EmailVerificationMethod
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import get_next_redirect_url, perform_login
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from preceptor.accounts.access import INVITED, LAST_SEEN, invitation_by, membership_at
from preceptor.accounts.entrance import THROUGH
from preceptor.accounts.models import Invitation, Membership, User
from preceptor.accounts.signing_in import connect, entering, gate
from preceptor.accounts.signing_in.access import provider_at, provider_of_address
from preceptor.accounts.signing_in.arriving import Arrival, arrive
from preceptor.accounts.signing_in.claims import Claims, Refused, TestFailed
from preceptor.accounts.signing_in.models import Provider
from preceptor.accounts.signing_in.views.settings import tested
from preceptor.doors import limited, network_of
from preceptor.http import AnyRequest, UserRequest, redirect_to, render, url


@login_not_required
@never_cache
def login(request: AnyRequest) -> HttpResponse:
    """An address without a password goes where its domain signs in.

    It says nothing of whether anybody has that address: it goes there in either case.
    """
    if request.method == "POST" and not request.POST.get("password"):
        address = request.POST.get("login", "")
        if (provider := provider_of_address(address)) is not None:
            asked = {"address": address, "next": get_next_redirect_url(request) or ""}
            there = reverse("entrance:begin", args=[provider.code])
            context = {"there": f"{there}?{urlencode(asked)}", "provider": provider}
            return render(request, "accounts/onward.html", context)
    return library.login(request)  # type: ignore[no-any-return]


@login_not_required
@never_cache
@require_GET
@limited(THROUGH, by=network_of, methods=("GET",))
def begin(request: AnyRequest, code: str) -> HttpResponse:
    """Sends the browser to the provider, with `join` for the invitation just opened.

    Its token stays out of the address, which logs keep.
    """
    provider = provider_at(code)
    if not provider.is_on:
        raise Http404
    joins = "join" in request.GET
    state = {
        "process": "login",
        "next": get_next_redirect_url(request) or "",
        "address": request.GET.get("address", "")[:254],
        "invitation": request.session.get(INVITED, "") if joins else "",
    }
    try:
        return HttpResponseRedirect(entering.begin(request, provider, state))
    except Refused as error:
        return not_let_in(request, provider, error)


@login_not_required
@never_cache
@require_GET
@limited(THROUGH, by=network_of, methods=("GET",))
def callback(request: AnyRequest, code: str) -> HttpResponse:
    """Back from a provider of OpenID Connect."""
    provider = provider_at(code)
    try:
        state, claims = connect.finish(request, provider)
    except TestFailed as failed:
        return end_test(
            request, provider, failed.state, entering.Tried(None, str(failed))
        )
    except Refused as error:
        return not_let_in(request, provider, error)
    return came_back(request, provider, state, claims)


def came_back(
    request: AnyRequest, provider: Provider, state: dict[str, Any], claims: Claims
) -> HttpResponse:
    """What was begun decides what follows: a test signs nobody in."""
    if state["process"] == "test":
        return end_test(request, provider, state, entering.Tried(claims))
    try:
        if not provider.is_on:
            raise Refused(_("%(name)s was turned off.") % {"name": provider})
        arrival = arrive(
            provider=provider,
            claims=claims,
            invitation=_invitation(provider, state.get("invitation", "")),
            now=timezone.now(),
        )
    except Refused as error:
        return not_let_in(request, provider, error)
    return _let_in(request, provider, arrival, claims, state["next"])


def end_test(
    request: AnyRequest,
    provider: Provider,
    state: dict[str, Any],
    tried: entering.Tried,
) -> HttpResponse:
    user, slug = request.user, provider.organisation.slug
    member = membership_at(user, slug) if isinstance(user, User) else None
    if member is None or member.pk != state["member"] or not member.is_owner:
        raise Http404
    tested(request, provider, state, tried)
    return redirect_to(request, url(slug, "sign_in:provider", provider.pk))


def _invitation(provider: Provider, token: str) -> Invitation | None:
    """Raises Refused where there was one that no longer works."""
    if not token:
        return None
    found, now = invitation_by(token), timezone.now()
    if (
        found is None
        or found.organisation_id != provider.organisation_id
        or found.state(now) != Invitation.State.OPEN
    ):
        raise Refused(_("The invitation was used, withdrawn or sent anew in between."))
    return found


def _let_in(
    request: AnyRequest, provider: Provider, arrival: Arrival, claims: Claims, to: str
) -> HttpResponse:
    """Through the library's steps, so that a second step of one's own is asked for."""
    user, slug = arrival.user, provider.organisation.slug
    if request.user.is_authenticated and request.user != user:
        get_adapter(request).logout(request)
    record_authentication(
        request,
        user,
        "socialaccount",
        provider=provider.code,
        uid=claims.subject,
        factor=claims.has_factor or None,
    )
    if arrival.is_linked:
        get_adapter(request).send_notification_mail(
            "socialaccount/email/account_connected", user
        )
    to = to or url(slug, "insights:today")
    if request.user == user:
        return redirect_to(request, to)
    request.session[LAST_SEEN] = slug
    verified = EmailVerificationMethod.NONE
    return perform_login(  # type: ignore[no-any-return]
        request, user, email_verification=verified, redirect_url=to
    )


def not_let_in(request: AnyRequest, provider: Provider, error: Refused) -> HttpResponse:
    context = {"provider": provider, "reason": str(error)}
    return render(request, "accounts/not_let_in.html", context, status=403)


@never_cache
@require_GET
def enter(request: UserRequest, organisation: str) -> HttpResponse:
    """Where a session is sent that an organisation asks for more."""
    member = membership_at(request.user, organisation)
    if member is None:
        raise Http404
    then = get_next_redirect_url(request) or url(organisation, "insights:today")
    match gate.wanted(request, member):
        case gate.Wanted.PROVIDER:
            return _through_provider(request, member, then)
        case gate.Wanted.FACTOR:
            request.session[gate.BOUND_FOR] = then
            context = {
                "place": member.organisation,
                "has_one": is_mfa_enabled(request.user),
                "then": then,
            }
            return render(request, "accounts/second_step.html", context)
    return HttpResponseRedirect(then)


def _through_provider(
    request: UserRequest, member: Membership, then: str
) -> HttpResponse:
    """A session that serves nothing else ends here."""
    context = {
        "place": member.organisation,
        "provider": gate.provider_of(member.organisation_id),
        "then": then,
    }
    if request.user.places == [member]:
        get_adapter(request).logout(request)
    return render(request, "accounts/through_provider.html", context, status=403)
