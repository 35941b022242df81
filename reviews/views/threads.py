"""The conversation under a finding."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from preceptor.http import Conflict, MemberRequest, render
from reviews import actions
from reviews.access import finding_on_board, own_comment, session_on_board
from reviews.apart_forms import CommentForm, EditCommentForm
from reviews.board import Board
from reviews.models import Comment, ReviewSession
from reviews.views.board import back_to, page


@require_POST
def add_comment(request: MemberRequest, pk: int, finding: int) -> HttpResponse:
    """A reply, or with `preview` how it will read."""
    session = session_on_board(request.membership, pk)
    row = finding_on_board(session, finding)
    form = CommentForm(request.POST, auto_id="reply-%s")
    if "preview" in request.POST:
        return _reply(request, session, finding, form, preview=form["text"].value())
    if not form.is_valid():
        return _reply(request, session, finding, form, status=422)
    try:
        actions.add_comment(
            actor=request.membership,
            finding=row,
            key=form.cleaned_data["key"],
            text=form.cleaned_data["text"],
            now=timezone.now(),
        )
    except Conflict as conflict:
        return _reply(request, session, finding, form, 409, reply_conflict=conflict)
    return _said(request, session, finding, reply_form=CommentForm.new())


def _reply(
    request: MemberRequest,
    session: ReviewSession,
    finding: int,
    form: CommentForm,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The form with what was written, below the conversation as it stands."""
    session.refresh_from_db(fields=["state", "version"])
    if not request.htmx:
        more["reply_form"] = form
        return page(request, session, status=status, finding=finding, **more)
    context = _thread(request, session, finding) | {"reply_form": form, **more}
    # htmx puts a 422 in place, and no 409.
    status = 422 if status == 409 else status
    return render(request, "reviews/parts/reply.html", context, status=status)


def _thread(
    request: MemberRequest, session: ReviewSession, finding: int
) -> dict[str, Any]:
    return {
        "session": session,
        "board": Board(session, request.membership, "", finding),
        "other": session.other_than(request.membership),
        "is_open": session.state == ReviewSession.State.REVEALED,
    }


def _said(
    request: MemberRequest, session: ReviewSession, finding: int, **more: Any
) -> HttpResponse:
    if not request.htmx:
        return back_to(request, session, finding, anchor="talk")
    session.refresh_from_db(fields=["state", "version"])
    context = _thread(request, session, finding) | more
    return render(request, "reviews/replied.html", context)


@require_http_methods(["GET", "POST"])
def edit_comment(request: MemberRequest, pk: int, comment: int) -> HttpResponse:
    """One's own words, above the reply or on a page of their own."""
    session = session_on_board(request.membership, pk)
    row = own_comment(request.membership, session, comment)
    if request.method == "GET":
        return _edit(request, row, EditCommentForm.of(row))
    form = EditCommentForm(request.POST, auto_id="edit-%s")
    if "preview" in request.POST:
        return _edit(request, row, form, preview=form["text"].value())
    if not form.is_valid():
        return _edit(request, row, form, 422)
    try:
        actions.edit_comment(
            comment=row,
            version=form.cleaned_data["version"],
            text=form.cleaned_data["text"],
            now=timezone.now(),
        )
    except Conflict as conflict:
        row.refresh_from_db()
        data = {**request.POST.dict(), "version": row.version}
        again = EditCommentForm(data, auto_id="edit-%s")
        return _edit(request, row, again, 409, conflict=conflict)
    return _said(request, session, row.finding_id)


def _edit(
    request: MemberRequest,
    comment: Comment,
    form: EditCommentForm,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    session = comment.finding.session
    context = {"session": session, "comment": comment, "form": form, **more}
    context["other"] = session.other_than(request.membership)
    # htmx puts a 422 in place, and no 409.
    status = 422 if request.htmx and status == 409 else status
    return render(
        request, "reviews/comment.html", context, status=status, partial="form"
    )


@require_POST
def remove_comment(request: MemberRequest, pk: int, comment: int) -> HttpResponse:
    session = session_on_board(request.membership, pk)
    row = own_comment(request.membership, session, comment)
    actions.remove_comment(comment=row, now=timezone.now())
    return _said(request, session, row.finding_id)
