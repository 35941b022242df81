from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from pairings.actions.together import Stale
from preceptor.http import MemberRequest, redirect, redirect_to, render, url, whole
from progress import access, actions
from progress.actions.assessments import may_unsign, missing
from progress.assessing import (
    PER_PAGE,
    Compared,
    agreement_of,
    changes,
    compared,
    competencies_of,
    own_ratings,
    suggested,
)
from progress.assessment_access import (
    assessed_plan,
    assessment_for,
    assessment_to_write,
)
from progress.assessment_forms import OpenForm, OutcomesForm, RatingsForm
from progress.evidence import gathered
from progress.models import Assessment, Competency, Side


@require_GET
def assessments(request: MemberRequest, pk: int) -> HttpResponse:
    """All of a year, and two of those that are signed beside each other."""
    plan = assessed_plan(request.membership, pk)
    held = list(plan.assessments.newest_first().select_related("version__framework"))
    signed = [one for one in held if one.signed_at]
    by_pk = {one.pk: one for one in signed}
    then = by_pk.get(whole(request.GET.get("then"))) or next(reversed(signed), None)
    now = by_pk.get(whole(request.GET.get("now"))) or next(iter(signed), None)
    rows = changes(then, now) if then and now and then != now else []
    context = {
        "plan": plan,
        "held": held,
        "signed": signed,
        "then": then,
        "now": now,
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "progress/assessments.html", context)


@require_http_methods(["GET", "POST"])
def open_assessment(request: MemberRequest, pk: int) -> HttpResponse:
    plan = access.plan_to_write(request.membership, pk)
    held = set(plan.assessments.values_list("occasion", flat=True))
    data = request.POST if request.method == "POST" else None
    form = OpenForm(data, held=held, wished=suggested(plan, held))
    if form.is_valid():
        assessment = actions.open_assessment(
            actor=request.membership,
            plan=plan,
            occasion=form.cleaned_data["occasion"],
            now=timezone.now(),
        )
        return redirect(request, "progress:rate", assessment.pk)
    context = {
        "plan": plan,
        "form": form,
        "open": plan.assessments.open().first(),
    }
    status = 422 if form.is_bound else 200
    return render(request, "progress/open_assessment.html", context, status=status)


@require_GET
def assessment(request: MemberRequest, pk: int) -> HttpResponse:
    """Who is in; then both side by side, what they agreed on, and who signed."""
    assessment = assessment_for(request.membership, pk)
    rows = compared(assessment, request.membership)
    side = assessment.side_of(request.membership)
    context = {
        "assessment": assessment,
        "plan": assessment.plan,
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "differing": sum(bool(one.difference) for one in rows),
        "agreement": agreement_of(assessment, request.membership, rows),
        "both_said": sum(one.difference is not None for one in rows),
        "is_junior": side == Side.SELF,
        "is_in": assessment.is_in(side),
        "is_signed": assessment.is_signed_by(side),
        "may_write": not assessment.plan.junior.program.is_archived,
        "can_unsign": may_unsign(request.membership, assessment),
    }
    return render(request, "progress/assessment.html", context)


@require_http_methods(["GET", "POST"])
def rate(request: MemberRequest, pk: int) -> HttpResponse:
    """One's own side; saved while it is written, then handed in for good."""
    assessment = assessment_to_write(request.membership, pk)
    side = assessment.side_of(request.membership)
    if request.method == "GET" and assessment.is_in(side):
        return redirect(request, "progress:assessment", pk)
    page = _part(request, list(competencies_of(assessment)))
    form = _ratings_form(request, assessment, page)
    if request.method == "GET":
        return _rate_page(request, assessment, form, page)
    if not form.is_valid():
        return _not_kept(request, assessment, form, page)
    try:
        edits = actions.keep_ratings(
            actor=request.membership,
            assessment=assessment,
            said=form.said(),
            edits=form.cleaned_data["edits"],
        )
    except Stale as stale:
        return _overtaken(request, assessment, form, page, stale)
    if request.htmx and "do" not in request.POST:
        context = {"edits": edits, "saved_at": timezone.localtime()}
        return render(request, "progress/rate.html", context, partial="state")
    return _go_on(request, assessment, page)


def _part(request: MemberRequest, rows: Sequence[Any]) -> Page[Any]:
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))


def _ratings_form(
    request: MemberRequest, assessment: Assessment, page: Page[Competency]
) -> RatingsForm:
    return RatingsForm(
        request.POST if request.method == "POST" else None,
        competencies=list(page.object_list),
        said=own_ratings(assessment, request.membership, page.object_list),
        edits=assessment.edits_of(assessment.side_of(request.membership)),
    )


def _not_kept(
    request: MemberRequest,
    assessment: Assessment,
    form: RatingsForm,
    page: Page[Competency],
) -> HttpResponse:
    """A save in passing says so beside the button, any other shows it at the field."""
    if "do" in request.POST or not request.htmx:
        return _rate_page(request, assessment, form, page, status=422)
    context = {"form": form, "faulty": True}
    return render(request, "progress/rate.html", context, status=422, partial="state")


def _overtaken(
    request: MemberRequest,
    assessment: Assessment,
    form: RatingsForm,
    page: Page[Competency],
    stale: Stale,
) -> HttpResponse:
    """What was typed stays, beside what the other tab saved; saving replaces that."""
    stands = own_ratings(assessment, request.membership, page.object_list)
    assessment.refresh_from_db(fields=["self_edits", "mentor_edits"])
    edits = assessment.edits_of(assessment.side_of(request.membership))
    typed = form.said()
    again = RatingsForm(
        {**request.POST.dict(), "edits": edits},
        competencies=list(page.object_list),
        said=stands,
        edits=edits,
    )
    more: dict[str, Any] = {
        "stale": stale,
        "stands": [
            (one, stands[one.pk])
            for one in page.object_list
            if one.pk in stands and stands[one.pk] != typed[one.pk]
        ],
    }
    return _rate_page(request, assessment, again, page, status=409, **more)


def _go_on(
    request: MemberRequest, assessment: Assessment, page: Page[Competency]
) -> HttpResponse:
    """To the next part, or in, or back to the same part."""
    path = url(request.organisation.slug, "progress:rate", assessment.pk)
    if request.POST.get("do") == "next" and page.has_next():
        return redirect_to(request, f"{path}?page={page.next_page_number()}")
    if request.POST.get("do") != "in":
        messages.success(request, _("Saved. You can go on later."))
        return redirect_to(request, f"{path}?page={page.number}")
    side = assessment.side_of(request.membership)
    if lacking := missing(assessment, side):
        assessment.refresh_from_db(fields=["self_edits", "mentor_edits"])
        form = RatingsForm(
            competencies=list(page.object_list),
            said=own_ratings(assessment, request.membership, page.object_list),
            edits=assessment.edits_of(side),
        )
        return _rate_page(request, assessment, form, page, status=422, lacking=lacking)
    actions.hand_in(actor=request.membership, assessment=assessment, now=timezone.now())
    return redirect(request, "progress:assessment", assessment.pk)


def _rate_page(
    request: MemberRequest,
    assessment: Assessment,
    form: RatingsForm,
    page: Page[Competency],
    *,
    status: int = 200,
    lacking: Sequence[Competency] = (),
    **more: Any,
) -> HttpResponse:
    order = [one.pk for one in page.paginator.object_list]
    context = {
        "assessment": assessment,
        "plan": assessment.plan,
        "form": form,
        "lines": list(form.lines(gathered(assessment.plan))),
        "page": page,
        "is_junior": assessment.side_of(request.membership) == Side.SELF,
        "lacking": [
            (one, order.index(one.pk) // PER_PAGE + 1) for one in lacking[:PER_PAGE]
        ],
        "lacking_count": len(lacking),
        **more,
    }
    response = render(request, "progress/rate.html", context, status=status)
    return _whole(request, response, status)


def _whole(request: MemberRequest, response: HttpResponse, status: int) -> HttpResponse:
    """Where a form that saves itself was sent, the page takes the place of the page."""
    if request.htmx and "do" in request.POST:
        response.status_code = 422 if status == 409 else status
        response["HX-Retarget"] = response["HX-Reselect"] = "#main"
        response["HX-Reswap"] = "outerHTML show:top"
    return response


@require_http_methods(["GET", "POST"])
def agree_levels(request: MemberRequest, pk: int) -> HttpResponse:
    """What both agree on; the mentor sets the states as well."""
    assessment = assessment_to_write(request.membership, pk)
    rows = compared(assessment, request.membership)
    if not assessment.is_revealed or assessment.has_signature:
        return redirect(request, "progress:assessment", pk)
    page = _part(request, rows)
    form = _outcomes_form(request, assessment, page)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return _agree_page(request, assessment, form, page, status=status)
    try:
        actions.keep_outcomes(
            assessment=assessment,
            agreed=form.agreed(),
            edits=form.cleaned_data["edits"],
        )
    except Stale as stale:
        return _agree_page(request, assessment, form, page, status=409, stale=stale)
    if page.has_next():
        path = url(request.organisation.slug, "progress:agree_levels", pk)
        return redirect_to(request, f"{path}?page={page.next_page_number()}")
    messages.success(request, _("Saved. It holds once both of you have signed."))
    return redirect(request, "progress:assessment", pk)


def _outcomes_form(
    request: MemberRequest, assessment: Assessment, page: Page[Compared]
) -> OutcomesForm:
    return OutcomesForm(
        request.POST if request.method == "POST" else None,
        competencies=[one.competency for one in page.object_list],
        agreed={one.competency.pk: one.agreed for one in page.object_list},
        edits=assessment.outcome_edits,
        sets_states=assessment.side_of(request.membership) == Side.MENTOR,
    )


def _agree_page(
    request: MemberRequest,
    assessment: Assessment,
    form: OutcomesForm,
    page: Page[Compared],
    *,
    status: int,
    stale: Stale | None = None,
) -> HttpResponse:
    """After another's save, what was typed, beside what stands, and its number."""
    if stale:
        assessment.refresh_from_db(fields=["outcome_edits"])
        data = {**request.POST.dict(), "edits": assessment.outcome_edits}
        form.data = data
    lines = form.lines(gathered(assessment.plan))
    context = {
        "assessment": assessment,
        "plan": assessment.plan,
        "form": form,
        "lines": list(zip(lines, page.object_list, strict=True)),
        "sets_states": assessment.side_of(request.membership) == Side.MENTOR,
        "page": page,
        "stale": stale,
    }
    return render(request, "progress/agree_levels.html", context, status=status)


@require_http_methods(["GET", "POST"])
def sign_assessment(request: MemberRequest, pk: int) -> HttpResponse:
    assessment = assessment_to_write(request.membership, pk)
    if request.method == "POST":
        actions.sign_assessment(
            actor=request.membership,
            assessment=assessment,
            edits=whole(request.POST.get("edits")),
            now=timezone.now(),
        )
        return redirect(request, "progress:assessment", pk)
    side = assessment.side_of(request.membership)
    if not assessment.outcome_edits or assessment.is_signed_by(side):
        return redirect(request, "progress:assessment", pk)
    context = {
        "assessment": assessment,
        "plan": assessment.plan,
        "rows": assessment.outcomes.count(),
        "stateless": assessment.outcomes.stateless().count(),
        "sets_states": side == Side.MENTOR and not assessment.has_signature,
    }
    return render(request, "progress/sign_assessment.html", context)


@require_http_methods(["GET", "POST"])
def unsign_assessment(request: MemberRequest, pk: int) -> HttpResponse:
    assessment = assessment_to_write(request.membership, pk)
    if request.method == "POST":
        actions.unsign_assessment(actor=request.membership, assessment=assessment)
        return redirect(request, "progress:assessment", pk)
    context = {"assessment": assessment, "plan": assessment.plan}
    return render(request, "progress/unsign_assessment.html", context)


@require_http_methods(["GET", "POST"])
def discard_assessment(request: MemberRequest, pk: int) -> HttpResponse:
    assessment = assessment_to_write(request.membership, pk)
    if request.method == "POST":
        plan = assessment.plan_id
        actions.discard_assessment(actor=request.membership, assessment=assessment)
        return redirect(request, "progress:plan", plan)
    context = {"assessment": assessment, "plan": assessment.plan}
    return render(request, "progress/discard_assessment.html", context)
