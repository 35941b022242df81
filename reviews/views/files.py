from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_POST

from preceptor.http import MemberRequest, redirect, render
from reviews import actions
from reviews.access import session_as_participant
from reviews.reading import change_in, notes_on, replacements, revision_of
from reviews.views.reading import (
    note_context,
    number_in,
    standing,
    viewing_of,
    whole,
)

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
    viewing = viewing_of(request, session, revision_of(session))
    replacements(viewing.drawing, viewing.findings)
    context = standing(request, session)
    notes = notes_on(viewing.findings, note_context(context))
    drawn = viewing.drawing.shown(first, last, notes)
    if not drawn:
        raise Http404
    context["parts"] = list(viewing.framed(drawn))
    response = render(request, "reviews/files.html", context, partial="only")
    return viewing.drawing.filled(response)


@require_POST
def mark_viewed(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    """Marks a file of the revision that the page shows as viewed, or as not."""
    session = session_as_participant(request.membership, pk)
    latest = revision_of(session)
    asked = whole(request.POST.get("revision"))
    shown = session.revisions.filter(number=asked).first() or latest
    change = change_in(shown)
    if not 1 <= number <= len(change.files):
        raise Http404
    actions.mark_viewed(
        actor=request.membership,
        session=session,
        file=change.files[number - 1],
        is_viewed="viewed" in request.POST,
        now=timezone.now(),
    )
    viewing = viewing_of(request, session, latest)
    if request.htmx:
        return render(request, "reviews/viewed.html", {"viewing": viewing})
    at = viewing.unviewed.number if viewing.unviewed else number
    response = redirect(request, "reviews:read", pk)
    response.headers["Location"] += f"?from={at}#f{at}"
    return response
