from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_safe

from preceptor.accounts.models import Membership
from preceptor.http import UserRequest, url


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@require_GET
def home(request: UserRequest) -> HttpResponse:
    """On to the organisation last joined, or a word to who has none."""
    membership = (
        Membership.objects.active()
        .filter(user=request.user)
        .select_related("organisation")
        .order_by("-created_at", "-id")
        .first()
    )
    if membership is None:
        return render(request, "no_organisation.html")
    return redirect(url(membership.organisation.slug, "insights:today"))
