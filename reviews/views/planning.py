from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from pairings.access import pairing_to_meet
from pairings.models import Enrolment, Pairing
from preceptor.http import Conflict, MemberRequest, redirect, render
from reviews import actions
from reviews.access import (
    session_as_participant,
    session_to_release,
    suggestion_for,
)
from reviews.invitations import invitation_to, sittings_of
from reviews.models import ReviewSession
from reviews.planning_forms import MoveForm, PlanForm, SuggestionForm


@require_http_methods(["GET", "POST"])
def plan(request: MemberRequest, pairing: int) -> HttpResponse:
    """A sitting that lies ahead, or a weekly series of them."""
    pair = pairing_to_meet(request.membership, pairing)
    now = timezone.now()
    form = PlanForm(
        request.POST or None,
        pairing=pair,
        now=now,
        initial={"led_by": _usual_lead(pair), "day": request.GET.get("day")},
    )
    if form.is_valid():
        try:
            planned = actions.plan(pairing=pair, now=now, **form.words())
        except Conflict as conflict:
            form.add_error("day", str(conflict))
        else:
            messages.success(request, _planned_said(len(planned)))
            return redirect(request, "reviews:session", planned[0].pk)
    context = {"form": form, "pairing": pair}
    status = 422 if form.is_bound else 200
    return render(request, "reviews/plan.html", context, status=status)


def _usual_lead(pairing: Pairing) -> str:
    if pairing.phase == Pairing.Phase.MENTOR_LEADS:
        return Enrolment.Side.MENTOR
    return Enrolment.Side.JUNIOR


def _planned_said(count: int) -> str:
    return ngettext(
        "Planned. An invitation for the calendar goes to both of you.",
        "%(n)s sessions are planned. An invitation for the calendar goes to you both.",
        count,
    ) % {"n": count}


def planned(request: MemberRequest, session: ReviewSession) -> HttpResponse:
    """The page of a session that has no change yet, for one of its two."""
    series = ReviewSession.objects.series_of(session).planned()
    context = {
        "session": session,
        "other": session.other_than(request.membership),
        "suggestions": session.pairing.suggestions.waiting(),
        "suggestion_form": SuggestionForm(),
        "later": series.exclude(pk=session.pk).order_by("planned_at"),
    }
    return render(request, "reviews/planned.html", context)


@require_http_methods(["GET", "POST"])
def move(request: MemberRequest, pk: int) -> HttpResponse:
    session = session_as_participant(request.membership, pk)
    if request.method == "GET" and not session.is_planned:
        return redirect(request, "reviews:session", pk)
    now = timezone.now()
    form = MoveForm(request.POST or None, session=session, now=now)
    if session.is_planned and form.is_valid():
        try:
            actions.move(session=session, now=now, **form.words())
        except Conflict as conflict:
            form.add_error(None, str(conflict))
            form.data = {**request.POST.dict(), "sequence": _sequence_now(session)}
        else:
            messages.success(request, _("Moved. Both of you get it by mail."))
            return redirect(request, "reviews:session", pk)
    context = {"session": session, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "reviews/move.html", context, status=status)


def _sequence_now(session: ReviewSession) -> int:
    """What was chosen may be saved over what the page says stands now."""
    session.refresh_from_db(fields=["sequence", "planned_at"])
    return session.sequence


@require_http_methods(["GET", "POST"])
def cancel(request: MemberRequest, pk: int) -> HttpResponse:
    """Asks first; with a series, whether the later ones go too."""
    session = session_as_participant(request.membership, pk)
    if request.method == "POST":
        is_following = request.POST.get("is_following") == "on"
        actions.cancel(session=session, is_following=is_following, now=timezone.now())
        messages.success(request, _("Cancelled. Both of you get it by mail."))
        return redirect(request, "insights:pairing", session.pairing_id)
    if not session.is_planned:
        return redirect(request, "reviews:session", pk)
    context = {"session": session, "other": session.other_than(request.membership)}
    return render(request, "reviews/cancel.html", context)


@require_GET
def invitation(request: MemberRequest, pk: int) -> HttpResponse:
    """The file for a calendar that the mail brings too."""
    session = session_as_participant(request.membership, pk)
    if session.planned_at is None:
        return redirect(request, "reviews:session", pk)
    response = HttpResponse(
        invitation_to(session, sittings_of(session), timezone.now()),
        content_type="text/calendar; charset=utf-8",
    )
    response["Content-Disposition"] = f'attachment; filename="{session.code}.ics"'
    return response


@require_http_methods(["GET", "POST"])
def suggest(request: MemberRequest, pairing: int) -> HttpResponse:
    """A change for the next session, from either of the pair."""
    pair = pairing_to_meet(request.membership, pairing)
    form = SuggestionForm(request.POST or None)
    if form.is_valid():
        actions.suggest(actor=request.membership, pairing=pair, **form.words())
        messages.success(request, _("It is suggested to both of you."))
        return redirect(request, "reviews:suggest", pairing)
    context: dict[str, Any] = {
        "form": form,
        "pairing": pair,
        "suggestions": pair.suggestions.waiting(),
    }
    status = 422 if form.is_bound else 200
    return render(request, "reviews/suggest.html", context, status=status)


@require_POST
def drop_suggestion(
    request: MemberRequest, pairing: int, suggestion: int
) -> HttpResponse:
    """Either of the two takes it off the list; taken off twice is once."""
    pair = pairing_to_meet(request.membership, pairing)
    row = suggestion_for(pair, suggestion)
    if row is not None:
        row.delete()
    return redirect(request, "reviews:suggest", pairing)


@require_http_methods(["GET", "POST"])
def release(request: MemberRequest, pk: int) -> HttpResponse:
    """Goes on without a pass that never came; asked of the pair and of the lead."""
    session = session_to_release(request.membership, pk)
    now = timezone.now()
    if request.method == "POST":
        actions.release(actor=request.membership, session=session, now=now)
        messages.success(
            request, _("The session goes on. It counts as held, and not as blind.")
        )
        return redirect(request, "reviews:session", pk)
    if session.state != ReviewSession.State.READING:
        return redirect(request, "reviews:session", pk)
    context = {
        "session": session,
        "missing": session.passes.filter(locked_at=None).select_related("reviewer"),
        "is_due": now >= session.may_be_released_from,
    }
    return render(request, "reviews/release.html", context)


@require_POST
def bring_in_drafts(request: MemberRequest, pk: int) -> HttpResponse:
    """One's own drafts of a pass that was released, put on the board."""
    session = session_as_participant(request.membership, pk)
    actions.bring_in_drafts(actor=request.membership, session=session)
    return redirect(request, "reviews:board", pk)
