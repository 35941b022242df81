from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)
from django_htmx.http import reswap, retarget

from preceptor.http import Conflict, MemberRequest, redirect, render
from reviews import actions, taxonomy
from reviews.access import (
    findings_of,
    own_finding,
    pass_of,
    session_as_participant,
)
from reviews.diffs import Change
from reviews.forms import FindingForm, PassForm
from reviews.models import Finding, ReviewSession
from reviews.reading import (
    change_in,
    drawing_of,
    notes_on,
    numbered,
    own_findings,
    page_of,
    places,
    revision_of,
)


@require_GET
def read(request: MemberRequest, pk: int) -> HttpResponse:
    """The change to be read alone, and after the reveal with what both said of it."""
    session = session_as_participant(request.membership, pk)
    if session.is_logged:
        return redirect(request, "reviews:session", pk)
    return _read_page(request, session)


def _read_page(
    request: MemberRequest,
    session: ReviewSession,
    form: PassForm | None = None,
    status: int = 200,
) -> HttpResponse:
    revision = revision_of(session)
    drawing = drawing_of(revision)
    findings = numbered(
        findings_of(request.membership, session).select_related("author__user")
    )
    places(drawing, findings)
    context = standing(request, session)
    context |= {
        "revision": revision,
        "transcripts": list(session.transcripts.all()),
        "findings": findings,
        "parts": page_of(
            drawing,
            notes_on(findings, note_context(context)),
            number_in(request, "from", 1),
        ),
        "form": form or PassForm(initial=PassForm.initial_of(context["own"])),
    }
    return render(request, "reviews/read.html", context, status=status)


def standing(request: MemberRequest, session: ReviewSession) -> dict[str, Any]:
    """Who is locked; of the other's pass nothing but that leaves the database."""
    session.locks = list(session.passes.locks())
    other = session.other_than(request.membership)
    return {
        "session": session,
        "organisation": request.organisation,
        "membership": request.membership,
        "other": other,
        "own": pass_of(request.membership, session),
        "other_is_locked": any(
            p.is_locked for p in session.locks if p.reviewer_id == other.pk
        ),
        "turn": session.turn_of(request.membership),
        "is_overdue": timezone.now() >= session.may_be_released_from,
    }


def note_context(standing: dict[str, Any]) -> dict[str, object]:
    names = ("session", "organisation", "membership", "own", "other")
    return {name: standing[name] for name in names}


def number_in(request: MemberRequest, name: str, otherwise: int) -> int:
    """A whole number of the address; what is none counts as not given."""
    asked = request.GET.get(name, "")
    return (
        int(asked)
        if asked.isascii() and asked.isdigit() and len(asked) < 6
        else otherwise
    )


@require_http_methods(["GET", "POST"])
def add_finding(request: MemberRequest, pk: int) -> HttpResponse:
    """The form below its lines or on a page of its own; what is added is a draft."""
    session = session_as_participant(request.membership, pk)
    change = change_in(revision_of(session))
    if request.method == "GET":
        if not session.takes_words(pass_of(request.membership, session)):
            return redirect(request, "reviews:session", pk)
        form = FindingForm(change=change, initial=_asked_lines(request))
        return _finding_page(request, session, form)
    form = FindingForm(request.POST, change=change)
    if not form.is_valid():
        return _finding_page(request, session, form, status=422)
    try:
        finding = actions.add_finding(
            actor=request.membership, session=session, words=form.words()
        )
    except Conflict as conflict:
        return _finding_page(request, session, form, status=409, conflict=conflict)
    return _added(request, session, change, finding)


def _asked_lines(request: MemberRequest) -> dict[str, Any]:
    names = {"path": "path", "side": "file_side", "from": "line_from", "to": "line_to"}
    return {
        field: request.GET[asked]
        for asked, field in names.items()
        if asked in request.GET
    }


def _added(
    request: MemberRequest, session: ReviewSession, change: Change, finding: Finding
) -> HttpResponse:
    """The note below its line with the list beside it, or the page at its line."""
    findings = own_findings(request.membership, session, change)
    saved = next(row for row in findings if row.pk == finding.pk)
    if request.htmx:
        context = standing(request, session)
        context |= {"findings": findings, "finding": saved}
        return render(request, "reviews/added.html", context)
    response = redirect(request, "reviews:read", session.pk)
    response.headers["Location"] += f"#{saved.place or f'own-{saved.number}'}"
    return response


def _finding_page(
    request: MemberRequest,
    session: ReviewSession,
    form: FindingForm,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = {
        "session": session,
        "form": form,
        "other": session.other_than(request.membership),
        "groups": taxonomy.GROUPS,
        "helps": [(c.label, text) for c, text in taxonomy.HELP.items()],
        **more,
    }
    # A fragment is put in place only where the form is to be looked at again: 422.
    status = 422 if request.htmx and status == 409 else status
    response = render(
        request, "reviews/finding.html", context, status=status, partial="form"
    )
    if status != 200 and request.htmx:
        return reswap(retarget(response, "#finding-form"), "outerHTML")
    return response


@require_http_methods(["GET", "POST"])
def edit_finding(request: MemberRequest, pk: int, finding: int) -> HttpResponse:
    """Own findings only: of an open pass, or seen after the reveal."""
    session = session_as_participant(request.membership, pk)
    row = own_finding(request.membership, session, finding)
    change = change_in(revision_of(session))
    if request.method == "GET":
        if not session.takes_words(row.blind_pass):
            return redirect(request, "reviews:session", pk)
        form = FindingForm(
            instance=row, initial={"version": row.version}, change=change
        )
        return _finding_page(request, session, form, finding=row)
    form = FindingForm(request.POST, change=change)
    if not form.is_valid():
        return _finding_page(request, session, form, status=422, finding=row)
    try:
        actions.edit_finding(
            actor=request.membership,
            finding=row,
            version=form.cleaned_data["version"] or 0,
            words=form.words(),
        )
    except Conflict as conflict:
        row.refresh_from_db()
        # What was written may be saved over what the page says stands now.
        data = {**request.POST.dict(), "version": row.version}
        form = FindingForm(data, change=change)
        return _finding_page(
            request, session, form, status=409, finding=row, conflict=conflict
        )
    return _back(request, session)


@require_POST
def remove_finding(request: MemberRequest, pk: int, finding: int) -> HttpResponse:
    session = session_as_participant(request.membership, pk)
    row = own_finding(request.membership, session, finding)
    actions.remove_finding(actor=request.membership, finding=row)
    return _back(request, session)


def _back(request: MemberRequest, session: ReviewSession) -> HttpResponse:
    page = "reviews:board" if session.is_revealed else "reviews:read"
    return redirect(request, page, session.pk)


@require_POST
def draft(request: MemberRequest, pk: int) -> HttpResponse:
    """Verdict and confidence so far; neither has to be there."""
    session = session_as_participant(request.membership, pk)
    form = PassForm(request.POST, is_draft=True)
    if not form.is_valid():
        return _read_page(request, session, form, status=422)
    try:
        actions.keep_draft(
            actor=request.membership,
            session=session,
            verdict=form.cleaned_data["verdict"],
            confidence=form.cleaned_data["confidence"],
        )
    except Conflict:
        if not request.htmx:
            raise
        return redirect(request, "reviews:session", pk)
    if request.htmx:
        return HttpResponse(_("Saved"))
    return redirect(request, "reviews:read", pk)


@require_POST
def lock(request: MemberRequest, pk: int) -> HttpResponse:
    session = session_as_participant(request.membership, pk)
    own = pass_of(request.membership, session)
    form = PassForm(request.POST)
    if own.is_locked:
        return redirect(request, "reviews:read", pk)
    if not form.is_valid():
        return _read_page(request, session, form, status=422)
    actions.lock_pass(
        actor=request.membership,
        session=session,
        verdict=form.cleaned_data["verdict"],
        confidence=form.cleaned_data["confidence"],
        now=timezone.now(),
    )
    return redirect(request, "reviews:read", pk)


@require_POST
def reveal(request: MemberRequest, pk: int) -> HttpResponse:
    """Either of the two, once, for both; the slower one is taken to the same page."""
    session = session_as_participant(request.membership, pk)
    actions.reveal(session=session, now=timezone.now())
    return redirect(request, "reviews:board", pk)


def changed(request: MemberRequest, session: ReviewSession) -> HttpResponse:
    """What a reading page that polls puts in place: the other's lock, or the board.

    Where the session is over it says so and stays, with what is being written there.
    """
    if session.is_revealed:
        return redirect(request, "reviews:board", session.pk)
    if not session.is_open:
        return render(request, "reviews/over.html", {"session": session})
    return render(request, "reviews/standing.html", standing(request, session))
