from decimal import Decimal
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from pairings.access import pairing_to_meet
from pairings.models import Pairing
from preceptor.accounts.models import StagedUpload
from preceptor.http import MemberRequest, redirect, render
from reviews import actions
from reviews.access import planned_for, staged_change, suggestion_for
from reviews.diffs import parse
from reviews.forms import ChangeForm
from reviews.models import ReviewSession
from reviews.uploads import limits_uploads, was_too_large


@limits_uploads
@require_http_methods(["GET", "POST"])
def open_session(request: MemberRequest) -> HttpResponse:
    """The form that brings a change; without a pairing, the choice of one."""
    asked = request.POST.get("pairing") or request.GET.get("pairing")
    if not asked:
        return _choose_pairing(request)
    if not asked.isdecimal():
        raise BadRequest
    pairing = pairing_to_meet(request.membership, int(asked))
    staged_pk = request.POST.get("staged") or request.GET.get("staged", "")
    staged = staged_change(request.membership, pairing, staged_pk)
    if request.method == "GET":
        initial = _initial(staged) or _suggested(request, pairing)
        form = ChangeForm(initial=initial, staged=staged)
        return _form_page(request, pairing, form)
    form = ChangeForm(
        request.POST,
        request.FILES,
        staged=staged,
        is_too_large=was_too_large(request),
    )
    if not pairing.is_standing or pairing.starts_on > timezone.localdate():
        return _form_page(request, pairing, form, status=409)
    is_valid = form.is_valid()
    if form.body and form.change:
        staged = _staged(request, pairing, form)
    if is_valid and staged:
        return redirect(request, "reviews:preview", staged.pk)
    form.staged = staged if form.change else form.staged
    return _form_page(request, pairing, form, status=422)


def _staged(request: MemberRequest, pairing: Pairing, form: ChangeForm) -> StagedUpload:
    return actions.stage_change(
        actor=request.membership,
        pairing=pairing,
        name=form.file_name,
        body=form.body,
        details={
            **form.details(),
            "planned": _digits(request.POST.get("session", "")),
            "suggestion": _digits(request.POST.get("suggestion", "")),
        },
    )


def _digits(text: str) -> str:
    return text if text.isascii() and text.isdigit() else ""


def _suggested(request: MemberRequest, pairing: Pairing) -> dict[str, Any]:
    row = suggestion_for(pairing, request.GET.get("suggestion", ""))
    return {} if row is None else {"title": row.title}


def _initial(staged: StagedUpload | None) -> dict[str, Any]:
    if staged is None:
        return {}
    share = staged.details["edited_share"]
    return {
        **staged.details,
        "edited_share": None if share is None else round(float(share) * 100),
    }


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
    context = {
        "pairing": pairing,
        "planned": planned_for(pairing, planned_pk),
        "suggestion": suggestion_for(pairing, suggestion_pk),
        "form": form,
        "is_over": not pairing.is_standing,
        "is_ahead": pairing.starts_on > timezone.localdate(),
    }
    return render(request, "reviews/open.html", context, status=status)


@require_http_methods(["GET", "POST"])
def preview(request: MemberRequest, staged: int) -> HttpResponse:
    """What will be read, before it is; confirming it twice opens one session."""
    now = timezone.now()
    if request.method == "POST":
        session = actions.confirm_change(
            actor=request.membership,
            staged_pk=staged,
            is_alone=request.POST.get("alone") == "1",
            now=now,
        )
        if session is None:
            return redirect(request, "reviews:preview", staged)
        return redirect(request, "reviews:read", session.pk)
    opened = ReviewSession.objects.of(request.membership).filter(staged_as=staged)
    if (before := opened.first()) is not None:
        return redirect(request, "reviews:read", before.pk)
    rows = StagedUpload.objects.fresh(now).filter(purpose=actions.PURPOSE)
    found = get_object_or_404(rows, pk=staged, owner=request.membership)
    pairing = pairing_to_meet(request.membership, found.details["pairing"])
    driver, planned = found.details["driver"], found.details.get("planned")
    context = {
        "staged": found,
        "pairing": pairing,
        "change": parse(found.data),
        "driver": ReviewSession.Driver(driver).label if driver else "",
        "is_alone": planned and planned_for(pairing, planned) is None,
        "share": Decimal(share) if (share := found.details["edited_share"]) else None,
    }
    return render(request, "reviews/preview.html", context)
