"""A person's own account, and the way in by invitation."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from preceptor.accounts import actions
from preceptor.accounts.access import (
    invitation_by,
    is_address_of,
)
from preceptor.accounts.forms import JoinForm, ProfileForm
from preceptor.accounts.models import Invitation, Membership, User
from preceptor.http import AnyRequest, UserRequest, redirect_to, render, url


@require_http_methods(["GET", "POST"])
def profile(request: UserRequest) -> HttpResponse:
    user = request.user
    form = ProfileForm(
        request.POST or None,
        initial={
            "full_name": user.full_name,
            "time_zone": user.time_zone,
            "locale": user.locale,
        },
    )
    if form.is_valid():
        User.objects.filter(pk=user.pk).update(**form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect_to(request, request.path)
    context = {"form": form, "memberships": user.places}
    status = 422 if form.is_bound else 200
    return render(request, "accounts/profile.html", context, status=status)


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def accept(request: AnyRequest, token: str) -> HttpResponse:
    """By whom the link is opened decides what it asks for."""
    invitation, now = invitation_by(token), timezone.now()
    context = {"invitation": invitation, "token": token}
    if invitation is None:
        return render(request, "accounts/no_invitation.html", context, status=404)
    state = invitation.state(now)
    if state != Invitation.State.OPEN:
        context["state"] = state
        return render(request, "accounts/no_invitation.html", context, status=410)
    if not isinstance(request.user, User):
        return _accept_signed_out(request, invitation, context)
    if not is_address_of(request.user, invitation.email):
        return render(request, "accounts/wrong_person.html", context, status=403)
    if request.method == "POST":
        member = actions.accept(actor=request.user, invitation=invitation, now=now)
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
        login(request, member.user, settings.AUTHENTICATION_BACKENDS[0])
        return _welcome(request, member)
    context["form"] = form
    status = 422 if form.is_bound else 200
    return render(request, "accounts/accept_as_new.html", context, status=status)


def _welcome(request: AnyRequest, member: Membership) -> HttpResponse:
    organisation = member.organisation
    messages.success(request, _("Welcome to %(name)s.") % {"name": organisation.name})
    return redirect_to(request, url(organisation.slug, "insights:today"))
