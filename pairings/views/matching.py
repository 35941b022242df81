"""A program's runs of the matcher: starting one, its result, and what a lead takes."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pairings import access, lists, match_pages, reasons
from pairings.access import Standing
from pairings.actions import matching as actions
from pairings.match_forms import MatchForm, of_run, sent
from pairings.matching import BadDocument
from pairings.models import MatchRun
from preceptor.accounts.rights import Right
from preceptor.http import MemberRequest, redirect, redirect_to, render, url, whole


@require_http_methods(["GET", "POST"])
def matching(request: MemberRequest, pk: int) -> HttpResponse:
    right = Right.WRITE if request.method == "POST" else Right.READ
    program, standing = access.matching_of(request.membership, pk, right)
    if request.method == "POST":
        form = MatchForm(request.POST, program=program)
        if form.is_valid() and (run := _started(request, form)):
            return redirect(request, "pairings:match_run", run.pk)
    else:
        like = program.runs.done().light().first()
        form = MatchForm(program=program, like=like)
    filters = lists.filters_in(request.GET)
    context = {
        "program": program,
        "standing": standing,
        "form": form,
        "page": lists.page_of(match_pages.runs_of(program), filters),
    }
    status = 422 if form.errors else 200
    return render(request, "pairings/matching.html", context, status=status)


def _started(request: MemberRequest, form: MatchForm) -> MatchRun | None:
    """The run that was asked for; where it can't be, the form says why."""
    try:
        return actions.start_match(
            actor=request.membership,
            program=form.program,
            wanted=form.wanted(),
            base=form.base_run(),
            pin=form.new_pin(),
        )
    except ValidationError as error:
        form.add_error(None, error)
        return None


@require_GET
def match_run(request: MemberRequest, pk: int) -> HttpResponse:
    run, standing = access.match_run_for(request.membership, pk)
    context = {"run": run, "program": run.program, "standing": standing}
    if not run.is_done:
        if request.htmx and not run.is_open:
            return redirect(request, "pairings:match_run", pk)
        return render(
            request, "pairings/match_progress.html", context, partial="progress"
        )
    if request.htmx:
        return redirect(request, "pairings:match_run", pk)
    try:
        opened = match_pages.Opened(run, sees_why=standing.runs)
    except BadDocument:
        return render(request, "pairings/match_progress.html", context)
    context |= _result(request, opened, standing)
    return render(request, "pairings/match_run.html", context)


def _result(
    request: MemberRequest, opened: match_pages.Opened, standing: Standing
) -> dict[str, object]:
    filters = lists.filters_in(request.GET)
    board = match_pages.board_of(opened, filters)
    return {
        "board": board,
        "page": board.page,
        "filters": filters,
        "sorts": match_pages.sorts(),
        "figures": reasons.of_figures(opened.outcome, opened.inputs.aim),
        "form": MatchForm(program=opened.run.program, like=opened.run),
        "may_choose": standing.may_write,
    }


@require_GET
def match_card(request: MemberRequest, pk: int, junior: int) -> HttpResponse:
    """One junior of a run, and what comes of giving them another mentor."""
    run, standing = access.match_run_for(
        request.membership, pk, rows=MatchRun.objects.done()
    )
    opened = match_pages.Opened(run, sees_why=standing.runs)
    tried = whole(request.GET.get("mentor")) if standing.runs else None
    one = match_pages.one_of(opened, junior, tried or None)
    if one is None:
        raise Http404
    context = {
        "run": run,
        "program": run.program,
        "standing": standing,
        "one": one,
        "answers": sent(of_run(run)),
    }
    return render(request, "pairings/match_card.html", context, partial="card")


@require_POST
def choose(request: MemberRequest, pk: int) -> HttpResponse:
    """Keeps the ticks of a page, and pins or lets go where that was pressed."""
    run, _standing = access.match_run_for(request.membership, pk, Right.WRITE)
    said = request.POST
    if "none" in said:
        actions.choose_none(run=run)
    else:
        shown, chosen = (
            [whole(one) for one in said.getlist(name)] for name in ("shown", "pair")
        )
        actions.choose(run=run, shown=shown, chosen=chosen)
    for name in ("pin", "unpin"):
        if proposal := whole(said.get(name)):
            actions.fix(run=run, proposal=proposal, is_fixed=name == "pin")
            return _back(request, run, f"p{proposal}")
    if "propose" in said:
        return redirect(request, "pairings:propose", pk)
    return _back(request, run, "proposals")


def _back(request: MemberRequest, run: MatchRun, place: str) -> HttpResponse:
    """To where they were in the run."""
    asked = lists.filters_in(request.POST)
    kept = {name: asked[name] for name in ("sort", "page") if asked.get(name)}
    path = url(request.organisation.slug, "pairings:match_run", run.pk)
    return redirect_to(request, f"{path}?{urlencode(kept)}#{place}")


@require_POST
def cancel_match(request: MemberRequest, pk: int) -> HttpResponse:
    run, _standing = access.match_run_for(request.membership, pk, Right.WRITE)
    actions.cancel_match(run=run)
    messages.success(request, _("Run %(n)s is cancelled.") % {"n": run.number})
    return redirect(request, "pairings:matching", run.program_id)


@require_POST
def check_match(request: MemberRequest, pk: int) -> HttpResponse:
    """Runs the kept inputs again and says whether they give the kept result."""
    rows = MatchRun.objects.done()
    run, _standing = access.match_run_for(request.membership, pk, rows=rows)
    is_same = actions.check_match(run=run, now=timezone.now())
    if is_same is None:
        text = _("A worker runs it again. What came of it will be said here.")
        messages.info(request, text)
    return redirect(request, "pairings:match_run", pk)
