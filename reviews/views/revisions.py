"""Later versions of a session's change: brought, previewed, and compared."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_GET, require_http_methods

from preceptor.accounts.models import StagedUpload
from preceptor.doors import UPLOAD, limited
from preceptor.http import MemberRequest, redirect, render
from reviews import actions
from reviews.access import (
    session_as_participant,
    session_to_reread,
    staged_revision,
)
from reviews.change_forms import HitsForm, UploadForm, joined_sentence
from reviews.diffs import STORED, parse
from reviews.interdiff import Step, compared
from reviews.models import ReviewSession
from reviews.previews import shown_hits
from reviews.reading import change_in, revision_of
from reviews.staging import Bundle, found_in
from reviews.uploads import dropped_fields, limits_uploads
from reviews.views.reading import number_in


@require_GET
def revisions(request: MemberRequest, pk: int) -> HttpResponse:
    """The versions of the change, and what became of its files between two of them."""
    session = session_to_reread(request.membership, pk)
    new = revision_of(session, number_in(request, "to", 0))
    if new is None:
        return redirect(request, "reviews:session", pk)
    asked = number_in(request, "from", new.number - 1)
    old = new.versions[min(max(asked, 1), len(new.versions)) - 1]
    steps = compared(change_in(old), change_in(new))
    context = {
        "session": session,
        "old": old,
        "new": new,
        "changed": [one for one in steps if one.step is not Step.SAME],
        "same": sum(one.step is Step.SAME for one in steps),
    }
    return render(request, "reviews/revisions.html", context)


@limited(UPLOAD)
@limits_uploads
@require_http_methods(["GET", "POST"])
def add_revision(request: MemberRequest, pk: int) -> HttpResponse:
    """Brings a later version, or the change of a logged session; nothing is kept."""
    session = session_as_participant(request.membership, pk)
    if not session.takes_change:
        return redirect(request, "reviews:session", pk)
    asked = request.POST.get("staged") or request.GET.get("staged", "")
    staged = staged_revision(request.membership, session, asked)
    form = UploadForm(staged=staged)
    if request.method == "POST":
        form = UploadForm(
            request.POST,
            request.FILES,
            staged=staged,
            too_large=dropped_fields(request),
        )
        if form.is_valid():
            waits = actions.stage_revision(
                actor=request.membership,
                session=session,
                bundle=form.bundle(),
                instead=staged,
            )
            return redirect(request, "reviews:preview_revision", pk, waits.pk)
    return _form_page(request, session, form)


def _form_page(
    request: MemberRequest, session: ReviewSession, form: UploadForm
) -> HttpResponse:
    context = {
        "session": session,
        "form": form,
        "before": Bundle.of(form.staged) if form.staged else None,
        "newest": revision_of(session),
    }
    status = 422 if form.is_bound else 200
    return render(request, "reviews/add_revision.html", context, status=status)


@require_http_methods(["GET", "POST"])
def preview_revision(request: MemberRequest, pk: int, staged: int) -> HttpResponse:
    """What changed since the newest, before it is kept; confirming twice keeps one."""
    session = session_as_participant(request.membership, pk)
    found = staged_revision(request.membership, session, staged)
    hits = found_in(found).hits if found else ()
    form = HitsForm(request.POST if request.method == "POST" else None, hits=hits)
    if request.method == "GET" and found is None:
        get_object_or_404(session.revisions, staged_as=staged)
        return redirect(request, "reviews:read", pk)
    if not form.is_valid() and found is not None:
        return _preview_page(request, session, found, form)
    actions.confirm_revision(
        actor=request.membership,
        session=session,
        staged_pk=staged,
        removing=form.cleaned_data["remove"],
        now=timezone.now(),
    )
    return redirect(request, "reviews:read", pk)


def _preview_page(
    request: MemberRequest,
    session: ReviewSession,
    staged: StagedUpload,
    form: HitsForm,
) -> HttpResponse:
    bundle = Bundle.of(staged)
    newest = revision_of(session)
    change = parse(bundle.diff, STORED)
    steps = compared(change_in(newest), change)
    context = {
        "session": session,
        "staged": staged,
        "form": form,
        "newest": newest,
        "change": change,
        "changed": [one for one in steps if one.step is not Step.SAME],
        "same": sum(one.step is Step.SAME for one in steps),
        "joined": joined_sentence(bundle.names),
        "hits": shown_hits(staged, bundle),
        "is_whole": found_in(staged).is_whole,
    }
    status = 422 if form.is_bound else 200
    response = render(request, "reviews/preview_revision.html", context, status=status)
    patch_cache_control(response, no_store=True)
    return response
