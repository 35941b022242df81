from collections.abc import Sequence
from typing import Any

from django.core.exceptions import BadRequest
from django.forms import Form
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pairings.actions.together import Stale
from preceptor.http import Conflict, MemberRequest, redirect, render
from progress import access, actions
from progress.actions.milestones import may_withdraw
from progress.asked import Asked, asked_of, unmet
from progress.goal_forms import TickForm
from progress.milestone_forms import (
    AddendumForm,
    ConditionForm,
    MoveForm,
    OwnForm,
    SignForm,
    SkipForm,
)
from progress.milestone_pages import milestone_page
from progress.models import Milestone
from progress.so_far import so_far_page


@require_GET
def milestone(request: MemberRequest, pk: int) -> HttpResponse:
    """All of one: what it asks for, who signed, where its date was, what was added."""
    return _page(request, pk)


def _page(
    request: MemberRequest,
    pk: int,
    form: Form | None = None,
    stale: Stale | None = None,
) -> HttpResponse:
    """With a form that was not taken, in its place and with what was typed."""
    found, relations = access.milestone_for(request.membership, pk)
    page = milestone_page(request.membership, found, relations, timezone.localdate())
    asking = ConditionForm(is_pair=page.reads_text)
    context = {
        "page": page,
        "milestone": found,
        "plan": found.plan,
        "form": form,
        "stale": stale,
        "ask_form": form if isinstance(form, ConditionForm) else asking,
        "addendum_form": form if isinstance(form, AddendumForm) else AddendumForm(),
    }
    status = 422 if form else 200
    return render(request, "progress/milestone.html", context, status=status)


@require_GET
def so_far(request: MemberRequest, pk: int) -> HttpResponse:
    """The year up to a milestone, on one page to print."""
    found, relations = access.milestone_for(request.membership, pk)
    page = so_far_page(request.membership, found, relations, timezone.localdate())
    context = {"page": page, "milestone": found, "plan": found.plan}
    return render(request, "progress/so_far.html", context)


@require_http_methods(["GET", "POST"])
def sign(request: MemberRequest, pk: int) -> HttpResponse:
    milestone = access.milestone_to_sign(request.membership, pk)
    data = request.POST if request.method == "POST" else None
    form = SignForm(data, milestone=milestone, missing=_missing(request, milestone))
    if not form.is_valid():
        return _sign_page(request, milestone, form)
    try:
        actions.sign_milestone(
            actor=request.membership,
            milestone=milestone,
            now=timezone.now(),
            seen=form.cleaned_data["version"],
            although=form.cleaned_data.get("although", ""),
        )
    except Conflict as refusal:
        stands = access.milestone_to_sign(request.membership, pk)
        typed = request.POST.copy()
        typed["version"] = str(stands.version)
        # What is missing now is not what was ticked.
        typed.pop("confirmed", None)
        form = SignForm(typed, milestone=stands, missing=_missing(request, stands))
        return _sign_page(request, stands, form, refusal)
    return redirect(request, "progress:milestone", pk)


def _missing(request: MemberRequest, milestone: Milestone) -> Sequence[Asked]:
    """What the mentor would sign over; a junior is not asked about it."""
    if milestone.is_of(request.membership):
        return ()
    return unmet(asked_of(milestone, timezone.localdate()))


def _sign_page(
    request: MemberRequest,
    milestone: Milestone,
    form: SignForm,
    refusal: Conflict | None = None,
) -> HttpResponse:
    context = {
        "milestone": milestone,
        "asked": asked_of(milestone, timezone.localdate()),
        "missing": _missing(request, milestone),
        "form": form,
        "is_junior": milestone.is_of(request.membership),
        "is_signed": milestone.is_signed_by(request.membership),
        "today": timezone.localdate(),
    }
    return _form_page(request, "progress/sign.html", context, refusal)


def _form_page(
    request: MemberRequest,
    template: str,
    context: dict[str, Any],
    refusal: Conflict | None = None,
) -> HttpResponse:
    """With what was typed, if the form was not taken or came too late."""
    status = 409 if refusal else 422 if context["form"].is_bound else 200
    return render(request, template, {**context, "refusal": refusal}, status=status)


@require_http_methods(["GET", "POST"])
def withdraw(request: MemberRequest, pk: int) -> HttpResponse:
    milestone = access.milestone_to_sign(request.membership, pk)
    if request.method == "POST":
        actions.withdraw_signature(
            actor=request.membership, milestone=milestone, today=timezone.localdate()
        )
        return redirect(request, "progress:milestone", pk)
    context = {
        "milestone": milestone,
        "can_withdraw": may_withdraw(
            request.membership, milestone, timezone.localdate()
        ),
    }
    return render(request, "progress/withdraw.html", context)


@require_http_methods(["GET", "POST"])
def move(request: MemberRequest, pk: int) -> HttpResponse:
    milestone = access.milestone_to_move(request.membership, pk)
    form = MoveForm(request.POST or None, milestone=milestone)
    refusal = None
    if form.is_valid():
        try:
            actions.move_milestone(
                actor=request.membership,
                milestone=milestone,
                now=timezone.now(),
                **form.cleaned_data,
            )
        except Conflict as late:
            refusal = late
            milestone = access.milestone_to_move(request.membership, pk)
        else:
            return redirect(request, "progress:milestone", pk)
    context = {"milestone": milestone, "form": form}
    return _form_page(request, "progress/move.html", context, refusal)


@require_http_methods(["GET", "POST"])
def skip(request: MemberRequest, pk: int) -> HttpResponse:
    milestone = access.milestone_to_sign(request.membership, pk)
    form = SkipForm(request.POST if request.method == "POST" else None)
    refusal = None
    if form.is_valid():
        try:
            actions.skip_milestone(
                actor=request.membership,
                milestone=milestone,
                reason=form.cleaned_data["reason"],
                now=timezone.now(),
            )
        except Conflict as late:
            refusal = late
            milestone = access.milestone_to_sign(request.membership, pk)
        else:
            return redirect(request, "progress:milestone", pk)
    context = {"milestone": milestone, "form": form}
    return _form_page(request, "progress/skip.html", context, refusal)


@require_POST
def unskip(request: MemberRequest, pk: int) -> HttpResponse:
    milestone = access.milestone_to_sign(request.membership, pk)
    actions.unskip_milestone(milestone=milestone)
    return redirect(request, "progress:milestone", pk)


@require_POST
def add_addendum(request: MemberRequest, pk: int) -> HttpResponse:
    milestone = access.milestone_to_sign(request.membership, pk)
    form = AddendumForm(request.POST)
    if not form.is_valid():
        return _page(request, pk, form)
    actions.add_addendum(
        actor=request.membership,
        milestone=milestone,
        text=form.cleaned_data["text"],
        now=timezone.now(),
    )
    return redirect(request, "progress:milestone", pk)


@require_POST
def ask(request: MemberRequest, pk: int) -> HttpResponse:
    milestone = access.milestone_to_shape(request.membership, pk)
    is_pair = access.is_of_pair(request.membership, milestone.plan)
    form = ConditionForm(request.POST, is_pair=is_pair)
    if not form.is_valid():
        return _page(request, pk, form)
    try:
        actions.ask(milestone=milestone, **form.cleaned_data)
    except Stale as stale:
        return _page(request, pk, form, stale)
    return redirect(request, "progress:milestone", pk)


@require_http_methods(["GET", "POST"])
def drop_condition(request: MemberRequest, pk: int) -> HttpResponse:
    condition = access.condition_to_drop(request.membership, pk)
    milestone = condition.milestone
    if request.method == "POST":
        actions.drop_condition(condition=condition)
        return redirect(request, "progress:milestone", milestone.pk)
    asked = asked_of(milestone, timezone.localdate())
    context = {
        "milestone": milestone,
        "asked": next((one for one in asked if one.condition == condition), None),
    }
    return render(request, "progress/drop_condition.html", context)


@require_POST
def tick_condition(request: MemberRequest, pk: int) -> HttpResponse:
    condition = access.condition_to_tick(request.membership, pk)
    form = TickForm(request.POST)
    if not form.is_valid():
        raise BadRequest
    actions.tick_condition(
        actor=request.membership,
        condition=condition,
        is_met=form.cleaned_data["done"],
        now=timezone.now(),
    )
    return redirect(request, "progress:milestone", condition.milestone_id)


@require_http_methods(["GET", "POST"])
def add_milestone(request: MemberRequest, pk: int) -> HttpResponse:
    plan = access.plan_to_shape(request.membership, pk)
    form = OwnForm(request.POST if request.method == "POST" else None, plan=plan)
    refusal = None
    if form.is_valid():
        try:
            made = actions.add_milestone(
                actor=request.membership, plan=plan, values=form.values()
            )
        except Conflict as late:
            refusal = late
        else:
            return redirect(request, "progress:milestone", made.pk)
    context = {"plan": plan, "form": form}
    return _form_page(request, "progress/add_milestone.html", context, refusal)


@require_http_methods(["GET", "POST"])
def edit_milestone(request: MemberRequest, pk: int) -> HttpResponse:
    milestone = access.own_milestone(request.membership, pk)
    data = request.POST if request.method == "POST" else None
    form = OwnForm(data, plan=milestone.plan, milestone=milestone)
    if not form.is_valid():
        return _own_page(request, milestone, form)
    try:
        actions.edit_milestone(
            actor=request.membership,
            milestone=milestone,
            values=form.values(),
            reason=form.cleaned_data["reason"],
            seen=form.cleaned_data["version"],
            now=timezone.now(),
        )
    except Stale as stale:
        stands = access.own_milestone(request.membership, pk)
        typed = request.POST.copy()
        typed["version"] = str(stands.version)
        form = OwnForm(typed, plan=stands.plan, milestone=stands)
        return _own_page(request, stands, form, stale)
    return redirect(request, "progress:milestone", pk)


def _own_page(
    request: MemberRequest,
    milestone: Milestone,
    form: OwnForm,
    stale: Stale | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {"milestone": milestone, "plan": milestone.plan}
    context |= {"form": form, "stale": stale}
    status = 422 if form.is_bound else 200
    return render(request, "progress/edit_milestone.html", context, status=status)


@require_http_methods(["GET", "POST"])
def remove_milestone(request: MemberRequest, pk: int) -> HttpResponse:
    milestone = access.own_milestone(request.membership, pk)
    if request.method == "POST":
        actions.remove_milestone(milestone=milestone)
        return redirect(request, "progress:plan", milestone.plan_id)
    return render(request, "progress/remove_milestone.html", {"milestone": milestone})
