from typing import Any

from django.core.exceptions import BadRequest
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from preceptor.http import Conflict, MemberRequest, redirect, redirect_to, render, url
from progress import access, actions
from progress.actions.goals import Stale
from progress.forms import ShiftForm
from progress.goal_forms import (
    GoalForm,
    LevelsForm,
    MarkForm,
    PlaceForm,
    StepForm,
    TickForm,
    VersionForm,
)
from progress.goal_pages import goal_page, observable
from progress.levels import Level
from progress.models import Competency, Goal
from progress.pages import plan_page


@require_GET
def goal(request: MemberRequest, pk: int) -> HttpResponse:
    return _goal_page(request, pk, StepForm(), 200)


@require_http_methods(["GET", "POST"])
def add_goal(request: MemberRequest, pk: int) -> HttpResponse:
    plan = access.plan_to_write(request.membership, pk)
    form = GoalForm(request.POST or None, plan=plan)
    if form.is_valid():
        new = Goal(**form.values())
        goal = actions.add_goal(actor=request.membership, plan=plan, goal=new)
        return redirect(request, "progress:goal", goal.pk)
    return _form_page(request, "progress/add_goal.html", form)


@require_http_methods(["GET", "POST"])
def edit_goal(request: MemberRequest, pk: int) -> HttpResponse:
    """The words of a goal; if it changed meanwhile, what stands over what is typed."""
    goal = access.goal_to_write(request.membership, pk)
    form = GoalForm(request.POST or None, plan=goal.plan, goal=goal)
    if not form.is_valid():
        return _form_page(request, "progress/edit_goal.html", form)
    try:
        actions.edit_goal(
            actor=request.membership,
            goal=goal,
            values=form.values(),
            version=form.cleaned_data["version"],
            now=timezone.now(),
        )
    except Stale as stale:
        return _stale_page(request, pk, stale)
    return redirect(request, "progress:goal", pk)


def _stale_page(request: MemberRequest, pk: int, stale: Stale) -> HttpResponse:
    stands = access.goal_to_write(request.membership, pk)
    typed = request.POST.copy()
    typed["version"] = str(stands.version)
    form = GoalForm(typed, plan=stands.plan, goal=stands)
    return _form_page(request, "progress/edit_goal.html", form, stale)


@require_GET
def goal_levels(request: MemberRequest, pk: int) -> HttpResponse:
    """What one can observe of a competency, while somebody chooses a level."""
    access.plan_to_write(request.membership, pk)
    form = LevelsForm(request.GET)
    if not form.is_valid():
        return render(request, "progress/observable.html", {"levels": []})
    rows = Competency.objects.filter(
        organisation=request.organisation, version__published_at__isnull=False
    )
    chosen = get_object_or_404(rows, pk=form.cleaned_data["competency"])
    levels = observable(chosen, form.cleaned_data["target"])
    context = {"levels": levels, "about": chosen.about}
    return render(request, "progress/observable.html", context)


@require_POST
def agree_goal(request: MemberRequest, pk: int) -> HttpResponse:
    goal = access.goal_to_write(request.membership, pk)
    version = _sent(VersionForm(request.POST))["version"]
    actions.agree_goal(
        actor=request.membership, goal=goal, version=version, now=timezone.now()
    )
    return redirect(request, "progress:goal", pk)


@require_POST
def mark_goal(request: MemberRequest, pk: int) -> HttpResponse:
    goal = access.goal_to_mark(request.membership, pk)
    state = _sent(MarkForm(request.POST))["state"]
    actions.mark_goal(goal=goal, state=state, now=timezone.now())
    return redirect(request, "progress:goal", pk)


@require_POST
def shift_goal(request: MemberRequest, pk: int) -> HttpResponse:
    goal = access.goal_to_place(request.membership, pk)
    actions.shift_goal(goal=goal, by=_sent(ShiftForm(request.POST))["by"])
    return _to_place(request, goal)


@require_POST
def place_goal(request: MemberRequest, pk: int) -> HttpResponse:
    """Where a goal was dragged to; a fragment gets the goals in their new order."""
    goal = access.goal_to_place(request.membership, pk)
    actions.place_goal(goal=goal, place=_sent(PlaceForm(request.POST))["place"])
    if not request.htmx:
        return _to_place(request, goal)
    plan, relations = access.plan_for(request.membership, goal.plan_id)
    page = plan_page(request.membership, plan, relations, timezone.localdate())
    return render(request, "progress/goals.html", {"page": page})


@require_POST
def add_step(request: MemberRequest, pk: int) -> HttpResponse:
    """If the goal was settled meanwhile, its page keeps what is typed."""
    goal = access.goal_to_write(request.membership, pk)
    form = StepForm(request.POST)
    if not form.is_valid():
        return _goal_page(request, pk, form, 422)
    try:
        actions.add_step(goal=goal, text=form.cleaned_data["text"])
    except Conflict as conflict:
        form.add_error("text", str(conflict))
        return _goal_page(request, pk, form, 409)
    return _to_steps(request, pk)


@require_POST
def tick_step(request: MemberRequest, pk: int) -> HttpResponse:
    step = access.step_to_write(request.membership, pk)
    is_done = _sent(TickForm(request.POST))["done"]
    actions.tick_step(step=step, is_done=is_done, now=timezone.now())
    return _to_steps(request, step.goal_id)


@require_http_methods(["GET", "POST"])
def remove_step(request: MemberRequest, pk: int) -> HttpResponse:
    step = access.step_to_write(request.membership, pk)
    if request.method == "GET":
        context = {"step": step, "goal": step.goal}
        return render(request, "progress/remove_step.html", context)
    actions.remove_step(step=step)
    return _to_steps(request, step.goal_id)


def _sent(form: Form) -> dict[str, Any]:
    """What a button sends; no person can have typed it wrong."""
    if not form.is_valid():
        raise BadRequest(form.errors.as_text())
    return form.cleaned_data


def _to_place(request: MemberRequest, goal: Goal) -> HttpResponse:
    """Back to the plan, where the keyboard goes on at this goal."""
    path = url(request.organisation.slug, "progress:plan", goal.plan_id)
    return redirect_to(request, f"{path}#goal-{goal.pk}")


def _to_steps(request: MemberRequest, pk: int) -> HttpResponse:
    path = url(request.organisation.slug, "progress:goal", pk)
    return redirect_to(request, f"{path}#steps")


def _goal_page(
    request: MemberRequest, pk: int, form: StepForm, status: int
) -> HttpResponse:
    goal, right = access.goal_for(request.membership, pk)
    page = goal_page(goal, request.membership, right)
    context = {"page": page, "goal": goal, "plan": goal.plan, "form": form}
    return render(request, "progress/goal.html", context, status=status)


def _form_page(
    request: MemberRequest, template: str, form: GoalForm, stale: Stale | None = None
) -> HttpResponse:
    target = str(form["target"].value()) if form.chosen else ""
    level = int(target) if target in map(str, Level.values) else None
    context = {
        "form": form,
        "plan": form.plan,
        "goal": form.goal,
        "stale": stale,
        "levels": observable(form.chosen, level),
        "about": form.chosen.about if form.chosen else "",
        "is_own": form.plan.junior.membership_id == request.membership.pk,
    }
    status = 409 if stale else 422 if form.is_bound else 200
    return render(request, template, context, status=status)
