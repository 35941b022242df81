"""The days on which nothing falls due in an organisation."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from preceptor.accounts import actions
from preceptor.accounts.access import holiday_to_write, require_manager
from preceptor.accounts.forms import HolidayNameForm, HolidaysForm
from preceptor.accounts.holidays import HolidayChange, adding, removing, told
from preceptor.accounts.models import Holiday
from preceptor.http import MemberRequest, redirect_to, render, url, whole


@require_GET
def holidays(request: MemberRequest) -> HttpResponse:
    """Those of one year; every member reads them."""
    this_year = timezone.localdate().year
    year = whole(request.GET.get("year"), this_year)
    rows = list(Holiday.objects.filter(organisation=request.organisation))
    known = {row.day.year for row in rows}
    context = {
        "year": year,
        "years": sorted({this_year, this_year + 1, year, *known}),
        "holidays": [row for row in rows if row.day.year == year],
    }
    return render(request, "accounts/holidays.html", context)


@require_http_methods(["GET", "POST"])
def add_holidays(request: MemberRequest) -> HttpResponse:
    """What would move is shown first; confirming posts the same again."""
    require_manager(request.membership)
    asked = request.GET if "first_on" in request.GET else None
    form = HolidaysForm(request.POST if request.method == "POST" else asked)
    context: dict[str, object] = {"form": form}
    if form.is_valid():
        if request.method == "POST":
            return _add(request, form)
        change = _adding(request, form)
        context |= {"days": sorted(change.added), "told": told(change)}
        if not change.added:
            text = _("Each of these days is a holiday already.")
            form.add_error("first_on", text)
    status = 422 if form.errors else 200
    return render(request, "accounts/add_holidays.html", context, status=status)


def _adding(request: MemberRequest, form: HolidaysForm) -> HolidayChange:
    before = Holiday.objects.names(request.organisation.pk)
    name, now = form.cleaned_data["name"], timezone.now()
    return adding(request.membership, before, form.days, name, now)


def _add(request: MemberRequest, form: HolidaysForm) -> HttpResponse:
    name, days = form.cleaned_data["name"], form.days
    moved = actions.add_holidays(
        actor=request.membership, days=days, name=name, now=timezone.now()
    )
    _say(request, _("“%(name)s” is a holiday.") % {"name": name}, moved)
    return _to_year(request, days[0].year)


@require_http_methods(["GET", "POST"])
def edit_holiday(request: MemberRequest, pk: int) -> HttpResponse:
    holiday = holiday_to_write(request.membership, pk)
    form = HolidayNameForm(request.POST or None, initial={"name": holiday.name})
    if form.is_valid():
        name = form.cleaned_data["name"]
        actions.rename_holiday(actor=request.membership, holiday=holiday, name=name)
        messages.success(request, _("It is called “%(name)s” now.") % {"name": name})
        return _to_year(request, holiday.day.year)
    context = {"holiday": holiday, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "accounts/edit_holiday.html", context, status=status)


@require_http_methods(["GET", "POST"])
def remove_holiday(request: MemberRequest, pk: int) -> HttpResponse:
    holiday = holiday_to_write(request.membership, pk)
    if request.method == "POST":
        moved = actions.remove_holiday(
            actor=request.membership, holiday=holiday, now=timezone.now()
        )
        done = _("“%(name)s” is no holiday any more.") % {"name": holiday.name}
        _say(request, done, moved)
        return _to_year(request, holiday.day.year)
    before = Holiday.objects.names(request.organisation.pk)
    change = removing(request.membership, before, holiday.day, timezone.now())
    context = {"holiday": holiday, "told": told(change)}
    return render(request, "accounts/remove_holiday.html", context)


def _say(request: MemberRequest, done: str, moved: Sequence[str]) -> None:
    messages.success(request, " ".join([done, *moved]))


def _to_year(request: MemberRequest, year: int) -> HttpResponse:
    path = url(request.organisation.slug, "organisation:holidays")
    return redirect_to(request, f"{path}?year={year}")
