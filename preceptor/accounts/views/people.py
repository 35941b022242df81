"""A person's own account, and the way in by invitation."""

from collections.abc import Sequence
from typing import Any

from allauth.account.app_settings import EmailVerificationMethod
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from preceptor.accounts import actions
from preceptor.accounts.access import (
    INVITED,
    invitation_by,
    is_address_of,
)
from preceptor.accounts.entrance import INVITATION
from preceptor.accounts.forms import JoinForm, ProfileForm, differences
from preceptor.accounts.models import Invitation, Membership, User
from preceptor.accounts.signing_in.access import provider_of_invitation
from preceptor.doors import TOKENS, limited, token_in, unguessed
from preceptor.http import AnyRequest, UserRequest, redirect_to, render, url
from preceptor.seen import Difference, Stale, mixed, seen_in, written


@require_http_methods(["GET", "POST"])
def profile(request: UserRequest) -> HttpResponse:
    initial = actions.profile_of(request.user)
    form = ProfileForm(request.POST or None, initial=initial)
    if not form.is_valid():
        return _profile(request, form, status=422 if form.is_bound else 200)
    sent, seen = form.cleaned_data, seen_in(request.POST)
    try:
        actions.edit_profile(actor=request.user, sent=sent, seen=seen)
    except Stale as stale:
        request.user.refresh_from_db()
        stands = actions.profile_of(request.user)
        again = ProfileForm(initial=mixed(seen, sent, stands))
        both = differences(again, sent, stands, stale.contested)
        return _profile(request, again, status=409, both=both)
    messages.success(request, _("Saved."))
    return redirect_to(request, request.path)


def _profile(
    request: UserRequest,
    form: ProfileForm,
    *,
    status: int,
    both: Sequence[Difference] = (),
) -> HttpResponse:
    shown = request.POST.get("seen") if form.is_bound else None
    context = {
        "form": form,
        "memberships": request.user.places,
        "seen": shown or written(actions.profile_of(request.user)),
        "differences": both,
    }
    return render(request, "accounts/profile.html", context, status=status)


@unguessed(TOKENS)
@limited(INVITATION, by=token_in, methods=("POST",))
@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def accept(request: AnyRequest, token: str) -> HttpResponse:
    """By whom the link is opened decides what it asks for."""
    invitation, now = invitation_by(token), timezone.now()
    context: dict[str, Any] = {"invitation": invitation, "token": token}
    if invitation is None:
        return render(request, "accounts/no_invitation.html", context, status=404)
    state = invitation.state(now)
    if state != Invitation.State.OPEN:
        context["state"] = state
        return render(request, "accounts/no_invitation.html", context, status=410)
    if (provider := provider_of_invitation(invitation)) is not None:
        context["provider"], request.session[INVITED] = provider, token
        return render(request, "accounts/accept_through.html", context)
    if not isinstance(request.user, User):
        return _accept_signed_out(request, invitation, context)
    return _accept_signed_in(request, request.user, invitation, context)


def _accept_signed_in(
    request: AnyRequest, user: User, invitation: Invitation, context: dict[str, Any]
) -> HttpResponse:
    if not is_address_of(user, invitation.email):
        return render(request, "accounts/wrong_person.html", context, status=403)
    if request.method == "POST":
        member = actions.accept(actor=user, invitation=invitation, now=timezone.now())
        return _welcome(request, member)
    return render(request, "accounts/accept.html", context)


def _accept_signed_out(
    request: AnyRequest, invitation: Invitation, context: dict[str, Any]
) -> HttpResponse:
    """Who has an account signs in first; somebody new makes one here."""
    if User.objects.filter(emailaddress__email__iexact=invitation.email).exists():
        return render(request, "accounts/accept_sign_in.html", context)
    zone = invitation.organisation.time_zone
    form = JoinForm(
        request.POST or None,
        email=invitation.email,
        initial={"full_name": invitation.full_name, "time_zone": zone},
    )
    if form.is_valid():
        member = actions.accept_as_new(
            invitation=invitation, now=timezone.now(), **form.cleaned_data
        )
        return _sign_in(request, member)
    context["form"] = form
    status = 422 if form.is_bound else 200
    return render(request, "accounts/accept_as_new.html", context, status=status)


def _sign_in(request: AnyRequest, member: Membership) -> HttpResponse:
    """By the library's steps, so that the session is one that can be ended."""
    user, welcome = member.user, _welcome(request, member)
    record_authentication(request, user, "password", email=user.email)
    verified = EmailVerificationMethod.NONE
    response: HttpResponse = perform_login(
        request,
        user,
        email_verification=verified,
        redirect_url=welcome.headers["Location"],
    )
    response.status_code = welcome.status_code
    return response


def _welcome(request: AnyRequest, member: Membership) -> HttpResponse:
    organisation = member.organisation
    messages.success(request, _("Welcome to %(name)s.") % {"name": organisation.name})
    return redirect_to(request, url(organisation.slug, "insights:today"))
