from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_safe

from preceptor.accounts.access import LAST_SEEN, current_membership
from preceptor.http import UserRequest, url


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@require_GET
def home(request: UserRequest) -> HttpResponse:
    """On to the organisation last looked at, or a word to who has none."""
    membership = current_membership(request.user, request.session.get(LAST_SEEN))
    if membership is None:
        return render(request, "no_organisation.html")
    return redirect(url(membership.organisation.slug, "insights:today"))
