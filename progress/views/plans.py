from collections.abc import Sequence

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from pairings.lists import filters_in
from preceptor.accounts.people import bring_members
from preceptor.http import Conflict, MemberRequest, redirect, render, whole
from progress import access, actions
from progress.completion import clock_of
from progress.framework_access import versions_ahead
from progress.framework_pages import changes_page
from progress.frameworks.changes import changes_between
from progress.frameworks.content import Content
from progress.models import FrameworkVersion, GrowthPlan, PlanReading
from progress.pages import plan_page

PLANS_A_PAGE = 50
READINGS_A_PAGE = 100


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
    ahead = versions_ahead(plan, relations)
    return render(request, "progress/plan.html", {"page": page, "ahead": ahead})


@require_GET
def readers(request: MemberRequest, pk: int) -> HttpResponse:
    """Who opened one's own year, by days."""
    plan = access.own_plan_to_hide(request.membership, pk)
    rows = Paginator(PlanReading.objects.filter(plan=plan), READINGS_A_PAGE)
    page = rows.get_page(request.GET.get("page"))
    bring_members(*((row, "reader") for row in page))
    with clock_of(plan):
        return render(request, "progress/readers.html", {"plan": plan, "page": page})


@require_http_methods(["GET", "POST"])
def move_version(request: MemberRequest, pk: int) -> HttpResponse:
    """What another version says otherwise; then the junior or mentor moves there."""
    plan = access.plan_to_write(request.membership, pk)
    ahead = versions_ahead(plan, access.plan_relations(request.membership, plan))
    asked = whole((request.POST or request.GET).get("to"))
    version = next((one for one in ahead if one.pk == asked), None)
    if request.method == "POST":
        if version is None:
            raise Conflict(_("That version is no longer one to move to. Look again."))
        actions.move_to_version(
            actor=request.membership,
            plan=plan,
            version=version,
            seen=whole(request.POST.get("seen")) or None,
            now=timezone.now(),
        )
        return redirect(request, "progress:plan", pk)
    return _version_page(request, plan, ahead, version or next(iter(ahead), None))


def _version_page(
    request: MemberRequest,
    plan: GrowthPlan,
    ahead: Sequence[FrameworkVersion],
    version: FrameworkVersion | None,
) -> HttpResponse:
    was = plan.version.content() if plan.version else Content()
    now = version.content() if version else was
    filters = filters_in(request.GET)
    context = {
        "plan": plan,
        "ahead": ahead,
        "version": version,
        "moves": plan.version_moves.select_related(
            "from_version__framework", "to_version__framework", "moved_by__user"
        ),
        "shown": changes_page(changes_between(was, now), filters),
    }
    return render(request, "progress/move_version.html", context)
