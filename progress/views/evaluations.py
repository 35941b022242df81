from django.http import Http404, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from pairings.access import program_to_run
from pairings.models import Pairing
from preceptor.accounts.models import Membership
from preceptor.http import Conflict, MemberRequest, redirect, render
from progress import access, actions
from progress.actions.evaluations import StaleAnswers
from progress.evaluation_forms import EvaluationForm
from progress.evaluations import (
    Own,
    answered,
    is_released,
    occasions_of,
    own_answers,
    released_about,
    released_in,
    turns,
)
from progress.models import OccasionName
from progress.questions import OF_JUNIOR, OF_MENTOR, digest


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
    """What comes too late is refused on the same page, which keeps what was typed."""
    pairing = access.pairing_to_evaluate(request.membership, pk)
    if occasion not in OccasionName:
        raise Http404
    is_sent = request.method == "POST"
    own = own_answers(pairing, request.membership, occasion)
    form = _form(request, pairing, own, request.POST if is_sent else None)
    try:
        _refuse_closed(request.membership, pairing, occasion)
        if form.is_valid():
            _keep(request, pairing, occasion, form)
            return redirect(request, "progress:evaluations", pairing.pk)
    except StaleAnswers as stale:
        return _stale_page(request, pairing, occasion, stale)
    except Conflict as late:
        if not is_sent:
            raise
        return _page(request, pairing, occasion, form, status=409, late=late)
    return _page(request, pairing, occasion, form, status=422 if is_sent else 200)


def _is_junior(request: MemberRequest, pairing: Pairing) -> bool:
    return pairing.junior.membership_id == request.membership.pk


def _questions(request: MemberRequest, pairing: Pairing) -> dict[str, Promise]:
    return OF_MENTOR if _is_junior(request, pairing) else OF_JUNIOR


def _form(
    request: MemberRequest, pairing: Pairing, own: Own, data: QueryDict | None
) -> EvaluationForm:
    answers, word = own
    return EvaluationForm(
        data,
        questions=_questions(request, pairing),
        answers=answers,
        word=None if _is_junior(request, pairing) else word,
    )


def _stale_page(
    request: MemberRequest, pairing: Pairing, occasion: str, stale: StaleAnswers
) -> HttpResponse:
    """What stands, and the form with what was typed, which may take its place."""
    answers, word = own = own_answers(pairing, request.membership, occasion)
    typed = request.POST.copy()
    typed["seen"] = digest(answers, word)
    form = _form(request, pairing, own, typed)
    stands = answered(answers, _questions(request, pairing))
    context = {"stale": stale, "stands": stands, "word": word}
    return _page(request, pairing, occasion, form, status=409, **context)


def _page(
    request: MemberRequest,
    pairing: Pairing,
    occasion: str,
    form: EvaluationForm,
    *,
    status: int,
    **context: object,
) -> HttpResponse:
    asked = {str(one.name): one.last_on for one in occasions_of(pairing)}
    context |= {
        "pairing": pairing,
        "form": form,
        "is_junior": _is_junior(request, pairing),
        "name": OccasionName(occasion).label,
        "last_on": asked.get(occasion),
    }
    return render(request, "progress/evaluate.html", context, status=status)


def _refuse_closed(member: Membership, pairing: Pairing, name: str) -> None:
    """Out of the time of an occasion, and where the member's answers are released."""
    today = timezone.localdate()
    found = next((one for one in occasions_of(pairing) if one.name == name), None)
    if found is None:
        raise Conflict(_("This pairing is too short to be looked back on half-way."))
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


def _keep(
    request: MemberRequest, pairing: Pairing, occasion: str, form: EvaluationForm
) -> None:
    if _is_junior(request, pairing):
        actions.evaluate_mentor(
            pairing=pairing,
            occasion=occasion,
            answers=form.answers,
            today=timezone.localdate(),
            seen=form.cleaned_data["seen"] or None,
        )
        return
    actions.evaluate_junior(
        pairing=pairing,
        occasion=occasion,
        answers=form.answers,
        word=form.cleaned_data["word"],
        now=timezone.now(),
        seen=form.cleaned_data["seen"] or None,
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
