from django.http import Http404, HttpResponse
from django.views.decorators.http import require_GET

from preceptor.http import MemberRequest, render
from reviews.access import findings_of, session_as_participant
from reviews.reading import change_in, notes_on, numbered, revision_of, shown_range
from reviews.views.reading import note_context, number_in, standing


@require_GET
def files(request: MemberRequest, pk: int) -> HttpResponse:
    """Files `from` to `to` of the change, counted from 1; all of them unless named.

    A page that holds the others asks for them as a fragment.
    """
    session = session_as_participant(request.membership, pk)
    change = change_in(revision_of(session))
    first = number_in(request, "from", 1)
    last = min(number_in(request, "to", len(change.files)), len(change.files))
    if not 1 <= first <= last:
        raise Http404
    context = standing(request, session)
    found = findings_of(request.membership, session).select_related("author__user")
    notes = notes_on(numbered(found), note_context(context))
    context["files"] = list(shown_range(change, notes, first, last))
    return render(request, "reviews/files.html", context, partial="only")
