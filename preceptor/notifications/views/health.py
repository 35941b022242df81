"""Whether reminders go out: a page for owners, and an endpoint for who watches."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from preceptor.accounts.access import require_owner
from preceptor.accounts.people import bring_members
from preceptor.http import MemberRequest, redirect, render
from preceptor.notifications import outbox
from preceptor.notifications.health import failed_in, health, report, troubles
from preceptor.notifications.models import Delivery
from preceptor.notifications.names import called, names_of_kinds

FAILED = 25
"""How many deliveries that failed one page lists."""


@login_not_required
@require_safe
def reminders(request: HttpRequest) -> HttpResponse:
    """200 where reminders go out, else 503; counts and seconds as JSON."""
    found = report(timezone.now())
    status = 200 if found["status"] == "ok" else 503
    response = JsonResponse(found, status=status)
    response["Cache-Control"] = "no-store"
    return response


@require_GET
def machinery(request: MemberRequest) -> HttpResponse:
    """For owners: what runs, what waits, and what of theirs could not be delivered."""
    require_owner(request.membership)
    found = health(timezone.now(), request.organisation)
    rows = Paginator(failed_in(request.organisation), FAILED)
    page = rows.get_page(request.GET.get("page"))
    bring_members(*((row, "recipient") for row in page))
    names = names_of_kinds()
    context = {
        "health": found,
        "troubles": troubles(found.machinery),
        "page": page,
        "rows": [{"delivery": row, "what": called(names, row)} for row in page],
    }
    return render(request, "notifications/machinery.html", context)


@require_POST
def send_again(request: MemberRequest, pk: int) -> HttpResponse:
    """What failed goes with the next run, if there is still a reason."""
    require_owner(request.membership)
    rows = Delivery.objects.filter(organisation=request.organisation)
    outbox.send_again(get_object_or_404(rows, pk=pk), timezone.now())
    messages.success(
        request, _("It goes out within minutes, or once its reader’s hours allow it.")
    )
    return redirect(request, "health:machinery")
