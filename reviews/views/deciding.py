"""What the pair decides of a flaw; each is refused where the other was faster."""

from collections.abc import Callable
from typing import Any, Literal

from django import forms
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from preceptor.http import Conflict, MemberRequest
from reviews import actions
from reviews.access import finding_on_board, session_on_board
from reviews.board_forms import (
    AdjudicationForm,
    PairedForm,
    StatusForm,
    VersionForm,
)
from reviews.models import Finding, ReviewSession
from reviews.views.board import back_to, page

Part = Literal["decide", "same", "status"]
"""The part of the page in which a refusal is shown."""


@require_POST
def adjudicate(request: MemberRequest, pk: int, finding: int) -> HttpResponse:
    form = AdjudicationForm(request.POST)
    return _decided(
        request, pk, finding, form=form, act=actions.adjudicate, part="decide"
    )


@require_POST
def set_status(request: MemberRequest, pk: int, finding: int) -> HttpResponse:
    form = StatusForm(request.POST)
    return _decided(
        request, pk, finding, form=form, act=actions.set_status, part="status"
    )


@require_POST
def verify(request: MemberRequest, pk: int, finding: int) -> HttpResponse:
    form = VersionForm(request.POST)
    return _decided(request, pk, finding, form=form, act=actions.verify, part="status")


@require_POST
def join(request: MemberRequest, pk: int, finding: int) -> HttpResponse:
    form = PairedForm(request.POST)
    return _decided(request, pk, finding, form=form, act=actions.join, part="same")


@require_POST
def split(request: MemberRequest, pk: int, finding: int) -> HttpResponse:
    form = PairedForm(request.POST)
    return _decided(request, pk, finding, form=form, act=actions.split, part="same")


@require_POST
def distinguish(request: MemberRequest, pk: int, finding: int) -> HttpResponse:
    """Refuses the proposal that two findings are the same."""
    form = PairedForm(request.POST)
    return _decided(
        request, pk, finding, form=form, act=actions.distinguish, part="same"
    )


def _decided(
    request: MemberRequest,
    pk: int,
    finding: int,
    *,
    form: forms.Form,
    act: Callable[..., None],
    part: Part,
) -> HttpResponse:
    session = session_on_board(request.membership, pk)
    row = finding_on_board(session, finding)
    if not form.is_valid():
        return page(request, session, status=422, finding=finding, invalid=part)
    try:
        act(
            actor=request.membership,
            finding=row,
            now=timezone.now(),
            **form.cleaned_data,
        )
    except Conflict as conflict:
        return _refused(request, session, row, conflict=conflict, form=form, part=part)
    return back_to(request, session, finding)


def _refused(
    request: MemberRequest,
    session: ReviewSession,
    finding: Finding,
    *,
    conflict: Conflict,
    form: forms.Form,
    part: Part,
) -> HttpResponse:
    """What changed in between, beside what was chosen, to be chosen anew."""
    session.refresh_from_db(fields=["version", "state"])
    more: dict[str, Any] = {
        "conflict": conflict,
        "refused": part,
        "wanted": _wanted(form),
    }
    is_fragment = bool(request.htmx)
    return page(
        request,
        session,
        status=200 if is_fragment else 409,
        finding=finding.pk,
        is_fragment=is_fragment,
        **more,
    )


def _wanted(form: forms.Form) -> str:
    """The choice in words."""
    for field in form:
        choices = dict(getattr(field.field, "choices", ()))
        if choices:
            return str(choices[form.cleaned_data[field.name]])
    return ""
