"""Actions that come out of a session, and how it went in a word."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from preceptor.http import MemberRequest, redirect, redirect_to, url, whole
from reviews import actions
from reviews.access import own_action, session_action, session_on_board
from reviews.apart_forms import ActionForm, ImpressionForm
from reviews.models import ReviewSession
from reviews.views import listing
from reviews.views.board import page


@require_POST
def add_action(request: MemberRequest, pk: int) -> HttpResponse:
    session = session_on_board(request.membership, pk)
    if not session.is_revealed:
        return redirect(request, "reviews:session", pk)
    form = ActionForm(request.POST, session=session)
    if not form.is_valid():
        return page(request, session, status=422, action_form=form)
    actions.add_action(actor=request.membership, session=session, **form.words())
    return redirect(request, "reviews:session", pk)


@require_POST
def mark_action(request: MemberRequest, pk: int, action: int) -> HttpResponse:
    """Done, or with `undone` open again; back to the page that it was said on."""
    session = session_on_board(request.membership, pk)
    actions.mark_action(
        action=session_action(session, action),
        is_done="undone" not in request.POST,
        now=timezone.now(),
    )
    return redirect_to(request, _page_of(request, session))


def _page_of(request: MemberRequest, session: ReviewSession) -> str:
    slug, name = request.organisation.slug, request.POST.get("from")
    if name == "today":
        return url(slug, "insights:today")
    if name == "pairing":
        pairing = whole(request.POST.get("pairing"), session.pairing_id)
        return url(slug, "insights:pairing", pairing) + "#actions"
    return url(slug, "reviews:session", session.pk)


@require_POST
def remove_action(request: MemberRequest, pk: int, action: int) -> HttpResponse:
    session = session_on_board(request.membership, pk)
    actions.remove_action(action=own_action(request.membership, session, action))
    return redirect(request, "reviews:board", pk)


@require_POST
def say_impression(request: MemberRequest, pk: int) -> HttpResponse:
    """The word of whoever did not close, said afterwards."""
    session = session_on_board(request.membership, pk)
    if session.state != ReviewSession.State.CLOSED:
        return redirect(request, "reviews:session", pk)
    form = ImpressionForm(request.POST)
    if not form.is_valid():
        return listing.reread(request, session, status=422, impression_form=form)
    actions.say_impression(
        actor=request.membership, session=session, word=form.cleaned_data["word"]
    )
    return redirect(request, "reviews:session", pk)
