"""Holidays from a calendar file: upload, preview, confirm."""

from collections import Counter
from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from preceptor.accounts.access import require_manager, staged_holidays
from preceptor.accounts.actions import holiday_files as actions
from preceptor.accounts.calendar_files import MAX_BYTES, BadCalendar, Fault, Why
from preceptor.accounts.forms import HolidayFileForm
from preceptor.accounts.models import Holiday, StagedUpload
from preceptor.doors import UPLOAD, limited
from preceptor.http import MemberRequest, redirect, render
from preceptor.uploads import Limit

FAULTS = {
    Fault.TOO_LARGE: gettext_lazy(
        "The file is larger than 300 kB. Export the holidays alone, without other"
        " appointments."
    ),
    Fault.NO_CALENDAR: gettext_lazy(
        "This is no calendar file. It has to be in the iCalendar format; such files"
        " mostly end in .ics."
    ),
    Fault.TOO_MANY: gettext_lazy(
        "The file has too many entries to be one of holidays. Export the holidays"
        " alone."
    ),
    Fault.NOTHING: gettext_lazy("The calendar has no entry. Export it again."),
}
REASONS = {
    Why.NO_DAY: gettext_lazy("has no day that can be read"),
    Why.NO_NAME: gettext_lazy("has no name"),
    Why.HOURS: gettext_lazy("has hours: only whole days are holidays"),
    Why.LONG: gettext_lazy("is longer than 62 days"),
    Why.CANCELLED: gettext_lazy("was cancelled"),
    Why.OUTSIDE: gettext_lazy("lies in none of these years"),
    Why.RULE: gettext_lazy("repeats in a way that holidays do not"),
}


# The limit must be in place before anything reads the form, and the check of the
# form's token reads it: so the check runs inside.
@limited(UPLOAD)
@csrf_exempt
@require_http_methods(["GET", "POST"])
def upload_holidays(request: MemberRequest) -> HttpResponse:
    limit = Limit(request, MAX_BYTES)
    request.upload_handlers.insert(0, limit)
    response: HttpResponse = _upload(request, limit)
    return response


@csrf_protect
def _upload(request: MemberRequest, limit: Limit) -> HttpResponse:
    require_manager(request.membership)
    is_post = request.method == "POST"
    form = HolidayFileForm(*((request.POST, request.FILES) if is_post else ()))
    if limit.is_exceeded:
        form.refuse(str(FAULTS[Fault.TOO_LARGE]))
    elif is_post and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            upload = actions.stage_holidays(
                actor=request.membership,
                name=file.name,
                data=file.read(),
                now=timezone.now(),
            )
        except BadCalendar as bad:
            form.refuse(str(FAULTS[bad.fault]))
        else:
            return redirect(request, "organisation:holiday_file", upload.pk)
    return _form(request, form, 422 if form.errors else 200)


def _form(request: MemberRequest, form: HolidayFileForm, status: int) -> HttpResponse:
    first, last = actions.years_ahead(request.membership, timezone.now())
    context = {"form": form, "first": first.year, "last": last.year}
    return render(request, "accounts/upload_holidays.html", context, status=status)


@require_GET
def holiday_file(request: MemberRequest, pk: int) -> HttpResponse:
    upload = staged_holidays(request.membership, pk)
    return _gone(request) if upload is None else _preview(request, upload)


@require_POST
def import_holidays(request: MemberRequest, pk: int) -> HttpResponse:
    upload = staged_holidays(request.membership, pk)
    if upload is None:
        return _gone(request)
    chosen = request.POST.getlist("day")
    if not chosen:
        return _preview(request, upload, chosen=chosen, status=422)
    try:
        n, moved = actions.import_holidays(
            actor=request.membership,
            upload=upload,
            chosen=chosen,
            fingerprint=request.POST.get("fingerprint", ""),
            now=timezone.now(),
        )
    except actions.AlreadyImported:
        return _gone(request)
    except actions.EffectChanged:
        return _preview(request, upload, chosen=chosen, status=409)
    text = ngettext("%(n)d holiday was added.", "%(n)d holidays were added.", n)
    messages.success(request, " ".join([text % {"n": n}, *moved]))
    return redirect(request, "organisation:holidays")


def _preview(
    request: MemberRequest,
    upload: StagedUpload,
    *,
    chosen: Sequence[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """With 422 where none was chosen; with 409 where what moves is not what was seen,
    because something changed in between or other days were chosen."""
    before, now = Holiday.objects.names(request.organisation.pk), timezone.now()
    todo = actions.plan_holidays(request.membership, upload, before, now, chosen)
    left_out = Counter((one.name, REASONS[one.why]) for one in todo.left_out)
    context = {
        "upload": upload,
        "todo": todo,
        "known": [(day, before[day], name) for day, name in todo.known.items()],
        "left_out": [(*what, times) for what, times in left_out.items()],
        "status": status,
    }
    return render(request, "accounts/holiday_file.html", context, status=status)


def _gone(request: MemberRequest) -> HttpResponse:
    """The upload was taken over, replaced or is older than an hour: begin again."""
    form = HolidayFileForm({})
    form.refuse(
        _("That upload is over: it was taken over or is kept no more. Try again.")
    )
    return _form(request, form, 410)
