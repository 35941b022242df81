"""Conversations with an AI: read turn by turn, and added to an open session."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from preceptor.accounts.exports import taken_along
from preceptor.accounts.models import StagedUpload
from preceptor.doors import EXPORT, UPLOAD, limited
from preceptor.http import MemberRequest, redirect, render
from reviews import actions
from reviews.access import (
    findings_of,
    session_as_participant,
    session_to_reread,
    staged_transcript,
    transcript_of,
)
from reviews.change_forms import HitsForm
from reviews.conversations import (
    conversation_in,
    conversation_of,
    parts_of,
    shown_turn,
    shown_turns,
)
from reviews.models import ReviewSession, Transcript
from reviews.previews import shown_hits
from reviews.staging import Bundle, found_in
from reviews.transcript_forms import TranscriptForm
from reviews.uploads import CONVERSATION, limits_uploads, was_too_large
from reviews.views.reading import number_in


@require_GET
def transcript(request: MemberRequest, pk: int, transcript: int) -> HttpResponse:
    """A part of a conversation: the one that holds the turn that is asked for."""
    session = session_to_reread(request.membership, pk)
    row = transcript_of(session, transcript)
    conversation = conversation_in(row)
    context = _context(request, session, row)
    context["siblings"] = list(session.transcripts.all())
    if conversation is not None:
        parts, part = parts_of(conversation, number_in(request, "turn", 1))
        turns = conversation.turns[part.first - 1 : part.last]
        context |= {
            "conversation": conversation,
            "parts": parts,
            "part": part,
            "turns": shown_turns(turns, _findings(request, session, row)),
        }
    return render(request, "reviews/transcript.html", context)


@require_GET
def turn(request: MemberRequest, pk: int, transcript: int, turn: int) -> HttpResponse:
    """One turn without any cut, on its page or in place of the one that is cut."""
    session = session_to_reread(request.membership, pk)
    row = transcript_of(session, transcript)
    conversation = conversation_in(row)
    if conversation is None or not 0 < turn <= len(conversation.turns):
        raise Http404
    findings = _findings(request, session, row).filter(turn=turn)
    context = _context(request, session, row)
    context["shown"] = shown_turn(
        conversation.turns[turn - 1], list(findings), is_whole=True
    )
    return render(request, "reviews/turn.html", context, partial="turn")


@limited(EXPORT, methods=("GET",))
@require_GET
def transcript_file(
    request: MemberRequest, pk: int, transcript: int
) -> HttpResponseBase:
    """The bytes as they were kept, to be saved and never to be shown as a page."""
    session = session_to_reread(request.membership, pk)
    row = transcript_of(session, transcript)
    if row.blob is None:
        raise Http404
    return taken_along(
        bytes(row.blob.data),
        f"conversation-{session.pk}-{row.pk}.txt",
        actor=request.membership,
        subject=_("a conversation of a session"),
        person_id=session.junior_id,
    )


def _findings(request: MemberRequest, session: ReviewSession, row: Transcript) -> Any:
    rows = findings_of(request.membership, session).filter(transcript=row)
    return rows.select_related("author__user", "blind_pass").order_by("pk")


def _context(
    request: MemberRequest, session: ReviewSession, row: Transcript
) -> dict[str, Any]:
    own = session.passes.filter(reviewer=request.membership).first()
    return {
        "session": session,
        "transcript": row,
        "own": own,
        "other": session.other_than(request.membership),
        "takes_findings": own is not None and session.takes_words(own),
        "takes_late": session.takes_words(None),
    }


@require_http_methods(["GET", "POST"])
def remove_transcript(request: MemberRequest, pk: int, transcript: int) -> HttpResponse:
    """Says what goes and what stays; then the conversation is taken out, for both."""
    session = session_as_participant(request.membership, pk)
    if request.method == "POST":
        actions.remove_transcript(
            actor=request.membership, session=session, transcript_pk=transcript
        )
        messages.success(request, _("The conversation is taken out, for both of you."))
        return redirect(request, "reviews:read", pk)
    row = transcript_of(session, transcript)
    if not session.is_reading:
        return redirect(request, "reviews:transcript", pk, transcript)
    context = _context(request, session, row)
    context["own_count"] = _findings(request, session, row).count()
    return render(request, "reviews/remove_transcript.html", context)


@limited(UPLOAD)
@limits_uploads
@require_http_methods(["GET", "POST"])
def add_transcript(request: MemberRequest, pk: int) -> HttpResponse:
    """Brings a conversation to a session that is open; nothing is kept yet."""
    session = session_as_participant(request.membership, pk)
    if not session.is_open:
        return redirect(request, "reviews:session", pk)
    form = TranscriptForm()
    if request.method == "POST":
        form = TranscriptForm(
            request.POST,
            request.FILES,
            is_too_large=was_too_large(request, CONVERSATION),
        )
        if form.is_valid():
            staged = actions.stage_transcript(
                actor=request.membership,
                session=session,
                name=form.file_name,
                body=form.body,
            )
            return redirect(request, "reviews:preview_transcript", pk, staged.pk)
    other = session.other_than(request.membership)
    context = {"session": session, "form": form, "other": other}
    status = 422 if form.is_bound else 200
    return render(request, "reviews/add_transcript.html", context, status=status)


@require_http_methods(["GET", "POST"])
def preview_transcript(request: MemberRequest, pk: int, staged: int) -> HttpResponse:
    """What was recognised, before it is kept; confirming it twice keeps it once."""
    session = session_as_participant(request.membership, pk)
    found = staged_transcript(request.membership, session, staged)
    form = HitsForm(
        request.POST if request.method == "POST" else None,
        hits=found_in(found).hits if found else (),
    )
    if request.method == "POST" and form.is_valid():
        row = actions.confirm_transcript(
            actor=request.membership,
            session=session,
            staged_pk=staged,
            removing=form.cleaned_data["remove"],
            now=timezone.now(),
        )
        return redirect(request, "reviews:transcript", pk, row.pk)
    if found is None:
        kept = get_object_or_404(session.transcripts, staged_as=staged)
        return redirect(request, "reviews:transcript", pk, kept.pk)
    return _preview_page(request, session, found, form)


def _preview_page(
    request: MemberRequest,
    session: ReviewSession,
    staged: StagedUpload,
    form: HitsForm,
) -> HttpResponse:
    conversation = conversation_of(staged.data, staged.name)
    context = {
        "session": session,
        "staged": staged,
        "form": form,
        "conversation": conversation,
        "form_name": Transcript.Form(conversation.form).label,
        "turns": shown_turns(conversation.turns[:3], []),
        "hits": shown_hits(staged, Bundle.of(staged)),
        "is_whole": found_in(staged).is_whole,
    }
    status = 422 if form.is_bound else 200
    response = render(
        request, "reviews/preview_transcript.html", context, status=status
    )
    # What is shown here may be about to be removed: no browser keeps it.
    patch_cache_control(response, no_store=True)
    return response
