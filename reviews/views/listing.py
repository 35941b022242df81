from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from pairings.models import Pairing
from preceptor.accounts.people import bring_members
from preceptor.accounts.rights import ARRANGERS, Relation
from preceptor.http import MemberRequest, redirect, render
from reviews.access import (
    session_as_participant,
    session_for,
    session_relations,
    session_to_reread,
)
from reviews.apart_forms import ImpressionForm
from reviews.board import Board, drawn
from reviews.impressions import how_it_went
from reviews.models import ReviewSession, bring_locks
from reviews.record_forms import FilterForm
from reviews.views.planning import planned

PAGE = 25
LISTED = (
    *("organisation", "pairing", "mentor", "junior", "title", "state", "is_logged"),
    *("planned_at", "planned_minutes", "cancelled_at", "opened_at", "held_on"),
    "minutes",
)
"""What the list shows of a session."""


@require_GET
def sessions(request: MemberRequest) -> HttpResponse:
    """Own sessions, open ones first; and the record of those one oversees."""
    member = request.membership
    own = ReviewSession.objects.of(member)
    overseen = ReviewSession.objects.overseen_by(member)
    has_own, has_record = own.exists(), overseen.exists()
    is_record = has_record and (request.GET.get("view") == "record" or not has_own)
    rows = overseen if is_record else own
    form = FilterForm(request.GET, member=member, is_record=is_record)
    found = form.narrow(rows).only(*LISTED).order_by("-opened_at", "-pk")
    open_rows = [] if is_record else list(found.open()[: PAGE * 2])
    bring_locks(open_rows)
    planned_rows = found.planned().order_by("planned_at")
    ahead = [] if is_record else list(planned_rows[:PAGE])
    past = found if is_record else found.past()
    page = Paginator(past, PAGE).get_page(request.GET.get("page"))
    shown = [*open_rows, *ahead, *page]
    bring_members(*((one, side) for one in shown for side in ("mentor", "junior")))
    context: dict[str, Any] = {
        "open": [(s, s.turn_of(member), s.other_than(member)) for s in open_rows],
        "ahead": [(s, s.other_than(member)) for s in ahead],
        "page": page,
        "past": [(s, s.other_than(member)) for s in page],
        "form": form,
        "is_record": is_record,
        "has_record": has_record,
        "has_own": has_own,
        "takes_part": Pairing.objects.of(member).standing().exists(),
        "picture": drawn(_("You"), _("Mentor"), (2, 2, 3)) if not has_own else "",
    }
    return render(request, "reviews/sessions.html", context)


@require_GET
def session(request: MemberRequest, pk: int) -> HttpResponse:
    """Where a session stands: the page to work on, to reread, or its record."""
    found = session_for(request.membership, pk)
    if found.side_of(request.membership) is None:
        relations = session_relations(request.membership, found)
        if Relation.NEXT_MENTOR in relations:
            return reread(request, session_to_reread(request.membership, pk))
        context = {
            "session": found,
            "may_release": found.waits_too_long(timezone.now())
            and relations & ARRANGERS,
        }
        return render(request, "reviews/record.html", context)
    found = session_as_participant(request.membership, pk)
    if found.is_planned or found.cancelled_at is not None:
        return planned(request, found)
    if found.state == ReviewSession.State.REVEALED:
        return redirect(request, "reviews:board", pk)
    if found.state == ReviewSession.State.READING:
        return redirect(request, "reviews:read", pk)
    return reread(request, found)


def reread(
    request: MemberRequest, session: ReviewSession, status: int = 200, **more: Any
) -> HttpResponse:
    """A session as it ended."""
    context = {
        "session": session,
        "board": Board(session, request.membership, "", 0),
        "transcripts": list(session.transcripts.all()),
        "other": session.other_than(request.membership),
        "how": how_it_went(session, request.membership),
        "impression_form": ImpressionForm(),
        **more,
    }
    return render(request, "reviews/closed.html", context, status=status)
