from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from preceptor.accounts.rights import Relation
from preceptor.http import MemberRequest, redirect_to, render, url
from progress import access, actions
from progress.figures import Figures
from progress.forms import FigureForm
from progress.models import GrowthPlan


@require_GET
def figures(request: MemberRequest, pk: int) -> HttpResponse:
    plan, relations = access.plan_for(request.membership, pk)
    shown = access.figures_shown(plan, relations)
    context = {
        "plan": plan,
        "shown": shown,
        "figures": Figures(plan, shown.seen, timezone.localdate()),
        "is_junior": Relation.JUNIOR in relations,
    }
    return render(request, "progress/figures.html", context)


@require_POST
def publish(request: MemberRequest, pk: int) -> HttpResponse:
    plan = access.own_plan(request.membership, pk)
    figure = _figure(request)
    actions.publish_figure(plan=plan, figure=figure)
    return _to_figure(request, plan, figure)


@require_POST
def withdraw(request: MemberRequest, pk: int) -> HttpResponse:
    plan = access.own_plan_to_hide(request.membership, pk)
    figure = _figure(request)
    actions.withdraw_figure(plan=plan, figure=figure)
    return _to_figure(request, plan, figure)


def _figure(request: MemberRequest) -> str:
    form = FigureForm(request.POST)
    if not form.is_valid():
        raise BadRequest(form.errors.as_text())
    figure: str = form.cleaned_data["figure"]
    return figure


def _to_figure(request: MemberRequest, plan: GrowthPlan, figure: str) -> HttpResponse:
    path = url(request.organisation.slug, "progress:figures", plan.pk)
    return redirect_to(request, f"{path}#{figure}")
