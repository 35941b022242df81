"""One's own findings: written below their lines or on a page, kept as typed."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from preceptor.http import Conflict, MemberRequest, redirect, render, whole
from reviews import actions, taxonomy
from reviews.access import drafts_of, own_finding, pass_of, session_as_participant
from reviews.diffs import Change
from reviews.models import Draft, Finding, ReviewSession, Revision
from reviews.pass_forms import DraftForm, FindingForm, initial_of, key_of, typed
from reviews.reading import change_in, own_findings, revision_of
from reviews.suggestions import replaced
from reviews.views.reading import (
    back_to_reading,
    revision_asked,
    saved_at,
    sitting_asked,
    standing,
)

# What the address of the form says of the place, and the field that takes it.
ASKED = {
    "path": "path",
    "side": "file_side",
    "from": "line_from",
    "to": "line_to",
    "transcript": "transcript",
    "turn": "turn",
    "revision": "revision",
}


@require_http_methods(["GET", "POST"])
def add_finding(request: MemberRequest, pk: int) -> HttpResponse:
    """The form below its lines or on a page of its own; what is added is a draft."""
    session = session_as_participant(request.membership, pk)
    if request.method == "GET" and not session.takes_words(
        pass_of(request.membership, session)
    ):
        return redirect(request, "reviews:session", pk)
    initial = asked(request, session)
    revision = revision_of(session, whole(str(initial.get("revision", ""))))
    change = change_in(revision)
    if request.method == "GET":
        form = FindingForm(session=session, change=change, initial=initial)
        return form_page(request, session, form)
    if "preview" in request.POST:
        return previewed(request, session, change)
    form = FindingForm(request.POST, session=session, change=change)
    if not form.is_valid():
        return form_page(request, session, form, status=422)
    return _add(request, session, form, revision)


def _add(
    request: MemberRequest,
    session: ReviewSession,
    form: FindingForm,
    revision: Revision | None,
) -> HttpResponse:
    try:
        finding = actions.add_finding(
            actor=request.membership,
            session=session,
            key=form.cleaned_data["key"],
            words=form.words(),
            revision=revision.number if revision else None,
        )
    except actions.Sent as sent:
        return refused(request, session, form.change, sent.finding, sent)
    except Conflict as conflict:
        return form_page(request, session, form, status=409, conflict=conflict)
    return _added(request, session, revision, finding)


def asked(request: MemberRequest, session: ReviewSession) -> dict[str, Any]:
    """The lines that the address names, or what was typed before."""
    if key := request.GET.get("draft"):
        for draft in drafts_of(request.membership, session):
            if str(draft.key) == key:
                return initial_of(draft)
    sent = request.POST if request.method == "POST" else request.GET
    return {field: sent[asked] for asked, field in ASKED.items() if asked in sent}


def _added(
    request: MemberRequest,
    session: ReviewSession,
    revision: Revision | None,
    finding: Finding,
) -> HttpResponse:
    """The note below its line with the list beside it, or the page at its line."""
    context = _own_list(request, session, revision)
    findings: list[Finding] = context["findings"]
    saved = next(row for row in findings if row.pk == finding.pk)
    if request.htmx:
        context |= {
            "finding": saved,
            "found": sum(row.path == saved.path for row in findings),
        }
        return render(request, "reviews/added.html", context)
    if saved.turn is not None:
        page = redirect(request, "reviews:transcript", session.pk, saved.transcript_id)
        page.headers["Location"] += f"?turn={saved.turn}#turn-{saved.turn}"
        return page
    return back_to_reading(request, session, revision, saved)


def form_page(
    request: MemberRequest,
    session: ReviewSession,
    form: FindingForm,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The form on its page, or alone for the script that puts it below its lines."""
    context = {
        "session": session,
        "form": form,
        "other": session.other_than(request.membership),
        "helps": taxonomy.helps(),
        "sitting": sitting_asked(request),
        "drafts": drafts_of(request.membership, session).filter(finding=None),
        **more,
    }
    return render(
        request, "reviews/finding.html", context, status=status, partial="form"
    )


def previewed(
    request: MemberRequest,
    session: ReviewSession,
    change: Change,
    **more: Any,
) -> HttpResponse:
    """The form as it was sent, with what its words will look like."""
    form = FindingForm(session=session, change=change, initial=typed(request.POST))
    return form_page(request, session, form, preview=_preview(request, change), **more)


def _preview(request: MemberRequest, change: Change) -> dict[str, Any]:
    sent = request.POST
    first, last = (whole(sent.get(name)) for name in ("line_from", "line_to"))
    text = sent.get("suggestion", "").replace("\r\n", "\n").rstrip("\n")
    return {
        "text": sent.get("text", ""),
        "suggestion": replaced(
            change, sent.get("path", ""), first, last or first, text
        ),
    }


@require_GET
def own(request: MemberRequest, pk: int) -> HttpResponse:
    """One's findings as they stand by now, for a tab that has stood open."""
    session = session_as_participant(request.membership, pk)
    if not request.htmx:
        return redirect(request, "reviews:read", pk)
    revision = revision_asked(request, session)
    context = _own_list(request, session, revision)
    return render(request, "reviews/own.html", context)


def _own_list(
    request: MemberRequest, session: ReviewSession, revision: Revision | None
) -> dict[str, Any]:
    sitting = sitting_asked(request)
    return standing(request, session) | {
        "revision": revision,
        "findings": own_findings(request.membership, session, revision, sitting),
        "drafts": drafts_of(request.membership, session),
    }


@require_POST
def preview_finding(request: MemberRequest, pk: int) -> HttpResponse:
    """How the words of a finding will look, for the form that is being written in."""
    session = session_as_participant(request.membership, pk)
    change = change_in(revision_asked(request, session))
    context = {"preview": _preview(request, change)}
    return render(request, "reviews/parts/preview.html", context)


@require_http_methods(["GET", "POST"])
def edit_finding(request: MemberRequest, pk: int, finding: int) -> HttpResponse:
    """Own findings only: of an open pass, or seen after the reveal."""
    session = session_as_participant(request.membership, pk)
    row = own_finding(request.membership, session, finding)
    change = change_in(revision_of(session, row.revision.number if row.revision else 1))
    if request.method == "GET":
        if not session.takes_words(row.blind_pass):
            return redirect(request, "reviews:session", pk)
        form = FindingForm(
            instance=row,
            initial=_edited(row),
            session=session,
            change=change,
            kept=row.category,
        )
        return form_page(request, session, form, finding=row)
    if "preview" in request.POST:
        return previewed(request, session, change, finding=row)
    form = FindingForm(request.POST, session=session, change=change, kept=row.category)
    if not form.is_valid():
        return form_page(request, session, form, status=422, finding=row)
    try:
        actions.edit_finding(
            actor=request.membership,
            finding=row,
            version=form.cleaned_data["version"] or 0,
            words=form.words(),
        )
    except Conflict as conflict:
        return refused(request, session, change, row, conflict)
    return _back(request, session)


def _edited(finding: Finding) -> dict[str, Any]:
    """The finding as it stands, or what was typed of it since and not saved."""
    draft = finding.drafts.first()
    words = initial_of(draft) if draft else {"key": key_of(finding)}
    return {**words, "version": finding.version}


def refused(
    request: MemberRequest,
    session: ReviewSession,
    change: Change,
    finding: Finding,
    conflict: Conflict,
) -> HttpResponse:
    """What was written, to be saved over what the page says stands now."""
    finding.refresh_from_db()
    data = {**request.POST.dict(), "version": finding.version, "key": key_of(finding)}
    form = FindingForm(data, session=session, change=change, kept=finding.category)
    return form_page(
        request, session, form, status=409, finding=finding, conflict=conflict
    )


@require_POST
def remove_finding(request: MemberRequest, pk: int, finding: int) -> HttpResponse:
    session = session_as_participant(request.membership, pk)
    row = own_finding(request.membership, session, finding)
    actions.remove_finding(actor=request.membership, finding=row)
    return _back(request, session)


def _back(request: MemberRequest, session: ReviewSession) -> HttpResponse:
    if session.is_revealed:
        return redirect(request, "reviews:board", session.pk)
    return back_to_reading(request, session, revision_asked(request, session))


@require_POST
def keep_words(request: MemberRequest, pk: int) -> HttpResponse:
    """What is typed so far, for the script that sends it while somebody writes."""
    session = session_as_participant(request.membership, pk)
    form = DraftForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"says": _("Not saved: this is too long.")}, status=422)
    try:
        draft = _kept(request, session, form)
    except Conflict as conflict:
        return _other_tab(request, session, form, conflict)
    if draft is None:
        return JsonResponse({"says": "", "version": ""})
    return JsonResponse({"says": saved_at(draft.saved_at), "version": draft.version})


def _kept(
    request: MemberRequest, session: ReviewSession, form: DraftForm
) -> Draft | None:
    sent = form.cleaned_data
    edited = sent["finding"]
    return actions.keep_words(
        actor=request.membership,
        session=session,
        key=sent["key"],
        words=form.words(),
        tab=sent["tab"],
        draft_version=sent["draft_version"] or 0,
        finding=own_finding(request.membership, session, edited) if edited else None,
        version=sent["version"] or 0,
        now=timezone.now(),
    )


def _other_tab(
    request: MemberRequest,
    session: ReviewSession,
    form: DraftForm,
    conflict: Conflict,
) -> HttpResponse:
    """Why nothing was saved; and the version to save over, where there is one."""
    rows = drafts_of(request.membership, session)
    draft: Draft | None = rows.filter(key=form.cleaned_data["key"]).first()
    answer: dict[str, Any] = {"says": str(conflict)}
    if draft is not None:
        answer |= {"version": draft.version, "words": draft.words}
    return JsonResponse(answer, status=409)


@require_POST
def discard_words(request: MemberRequest, pk: int) -> HttpResponse:
    """Throws away what was typed and not added."""
    session = session_as_participant(request.membership, pk)
    form = DraftForm(request.POST)
    if form.is_valid():
        actions.discard_words(
            actor=request.membership, session=session, key=form.cleaned_data["key"]
        )
    if request.htmx:
        return HttpResponse(status=204)
    return _back(request, session)
