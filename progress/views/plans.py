from django.core.paginator import Paginator
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from preceptor.http import MemberRequest, redirect, render
from progress import access
from progress.models import GrowthPlan
from progress.pages import plan_page

PLANS_A_PAGE = 50


@require_GET
def growth(request: MemberRequest) -> HttpResponse:
    """One's own year if that is all there is to see, else every plan to read."""
    today = timezone.localdate()
    plans = GrowthPlan.objects.visible_to(request.membership)
    plans = plans.out_of_archive(request.membership).listed(today)
    page = Paginator(plans, PLANS_A_PAGE).get_page(request.GET.get("page"))
    only = page[0] if page.paginator.count == 1 else None
    if only and only.junior.membership_id == request.membership.pk:
        return redirect(request, "progress:plan", only.pk)
    return render(request, "progress/growth.html", {"page": page, "today": today})


@require_GET
def plan(request: MemberRequest, pk: int) -> HttpResponse:
    plan, relations = access.plan_for(request.membership, pk)
    page = plan_page(request.membership, plan, relations, timezone.localdate())
    return render(request, "progress/plan.html", {"page": page})
