"""What of several apps a member may see on one page."""

from collections.abc import Iterable

from django.db.models import QuerySet

from pairings.models import Pairing, Program, ProgramStaff
from preceptor.accounts.models import Membership
from progress.models import GrowthPlan


def programs_overseen_by(member: Membership) -> QuerySet[Program]:
    """Every program to managers, else those they lead or observe."""
    rows = Program.objects.filter(organisation=member.organisation_id)
    if member.is_manager:
        return rows
    staffed = ProgramStaff.objects.filter(membership=member).values("program")
    return rows.filter(pk__in=staffed)


def pairings_of(member: Membership) -> QuerySet[Pairing]:
    """Their own pairings that stand, as mentor or junior."""
    rows = Pairing.objects.filter(organisation=member.organisation_id)
    return rows.of(member).standing().with_people().order_by("starts_on", "pk")


def plans_of(pairings: Iterable[Pairing]) -> QuerySet[GrowthPlan]:
    """The years of the pairs' juniors, whose record either side may read."""
    juniors = [pairing.junior_id for pairing in pairings]
    return GrowthPlan.objects.filter(junior__in=juniors).with_junior().order_by("pk")
