from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from preceptor.http import MemberRequest, redirect, render
from reviews import actions
from reviews.access import session_as_participant
from reviews.coverage import assigned_in, coverage, marks_of
from reviews.models import ReviewSession, Revision
from reviews.reading import drawing_of, revision_of
from reviews.sitting_forms import SittingsForm
from reviews.sittings import MOST_LINES, Sized, proposed


@require_http_methods(["GET", "POST"])
def sittings(request: MemberRequest, pk: int) -> HttpResponse:
    """Which file is read in which sitting: proposed, changed by hand, and how far."""
    session = session_as_participant(request.membership, pk)
    revision = revision_of(session)
    if revision is None:
        return redirect(request, "reviews:session", pk)
    if request.method == "POST" and "clear" in request.POST:
        actions.assign_sittings(session=session, sittings={})
        messages.success(request, _("The change is read in one sitting again."))
        return redirect(request, "reviews:read", pk)
    files = [Sized(file.path, file.lines) for file in drawing_of(revision).files]
    form = SittingsForm(
        request.POST if request.method == "POST" else None,
        files=files,
        start=assigned_in(session) or proposed(files),
    )
    if form.is_valid():
        actions.assign_sittings(session=session, sittings=form.sittings())
        messages.success(request, _("The change is split into sittings, for both."))
        return redirect(request, "reviews:read", pk)
    return _page(request, session, revision, form)


def _page(
    request: MemberRequest,
    session: ReviewSession,
    revision: Revision,
    form: SittingsForm,
) -> HttpResponse:
    # Before the reveal nobody learns how far the other has come.
    readers = [session.junior, session.mentor]
    seen = readers if session.is_revealed else [request.membership]
    drawn, assigned = drawing_of(revision).files, assigned_in(session)
    context = {
        "session": session,
        "form": form,
        "revision": revision,
        "is_split": bool(assigned),
        "progress": [
            (one, coverage(drawn, marks_of(session, one), assigned)) for one in seen
        ],
        "most": MOST_LINES,
    }
    status = 422 if form.is_bound else 200
    return render(request, "reviews/sittings.html", context, status=status)
