"""What the two of a pairing write together, and the mentor's word for the next one."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from pairings.access import pairing_of_side, pairing_to_meet
from pairings.actions import together as actions
from pairings.models import Agreement, Enrolment, Pairing, PairNote
from pairings.together_forms import (
    AgreementForm,
    PairNoteForm,
    VersionedForm,
    WordForm,
)
from preceptor.http import MemberRequest, redirect, render, whole


@require_http_methods(["GET", "POST"])
def agreement(request: MemberRequest, pk: int) -> HttpResponse:
    """What each expects and how they meet, with what was agreed before."""
    pairing = pairing_to_meet(request.membership, pk)
    if request.method == "GET":
        return _agreement_page(request, pairing)
    form = AgreementForm(request.POST)
    if not form.is_valid():
        return _agreement_page(request, pairing, form, status=422)
    try:
        actions.write_agreement(
            actor=request.membership,
            pairing=pairing,
            texts=form.texts(),
            version=form.cleaned_data["version"],
            now=timezone.now(),
        )
    except actions.Stale as stale:
        return _agreement_page(request, pairing, form, status=409, stale=stale)
    messages.success(request, _("Kept. It holds once the other agrees."))
    return redirect(request, "insights:agreement", pk)


def _agreement_page(
    request: MemberRequest,
    pairing: Pairing,
    form: AgreementForm | None = None,
    status: int = 200,
    stale: Exception | None = None,
) -> HttpResponse:
    versions = _versions(pairing)
    newest = versions[0] if versions else None
    seen = {"version": newest.version if newest else 0}
    initial = {**seen, **(newest.texts if newest else {})}
    if form is not None and stale:
        form = AgreementForm({**form.cleaned_data, **seen})
    side = pairing.side_of(request.membership)
    agreed_at = f"{side}_agreed_at"
    context = {
        "pairing": pairing,
        "program": pairing.program,
        "newest": newest,
        "agreed": next((one for one in versions[1:] if one.is_agreed), None),
        "may_agree": newest and pairing.is_standing and not getattr(newest, agreed_at),
        "form": form or AgreementForm(initial=initial),
        "stale": stale,
        "other": _other(pairing, side),
    }
    return render(request, "insights/agreement.html", context, status=status)


def _versions(pairing: Pairing) -> list[Agreement]:
    """The newest, and the last that both agreed to, if it is another."""
    rows: QuerySet[Agreement] = pairing.agreements.select_related("written_by__user")
    newest = rows.order_by("-version")[:1]
    agreed = Agreement.objects.filter(pairing=pairing).agreed().newest_first()[:1]
    return sorted({*newest, *agreed}, key=lambda one: -one.version)


def _other(pairing: Pairing, side: str | None) -> Enrolment:
    return pairing.mentor if side == Enrolment.Side.JUNIOR else pairing.junior


@require_POST
def agree(request: MemberRequest, pk: int) -> HttpResponse:
    pairing = pairing_to_meet(request.membership, pk)
    actions.agree(
        actor=request.membership,
        pairing=pairing,
        version=whole(request.POST.get("version")),
        now=timezone.now(),
    )
    messages.success(request, _("Agreed, by both of you, from today on."))
    return redirect(request, "insights:agreement", pk)


@require_http_methods(["GET", "POST"])
def notes(request: MemberRequest, pk: int) -> HttpResponse:
    """One text that both write on."""
    pairing = pairing_to_meet(request.membership, pk)
    return _note(request, pairing, PairNote.Kind.SHARED)


@require_http_methods(["GET", "POST"])
def word(request: MemberRequest, pk: int) -> HttpResponse:
    """What a mentor tells the junior's next one, also once the pairing has ended."""
    pairing = pairing_of_side(request.membership, pk, Enrolment.Side.MENTOR)
    if pairing.kind != Pairing.Kind.PRIMARY:
        raise Http404
    return _note(request, pairing, PairNote.Kind.WORD)


FORMS = {PairNote.Kind.SHARED: PairNoteForm, PairNote.Kind.WORD: WordForm}
TEMPLATES = {
    PairNote.Kind.SHARED: "insights/notes.html",
    PairNote.Kind.WORD: "insights/word.html",
}


def _note(
    request: MemberRequest, pairing: Pairing, kind: PairNote.Kind
) -> HttpResponse:
    if request.method == "GET":
        return _note_page(request, pairing, kind)
    form = FORMS[kind](request.POST)
    if not form.is_valid():
        return _note_page(request, pairing, kind, form=form, status=422)
    try:
        actions.write_note(
            actor=request.membership,
            pairing=pairing,
            kind=kind,
            text=form.cleaned_data["text"],
            version=form.cleaned_data["version"],
            now=timezone.now(),
        )
    except actions.Stale as stale:
        return _note_page(request, pairing, kind, form=form, status=409, stale=stale)
    messages.success(request, _("Saved."))
    return redirect(request, "insights:pairing", pairing.pk)


def _note_page(
    request: MemberRequest,
    pairing: Pairing,
    kind: PairNote.Kind,
    *,
    form: VersionedForm | None = None,
    status: int = 200,
    stale: Exception | None = None,
) -> HttpResponse:
    rows = pairing.notes.filter(kind=kind).select_related("written_by__user")
    row = rows.first()
    seen = {"version": row.version if row else 0}
    if form is not None and stale:
        form = FORMS[kind]({**form.cleaned_data, **seen})
    initial = {**seen, "text": row.text if row else ""}
    context = {
        "pairing": pairing,
        "program": pairing.program,
        "note": row,
        "form": form or FORMS[kind](initial=initial),
        "stale": stale,
        "other": _other(pairing, pairing.side_of(request.membership)),
    }
    return render(request, TEMPLATES[kind], context, status=status)
