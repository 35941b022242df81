from functools import partial
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from preceptor.http import Conflict, MemberRequest, redirect, redirect_to, render, url
from reviews import actions
from reviews.access import (
    finding_on_board,
    own_lesson,
    session_as_participant,
)
from reviews.apart_forms import forms_of_apart, laid_out
from reviews.board import Board
from reviews.cards import ACCOUNT, MICROSKILLS
from reviews.forms import AdjudicationForm, LessonForm, PairedFindingForm
from reviews.models import ReviewSession
from reviews.pass_forms import FindingForm
from reviews.reading import change_in, revision_of
from reviews.views import findings, reading
from reviews.views.reading import whole


@require_GET
def board(request: MemberRequest, pk: int) -> HttpResponse:
    """Both passes side by side; before the reveal, back to reading."""
    session = session_as_participant(request.membership, pk)
    if not session.is_revealed:
        return redirect(request, "reviews:session", pk)
    return page(request, session)


def page(
    request: MemberRequest,
    session: ReviewSession,
    *,
    status: int = 200,
    finding: int | None = None,
    **more: Any,
) -> HttpResponse:
    asked = whole(request.GET.get("finding")) if finding is None else finding
    shown = Board(session, request.membership, request.GET.get("show", ""), asked)
    context = {
        "session": session,
        "board": shown,
        "transcripts": list(session.transcripts.all()),
        "other": session.other_than(request.membership),
        "decide": _decision(shown),
        "lesson_form": LessonForm(),
        "is_open": session.state == ReviewSession.State.REVEALED,
        "shown_card": whole(request.GET.get("card") or request.POST.get("card")),
        **forms_of_apart(session, request.membership, shown.card),
        **more,
    }
    if shown.card:
        laid = partial(laid_out, card=shown.card, form=context.get("card_form"))
        context |= {"card_steps": laid(MICROSKILLS), "card_account": laid(ACCOUNT)}
    is_fragment = "is_poll" in more or "is_answer" in more
    name = "reviews/shared.html" if is_fragment else "reviews/board.html"
    return render(request, name, context, status=status)


def _decision(shown: Board) -> AdjudicationForm:
    if shown.flaw is None:
        return AdjudicationForm()
    row = shown.flaw.finding
    return AdjudicationForm(
        initial={"version": row.version, "adjudication": row.adjudication}
    )


@require_GET
def changes(request: MemberRequest, pk: int) -> HttpResponse:
    """204 while nothing that both may see has changed since `version`."""
    session = session_as_participant(request.membership, pk)
    if request.GET.get("version") == str(session.version):
        return HttpResponse(status=204)
    if request.GET.get("page") != "board":
        return reading.changed(request, session)
    if session.state != ReviewSession.State.REVEALED:
        return render(request, "reviews/over.html", {"session": session})
    return page(request, session, is_poll=True)


@require_POST
def adjudicate(request: MemberRequest, pk: int, finding: int) -> HttpResponse:
    session = session_as_participant(request.membership, pk)
    row = finding_on_board(session, finding)
    form = AdjudicationForm(request.POST)
    if not form.is_valid():
        return page(request, session, status=422, finding=finding, decide=form)
    try:
        actions.adjudicate(
            actor=request.membership,
            finding=row,
            version=form.cleaned_data["version"],
            adjudication=form.cleaned_data["adjudication"],
        )
    except Conflict as conflict:
        return _refused(request, session, finding, conflict, form)
    return back_to(request, session, finding)


def _refused(
    request: MemberRequest,
    session: ReviewSession,
    finding: int,
    conflict: Conflict,
    form: AdjudicationForm | None = None,
) -> HttpResponse:
    """What changed in between, beside what was chosen, to be chosen anew."""
    choices = dict(AdjudicationForm.base_fields["adjudication"].choices)  # type: ignore[attr-defined] # a ChoiceField
    wanted = choices[form.cleaned_data["adjudication"]] if form else ""
    session.refresh_from_db(fields=["version", "state"])
    more: dict[str, Any] = {"conflict": conflict, "wanted": wanted}
    if request.htmx:
        return page(request, session, finding=finding, is_answer=True, **more)
    return page(request, session, status=409, finding=finding, **more)


def back_to(
    request: MemberRequest,
    session: ReviewSession,
    finding: int,
    anchor: str = "detail",
) -> HttpResponse:
    """The board at the same finding; a fragment of it where htmx asked."""
    if request.htmx:
        session.refresh_from_db(fields=["version", "state"])
        return page(request, session, finding=finding, is_answer=True)
    path = url(request.organisation.slug, "reviews:board", session.pk)
    return redirect_to(request, f"{path}?finding={finding}#{anchor}")


@require_POST
def join(request: MemberRequest, pk: int, finding: int) -> HttpResponse:
    session = session_as_participant(request.membership, pk)
    row = finding_on_board(session, finding)
    form = PairedFindingForm(request.POST)
    if not form.is_valid():
        return page(request, session, status=422, finding=finding, join_form=form)
    try:
        actions.join(
            actor=request.membership,
            finding=row,
            version=form.cleaned_data["version"],
            other_pk=form.cleaned_data["other"],
        )
    except Conflict as conflict:
        return _refused(request, session, finding, conflict)
    return back_to(request, session, finding)


@require_POST
def split(request: MemberRequest, pk: int, finding: int) -> HttpResponse:
    session = session_as_participant(request.membership, pk)
    row = finding_on_board(session, finding)
    form = PairedFindingForm(request.POST)
    if not form.is_valid():
        return page(request, session, status=422, finding=finding, join_form=form)
    try:
        actions.split(
            actor=request.membership,
            finding=row,
            version=form.cleaned_data["version"],
            echo_pk=form.cleaned_data["other"],
        )
    except Conflict as conflict:
        return _refused(request, session, finding, conflict)
    return back_to(request, session, finding)


@require_http_methods(["GET", "POST"])
def add_late(request: MemberRequest, pk: int) -> HttpResponse:
    """A finding that neither had before the reveal."""
    session = session_as_participant(request.membership, pk)
    if session.state != ReviewSession.State.REVEALED:
        return redirect(request, "reviews:session", pk)
    change = change_in(revision_of(session))
    if request.method == "GET":
        asked = FindingForm(change=change, initial=findings.asked(request, session))
        return findings.form_page(request, session, asked, is_late=True)
    if "preview" in request.POST:
        return findings.previewed(request, session, change, is_late=True)
    form = FindingForm(request.POST, change=change)
    if not form.is_valid():
        return findings.form_page(request, session, form, status=422, is_late=True)
    try:
        late = actions.add_late(
            actor=request.membership,
            session=session,
            key=form.cleaned_data["key"],
            words=form.words(),
        )
    except actions.Sent as sent:
        return findings.refused(request, session, change, sent.finding, sent)
    path = url(request.organisation.slug, "reviews:board", session.pk)
    return redirect_to(request, f"{path}?finding={late.pk}#detail")


@require_POST
def add_lesson(request: MemberRequest, pk: int) -> HttpResponse:
    session = session_as_participant(request.membership, pk)
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
    session = session_as_participant(request.membership, pk)
    actions.remove_lesson(
        session=session, lesson=own_lesson(request.membership, session, lesson)
    )
    return redirect(request, "reviews:board", pk)
