from datetime import datetime
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_http_methods

from pairings.access import pairing_to_meet
from pairings.models import Pairing
from preceptor.accounts.models import StagedUpload
from preceptor.doors import UPLOAD, limited
from preceptor.http import MemberRequest, redirect, render, whole
from reviews import actions
from reviews.access import planned_for, staged_change, suggestion_for
from reviews.change_forms import (
    ChangeForm,
    PreviewForm,
    joined_sentence,
)
from reviews.diffs import STORED, parse
from reviews.models import ReviewSession
from reviews.previews import shown_hits, shown_talks
from reviews.staging import Bundle, found_in
from reviews.uploads import dropped_fields, limits_uploads


@limited(UPLOAD)
@limits_uploads
@require_http_methods(["GET", "POST"])
def open_session(request: MemberRequest) -> HttpResponse:
    """The form that brings a change; without a pairing, the choice of one."""
    asked = request.POST.get("pairing") or request.GET.get("pairing")
    if not asked:
        return _choose_pairing(request)
    if not asked.isdecimal():
        raise BadRequest
    pairing = pairing_to_meet(request.membership, whole(asked))
    staged_pk = request.POST.get("staged") or request.GET.get("staged", "")
    staged = staged_change(request.membership, pairing, staged_pk)
    if request.method == "GET":
        form = ChangeForm(initial=_initial(request, pairing, staged), staged=staged)
        return _form_page(request, pairing, form)
    form = ChangeForm(
        request.POST,
        request.FILES,
        staged=staged,
        too_large=dropped_fields(request),
    )
    if not _takes(request, pairing) or pairing.starts_on > timezone.localdate():
        return _form_page(request, pairing, form, status=409)
    is_valid = form.is_valid()
    if form.change or form.bundle().conversations:
        form.wait_as(_stage(request, pairing, form, is_ready=is_valid))
    if is_valid and form.staged:
        return redirect(request, "reviews:preview", form.staged.pk)
    return _form_page(request, pairing, form, status=422)


def _takes(request: MemberRequest, pairing: Pairing) -> bool:
    """Whether it may begin: what was planned may, in a closed program too."""
    is_planned = planned_for(pairing, request.POST.get("session", "")) is not None
    return pairing.may_begin or (is_planned and pairing.is_standing)


def _stage(
    request: MemberRequest, pairing: Pairing, form: ChangeForm, *, is_ready: bool
) -> StagedUpload:
    return actions.stage_change(
        actor=request.membership,
        pairing=pairing,
        bundle=form.bundle(),
        change=form.change if is_ready else None,
        details={
            **form.details(),
            "planned": _digits(request.POST.get("session", "")),
            "suggestion": _digits(request.POST.get("suggestion", "")),
        },
        instead=form.staged,
    )


def _digits(text: str) -> str:
    return text if text.isascii() and text.isdigit() else ""


def _initial(
    request: MemberRequest, pairing: Pairing, staged: StagedUpload | None
) -> dict[str, Any]:
    """What waits already, or what was suggested."""
    if staged is not None:
        return ChangeForm.initial_of(staged.details)
    row = suggestion_for(pairing, request.GET.get("suggestion", ""))
    return {} if row is None else {"title": row.title}


def _choose_pairing(request: MemberRequest) -> HttpResponse:
    pairings = Pairing.objects.of(request.membership).standing().with_people()
    found = list(pairings.current(timezone.localdate()))
    if len(found) == 1:
        return _form_page(request, found[0], ChangeForm())
    return render(request, "reviews/choose.html", {"pairings": found})


def _form_page(
    request: MemberRequest, pairing: Pairing, form: ChangeForm, status: int = 200
) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    details = form.staged.details if form.staged else {}
    planned_pk = asked.get("session") or details.get("planned", "")
    suggestion_pk = asked.get("suggestion") or details.get("suggestion", "")
    planned = planned_for(pairing, planned_pk)
    context = {
        "pairing": pairing,
        "planned": planned,
        "suggestion": suggestion_for(pairing, suggestion_pk),
        "form": form,
        "before": Bundle.of(form.staged) if form.staged else None,
        "is_over": not pairing.is_standing,
        "is_closed": planned is None and not pairing.program.is_running,
        "is_ahead": pairing.starts_on > timezone.localdate(),
    }
    return render(request, "reviews/open.html", context, status=status)


@require_http_methods(["GET", "POST"])
def preview(request: MemberRequest, staged: int) -> HttpResponse:
    """What will be read, before it is; confirming it twice opens one session."""
    now = timezone.now()
    rows = StagedUpload.objects.fresh(now).filter(purpose=actions.PURPOSE)
    found = rows.filter(pk=staged, owner=request.membership).first()
    if found is None:
        return _opened(request, staged, now)
    pairing = pairing_to_meet(request.membership, found.details["pairing"])
    form = PreviewForm(
        request.POST if request.method == "POST" else None,
        hits=found_in(found).hits,
        initial=PreviewForm.initial_of(found.details),
    )
    if not form.is_valid():
        return _preview_page(request, pairing, found, form)
    session = actions.confirm_change(
        actor=request.membership,
        staged_pk=staged,
        removing=form.cleaned_data["remove"],
        provenance=form.provenance(),
        is_alone=request.POST.get("alone") == "1",
        now=now,
    )
    if session is None:
        return _preview_page(request, pairing, found, form)
    return redirect(request, "reviews:read", session.pk)


def _opened(request: MemberRequest, staged: int, now: datetime) -> HttpResponse:
    """To the session that it became; a POST learns too that it became none."""
    session: ReviewSession | None = None
    if request.method == "POST":
        session = actions.confirm_change(
            actor=request.membership,
            staged_pk=staged,
            removing=(),
            provenance={},
            now=now,
        )
    if session is None:
        rows = ReviewSession.objects.of(request.membership)
        session = get_object_or_404(rows, staged_as=staged)
    return redirect(request, "reviews:read", session.pk)


def _preview_page(
    request: MemberRequest, pairing: Pairing, staged: StagedUpload, form: PreviewForm
) -> HttpResponse:
    details = staged.details
    planned = details.get("planned")
    bundle = Bundle.of(staged, (details["title"], details["claim"]))
    context = {
        "staged": staged,
        "pairing": pairing,
        "form": form,
        "change": parse(bundle.diff, STORED),
        "joined": joined_sentence(bundle.names),
        "names": bundle.names,
        "talks": shown_talks(bundle),
        "hits": shown_hits(staged, bundle),
        "is_whole": found_in(staged).is_whole,
        "filled": details.get("filled", ()),
        "echo": details.get("echo"),
        "is_alone": planned and planned_for(pairing, planned) is None,
    }
    status = 422 if form.is_bound else 200
    response = render(request, "reviews/preview.html", context, status=status)
    # What is shown here is about to be removed: no browser keeps it.
    patch_cache_control(response, no_store=True)
    return response
