"""The handover to a junior's next mentor: looked at, released, acknowledged."""

from collections.abc import Iterable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Subquery
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from pairings.access import pairing_of_side, pairing_relations, pairing_to_meet
from pairings.models import Enrolment, Handover, Pairing, PairNote
from preceptor.accounts.models import Membership
from preceptor.accounts.people import bring_members
from preceptor.accounts.rights import Relation, Resource, Right, right_to
from preceptor.http import MemberRequest, redirect, render, whole
from preceptor.insights.handover_forms import ReleaseForm
from preceptor.insights.sittings import people_doing, people_in
from progress.access import plan_relations
from progress.models import Goal, GrowthPlan, Outcome
from progress.readings import shows_text
from progress.standings import Standings, standings_of
from reviews.actions import acknowledge_handover as acknowledge
from reviews.actions import release_handover as release
from reviews.models import Action, Finding, ReleasedSession, ReviewSession

NEXT_MILESTONES = 3


@require_GET
def handover(request: MemberRequest, pk: int) -> HttpResponse:
    """The junior sees all that may go on, the next mentor what was released."""
    pairing = pairing_to_meet(request.membership, pk)
    return _page(request, pairing)


@require_POST
def release_handover(request: MemberRequest, pk: int) -> HttpResponse:
    pairing = pairing_of_side(request.membership, pk, Enrolment.Side.JUNIOR)
    last = _last(pairing)
    form = ReleaseForm(request.POST, sessions=_releasable(pairing))
    if not form.is_valid():
        return _page(request, pairing, form, status=422)
    release(
        pairing=pairing,
        word=_word(last),
        word_version=form.cleaned_data["word_version"],
        sessions=form.chosen(),
        version=form.cleaned_data["version"],
        now=timezone.now(),
    )
    messages.success(request, _released(pairing))
    return redirect(request, "insights:handover", pk)


def _released(pairing: Pairing) -> str:
    """From when the next mentor reads it."""
    if pairing.starts_on <= timezone.localdate():
        text = _("Released. %(mentor)s can read it now.")
    else:
        text = _("Released. %(mentor)s can read it from %(day)s on.")
    day = date_format(pairing.starts_on, "j F")
    return text % {"mentor": pairing.mentor, "day": day}


@require_POST
def acknowledge_handover(request: MemberRequest, pk: int) -> HttpResponse:
    pairing = pairing_of_side(request.membership, pk, Enrolment.Side.MENTOR)
    if Relation.MENTOR not in pairing_relations(request.membership, pairing):
        raise PermissionDenied
    version = whole(request.POST.get("version"))
    acknowledge(
        actor=request.membership, pairing=pairing, version=version, now=timezone.now()
    )
    messages.success(request, _("Acknowledged; the day is kept."))
    return redirect(request, "insights:handover", pk)


def _page(
    request: MemberRequest,
    pairing: Pairing,
    form: ReleaseForm | None = None,
    status: int = 200,
) -> HttpResponse:
    member, last = request.membership, _last(pairing)
    is_junior = pairing.side_of(member) == Enrolment.Side.JUNIOR
    made = Handover.objects.filter(pairing=pairing).first()
    is_ahead = pairing.starts_on > timezone.localdate()
    ticked = set(made.released.values_list("session", flat=True)) if made else set()
    sessions = _releasable(pairing) if is_junior else _released_to(member, pairing)
    findings, actions = _left_open(sessions)
    bring_members(*people_in(sessions), *people_doing(actions))
    context = {
        "pairing": pairing,
        "program": pairing.program,
        "last": last,
        "handover": made,
        "word": _word(last) if is_junior else None,
        "sessions": sessions,
        "ticked": ticked,
        "findings": findings,
        "actions": actions,
        "is_junior": is_junior,
        "is_ahead": is_ahead,
        "is_shown": is_junior or (made is not None and not is_ahead),
        "may_release": is_junior and pairing.is_standing,
        "may_acknowledge": made is not None
        and not (is_junior or is_ahead)
        and pairing.is_standing
        and made.acknowledged_at is None,
        "form": form,
        **_year(member, pairing),
    }
    return render(request, "insights/handover.html", context, status=status)


def _last(pairing: Pairing) -> Pairing:
    """The primary pairing before this one; without it nothing is handed over."""
    if pairing.kind == Pairing.Kind.PRIMARY:
        rows = Pairing.objects.leading_to(pairing).with_people()
        if last := rows.first():
            return last
    raise Http404


def _word(last: Pairing) -> PairNote | None:
    return last.notes.filter(kind=PairNote.Kind.WORD).exclude(text="").first()


def _releasable(pairing: Pairing) -> list[ReviewSession]:
    rows = ReviewSession.objects.leading_to(pairing).releasable()
    return list(rows.filter(junior=pairing.junior.membership_id).order_by("-opened_at"))


def _released_to(member: Membership, pairing: Pairing) -> list[ReviewSession]:
    mine = ReleasedSession.objects.to(member, timezone.localdate())
    mine = mine.filter(handover__pairing=pairing)
    rows = ReviewSession.objects.filter(pk__in=mine.values("session"))
    return list(rows.order_by("-opened_at"))


def _left_open(
    sessions: Iterable[ReviewSession],
) -> tuple[list[Finding], list[Action]]:
    """Flaws that are real and stand, and actions not done, of these sessions."""
    by_pk = {one.pk: one for one in sessions}
    findings = Finding.objects.unresolved().filter(
        session__in=by_pk, session__revealed_at__isnull=False
    )
    actions = list(Action.objects.open().filter(session__in=by_pk).in_order())
    found = list(findings.order_by("-session__opened_at", "pk"))
    for finding in found:
        finding.session = by_pk[finding.session_id]
    for action in actions:
        action.session = by_pk[action.session_id]
    return found, actions


def _year(member: Membership, pairing: Pairing) -> dict[str, object]:
    """Goals and next milestones of the junior's year, where the reader may read it."""
    rows = GrowthPlan.objects.filter(junior=pairing.junior_id)
    plan = rows.select_related("junior__program").first()
    if plan is None:
        return {}
    relations = plan_relations(member, plan)
    if right_to(relations, Resource.PLAN_TEXT) < Right.READ:
        return {}
    shows_text(member)
    found = standings_of(plan.pk, timezone.localdate())
    return {
        "plan": plan,
        "goals": plan.goals.filter(state=Goal.State.OPEN),
        "milestones": plan.milestones.open().order_by("due_on", "pk")[:NEXT_MILESTONES],
        "levels": _levels(plan, found),
        "found": found,
    }


def _levels(plan: GrowthPlan, found: Standings) -> list[tuple[Outcome, int]]:
    """What the two agreed on in the assessment that was signed last.

    Each with how many pieces of evidence the competency has by now.
    """
    signed = plan.assessments.filter(signed_at__isnull=False).newest_first()
    rows = Outcome.objects.filter(assessment=Subquery(signed.values("pk")[:1]))
    related = rows.filter(level__isnull=False).select_related(
        "assessment", "competency"
    )
    in_order = related.order_by("competency__area__position", "competency__position")
    return [(row, found.of(row.competency.key).evidence) for row in in_order]
