from datetime import date
from functools import partial

from django.core.paginator import Paginator
from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from pairings.access import pairing_for
from pairings.models import Pairing
from pairings.proposals import proposed_to, stuck
from preceptor.accounts.models import Membership
from preceptor.accounts.people import Named, bring_members
from preceptor.accounts.rights import ARRANGERS, Resource, Right, right_to
from preceptor.http import MemberRequest, redirect, render
from preceptor.insights.access import (
    ONE_PAIRING,
    led_by,
    overseen_by,
    oversees,
    pairings_of,
    pairings_of_reports,
    plans_between,
    plans_mentored,
    plans_of,
    with_plan,
)
from preceptor.insights.attention import concerns, listed
from preceptor.insights.between import (
    between,
    handover_step,
    step_between,
    todo_of,
    with_between,
    with_handover,
)
from preceptor.insights.life import life_of, with_waiting
from preceptor.insights.reports import places_of
from preceptor.insights.reports import reports as reports_in
from preceptor.insights.shell import sections_of
from preceptor.insights.sittings import (
    OF_SESSION,
    people_doing,
    people_in,
    sessions_ahead,
    sessions_around,
)
from preceptor.insights.steps import SOON, answer_step, next_step
from preceptor.insights.waiting import juniors_left, unpaired_by_past
from preceptor.insights.week import this_week, with_next_on
from preceptor.notifications.health import troubles
from preceptor.notifications.pulses import machinery
from progress.autonomy import Reach
from progress.autonomy_pages import reach_ahead
from progress.models import GrowthPlan
from progress.protected import Hours, hours_lately
from progress.standings import standings_of
from progress.wanted import wanted_of
from progress.years import YearLine, year_line
from reviews.models import Action, ReviewSession, ReviewSessionQuerySet
from reviews.record_forms import FilterForm, with_models

SHOWN = 12
"""How many pairs and juniors Today names; the rest is on the programs' pages."""

REPORTS = 50
"""How many places of their reports one page shows a line manager."""

SESSIONS = 50
"""How many sessions the pairing page lists; the rest is among all sessions."""

WHOLE_PAIRING = with_models(with_between(with_waiting(with_plan(*ONE_PAIRING))))
"""What the page of one shows. Built once: building takes as long as asking does."""


@require_GET
def today(request: MemberRequest) -> HttpResponse:
    """What is next, the year, the week, and for staff which pairs need them."""
    on = timezone.localdate()
    context = {
        "on": on,
        "troubles": _troubles(request.membership),
        **_own(request, on),
        **_attention(request, on),
    }
    return render(request, "insights/today.html", context)


def _troubles(member: Membership) -> list[str]:
    """What stands still of the machinery, for owners, who can have it mended."""
    return troubles(machinery(timezone.now())) if member.is_owner else []


@require_GET
def pairing(request: MemberRequest, pk: int) -> HttpResponse:
    """One pair: its year, what comes next, what it agreed on, and its sessions."""
    member = request.membership
    pair, relations = pairing_for(member, pk, WHOLE_PAIRING)
    if pair.is_proposed:
        return redirect(request, "pairings:proposal", pk)
    is_own = pair.side_of(member) is not None
    form = FilterForm(request.GET, member=member, is_record=not is_own, pair=pair)
    sessions = _newest(form.narrow(ReviewSession.objects.filter(pairing=pair)))
    may_meet = right_to(relations, Resource.SESSION_TEXT) >= Right.WRITE
    life = life_of(pair, member, relations)
    context = {
        "pairing": pair,
        "sessions": sessions[:SESSIONS],
        "has_more": len(sessions) > SESSIONS,
        "form": form,
        "is_own": is_own,
        "may_meet": may_meet,
        "may_read_reason": pair.side_of(member) or relations & ARRANGERS,
        "life": life,
        "reach": _reach(pair) if life.phase_form else None,
        **_ahead(member, pair, may_meet),
    }
    return render(request, "insights/pairing.html", context)


def _reach(pair: Pairing) -> Reach | None:
    """What the junior's autonomy says of the next phase, in one query."""
    plans = plans_of([pair])
    if not plans:
        return None
    return reach_ahead(pair, standings_of(plans[0].pk, timezone.localdate()))


def _ahead(member: Membership, pair: Pairing, may_meet: bool) -> dict[str, object]:
    """The year, and for the two what is to do and comes next."""
    on = timezone.localdate()
    todo = todo_of(member, pair, on) if may_meet else []
    around = sessions_ahead(pair, on) if may_meet else []
    plans = plans_of([pair])
    prefetch_related_objects(plans, "milestones")
    named = [*pair.named, *people_doing(todo), *people_in(around)]
    named.append((pair, "first_step_by"))
    line, state = _line(plans, "", on, *named), between(pair, member)
    return {
        "on": on,
        "line": line,
        "todo": todo,
        "between": state,
        "step": step_between(
            member, pair, state=state, sessions=around, todo=todo, today=on
        ),
    }


def _newest(rows: ReviewSessionQuerySet) -> list[ReviewSession]:
    """Those that the page lists, and one more if there is one."""
    shown = rows.only(*OF_SESSION, "minutes", "cancelled_at")
    return list(shown.order_by("-opened_at", "-pk")[: SESSIONS + 1])


@require_GET
def reports(request: MemberRequest) -> HttpResponse:
    """A line manager's reports: with whom they are, and whether they meet."""
    on = timezone.localdate()
    places = places_of(request.membership)
    page = Paginator(places, REPORTS).get_page(request.GET.get("page"))
    rows = reports_in(list(page.object_list), on)
    return render(
        request, "insights/reports.html", {"on": on, "page": page, "rows": rows}
    )


def _own(request: MemberRequest, on: date) -> dict[str, object]:
    """What is next, the year and the week of who is, or was, in a pair."""
    member = request.membership
    if not sections_of(request, member).takes_part:
        return {}
    pairings = list(with_handover(with_next_on(pairings_of(member))))
    sessions = sessions_around(member, on)
    asked, accepted = proposed_to(member)
    between_mentors = plans_between(member, on) if not pairings else []
    plans = plans_of(pairings) or between_mentors
    prefetch_related_objects(plans, "milestones")
    todo = list(Action.objects.due(member, on + SOON))
    pairs = (one for pairing in pairings for one in pairing.named)
    named = [*pairs, *people_in(sessions), *people_doing(todo)]
    line = _line(plans, request.GET.get("year", ""), on, *named)
    return {
        "week_number": _week_number(line, on),
        "pairings": pairings,
        "plans": plans,
        "between_mentors": between_mentors,
        "line": line,
        "hours": _hours(line, member, on),
        "wanted": wanted_of(
            member,
            [plan for plan in plans if plan.junior.membership_id == member.pk],
            plans_mentored(member, pairings, on),
            pairings,
            on,
        ),
        "todo": todo,
        "step": answer_step(member, asked)
        or handover_step(member, pairings, on)
        or next_step(member, pairings, sessions, todo, on),
        "asked": asked,
        "accepted": accepted,
        "week": this_week(member, pairings, sessions, on),
    }


def _attention(request: MemberRequest, on: date) -> dict[str, object]:
    """What staff see of the programs that they oversee, others of their reports."""
    member = request.membership
    sections = sections_of(request, member)
    if not sections.is_staff:
        reports = list(pairings_of_reports(member)) if sections.has_reports else []
        return {"is_staff": False, "reports": reports}
    overseen = overseen_by(member)
    pairings = Pairing.objects.filter(overseen)
    amiss = concerns(pairings, on, limit=SHOWN, is_wide=member.is_manager)
    stuck_ones = stuck(listed(pairings), timezone.now(), SHOWN)
    besides = [row.pairing.junior_id for row in stuck_ones]
    behind, unpaired = unpaired_by_past(overseen, on, SHOWN, besides=besides)
    left = juniors_left(member, overseen, behind, on)
    bring_members(
        *((junior, "membership") for junior in unpaired),
        *(name for row in amiss for name in row.pairing.named),
        *(name for row in stuck_ones for name in row.pairing.named),
    )
    programs = {row.program_id for row in unpaired}
    programs |= {row.pairing.program_id for row in left}
    programs |= {row.pairing.program_id for row in stuck_ones}
    return {
        "is_staff": True,
        "oversees": partial(oversees, member),
        "concerns": amiss,
        "left": left,
        "stuck": stuck_ones,
        "unpaired": unpaired,
        "led": led_by(member, programs),
    }


def _line(
    plans: list[GrowthPlan], wanted: str, on: date, *named: Named
) -> YearLine | None:
    """The year line of the plan that was asked for, else of the first.

    In either case the people whom the page's rows have `named` are brought.
    """
    chosen = [plan for plan in plans if str(plan.pk) == wanted] or plans
    if chosen:
        return year_line(chosen[0], on, *named)
    bring_members(*named)
    return None


def _hours(line: YearLine | None, member: Membership, on: date) -> Hours | None:
    """Of this week and the last one, where the year shown is their own."""
    if line is None or line.plan.junior.membership_id != member.pk:
        return None
    return hours_lately(line.plan, on)


def _week_number(line: YearLine | None, on: date) -> int | None:
    """The week of the program that `on` lies in, None outside of it."""
    if line is None:
        return None
    program = line.plan.junior.program
    return program.week_of(on) if program.starts_on <= on < program.ends_on else None
