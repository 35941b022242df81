"""What an organisation sets for programs that are yet to come."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pairings.differences import differences
from pairings.models import Program
from pairings.program_forms import NewProgramsForm
from preceptor.accounts.access import require_owner
from preceptor.accounts.actions import edit_organisation, settings_of
from preceptor.http import MemberRequest, redirect, render
from preceptor.seen import Difference, Stale, mixed, seen_in, written


@require_http_methods(["GET", "POST"])
def new_programs(request: MemberRequest) -> HttpResponse:
    """Who sets them up, and what their form begins with."""
    require_owner(request.membership)
    initial = settings_of(request.organisation, NewProgramsForm.base_fields)
    form = NewProgramsForm(request.POST or None, initial=initial)
    if not form.is_valid():
        return _page(request, form, status=422 if form.is_bound else 200)
    try:
        edit_organisation(
            actor=request.membership,
            sent=form.cleaned_data,
            seen=seen_in(request.POST),
        )
    except Stale as stale:
        return _stale(request, form, stale)
    messages.success(request, _("Saved. Programs that exist stay as they are."))
    return redirect(request, "pairings:new_programs")


def _stale(request: MemberRequest, form: NewProgramsForm, stale: Stale) -> HttpResponse:
    """The form again with the sender's changes over what stands, and both versions."""
    request.organisation.refresh_from_db()
    sent, stands = form.cleaned_data, settings_of(request.organisation, form.fields)
    again = NewProgramsForm(initial=mixed(seen_in(request.POST), sent, stands))
    told = differences(stale, sent, stands, form, is_mentor=True)
    return _page(request, again, status=409, told=told)


def _page(
    request: MemberRequest,
    form: NewProgramsForm,
    *,
    status: int = 200,
    told: Sequence[Difference] = (),
) -> HttpResponse:
    organisation = request.organisation
    shown = request.POST.get("seen") if form.is_bound else None
    context = {
        "form": form,
        "seen": shown or written(settings_of(organisation, form.fields)),
        "differences": told,
        "usual": Program(juniors_per_mentor=organisation.juniors_per_mentor),
    }
    return render(request, "pairings/new_programs.html", context, status=status)
