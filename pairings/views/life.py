"""Phases, wishes for another match, and people who leave."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from pairings import access
from pairings.actions import pairings as actions
from pairings.actions import phases, rematches
from pairings.life_forms import LeaveForm, PhaseForm
from pairings.lists import standing_of
from preceptor.http import MemberRequest, redirect, render


@require_POST
def ask_phase(request: MemberRequest, pk: int) -> HttpResponse:
    pairing = access.pairing_to_shape(request.membership, pk)
    form = PhaseForm(request.POST, pairing=pairing)
    if not form.is_valid():
        raise BadRequest(form.errors.as_text())
    move = phases.ask_phase(
        actor=request.membership,
        pairing=pairing,
        phase=form.cleaned_data["phase"],
        now=timezone.now(),
    )
    if move.agreed_at is None:
        text = _("Asked. The phase changes once the other agrees.")
        messages.success(request, text)
    return redirect(request, "insights:pairing", pairing.pk)


@require_POST
def agree_phase(request: MemberRequest, pk: int) -> HttpResponse:
    move = access.phase_move_to_answer(request.membership, pk)
    phases.agree_phase(actor=request.membership, move=move, now=timezone.now())
    text = _("From today on: %(phase)s.") % {"phase": move.get_phase_display()}
    messages.success(request, text)
    return redirect(request, "insights:pairing", move.pairing_id)


@require_POST
def drop_phase(request: MemberRequest, pk: int) -> HttpResponse:
    move = access.phase_move_to_answer(request.membership, pk)
    phases.drop_phase(move=move)
    messages.success(request, _("The phase stays as it is."))
    return redirect(request, "insights:pairing", move.pairing_id)


@require_http_methods(["GET", "POST"])
def ask_rematch(request: MemberRequest, pk: int) -> HttpResponse:
    pairing = access.pairing_to_shape(request.membership, pk)
    if request.method == "POST":
        rematches.ask_rematch(
            actor=request.membership, pairing=pairing, now=timezone.now()
        )
        text = _("Asked. A lead will look for another match and talk to you.")
        messages.success(request, text)
        return redirect(request, "insights:pairing", pairing.pk)
    context = {"pairing": pairing, "program": pairing.program}
    return render(request, "pairings/ask_rematch.html", context)


@require_POST
def settle_rematch(request: MemberRequest, pk: int) -> HttpResponse:
    wish = access.rematch_to_settle(request.membership, pk)
    rematches.settle_rematch(actor=request.membership, wish=wish, now=timezone.now())
    messages.success(request, _("The two stay together."))
    return redirect(request, "insights:pairing", wish.pairing_id)


@require_http_methods(["GET", "POST"])
def leave(request: MemberRequest, pk: int) -> HttpResponse:
    enrolment = access.enrolment_to_write(request.membership, pk)
    form = LeaveForm(request.POST or None)
    if form.is_valid():
        ended = actions.leave(
            actor=request.membership,
            enrolment=enrolment,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
        text = ngettext(
            "%(person)s has left; %(n)s pairing has ended.",
            "%(person)s has left; %(n)s pairings have ended.",
            ended,
        )
        messages.success(request, text % {"person": enrolment, "n": ended})
        return redirect(request, "pairings:people", enrolment.program_id)
    context = {
        "enrolment": enrolment,
        "program": enrolment.program,
        "pairings": standing_of(enrolment),
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "pairings/leave.html", context, status=status)
