from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from preceptor.accounts.rights import Relation
from preceptor.http import Conflict, MemberRequest, redirect, redirect_to, render, url
from progress import actions
from progress.actions.autonomy import StaleAutonomy
from progress.autonomy_access import (
    autonomy_for,
    competency_for,
    competency_to_ask,
    competency_to_grant,
)
from progress.autonomy_forms import AskForm, GrantForm
from progress.autonomy_pages import (
    SHOWN,
    Row,
    autonomies,
    may_grant,
    open_request,
    past_of,
    phases_of,
    row_of,
    stood,
)
from progress.autonomy_words import rules
from progress.models import AutonomyGrant, Competency, GrowthPlan

PER_PAGE = 50


@require_GET
def autonomy(request: MemberRequest, pk: int) -> HttpResponse:
    """Every competency of the year with what stands and what the evidence says."""
    plan, relations = autonomy_for(request.membership, pk)
    found = autonomies(plan, timezone.localdate())
    shown = request.GET.get("show", "")
    rows = found.among(shown)
    context = {
        "plan": plan,
        "found": found,
        "show": shown if shown in SHOWN else "",
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "phases": phases_of(plan, found.standings),
        "rules": rules(),
        "may_grant": _may_write(plan) and may_grant(relations),
        "is_junior": Relation.JUNIOR in relations,
    }
    return render(request, "progress/autonomy.html", context)


@require_GET
def competency_autonomy(request: MemberRequest, pk: int, key: UUID) -> HttpResponse:
    """One competency: what stands and why, what was, and the form of either side."""
    plan, competency, relations = competency_for(request.membership, pk, key)
    row = row_of(plan, competency, timezone.localdate())
    form: GrantForm | AskForm | None = None
    if _may_write(plan) and may_grant(relations):
        form = GrantForm(row=row)
    elif _may_ask(plan, row, relations):
        form = AskForm(row=row)
    return _page(request, plan, row, form)


@require_POST
def grant_autonomy(request: MemberRequest, pk: int, key: UUID) -> HttpResponse:
    plan, competency = competency_to_grant(request.membership, pk, key)
    row = row_of(plan, competency, timezone.localdate())
    form = GrantForm(request.POST, row=row)
    if not form.is_valid():
        return _page(request, plan, row, form, status=422)
    grant = AutonomyGrant(
        competency=competency,
        level=form.cleaned_data["level"],
        proposed=row.proposed,
        stood=stood(row.facts),
        reason=form.cleaned_data["reason"],
    )
    try:
        actions.grant_autonomy(
            actor=request.membership,
            plan=plan,
            grant=grant,
            seen=form.cleaned_data["seen"],
            now=timezone.now(),
        )
    except StaleAutonomy as stale:
        return _stale_page(request, plan, competency, stale)
    text = _("%(competency)s: %(step)s.")
    words = {"competency": competency, "step": grant.get_level_display()}
    messages.success(request, text % words)
    return _back(request, plan, competency)


@require_POST
def ask_autonomy(request: MemberRequest, pk: int, key: UUID) -> HttpResponse:
    plan, competency = competency_to_ask(request.membership, pk, key)
    row = row_of(plan, competency, timezone.localdate())
    form = AskForm(request.POST, row=row)
    if not form.is_valid():
        return _page(request, plan, row, form, status=422)
    try:
        actions.ask_autonomy(
            plan=plan,
            competency=competency,
            level=form.cleaned_data["level"],
            word=form.cleaned_data["word"],
            now=timezone.now(),
        )
    except Conflict as stale:
        row = row_of(plan, competency, timezone.localdate())
        form = AskForm(request.POST, row=row)
        return _page(request, plan, row, form, status=409, stale=stale)
    messages.success(request, _("Asked. Your mentor sees it with what you wrote."))
    return redirect(request, "progress:competency_autonomy", plan.pk, key)


@require_POST
def drop_autonomy(request: MemberRequest, pk: int, key: UUID) -> HttpResponse:
    plan, competency = competency_to_ask(request.membership, pk, key)
    actions.drop_autonomy(plan=plan, competency=competency)
    return redirect(request, "progress:competency_autonomy", plan.pk, key)


def _stale_page(
    request: MemberRequest,
    plan: GrowthPlan,
    competency: Competency,
    stale: StaleAutonomy,
) -> HttpResponse:
    """What stands now, under the form with what was chosen and typed."""
    row = row_of(plan, competency, timezone.localdate())
    typed = request.POST.copy()
    typed["seen"] = str(row.stand.grant)
    form = GrantForm(typed, row=row)
    return _page(request, plan, row, form, status=409, stale=stale)


def _page(
    request: MemberRequest,
    plan: GrowthPlan,
    row: Row,
    form: GrantForm | AskForm | None,
    *,
    status: int = 200,
    stale: Conflict | None = None,
) -> HttpResponse:
    past = past_of(plan, row.competency.key)
    context = {
        "plan": plan,
        "row": row,
        "past": past,
        "asked": open_request(past),
        "form": form,
        "rules": rules(),
        "grants": isinstance(form, GrantForm),
        "is_junior": plan.junior.membership_id == request.membership.pk,
        "stale": stale,
    }
    return render(request, "progress/competency_autonomy.html", context, status=status)


def _back(
    request: MemberRequest, plan: GrowthPlan, competency: Competency
) -> HttpResponse:
    """To the list where the button stood in it, else to the competency."""
    slug, key = request.organisation.slug, competency.key
    if request.POST.get("from") == "list":
        return redirect_to(
            request, f"{url(slug, 'progress:autonomy', plan.pk)}#c-{key}"
        )
    return redirect(request, "progress:competency_autonomy", plan.pk, key)


def _may_write(plan: GrowthPlan) -> bool:
    return not plan.junior.program.is_archived


def _may_ask(plan: GrowthPlan, row: Row, relations: set[Relation]) -> bool:
    is_theirs = Relation.JUNIOR in relations and _may_write(plan)
    return is_theirs and bool(row.next_word) and row.stand.asked is None
