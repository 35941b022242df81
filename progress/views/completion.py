"""The year gathered on a page, its certificate, and the same as data."""

import json

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from preceptor.accounts.exports import taken_along
from preceptor.accounts.rights import Relation
from preceptor.doors import EXPORT, limited
from preceptor.http import MemberRequest, render
from progress import access
from progress.completion import clock_of, completion_of_year, lessons_for, parts_for
from progress.models import PlanLink
from progress.year_export import exported


@require_GET
def completion(request: MemberRequest, pk: int) -> HttpResponse:
    """All of the year that the reader may read, so far or as it ended."""
    plan, relations = access.plan_for(request.membership, pk)
    with clock_of(plan):
        year = completion_of_year(
            plan,
            parts_for(plan, relations),
            lessons_for(plan, request.membership),
            timezone.localdate(),
        )
        is_junior = Relation.JUNIOR in relations
        context = {"year": year, "plan": plan, "is_junior": is_junior}
        return render(request, "progress/completion.html", context)


@require_GET
def certificate(request: MemberRequest, pk: int) -> HttpResponse:
    """That the year was completed, or what was reached of one that stopped early."""
    plan, _relations = access.plan_for(request.membership, pk)
    parts = (PlanLink.Part.SESSIONS, PlanLink.Part.MENTORS)
    with clock_of(plan):
        year = completion_of_year(plan, parts, None, timezone.localdate())
        context = {"year": year, "plan": plan}
        if not (year.ending.is_completed or year.ending.is_stopped):
            return render(request, "progress/no_certificate.html", context, status=409)
        return render(request, "progress/certificate.html", context)


@limited(EXPORT, methods=("GET",))
@require_GET
def export_year(request: MemberRequest, pk: int) -> HttpResponseBase:
    """The junior's own year as JSON; what it holds is in docs/year.md."""
    plan = access.own_plan(request.membership, pk)
    data = exported(plan, request.membership, timezone.now())
    return taken_along(
        json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1),
        f"year-{plan.pk}.json",
        actor=request.membership,
        subject=_("the year (JSON)"),
        person_id=plan.junior.membership_id,
    )
