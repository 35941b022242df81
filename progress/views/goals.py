from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from preceptor.http import MemberRequest, redirect_to, render, url
from progress import access, actions
from progress.forms import GoalForm, MarkForm, PlaceForm, ShiftForm
from progress.models import Goal, GrowthPlan
from progress.pages import plan_page


@require_http_methods(["GET", "POST"])
def add_goal(request: MemberRequest, pk: int) -> HttpResponse:
    plan = access.plan_to_write(request.membership, pk)
    form = GoalForm(request.POST or None)
    if form.is_valid():
        goal = form.save(commit=False)
        actions.add_goal(actor=request.membership, plan=plan, goal=goal)
        return _to_goal(request, goal)
    return _goal_page(request, "progress/add_goal.html", form, plan)


@require_http_methods(["GET", "POST"])
def edit_goal(request: MemberRequest, pk: int) -> HttpResponse:
    goal = access.goal_to_edit(request.membership, pk)
    form = GoalForm(request.POST or None, instance=goal)
    if form.is_valid():
        form.save()
        return _to_goal(request, goal)
    return _goal_page(request, "progress/edit_goal.html", form, goal.plan)


@require_POST
def mark_goal(request: MemberRequest, pk: int) -> HttpResponse:
    goal = access.goal_to_place(request.membership, pk)
    form = MarkForm(request.POST)
    if not form.is_valid():
        raise BadRequest(form.errors.as_text())
    state = form.cleaned_data["state"]
    actions.mark_goal(goal=goal, state=state, now=timezone.now())
    return _to_goal(request, goal)


@require_POST
def shift_goal(request: MemberRequest, pk: int) -> HttpResponse:
    goal = access.goal_to_place(request.membership, pk)
    form = ShiftForm(request.POST)
    if not form.is_valid():
        raise BadRequest(form.errors.as_text())
    actions.shift_goal(goal=goal, by=form.cleaned_data["by"])
    return _to_goal(request, goal)


@require_POST
def place_goal(request: MemberRequest, pk: int) -> HttpResponse:
    """Where a goal was dragged to; a fragment gets the goals in their new order."""
    goal = access.goal_to_place(request.membership, pk)
    form = PlaceForm(request.POST)
    if not form.is_valid():
        raise BadRequest(form.errors.as_text())
    actions.place_goal(goal=goal, place=form.cleaned_data["place"])
    if not request.htmx:
        return _to_goal(request, goal)
    plan, relations = access.plan_for(request.membership, goal.plan_id)
    page = plan_page(request.membership, plan, relations, timezone.localdate())
    return render(request, "progress/goals.html", {"page": page})


def _to_goal(request: MemberRequest, goal: Goal) -> HttpResponse:
    """Back to the plan, where the keyboard goes on at this goal."""
    path = url(request.organisation.slug, "progress:plan", goal.plan_id)
    return redirect_to(request, f"{path}#goal-{goal.pk}")


def _goal_page(
    request: MemberRequest, template: str, form: GoalForm, plan: GrowthPlan
) -> HttpResponse:
    context = {
        "form": form,
        "plan": plan,
        "is_own": plan.junior.membership_id == request.membership.pk,
    }
    return render(request, template, context, status=422 if form.is_bound else 200)
