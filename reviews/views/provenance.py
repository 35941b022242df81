from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from preceptor.http import Conflict, MemberRequest, redirect, render
from reviews import actions
from reviews.access import session_as_participant
from reviews.change_forms import OriginForm, origin_of
from reviews.models import ReviewSession


@require_http_methods(["GET", "POST"])
def edit_provenance(request: MemberRequest, pk: int) -> HttpResponse:
    """Where the change comes from, put right by hand until the session closes."""
    session = session_as_participant(request.membership, pk)
    if request.method == "GET":
        if not session.is_open:
            return redirect(request, "reviews:session", pk)
        return _page(request, session, OriginForm(initial=origin_of(session)))
    form = OriginForm(request.POST)
    if not form.is_valid():
        return _page(request, session, form, status=422)
    try:
        actions.set_provenance(
            session=session,
            seen=form.cleaned_data["seen"],
            provenance=form.provenance(),
        )
    except Conflict as conflict:
        session.refresh_from_db()
        data = {**request.POST.dict(), "seen": session.provenance_mark}
        form = OriginForm(data)
        form.add_error(None, str(conflict))
        return _page(request, session, form, status=409)
    messages.success(request, _("It is written down where the change comes from."))
    return redirect(request, "reviews:session", pk)


def _page(
    request: MemberRequest, session: ReviewSession, form: OriginForm, status: int = 200
) -> HttpResponse:
    context = {
        "session": session,
        "form": form,
        "other": session.other_than(request.membership),
    }
    return render(request, "reviews/edit_provenance.html", context, status=status)
