from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
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
    drafts_of,
    findings_to_read,
    pass_of,
    session_as_participant,
    session_to_read,
)
from reviews.models import BlindPass, Finding, ReviewSession, Revision
from reviews.pass_forms import PassForm
from reviews.placing import stand
from reviews.reading import (
    drawing_of,
    notes_on,
    numbered,
    own_findings,
    page_of,
    places,
    replacements,
    revision_of,
)
from reviews.viewing import VIEWS, Viewing

VIEW_COOKIE = f"{settings.HOST_ONLY}view"
A_YEAR = 365 * 24 * 60 * 60


@require_GET
@gzip_page
def read(request: MemberRequest, pk: int) -> HttpResponse:
    """The change to be read alone, and after the reveal with what both said of it."""
    session = session_to_read(request.membership, pk, Right.READ)
    if session.is_logged and session.takes_change:
        return redirect(request, "reviews:session", pk)
    if request.GET.get("view") in VIEWS:
        return _remember_view(request, session, request.GET["view"])
    return _read_page(request, session)


def _remember_view(
    request: MemberRequest, session: ReviewSession, view: str
) -> HttpResponse:
    response = back_to_reading(request, session, revision_asked(request, session))
    response.set_cookie(
        VIEW_COOKIE,
        view,
        max_age=A_YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _read_page(
    request: MemberRequest,
    session: ReviewSession,
    form: PassForm | None = None,
    status: int = 200,
) -> HttpResponse:
    revision = revision_asked(request, session)
    viewing = viewing_of(request, session, revision)
    places(viewing.drawing, viewing.findings, viewing.only)
    replacements(lambda: viewing.drawing.change, viewing.findings)
    context = standing(request, session)
    notes = notes_on(viewing.findings, note_context(context))
    first = number_in(request, "from", 1)
    drawn = page_of(viewing.drawing, notes, first, viewing.only)
    context |= {
        "revision": revision,
        "transcripts": list(session.transcripts.all()),
        "findings": viewing.findings,
        "drafts": drafts_of(request.membership, session),
        "viewing": viewing,
        "parts": viewing.framed(drawn),
        "elsewhere": [
            one for one in viewing.findings if session.is_revealed and not one.is_here
        ],
        "within": within(revision, sitting_asked(request)),
        "form": form or _pass_form(context["own"]),
    }
    response = render(request, "reviews/read.html", context, status=status)
    return viewing.drawing.filled(response)


def within(revision: Revision | None, sitting: int | None) -> str:
    """What an address adds so that revision and sitting stay those that are read."""
    said = {}
    if revision is not None and revision.number != revision.versions[-1].number:
        said["revision"] = revision.number
    if sitting is not None:
        said["sitting"] = sitting
    return "".join(f"&{name}={number}" for name, number in said.items())


def back_to_reading(
    request: MemberRequest,
    session: ReviewSession,
    revision: Revision | None,
    finding: Finding | None = None,
) -> HttpResponse:
    """The page as it was read; of a finding, the place or its entry in the list."""
    path = _reading(request, session, revision, finding)
    anchor = f"#{finding.place or f'own-{finding.number}'}" if finding else ""
    return redirect_to(request, path + anchor)


def _reading(
    request: MemberRequest,
    session: ReviewSession,
    revision: Revision | None,
    finding: Finding | None,
) -> str:
    """The file of the finding is drawn first: it is there without the script too."""
    path = url(request.organisation.slug, "reviews:read", session.pk)
    at = finding.place[1:].partition("-")[0] if finding else ""
    is_beyond = bool(finding and finding.place and finding.beyond)
    said = f"&from={at}" if at not in ("", "1") else ""
    said += within(revision, None if is_beyond else sitting_asked(request))
    return path + (f"?{said[1:]}" if said else "")


def _pass_form(own: BlindPass | None) -> PassForm | None:
    """The pass to be locked; a session logged afterwards has none."""
    return PassForm(initial=PassForm.initial_of(own)) if own else None


def viewing_of(
    request: MemberRequest, session: ReviewSession, revision: Revision | None
) -> Viewing:
    """The change as this reader has it: whose findings, what is viewed, which view."""
    view = request.COOKIES.get(VIEW_COOKIE)
    findings = numbered(findings_to_read(request.membership, session))
    stand(findings, revision)
    return Viewing(
        member=request.membership,
        session=session,
        drawing=drawing_of(revision, number_in(request, "from", 1)),
        findings=findings,
        view=view if view in VIEWS else VIEWS[0],
        asked=sitting_asked(request),
    )


def standing(request: MemberRequest, session: ReviewSession) -> dict[str, Any]:
    """Who is locked; of the other's pass nothing but that leaves the database."""
    other = session.other_than(request.membership)
    has_own = not (session.is_logged or session.is_lent)
    own = pass_of(request.membership, session) if has_own else None
    turn = session.turn_of(request.membership)
    return {
        "session": session,
        "organisation": request.organisation,
        "membership": request.membership,
        "other": other,
        "own": own,
        "takes_words": own is not None and session.takes_words(own),
        "other_is_locked": any(
            p.is_locked for p in session.locks if p.reviewer_id == other.pk
        ),
        "turn": turn,
        "sitting": sitting_asked(request),
        "is_overdue": turn == session.Turn.WAIT
        and timezone.now() >= session.may_be_released_from,
    }


def revision_asked(request: MemberRequest, session: ReviewSession) -> Revision | None:
    """The revision that the address or the form names, else the newest."""
    number = whole(request.POST.get("revision")) or number_in(request, "revision", 0)
    return revision_of(session, number)


def sitting_asked(request: MemberRequest) -> int | None:
    """The sitting that the address or the form names."""
    asked = request.POST.get("sitting") or request.GET.get("sitting", "")
    return whole(asked) if asked.isdecimal() and len(asked) < 3 else None


def note_context(standing: dict[str, Any]) -> dict[str, object]:
    names = ("session", "organisation", "membership", "own", "other", "sitting")
    return {name: standing[name] for name in names}


def number_in(request: MemberRequest, name: str, otherwise: int) -> int:
    """A whole number of the address, of a size that files and turns have."""
    asked = request.GET.get(name, "")
    return whole(asked, otherwise) if len(asked) < 6 else otherwise


@require_POST
def draft(request: MemberRequest, pk: int) -> HttpResponse:
    """Verdict and confidence so far; neither has to be there."""
    session = session_to_read(request.membership, pk)
    own = pass_of(request.membership, session)
    form = PassForm(request.POST, initial=PassForm.initial_of(own), is_draft=True)
    if not form.is_valid():
        return _not_kept(request, session, form)
    try:
        actions.keep_draft(
            actor=request.membership, session=session, answers=form.answers()
        )
    except Conflict:
        if not request.htmx:
            raise
        return redirect(request, "reviews:session", pk)
    if request.htmx:
        return HttpResponse(saved_at(timezone.now()))
    return back_to_reading(request, session, revision_asked(request, session))


def _not_kept(
    request: MemberRequest, session: ReviewSession, form: PassForm
) -> HttpResponse:
    if not request.htmx:
        return _read_page(request, session, form, status=422)
    said = " ".join(str(error) for errors in form.errors.values() for error in errors)
    words = _("Not saved: %(why)s") % {"why": said}
    return HttpResponse(words, status=422, content_type="text/plain; charset=utf-8")


def saved_at(moment: datetime) -> str:
    """“Saved 14:02”, where the reader is."""
    clock = date_format(timezone.localtime(moment), "H:i")
    return _("Saved %(time)s") % {"time": clock}


@require_http_methods(["GET", "POST"])
def lock(request: MemberRequest, pk: int) -> HttpResponse:
    """What is locked and that it is final; then the lock."""
    session = session_to_read(request.membership, pk)
    own = pass_of(request.membership, session)
    if own.is_locked:
        return redirect(request, "reviews:read", pk)
    if request.method == "GET":
        if not session.takes_words(own):
            return redirect(request, "reviews:session", pk)
        return _lock_page(request, session, PassForm(initial=PassForm.initial_of(own)))
    form = PassForm(request.POST, initial=PassForm.initial_of(own))
    if not form.is_valid():
        return _lock_page(request, session, form, status=422)
    try:
        actions.lock_pass(
            actor=request.membership,
            session=session,
            verdict=form.cleaned_data["verdict"],
            confidence=form.cleaned_data["confidence"],
            now=timezone.now(),
        )
    except Conflict as conflict:
        form.add_error(None, str(conflict))
        session = session_to_read(request.membership, pk)
        return _lock_page(request, session, form, status=409)
    return redirect(request, "reviews:read", pk)


def _lock_page(
    request: MemberRequest, session: ReviewSession, form: PassForm, status: int = 200
) -> HttpResponse:
    """In the reading page where the form was sent from there, with what it shows."""
    if "reading" in request.POST:
        return _read_page(request, session, form, status=status)
    revision = revision_of(session)
    findings = own_findings(request.membership, session, revision)
    for finding in findings:  # Their lines are on another page than this.
        finding.beyond = _reading(request, session, revision, finding)
    context = standing(request, session) | {
        "findings": findings,
        "drafts": drafts_of(request.membership, session),
        "form": form,
    }
    return render(request, "reviews/lock.html", context, status=status)


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
    context = standing(request, session) | {
        "revision": revision_asked(request, session),
        "is_poll": True,
    }
    return render(request, "reviews/standing.html", context)
