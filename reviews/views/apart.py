"""Taking apart: the card of a flaw and the lesson that comes out of it."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from preceptor.http import Conflict, MemberRequest, render
from reviews import actions
from reviews.access import finding_on_board, own_lesson, session_on_board
from reviews.apart_forms import ExplanationForm, LessonEditForm
from reviews.cards import Card, Talk
from reviews.flaws import Flaw
from reviews.models import Explanation, Finding, ReviewSession
from reviews.views.board import back_to, page

REVEALED, CLOSED = ReviewSession.State.REVEALED, ReviewSession.State.CLOSED


@require_POST
def explain(request: MemberRequest, pk: int, finding: int) -> HttpResponse:
    """Keeps one side of a card, as it is typed or at once."""
    session = session_on_board(request.membership, pk)
    row = finding_on_board(session, finding)
    form = ExplanationForm(request.POST, side=session.side_of(request.membership))
    if not form.is_valid():
        return _refused(request, session, row, form)
    try:
        version = actions.explain(
            actor=request.membership,
            finding=row,
            version=form.cleaned_data["version"],
            tab=form.cleaned_data["tab"],
            before=form.cleaned_data["before"],
            words=form.words(),
        )
    except Conflict as conflict:
        return _refused(request, session, row, form, conflict)
    if request.htmx:
        return render(request, "reviews/explained.html", {"version": version})
    return back_to(request, session, finding)


def _refused(
    request: MemberRequest,
    session: ReviewSession,
    finding: Finding,
    form: ExplanationForm,
    conflict: Conflict | None = None,
) -> HttpResponse:
    """What stands in the way; what was typed stays in its fields."""
    session.refresh_from_db(fields=["state", "version"])
    more: dict[str, Any] = {"card_form": form}
    if conflict is not None:
        more |= {"card_conflict": conflict, **_standing(session, finding, form)}
    if request.htmx:
        more["session"] = session
        return render(request, "reviews/parts/card_refused.html", more, status=422)
    status = 409 if conflict else 422
    return page(request, session, status=status, finding=finding.pk, **more)


def _standing(
    session: ReviewSession, finding: Finding, form: ExplanationForm
) -> dict[str, Any]:
    """The fields that stand otherwise by now, and the version that they have."""
    row = Explanation.objects.filter(finding=finding).first() or Explanation()
    card, typed = Card(Flaw(finding), row), form.words()
    return {
        "stands": [
            (form.fields[name].label, card.mark if name == "mark" else stands)
            for name, words in typed.items()
            if (stands := getattr(row, name)) != words
        ],
        "stands_version": row.mentor_version
        if "rule" in form.fields
        else row.junior_version,
        "card_finding": finding,
        "may_save_over": finding.same_as_id is None
        and session.state in (REVEALED, CLOSED),
    }


@require_POST
def make_lesson(request: MemberRequest, pk: int, finding: int) -> HttpResponse:
    """One click: the card's rule, or its cause, is a lesson from now on."""
    session = session_on_board(request.membership, pk)
    row = finding_on_board(session, finding)
    card = _card_of(row)
    if card is not None and card.gist:
        actions.make_lesson(
            actor=request.membership,
            finding=row,
            text=card.gist,
            now=timezone.now(),
        )
    return back_to(request, session, finding)


def _card_of(finding: Finding) -> Card | None:
    flaw = Flaw(finding)
    row = Talk(finding.session, [flaw]).rows.get(finding.pk)
    return Card(flaw, row) if row else None


@require_http_methods(["GET", "POST"])
def edit_lesson(request: MemberRequest, pk: int, lesson: int) -> HttpResponse:
    """One's own lesson put better; another tab's words are not lost."""
    session = session_on_board(request.membership, pk)
    row = own_lesson(request.membership, session, lesson)
    form = LessonEditForm(request.POST) if request.POST else LessonEditForm.of(row)
    context: dict[str, Any] = {"session": session, "lesson": row, "form": form}
    context["other"] = session.other_than(request.membership)
    status = 200
    if form.is_bound and form.is_valid():
        try:
            actions.edit_lesson(
                lesson=row,
                was=form.cleaned_data["was"],
                text=form.cleaned_data["text"],
            )
            return back_to(request, session, row.finding_id or 0)
        except Conflict as conflict:
            row.refresh_from_db()
            data = {**request.POST.dict(), "was": row.text}
            context |= {"conflict": conflict, "form": LessonEditForm(data)}
            status = 409
    elif form.is_bound:
        status = 422
    return render(request, "reviews/lesson.html", context, status=status)
