"""Pairs that are proposed: the answers of the two, and what the leads do with them."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pairings import access, lists
from pairings import proposals as proposed
from pairings.actions import publishing
from pairings.forms import DeclineForm, PublishForm
from pairings.models import MatchRun, Pairing, Program
from preceptor.http import Conflict, MemberRequest, redirect, render, whole

OF_CHOSEN = ("mentor__membership__user", "junior__membership__user")
MOST = 20
"""How many proposals that need a lead the page lists, each with who could be next."""


@require_GET
def proposal(request: MemberRequest, pk: int) -> HttpResponse:
    """One proposal, as it stands for who looks at it."""
    pairing, arranges = proposed.proposal_for(request.membership, pk)
    if not pairing.is_proposed:
        return redirect(request, "insights:pairing", pairing.pk)
    return render(request, "pairings/proposal.html", _shown(request, pairing, arranges))


def _shown(
    request: MemberRequest, pairing: Pairing, arranges: bool
) -> dict[str, object]:
    side = pairing.side_of(request.membership)
    own = {"mentor": pairing.mentor_accepted_at, "junior": pairing.junior_accepted_at}
    return {
        "pairing": pairing,
        "program": pairing.program,
        "arranges": arranges,
        "is_own": side is not None,
        "accepted_at": own.get(side or ""),
        "has_declined": pairing.declined_by_id == request.membership.pk,
        "why": proposed.in_common(pairing.mentor, pairing.junior, pairing.starts_on),
        "is_late": pairing.answer_by is not None and pairing.answer_by < timezone.now(),
    }


@require_POST
def accept(request: MemberRequest, pk: int) -> HttpResponse:
    pairing = proposed.proposal_to_answer(request.membership, pk)
    now = timezone.now()
    held = publishing.accept(actor=request.membership, pairing=pairing, now=now)
    if held.is_proposed:
        messages.success(request, _("Accepted. It begins once the other accepts too."))
        return redirect(request, "pairings:proposal", pk)
    messages.success(request, _("You are a pair. Here is what comes first."))
    return redirect(request, "insights:pairing", pk)


@require_http_methods(["GET", "POST"])
def decline(request: MemberRequest, pk: int) -> HttpResponse:
    pairing = proposed.proposal_to_answer(request.membership, pk)
    form = DeclineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        publishing.decline(
            actor=request.membership,
            pairing=pairing,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
        messages.success(request, _("Declined. A lead looks for another match."))
        return redirect(request, "pairings:proposal", pk)
    leads = access.readers_of_wishes(pairing.program)
    context = {**_shown(request, pairing, False), "form": form, "leads": leads}
    status = 422 if form.errors else 200
    return render(request, "pairings/decline.html", context, status=status)


@require_POST
def withdraw(request: MemberRequest, pk: int) -> HttpResponse:
    pairing = proposed.proposal_to_arrange(request.membership, pk)
    publishing.decline(actor=request.membership, pairing=pairing, now=timezone.now())
    messages.success(request, _("The proposal is taken back."))
    return redirect(request, "pairings:proposals", pairing.program_id)


@require_POST
def propose_next(request: MemberRequest, pk: int) -> HttpResponse:
    """In one click: the junior of a proposal that came to nothing to another mentor."""
    pairing = proposed.proposal_to_arrange(request.membership, pk)
    mentors = pairing.program.enrolments.mentors().with_people()
    mentor = get_object_or_404(mentors, pk=whole(request.POST.get("mentor")))
    try:
        made = publishing.propose_next(
            actor=request.membership,
            pairing=pairing,
            mentor=mentor,
            now=timezone.now(),
        )
    except ValidationError as error:
        raise Conflict(" ".join(error.messages)) from error
    text = _("%(junior)s and %(mentor)s are asked; each has three days to answer.")
    if made.is_standing:
        text = _("%(junior)s and %(mentor)s are a pair.")
    messages.success(request, text % {"junior": made.junior, "mentor": made.mentor})
    return redirect(request, "pairings:proposals", pairing.program_id)


@require_POST
def mark_first_step(request: MemberRequest, pk: int) -> HttpResponse:
    pairing = proposed.first_step_to_mark(request.membership, pk)
    is_done = request.POST.get("done") == "1"
    publishing.mark_first_step(pairing=pairing, is_done=is_done, now=timezone.now())
    return redirect(request, "insights:pairing", pk)


@require_GET
def proposals(request: MemberRequest, pk: int) -> HttpResponse:
    """What is proposed in a program, with what needs a lead first."""
    program = access.program_to_run(request.membership, pk)
    _program, standing = access.program_with_standing(request.membership, pk)
    now = timezone.now()
    rows = Pairing.objects.filter(program=program)
    filters = lists.filters_in(request.GET)
    page = lists.page_of(proposed.waiting_in(program, now), filters)
    context = {
        "program": program,
        "standing": standing,
        "stuck": proposed.stuck_with_candidates(rows, now, MOST),
        "stuck_count": proposed.needing_a_lead(rows, now).count(),
        "filters": filters,
        "page": page,
        "waiting": lists.named_pairs(page),
    }
    return render(request, "pairings/proposals.html", context)


@require_http_methods(["GET", "POST"])
def propose(request: MemberRequest, pk: int) -> HttpResponse:
    """Publishes what was chosen of a run, all of it or nothing."""
    run = _run_to_publish(request, pk)
    form = PublishForm(request.POST or None, program=run.program)
    refused: publishing.Refused | None = None
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            made = publishing.publish_run(
                actor=request.membership, run=run, now=now, **form.values()
            )
        except publishing.Refused as found:
            refused = found
        else:
            return _published(request, run.program, made)
    chosen = run.proposals.approved().select_related(*OF_CHOSEN)
    context = {
        "program": run.program,
        "run": run,
        "form": form,
        "chosen": chosen,
        "refused": refused,
    }
    status = 422 if form.errors or refused else 200
    return render(request, "pairings/propose.html", context, status=status)


def _run_to_publish(request: MemberRequest, pk: int) -> MatchRun:
    rows = MatchRun.objects.light().filter(organisation=request.organisation)
    run = get_object_or_404(rows.select_related("program"), pk=pk)
    run.program = access.program_to_write(request.membership, run.program_id)
    return run


def _published(
    request: MemberRequest, program: Program, made: list[Pairing]
) -> HttpResponse:
    n = len(made)
    if program.approval == Program.Approval.BOTH:
        text = ngettext("%(n)s pair is proposed.", "%(n)s pairs are proposed.", n)
        messages.success(request, text % {"n": n})
        return redirect(request, "pairings:proposals", program.pk)
    text = ngettext("%(n)s pair begins.", "%(n)s pairs begin.", n)
    messages.success(request, text % {"n": n})
    return redirect(request, "pairings:program", program.pk)
