"""What a member wants to hear of, when and where."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from preceptor.http import MemberRequest, redirect, render
from preceptor.notifications import actions
from preceptor.notifications.kinds import audiences_of
from preceptor.notifications.message_forms import PreferencesForm
from preceptor.notifications.models import Delivery, Webhook
from preceptor.notifications.wishes import next_moments, wishes_of
from preceptor.seen import Stale, mixed, seen_in, written


@require_http_methods(["GET", "POST"])
def preferences(request: MemberRequest) -> HttpResponse:
    chat = Webhook.objects.own(request.membership).first()
    if request.method == "GET":
        return _page(request, chat, wishes_of(request.membership).values)
    form = _form(request, chat, data=request.POST)
    if not form.is_valid():
        seen = request.POST.get("seen", "")
        return _shown(request, chat, form, seen=seen, status=422)
    try:
        actions.choose(
            actor=request.membership,
            sent=form.sent,
            seen=seen_in(request.POST),
            now=timezone.now(),
        )
    except Stale as stale:
        return _stale(request, chat, form, stale)
    messages.success(
        request, _("Saved. What waits is planned anew by it within a minute.")
    )
    return redirect(request, "messages:preferences")


def _form(
    request: MemberRequest, chat: Webhook | None, **given: Any
) -> PreferencesForm:
    reached = audiences_of(request.membership)
    return PreferencesForm(has_chat=chat is not None, reached=reached, **given)


def _stale(
    request: MemberRequest, chat: Webhook | None, sent: PreferencesForm, stale: Stale
) -> HttpResponse:
    """The sender's changes over what stands, and both versions of what differs."""
    stands = wishes_of(request.membership).values
    both = [
        (
            sent.fields[name].label,
            sent.said(name, sent.sent[name]),
            sent.said(name, was),
        )
        for name, was in ((name, stands[name]) for name in stale.contested)
    ]
    shown = {**stands, **mixed(seen_in(request.POST), sent.sent, stands)}
    return _page(request, chat, shown, stands=stands, both=both, status=409)


def _page(
    request: MemberRequest,
    chat: Webhook | None,
    values: Mapping[str, Any],
    *,
    stands: Mapping[str, Any] | None = None,
    both: Sequence[tuple[Any, str, str]] = (),
    status: int = 200,
) -> HttpResponse:
    form = _form(request, chat, initial=dict(values))
    seen = written(values if stands is None else stands)
    return _shown(request, chat, form, seen=seen, both=both, status=status)


def _shown(
    request: MemberRequest,
    chat: Webhook | None,
    form: PreferencesForm,
    *,
    seen: str,
    both: Sequence[tuple[Any, str, str]] = (),
    status: int = 200,
) -> HttpResponse:
    """With what comes next by what is saved, whatever the form says."""
    member, now = request.membership, timezone.now()
    held = Delivery.objects.filter(recipient=member, state=Delivery.State.HELD)
    context = {
        "form": form,
        "seen": seen,
        "both": both,
        "chat": chat,
        "moments": next_moments(member, wishes_of(member), now),
        "held": held.values("occurrence").distinct().count(),
    }
    return render(request, "messages/preferences.html", context, status=status)
