from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from pairings.access import program_to_run
from pairings.models import Pairing
from preceptor.accounts.models import Membership
from preceptor.http import Conflict, MemberRequest, redirect, render
from progress import access, actions
from progress.evaluation_forms import EvaluationForm
from progress.evaluations import (
    is_released,
    occasions_of,
    own_answers,
    released_about,
    released_in,
    turns,
)
from progress.models import OccasionName
from progress.occasions import Occasion
from progress.questions import OF_JUNIOR, OF_MENTOR


@require_GET
def evaluations(request: MemberRequest, pk: int) -> HttpResponse:
    """What the two of a pairing say of each other, and are going to be asked."""
    pairing = access.pairing_to_evaluate(request.membership, pk)
    context = {
        "pairing": pairing,
        "is_junior": pairing.junior.membership_id == request.membership.pk,
        "turns": turns(pairing, request.membership, timezone.localdate()),
        "of_mentor": OF_MENTOR.values(),
        "of_junior": OF_JUNIOR.values(),
    }
    return render(request, "progress/evaluations.html", context)


@require_http_methods(["GET", "POST"])
def evaluate(request: MemberRequest, pk: int, occasion: str) -> HttpResponse:
    pairing = access.pairing_to_evaluate(request.membership, pk)
    when = _open_occasion(request.membership, pairing, occasion)
    is_junior = pairing.junior.membership_id == request.membership.pk
    answers, word = own_answers(pairing, request.membership, occasion)
    form = EvaluationForm(
        request.POST if request.method == "POST" else None,
        questions=OF_MENTOR if is_junior else OF_JUNIOR,
        answers=answers,
        word=None if is_junior else word,
    )
    if form.is_valid():
        _keep(pairing, occasion, form, is_junior=is_junior)
        return redirect(request, "progress:evaluations", pairing.pk)
    context = {
        "pairing": pairing,
        "form": form,
        "is_junior": is_junior,
        "name": OccasionName(occasion).label,
        "closes_on": when.closes_on,
    }
    status = 422 if form.is_bound else 200
    return render(request, "progress/evaluate.html", context, status=status)


def _open_occasion(member: Membership, pairing: Pairing, name: str) -> Occasion:
    """404 to an occasion that the pairing does not have.

    409 out of its time, and where the member's answers are released.
    """
    today = timezone.localdate()
    found = next((one for one in occasions_of(pairing) if one.name == name), None)
    if found is None:
        raise Http404
    if not found.is_open(today):
        is_over = found.is_over(today)
        raise Conflict(
            _("The time for these answers is over.")
            if is_over
            else _("It is too early for these answers.")
        )
    if is_released(pairing, member, name):
        raise Conflict(
            _("These answers are released already, in averages; they stay as they are.")
        )
    return found


def _keep(
    pairing: Pairing, occasion: str, form: EvaluationForm, *, is_junior: bool
) -> None:
    if is_junior:
        actions.evaluate_mentor(
            pairing=pairing,
            occasion=occasion,
            answers=form.answers,
            today=timezone.localdate(),
        )
        return
    actions.evaluate_junior(
        pairing=pairing,
        occasion=occasion,
        answers=form.answers,
        word=form.cleaned_data["word"],
        now=timezone.now(),
    )


@require_GET
def releases(request: MemberRequest, pk: int) -> HttpResponse:
    """What juniors said of a program's mentors, in averages; for who runs it."""
    program = program_to_run(request.membership, pk)
    context = {
        "program": program,
        "released": released_in(program, request.membership),
    }
    return render(request, "progress/releases.html", context)


@require_GET
def own_releases(request: MemberRequest) -> HttpResponse:
    """What juniors said of oneself, once their pairings are over."""
    context = {"released": released_about(request.membership, timezone.localdate())}
    return render(request, "progress/own_releases.html", context)
