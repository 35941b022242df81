"""The history of an organisation for its owners, and everybody's own."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from preceptor.accounts.access import require_owner
from preceptor.accounts.entries import HistoryEntry
from preceptor.accounts.exports import taken_along
from preceptor.doors import EXPORT, limited
from preceptor.http import MemberRequest, render
from preceptor.insights.history.export import as_csv
from preceptor.insights.history.forms import HistoryForm
from preceptor.insights.history.lines import lines_of
from preceptor.insights.history.listing import (
    ON_A_PAGE,
    Place,
    entries,
    own,
    place_in,
)
from preceptor.insights.history.names import names_of, programs_of


@require_GET
def history(request: MemberRequest) -> HttpResponse:
    require_owner(request.membership)
    programs = programs_of(request.organisation.pk)
    form = _form(request, programs)
    found = entries(form.wanted(), _after(request)) if form.is_valid() else []
    context = {"form": form, **_shown(request, found, programs)}
    status = 200 if form.is_valid() else 422
    return render(request, "insights/history.html", context, status=status)


@limited(EXPORT, methods=("GET",))
@require_GET
def history_csv(request: MemberRequest) -> HttpResponseBase:
    """All that the filters let through, and itself a line of the history."""
    require_owner(request.membership)
    programs = programs_of(request.organisation.pk)
    form = _form(request, programs)
    if not form.is_valid():
        context = {"form": form, **_shown(request, [], programs)}
        return render(request, "insights/history.html", context, status=422)
    body = as_csv(
        form.wanted(),
        programs,
        timezone.get_current_timezone(),
        translation.get_language(),
    )
    subject = _("the history (CSV)")
    return taken_along(body, "history.csv", actor=request.membership, subject=subject)


@require_GET
def own_history(request: MemberRequest) -> HttpResponse:
    """What was changed about oneself and by whom, and what one changed."""
    found = own(request.membership, _after(request))
    programs = programs_of(request.organisation.pk)
    context = _shown(request, found, programs)
    return render(request, "insights/own_history.html", context)


def _form(request: MemberRequest, programs: dict[int, str]) -> HistoryForm:
    return HistoryForm(
        request.GET, organisation=request.organisation.pk, programs=programs
    )


def _after(request: HttpRequest) -> Place | None:
    return place_in(request.GET.get("after", ""))


def _shown(
    request: HttpRequest, found: list[HistoryEntry], programs: dict[int, str]
) -> dict[str, Any]:
    """The lines of a page, and the addresses of the next and of the newest."""
    page = found[:ON_A_PAGE]
    asked = request.GET.copy()
    asked.pop("after", None)
    filters = asked.urlencode()
    if len(found) > ON_A_PAGE:
        asked["after"] = str(Place(page[-1].at, page[-1].pk))
    return {
        "lines": list(lines_of(page, names_of(page, programs))),
        "filters": filters,
        "older": asked.urlencode() if "after" in asked else "",
        "is_newest": "after" not in request.GET,
    }
