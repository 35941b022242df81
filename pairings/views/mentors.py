from collections.abc import Sequence
from copy import copy

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from pairings import access, lists, register
from pairings.actions import mentors as actions
from pairings.differences import differences
from pairings.models import MentorRecord
from pairings.profile_forms import RecordForm
from pairings.tables import to_csv
from preceptor.accounts.exports import taken_along
from preceptor.accounts.models import Membership
from preceptor.doors import EXPORT, limited
from preceptor.http import MemberRequest, redirect, render
from preceptor.replica import read
from preceptor.seen import Difference, Stale, Values, mixed, seen_in, written


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


@limited(EXPORT, methods=("GET",))
@require_GET
def export_mentors(request: MemberRequest) -> HttpResponseBase:
    access.require_register(request.membership)
    filters = lists.filters_in(request.GET)
    today = timezone.localdate()

    def written() -> bytes:
        found = register.register(request.membership, today, filters)
        rows = register.rows_of(request.membership, found, today)
        return to_csv(register.HEADER, map(register.exported, rows))

    return taken_along(
        read(written),
        "mentors.csv",
        actor=request.membership,
        subject=_("the register of mentors (CSV)"),
    )


@require_http_methods(["GET", "POST"])
def edit_mentor(request: MemberRequest, pk: int) -> HttpResponse:
    mentor = access.mentor_to_write(request.membership, pk)
    record = _record_of(mentor)
    form = RecordForm(request.POST or None, instance=copy(record))
    if request.method == "GET":
        seen = written(actions.record_of(record, form.fields))
        return _record(request, mentor, form, seen=seen)
    if not form.is_valid():
        seen = request.POST.get("seen", "")
        return _record(request, mentor, form, seen=seen, status=422)
    sent = form.cleaned_data
    try:
        actions.edit_record(
            actor=request.membership,
            mentor=mentor,
            sent=sent,
            seen=seen_in(request.POST),
        )
    except Stale as stale:
        return _stale(request, pk, sent, stale)
    messages.success(request, _("Saved: %(who)s.") % {"who": mentor})
    return redirect(request, "pairings:mentors")


def _record_of(mentor: Membership) -> MentorRecord:
    return getattr(mentor, "mentor_record", None) or MentorRecord()


def _stale(request: MemberRequest, pk: int, sent: Values, stale: Stale) -> HttpResponse:
    """The form again with the sender's changes over what stands, and both versions."""
    mentor = access.mentor_to_write(request.membership, pk)
    stands = actions.record_of(_record_of(mentor), sent)
    shown = mixed(seen_in(request.POST), sent, stands)
    form = RecordForm(instance=MentorRecord(**shown))
    both = differences(stale, sent, stands, form, is_mentor=True)
    seen = written(stands)
    return _record(request, mentor, form, seen=seen, differences=both, status=409)


def _record(
    request: MemberRequest,
    mentor: Membership,
    form: RecordForm,
    *,
    seen: str,
    differences: Sequence[Difference] = (),
    status: int = 200,
) -> HttpResponse:
    context = {"mentor": mentor, "form": form, "seen": seen}
    context |= {"differences": differences}
    return render(request, "pairings/edit_mentor.html", context, status=status)
