"""The steps of a program from draft to archive, each on a page that asks first."""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from pairings import access
from pairings.actions import states as actions
from pairings.program_forms import CloseForm, StartForm
from preceptor.http import MemberRequest, redirect, render

NAMED = 50
"""How many pairs the page that closes names; beyond them it counts."""


def _answers(request: MemberRequest) -> QueryDict | None:
    """A form sent without a tick is empty, and yet an answer."""
    return request.POST if request.method == "POST" else None


@require_http_methods(["GET", "POST"])
def start_program(request: MemberRequest, pk: int) -> HttpResponse:
    program = access.program_to_run(request.membership, pk)
    form = StartForm(_answers(request))
    if form.is_valid():
        tell = form.cleaned_data["tell"]
        actions.start_program(actor=request.membership, program=program, tell=tell)
        messages.success(request, _("The program runs. Now pair people."))
        return redirect(request, "pairings:program", pk)
    context = {
        "program": program,
        "form": form,
        "juniors": program.enrolments.juniors().count(),
        "mentors": program.enrolments.mentors().count(),
    }
    return render(request, "pairings/start_program.html", context)


@require_http_methods(["GET", "POST"])
def close_program(request: MemberRequest, pk: int) -> HttpResponse:
    program = access.program_to_run(request.membership, pk)
    form = CloseForm(_answers(request))
    if form.is_valid():
        ended = actions.close_program(
            actor=request.membership,
            program=program,
            ends_pairs=form.cleaned_data["pairs"] == CloseForm.END,
            now=timezone.now(),
        )
        messages.success(request, _closed(ended))
        return redirect(request, "pairings:program", pk)
    pairs = actions.standing_in(program)
    context = {
        "program": program,
        "form": form,
        "count": pairs.count(),
        "pairs": pairs[:NAMED],
    }
    status = 422 if form.is_bound else 200
    return render(request, "pairings/close_program.html", context, status=status)


def _closed(ended: int) -> str:
    if not ended:
        return _("The program is closed.")
    text = ngettext(
        "The program is closed, and %(n)s pair was ended.",
        "The program is closed, and %(n)s pairs were ended.",
        ended,
    )
    return text % {"n": ended}


@require_http_methods(["GET", "POST"])
def reopen_program(request: MemberRequest, pk: int) -> HttpResponse:
    program = access.program_to_run(request.membership, pk)
    if request.method == "POST":
        actions.reopen_program(program=program)
        messages.success(request, _("The program runs again."))
        return redirect(request, "pairings:program", pk)
    return render(request, "pairings/reopen_program.html", {"program": program})


@require_http_methods(["GET", "POST"])
def archive_program(request: MemberRequest, pk: int) -> HttpResponse:
    program = access.program_to_run(request.membership, pk)
    if request.method == "POST":
        actions.archive_program(program=program)
        messages.success(request, _("The program is archived."))
        return redirect(request, "pairings:programs")
    still = actions.running_in(program)
    context = {"program": program, "count": still.count(), "pairs": still[:NAMED]}
    return render(request, "pairings/archive_program.html", context)


@require_http_methods(["GET", "POST"])
def bring_back_program(request: MemberRequest, pk: int) -> HttpResponse:
    program = access.program_to_run(request.membership, pk)
    if request.method == "POST":
        actions.bring_back_program(program=program)
        messages.success(request, _("The program is back in the lists, closed."))
        return redirect(request, "pairings:program", pk)
    return render(request, "pairings/bring_back_program.html", {"program": program})
