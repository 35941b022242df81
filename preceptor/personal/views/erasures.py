"""Being erased, and erasing somebody: a preview first, then a word typed."""

import hashlib
from collections.abc import Mapping

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from preceptor.accounts.access import require_owner
from preceptor.accounts.models import Membership
from preceptor.http import MemberRequest, redirect, render, whole
from preceptor.personal import access, actions
from preceptor.personal import erasing as erasing_steps
from preceptor.personal.forms import ConfirmForm, LeaversForm, OwnerConfirmForm
from preceptor.personal.models import Erasure, LeaversRule, waits_for_owner
from preceptor.personal.preview import (
    namesakes_of,
    preview_of,
    strikes_of,
)

ON_A_PAGE = 50


@require_http_methods(["GET", "POST"])
def erase_me(request: MemberRequest) -> HttpResponse:
    member = request.membership
    form = ConfirmForm(request.POST or None, address=member.user.email)
    if form.is_valid():
        actions.ask_erasure(actor=member, now=timezone.now())
        messages.success(request, _("The owners were told."))
        return redirect(request, "personal:mine")
    context = {
        "form": form,
        "preview": preview_of(member, member),
        "waits": waits_for_owner(member),
        "is_last_owner": actions.is_last_owner(member),
    }
    status = 422 if form.is_bound else 200
    return render(request, "personal/erase_me.html", context, status=status)


@require_POST
def call_off(request: MemberRequest) -> HttpResponse:
    actions.call_off(actor=request.membership, now=timezone.now())
    messages.success(request, _("Called off. Nothing was erased."))
    return redirect(request, "personal:mine")


@require_http_methods(["GET", "POST"])
def erase(request: MemberRequest, pk: int) -> HttpResponse:
    actor = request.membership
    member = access.member_to_erase(actor, pk)
    if request.method == "POST":
        form = _confirm(request, member, {})
        if form.is_valid():
            also, now = form.cleaned_data["also"], timezone.now()
            erasure = actions.erase(actor=actor, member=member, also=also, now=now)
            return redirect(request, "personal:erasing", erasure.pk)
    strikes = strikes_of(member)
    form = _confirm(request, member, strikes.words)
    context = {
        "form": form,
        "member": member,
        "preview": preview_of(member, actor),
        "strikes": strikes,
        "namesakes": namesakes_of(member),
        "is_last_owner": actions.is_last_owner(member),
    }
    status = 422 if form.is_bound else 200
    return render(request, "personal/erase.html", context, status=status)


def _confirm(
    request: MemberRequest, member: Membership, places: Mapping[str, int]
) -> OwnerConfirmForm:
    parts = erasing_steps.parts_of(member)
    address = member.user.email
    return OwnerConfirmForm(
        request.POST or None, address=address, parts=parts, places=places
    )


@require_GET
def erasing(request: MemberRequest, pk: int) -> HttpResponse:
    """How far it is; the page polls by the steps that are done."""
    erasure = access.erasure_for(request.membership, pk)
    seen = whole(request.GET.get("done"), -1)
    goes_on = not (erasure.finished_at or erasure.failure)
    if request.htmx and seen == erasure.done_steps and goes_on:
        return HttpResponse(status=204)
    context = {"erasure": erasure}
    return render(request, "personal/erasing.html", context, partial="progress")


@require_http_methods(["GET", "POST"])
def requests(request: MemberRequest) -> HttpResponse:
    """For owners: who is to be erased, and the rule for those who left.

    A rule that finds somebody is saved once its page has named them.
    """
    actor, now = request.membership, timezone.now()
    require_owner(actor)
    rule = LeaversRule.objects.filter(organisation=actor.organisation_id).first()
    stands = rule.days if rule else None
    initial = {"days": stands, "seen": "" if stands is None else stands}
    form = LeaversForm(request.POST or None, initial=initial)
    found: list[Membership] = []
    if form.is_valid():
        days, sure = form.cleaned_data["days"], form.cleaned_data["sure"]
        found = list(actions.leavers(actor.organisation_id, days, now)) if days else []
        if not found or sure == _named(found):
            seen = whole(form.cleaned_data["seen"], 0) or None
            actions.set_leavers_rule(actor=actor, days=days, seen=seen, now=now)
            messages.success(request, _("Saved."))
            return redirect(request, "personal:requests")
    context = {
        "form": form,
        "page": _all(request),
        "found": found,
        "shown": found[:ON_A_PAGE],
        "sure": _named(found),
        "due": actions.due_from(now),
    }
    status = 422 if form.is_bound and not found else 200
    return render(request, "personal/requests.html", context, status=status)


def _named(people: list[Membership]) -> str:
    """Stands for just these people."""
    said = " ".join(str(one.pk) for one in sorted(people, key=lambda one: one.pk))
    return hashlib.sha256(said.encode()).hexdigest()


def _all(request: MemberRequest) -> Page[Erasure]:
    rows = Erasure.objects.filter(organisation=request.membership.organisation_id)
    rows = rows.filter(called_off_at=None).select_related("member__user")
    return Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
