from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from django_htmx.http import reswap, retarget

from preceptor.http import Conflict, MemberRequest, redirect, render
from reviews import actions
from reviews.access import note_of, session_as_participant
from reviews.keeping_forms import NoteForm
from reviews.models import ReviewSession


@require_http_methods(["GET", "POST"])
def note(request: MemberRequest, pk: int) -> HttpResponse:
    """One's own note on a session: a page, or a panel on the session's pages."""
    session = session_as_participant(request.membership, pk)
    if request.method == "GET":
        row = note_of(request.membership, session)
        initial = {"text": row.text, "version": row.version} if row else {"version": 0}
        return _page(request, session, NoteForm(initial=initial), saved=row)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _page(request, session, form, status=422)
    try:
        version = actions.keep_note(
            actor=request.membership,
            session=session,
            text=form.cleaned_data["text"],
            version=form.cleaned_data["version"],
            now=timezone.now(),
        )
    except Conflict as conflict:
        return _refused(request, session, form, conflict)
    if not request.htmx:
        return redirect(request, "reviews:session", pk)
    context = {"version": version, "saved_at": timezone.now()}
    return render(request, "reviews/note.html", context, partial="state")


def _refused(
    request: MemberRequest, session: ReviewSession, form: NoteForm, conflict: Conflict
) -> HttpResponse:
    """What was typed stays, beside what stands now; saving again replaces that."""
    row = note_of(request.membership, session)
    data = {"text": form.cleaned_data["text"], "version": row.version if row else 0}
    return _page(request, session, NoteForm(data), 409, conflict=conflict, other=row)


def _page(
    request: MemberRequest,
    session: ReviewSession,
    form: NoteForm,
    status: int = 200,
    **more: object,
) -> HttpResponse:
    # A fragment is put in place only where the form is to be looked at again: 422.
    status = 422 if request.htmx and status == 409 else status
    context = {"session": session, "form": form, **more}
    response = render(
        request, "reviews/note.html", context, status=status, partial="form"
    )
    if status != 200 and request.htmx:
        return reswap(retarget(response, "#note-form"), "outerHTML")
    return response
