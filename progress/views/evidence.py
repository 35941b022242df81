from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from preceptor.http import Conflict, MemberRequest, redirect, redirect_to, render, url
from progress import access, actions
from progress.evidence_access import (
    Told,
    competency_for,
    evidence_for,
    evidence_to_open,
    evidence_to_take_back,
    session_to_tag,
    session_told,
)
from progress.evidence_forms import LinkForm, TagForm
from progress.evidence_overview import overview
from progress.evidence_pages import Tagging, fitting
from progress.evidence_places import place_of
from progress.evidence_rows import evidence_of, kinds_of, level_history, rows_of
from progress.models import Competency
from progress.things import Thing, things_in

PER_PAGE = 50


@require_GET
def session_evidence(request: MemberRequest, pk: int) -> HttpResponse:
    """What of a revealed session can be tagged; as a fragment, the buttons of it.

    The fragment fills the slots in the pages of the session: all of them, or what it
    is asked for with `of`. Who may not tag gets them emptied. With `choose`, one
    thing with all competencies to choose from.
    """
    try:
        told = session_told(request.membership, pk)
    except Conflict:
        if not request.htmx:
            raise
        return HttpResponse(status=204)  # The slots keep their links.
    if not told.is_revealed:
        return redirect(request, "reviews:session", pk)
    if told.may_tag and (key := request.GET.get("choose")):
        return _choices(request, told, key)
    things = _asked(request, things_in(told.plan, request.membership, pk))
    tagging = Tagging(told.plan) if told.may_tag else None
    context = {
        "told": told,
        "plan": told.plan,
        "session": told.session,
        "blocks": [tagging.block(one) for one in things] if tagging else [],
        "emptied": [] if tagging else things,
    }
    return render(request, "progress/session_evidence.html", context, partial="slots")


def _choices(request: MemberRequest, told: Told, key: str) -> HttpResponse:
    """The buttons of a thing with a select; without script, a page of it alone."""
    thing = _thing(request, told, key)
    back = "plan" if request.GET.get("back") == "plan" else ""
    block = Tagging(told.plan).block_to_choose(thing, back)
    context = {
        "told": told,
        "plan": told.plan,
        "session": told.session,
        "block": block,
        "blocks": [block],
    }
    return render(request, "progress/session_evidence.html", context, partial="choice")


def _asked(request: MemberRequest, things: list[Thing]) -> list[Thing]:
    """Those of a flaw, by its number, or the `lessons`; else all."""
    of = request.GET.get("of", "")
    if of == "lessons":
        return [one for one in things if one.kind == "lesson"]
    if of:
        keys = (f"finding-{of}", f"explanation-{of}")
        return [one for one in things if one.key in keys]
    return things


@require_POST
def tag(request: MemberRequest, pk: int) -> HttpResponse:
    """One click: a thing of a session becomes evidence of a competency."""
    told = session_to_tag(request.membership, pk)
    form = TagForm(request.POST)
    if not form.is_valid():
        raise BadRequest(form.errors.as_text())
    competency = competency_for(request.membership, form.cleaned_data["competency"])
    thing = _thing(request, told, form.cleaned_data["thing"])
    actions.tag(
        actor=request.membership,
        plan=told.plan,
        thing=thing,
        competency=competency,
        now=timezone.now(),
    )
    back = form.cleaned_data["back"]
    if not request.htmx:
        return _back(request, told, thing, competency, back)
    return _tagged(request, told, thing, competency, back)


def _tagged(
    request: MemberRequest, told: Told, thing: Thing, competency: Competency, back: str
) -> HttpResponse:
    """The thing's buttons as they are now; on the page of a competency, its own."""
    tagging = Tagging(told.plan)
    block = (
        tagging.block_of(thing, competency)
        if back == "competency"
        else tagging.block(thing, back)
    )
    context = {"block": block, "plan": told.plan, "new": competency}
    return render(request, "progress/_tag.html", context)


def _thing(request: MemberRequest, told: Told, key: str) -> Thing:
    things = things_in(told.plan, request.membership, told.session.pk)
    thing = next((one for one in things if one.key == key), None)
    if thing is None:
        raise Conflict(
            _(
                "There is nothing of that name to tag: the session is revealed first,"
                " and a flaw is called real. Look at the session again."
            )
        )
    return thing


def _back(
    request: MemberRequest, told: Told, thing: Thing, competency: Competency, back: str
) -> HttpResponse:
    if back == "plan":
        return redirect(request, "progress:evidence", told.plan.pk)
    if back == "competency":
        args = (told.plan.pk, competency.pk)
        return redirect(request, "progress:tag_evidence", *args)
    slug = request.organisation.slug
    path = url(slug, "progress:session_evidence", told.session.pk)
    return redirect_to(request, f"{path}#{thing.key}")


@require_GET
def evidence(request: MemberRequest, pk: int) -> HttpResponse:
    """What the year has evidence of, and what it lacks; counts alone for the record."""
    plan, relations = access.plan_for(request.membership, pk)
    today = timezone.localdate()
    page = overview(plan, relations, request.membership, today, request.GET.dict())
    return render(request, "progress/evidence.html", {"plan": plan, "page": page})


@require_GET
def competency_evidence(
    request: MemberRequest, pk: int, competency: int
) -> HttpResponse:
    """The levels of a competency so far, and what shows them."""
    plan, one, may_tag = evidence_for(request.membership, pk, competency)
    every = evidence_of(plan, one)
    kinds = kinds_of(every)
    kind = request.GET.get("kind", "")
    kind = kind if kind in {shown.kind for shown in kinds} else ""
    found = every.filter(kind=kind) if kind else every
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows = rows_of(list(page), plan, request.membership, may_tag=may_tag)
    context = {
        "plan": plan,
        "competency": one,
        "kind": kind,
        "kinds": kinds,
        "page": page,
        "rows": rows,
        "history": level_history(plan, one),
        "may_tag": may_tag,
    }
    return render(request, "progress/competency_evidence.html", context)


@require_http_methods(["GET", "POST"])
def tag_evidence(request: MemberRequest, pk: int, competency: int) -> HttpResponse:
    """What fits a competency, to be tagged by a click; or a link to elsewhere."""
    plan = access.plan_to_write(request.membership, pk)
    one = competency_for(request.membership, competency)
    form = LinkForm(request.POST or None, plan=plan, competency=one)
    if form.is_valid():
        actions.tag_link(
            actor=request.membership,
            plan=plan,
            competency=one,
            url=form.cleaned_data["url"],
            title=form.cleaned_data["title"],
            now=timezone.now(),
        )
        return redirect(request, "progress:competency_evidence", pk, competency)
    context = {
        "plan": plan,
        "competency": one,
        "form": form,
        "blocks": fitting(Tagging(plan), one, request.membership),
    }
    status = 422 if form.is_bound else 200
    return render(request, "progress/tag_evidence.html", context, status=status)


@require_POST
def take_back(
    request: MemberRequest, pk: int, competency: int, row: int
) -> HttpResponse:
    """Back to the competency, also where another tab took it back before."""
    found = evidence_to_take_back(request.membership, pk, row)
    if found is None or not actions.take_back(evidence=found):
        text = _("That was taken back already. What is tagged still stands here.")
        messages.info(request, text)
    return redirect(request, "progress:competency_evidence", pk, competency)


@require_GET
def evidence_place(request: MemberRequest, pk: int) -> HttpResponse:
    """From a reference to its lines, on the revision that they were found on."""
    row = evidence_to_open(request.membership, pk)
    path = place_of(row, request.membership)
    if path is None:
        raise Http404
    return redirect_to(request, path)
