from django.http import Http404, HttpResponse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from preceptor.http import MemberRequest, render
from reviews.access import findings_of, session_as_participant
from reviews.reading import drawing_of, notes_on, numbered, revision_of
from reviews.views.reading import note_context, number_in, standing

FURTHEST = 99_999  # a number of a file beyond every limit


@require_GET
@gzip_page
def files(request: MemberRequest, pk: int) -> HttpResponse:
    """Files `from` to `to` of the change, counted from 1; all of them unless named.

    A page that holds the others asks for them as a fragment.
    """
    session = session_as_participant(request.membership, pk)
    first, last = number_in(request, "from", 1), number_in(request, "to", FURTHEST)
    if not 1 <= first <= last:
        raise Http404
    found = findings_of(request.membership, session).select_related("author__user")
    context = standing(request, session)
    notes = notes_on(numbered(found), note_context(context))
    context["files"] = drawing_of(revision_of(session)).shown(first, last, notes)
    if not context["files"]:
        raise Http404
    return render(request, "reviews/files.html", context, partial="only")
