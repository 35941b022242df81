"""The settings of an organisation."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from preceptor.accounts import actions
from preceptor.accounts.access import require_owner
from preceptor.accounts.clocks import ClockChange, told
from preceptor.accounts.forms import OrganisationForm
from preceptor.http import MemberRequest, redirect, render
from preceptor.seen import Difference, Stale, mixed, seen_in, written

NAMES = ("name", "time_zone")


@require_http_methods(["GET", "POST"])
def settings(request: MemberRequest) -> HttpResponse:
    """Name and clock; what another clock changes is said before it does."""
    require_owner(request.membership)
    organisation = request.organisation
    initial = actions.settings_of(organisation, NAMES)
    form = OrganisationForm(request.POST or None, initial=initial)
    if not form.is_valid():
        return _page(request, form, status=422 if form.is_bound else 200)
    sent = form.cleaned_data
    zone = sent["time_zone"]
    if zone not in (organisation.time_zone, request.POST.get("is_sure")):
        change = ClockChange(
            organisation.pk, organisation.time_zone, zone, timezone.now()
        )
        return _page(request, form, asks=change)
    try:
        actions.edit_organisation(
            actor=request.membership, sent=sent, seen=seen_in(request.POST)
        )
    except Stale as stale:
        return _stale(request, form, stale)
    messages.success(request, _("Saved."))
    return redirect(request, "organisation:settings")


def _stale(
    request: MemberRequest, form: OrganisationForm, stale: Stale
) -> HttpResponse:
    """The form again with the sender's changes over what stands, and both versions."""
    request.organisation.refresh_from_db()
    sent = form.cleaned_data
    stands = actions.settings_of(request.organisation, NAMES)
    again = OrganisationForm(initial=mixed(seen_in(request.POST), sent, stands))
    differences = [
        Difference(str(form[name].label), sent[name], stands[name])
        for name in stale.contested
    ]
    return _page(request, again, status=409, differences=differences)


def _page(
    request: MemberRequest,
    form: OrganisationForm,
    *,
    status: int = 200,
    asks: ClockChange | None = None,
    differences: Sequence[Difference] = (),
) -> HttpResponse:
    """`asks` is a change of clock that waits for a yes."""
    shown = request.POST.get("seen") if form.is_bound else None
    stands = actions.settings_of(request.organisation, NAMES)
    context = {
        "form": form,
        "seen": shown or written(stands),
        "differences": differences,
        "asks": asks,
        "told": told(asks) if asks else (),
    }
    return render(request, "accounts/settings.html", context, status=status)
