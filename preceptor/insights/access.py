"""What of several apps a member may see on one page."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from pairings.models import Enrolment, Pairing, PairingQuerySet, Program, ProgramStaff
from preceptor.accounts.models import Membership
from progress.models import GrowthPlan

OF_PAIRING = (
    *("organisation", "kind", "state", "phase", "starts_on", "ends_on", "last_met_on"),
    *("program__organisation", "program__name", "program__state"),
    *("program__starts_on", "program__ends_on", "program__junior_hours"),
    *("mentor__membership", "junior__membership"),
    *("junior__program", "junior__ends_on"),
    *("junior__plan__organisation", "junior__plan__junior", "junior__plan__starts_on"),
    *("first_step", "first_step_by", "first_step_on", "first_step_done_at"),
)
"""What pages show of a pair: with all their columns its rows cost twice as much."""

ONE_PAIRING = (
    "ended_at",
    "end_reason",
    "mentor__line_manager",
    "junior__line_manager",
)
"""And what the page of one does."""


def overseen_by(member: Membership) -> Q:
    """Rows of every program to managers, else of those they lead or observe."""
    mine = Q(organisation=member.organisation_id)
    if member.is_manager:
        return mine
    staffed = ProgramStaff.objects.filter(membership=member)
    # Read first: with their few ids each query that follows finds an index.
    return mine & Q(program__in=list(staffed.values_list("program", flat=True)))


def oversees(member: Membership) -> bool:
    """Whether there is a program for one of the staff to look after."""
    rows = Program.objects.filter(organisation=member.organisation_id)
    return not member.is_manager or rows.exists()


def overseen_programs(member: Membership) -> list[Program]:
    """Every program to managers, else those they lead or observe; latest first."""
    rows = Program.objects.filter(organisation=member.organisation_id)
    if not member.is_manager:
        staffed = ProgramStaff.objects.filter(membership=member)
        rows = rows.filter(pk__in=staffed.values("program"))
    return list(rows.order_by("-starts_on", "name"))


def led_by(member: Membership, programs: set[int]) -> set[int]:
    """Those of some programs that they oversee in which they may pair people."""
    if member.is_manager or not programs:
        return programs
    leads = ProgramStaff.objects.filter(role=ProgramStaff.Role.LEAD)
    rows = leads.filter(membership=member, program__in=programs)
    return set(rows.values_list("program", flat=True))


def pairings_of_reports(member: Membership) -> QuerySet[Pairing]:
    """The pairings that stand of juniors and mentors who report to them."""
    enrolments = Enrolment.objects.filter(line_manager=member)
    # Read first: most people have none, and then nothing else is asked.
    reports = list(enrolments.values_list("pk", flat=True))
    of_reports = Q(junior__in=reports) | Q(mentor__in=reports)
    rows = Pairing.objects.filter(of_reports, organisation=member.organisation_id)
    return rows.standing().with_people().order_by("starts_on", "pk")


def pairings_of(member: Membership) -> PairingQuerySet:
    """Their own pairings that stand, as mentor or junior, with the junior's plan.

    Of the two only their enrolments, which name them.
    """
    rows = with_plan().filter(organisation=member.organisation_id)
    return rows.of(member).standing().order_by("starts_on", "pk")


def with_plan(*also: str) -> PairingQuerySet:
    """Pairings as `OF_PAIRING` says and with these columns; the names are to bring."""
    rows = Pairing.objects.select_related("program", "mentor", "junior__plan")
    return rows.only(*OF_PAIRING, *also)


def plans_between(member: Membership, on: date) -> list[GrowthPlan]:
    """The years that go on of somebody who is in no pair: they wait for a mentor."""
    rows = GrowthPlan.objects.with_junior().filter(
        organisation=member.organisation_id,
        junior__membership=member,
        junior__ends_on__gt=on,
        junior__program__state=Program.State.RUNNING,
    )
    return list(rows.order_by("pk"))


def plans_of(pairings: Iterable[Pairing]) -> list[GrowthPlan]:
    """The years of the pairs' juniors, whose record either side may read.

    The junior of each, and so their people, is that of the pairing.
    """
    plans = {}
    for pairing in pairings:
        if hasattr(pairing.junior, "plan"):
            plan = pairing.junior.plan
            plan.junior.program = pairing.program
            plans[plan.pk] = plan
    return [plans[pk] for pk in sorted(plans)]


def plans_mentored(
    member: Membership, pairings: Iterable[Pairing], on: date
) -> list[GrowthPlan]:
    """Of those of `pairings` that stand, the years whose mentor they are on a day."""
    return plans_of(
        pairing
        for pairing in pairings
        if pairing.kind == Pairing.Kind.PRIMARY
        and pairing.mentor.membership_id == member.pk
        and pairing.starts_on <= on < pairing.ends_on
    )
