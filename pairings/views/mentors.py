from django.contrib import messages
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from pairings import access, lists, register
from pairings.actions import mentors as actions
from pairings.models import MentorRecord
from pairings.profile_forms import RecordForm
from pairings.tables import to_csv
from preceptor.http import MemberRequest, redirect, render


@require_GET
def mentors(request: MemberRequest) -> HttpResponse:
    access.require_register(request.membership)
    filters = lists.filters_in(request.GET)
    today = timezone.localdate()
    found = register.register(request.membership, today, filters)
    page = lists.page_of(found, filters)
    context = {
        "filters": filters,
        "orders": register.orders(),
        "shown": register.shown(),
        "page": page,
        "rows": register.rows_of(request.membership, page.object_list, today),
    }
    return render(request, "pairings/mentors.html", context)


@require_GET
def export_mentors(request: MemberRequest) -> HttpResponse:
    access.require_register(request.membership)
    filters = lists.filters_in(request.GET)
    today = timezone.localdate()
    found = register.register(request.membership, today, filters)
    rows = register.rows_of(request.membership, found, today)
    body = to_csv(register.HEADER, (register.exported(row) for row in rows))
    response = HttpResponse(body, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="mentors.csv"'
    return response


@require_http_methods(["GET", "POST"])
def edit_mentor(request: MemberRequest, pk: int) -> HttpResponse:
    mentor = access.mentor_to_write(request.membership, pk)
    record = getattr(mentor, "mentor_record", None) or MentorRecord()
    form = RecordForm(request.POST or None, instance=record)
    if request.method == "POST" and form.is_valid():
        actions.edit_record(
            actor=request.membership, mentor=mentor, fields=form.cleaned_data
        )
        messages.success(request, _("Saved: %(who)s.") % {"who": mentor})
        return redirect(request, "pairings:mentors")
    status = 422 if form.errors else 200
    context = {"mentor": mentor, "form": form}
    return render(request, "pairings/edit_mentor.html", context, status=status)
