from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_POST

from preceptor.accounts.rights import Right
from preceptor.http import MemberRequest, redirect, render
from reviews import actions
from reviews.access import session_as_participant, session_to_read
from reviews.reading import change_in, notes_on, replacements
from reviews.views.reading import (
    note_context,
    number_in,
    revision_asked,
    sitting_asked,
    standing,
    viewing_of,
    within,
)

FURTHEST = 99_999  # a number of a file beyond every limit


@require_GET
@gzip_page
def files(request: MemberRequest, pk: int) -> HttpResponse:
    """Files `from` to `to` of the change, counted from 1; all of them unless named.

    A page that holds the others asks for them as a fragment.
    """
    session = session_to_read(request.membership, pk, Right.READ)
    first, last = number_in(request, "from", 1), number_in(request, "to", FURTHEST)
    if not 1 <= first <= last:
        raise Http404
    revision = revision_asked(request, session)
    viewing = viewing_of(request, session, revision)
    replacements(lambda: viewing.drawing.change, viewing.findings)
    context = standing(request, session)
    notes = notes_on(viewing.findings, note_context(context))
    drawn = viewing.drawing.shown(first, last, notes, viewing.only)
    if not drawn:
        raise Http404
    context |= {"revision": revision, "viewing": viewing}
    context["parts"] = list(viewing.framed(drawn))
    response = render(request, "reviews/files.html", context, partial="only")
    return viewing.drawing.filled(response)


@require_POST
def mark_viewed(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    """Marks a file of the revision that the page shows as viewed, or as not."""
    session = session_as_participant(request.membership, pk)
    shown = revision_asked(request, session)
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
    session = session_to_read(request.membership, pk)
    viewing = viewing_of(request, session, shown)
    if request.htmx:
        context = {"session": session, "revision": shown, "viewing": viewing}
        return render(request, "reviews/viewed.html", context)
    at = viewing.unviewed.number if viewing.unviewed else number
    response = redirect(request, "reviews:read", pk)
    asked = within(shown, sitting_asked(request))
    response.headers["Location"] += f"?from={at}{asked}#f{at}"
    return response
