from functools import partial
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from preceptor.accounts.rights import Right
from preceptor.http import (
    Conflict,
    MemberRequest,
    redirect,
    redirect_to,
    render,
    url,
    whole,
)
from reviews import actions
from reviews.access import (
    has_version,
    own_lesson,
    session_as_participant,
    session_on_board,
)
from reviews.apart_forms import forms_of_apart, laid_out
from reviews.board import Board
from reviews.board_forms import AdjudicationForm
from reviews.cards import ACCOUNT, MICROSKILLS
from reviews.diffs import Change
from reviews.forms import LessonForm
from reviews.models import ReviewSession
from reviews.pass_forms import FindingForm
from reviews.reading import change_in, revision_of
from reviews.views import findings, reading


@require_GET
def board(request: MemberRequest, pk: int) -> HttpResponse:
    """Both passes side by side; before the reveal, back to reading.

    Who was lent the session rereads it instead: on the board there is work to do.
    """
    session = session_on_board(request.membership, pk, Right.READ)
    if not session.is_revealed or session.is_lent:
        return redirect(request, "reviews:session", pk)
    return page(request, session)


def page(
    request: MemberRequest,
    session: ReviewSession,
    *,
    status: int = 200,
    finding: int | None = None,
    is_fragment: bool = False,
    **more: Any,
) -> HttpResponse:
    """The board, or what of it changes, as a fragment that a browser puts in place."""
    asked = whole(request.GET.get("finding")) if finding is None else finding
    shown = Board(session, request.membership, request.GET.get("show", ""), asked)
    context = {
        "session": session,
        "board": shown,
        "conversation": None if is_fragment else session.first_conversation,
        "other": session.other_than(request.membership),
        "decide": AdjudicationForm.of(shown.flaw.finding if shown.flaw else None),
        "lesson_form": LessonForm(),
        "is_open": session.state == ReviewSession.State.REVEALED,
        "shown_card": whole(request.GET.get("card") or request.POST.get("card")),
        **forms_of_apart(session, request.membership, shown.card),
        **more,
    }
    if shown.card:
        laid = partial(laid_out, card=shown.card, form=context.get("card_form"))
        context |= {"card_steps": laid(MICROSKILLS), "card_account": laid(ACCOUNT)}
    name = "reviews/shared.html" if is_fragment else "reviews/board.html"
    return render(request, name, context, status=status)


@require_GET
def changes(request: MemberRequest, pk: int) -> HttpResponse:
    """204 while nothing that both may see has changed since `version`.

    A board that was open when the session ended says so and stays as it is.
    """
    if has_version(request.membership, pk, request.GET.get("version", "")):
        return HttpResponse(status=204)
    session = session_as_participant(request.membership, pk)
    if request.GET.get("page") != "board" or not session.is_revealed:
        return reading.changed(request, session)
    if request.GET.get("state", session.state) != session.state:
        return render(request, "reviews/over.html", {"session": session})
    return page(request, session, is_fragment=True)


def back_to(
    request: MemberRequest,
    session: ReviewSession,
    finding: int,
    anchor: str = "detail",
) -> HttpResponse:
    """The board at the same finding; a fragment of it where htmx asked."""
    if request.htmx:
        session.refresh_from_db(fields=["version", "state"])
        return page(request, session, finding=finding, is_fragment=True)
    path = url(request.organisation.slug, "reviews:board", session.pk)
    return redirect_to(request, f"{path}?finding={finding}#{anchor}")


@require_http_methods(["GET", "POST"])
def add_late(request: MemberRequest, pk: int) -> HttpResponse:
    """A finding that neither had before the reveal.

    Where the other closes the session meanwhile, what was written stays in the form.
    """
    session = session_on_board(request.membership, pk)
    change = change_in(revision_of(session))
    if request.method == "GET":
        if session.state != ReviewSession.State.REVEALED:
            return redirect(request, "reviews:session", pk)
        asked = FindingForm(
            session=session, change=change, initial=findings.asked(request, session)
        )
        return findings.form_page(request, session, asked, is_late=True)
    if "preview" in request.POST:
        return findings.previewed(request, session, change, is_late=True)
    form = FindingForm(request.POST, session=session, change=change)
    if not form.is_valid():
        return findings.form_page(request, session, form, status=422, is_late=True)
    return _add_late(request, session, change, form)


def _add_late(
    request: MemberRequest, session: ReviewSession, change: Change, form: FindingForm
) -> HttpResponse:
    try:
        late = actions.add_late(
            actor=request.membership,
            session=session,
            key=form.cleaned_data["key"],
            words=form.words(),
        )
    except actions.Sent as sent:
        return findings.refused(request, session, change, sent.finding, sent)
    except Conflict as conflict:
        return findings.form_page(
            request, session, form, status=409, is_late=True, conflict=conflict
        )
    path = url(request.organisation.slug, "reviews:board", session.pk)
    return redirect_to(request, f"{path}?finding={late.pk}#detail")


@require_POST
def add_lesson(request: MemberRequest, pk: int) -> HttpResponse:
    session = session_on_board(request.membership, pk)
    if not session.is_revealed:
        return redirect(request, "reviews:session", pk)
    form = LessonForm(request.POST)
    if not form.is_valid():
        return page(request, session, status=422, lesson_form=form)
    actions.add_lesson(
        actor=request.membership,
        session=session,
        text=form.cleaned_data["text"],
        now=timezone.now(),
    )
    return redirect(request, "reviews:session", pk)


@require_POST
def remove_lesson(request: MemberRequest, pk: int, lesson: int) -> HttpResponse:
    session = session_on_board(request.membership, pk)
    actions.remove_lesson(
        session=session, lesson=own_lesson(request.membership, session, lesson)
    )
    return redirect(request, "reviews:board", pk)
