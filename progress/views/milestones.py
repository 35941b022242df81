from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from preceptor.http import MemberRequest, redirect, render
from progress import access, actions
from progress.forms import MoveForm


@require_http_methods(["GET", "POST"])
def sign(request: MemberRequest, pk: int) -> HttpResponse:
    milestone = access.milestone_to_sign(request.membership, pk)
    if request.method == "POST":
        actions.sign_milestone(
            actor=request.membership, milestone=milestone, now=timezone.now()
        )
        return redirect(request, "progress:plan", milestone.plan_id)
    context = {
        "milestone": milestone,
        "is_junior": milestone.is_of(request.membership),
        "is_signed": milestone.is_signed_by(request.membership),
        "today": timezone.localdate(),
    }
    return render(request, "progress/sign.html", context)


@require_http_methods(["GET", "POST"])
def withdraw(request: MemberRequest, pk: int) -> HttpResponse:
    milestone = access.milestone_to_sign(request.membership, pk)
    if request.method == "POST":
        actions.withdraw_signature(actor=request.membership, milestone=milestone)
        return redirect(request, "progress:plan", milestone.plan_id)
    context = {
        "milestone": milestone,
        "can_withdraw": milestone.can_withdraw(request.membership),
    }
    return render(request, "progress/withdraw.html", context)


@require_http_methods(["GET", "POST"])
def move(request: MemberRequest, pk: int) -> HttpResponse:
    milestone = access.milestone_to_move(request.membership, pk)
    form = MoveForm(request.POST or None, milestone=milestone)
    if form.is_valid():
        actions.move_milestone(milestone=milestone, due_on=form.cleaned_data["due_on"])
        return redirect(request, "progress:plan", milestone.plan_id)
    context = {"milestone": milestone, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "progress/move.html", context, status=status)
