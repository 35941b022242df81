"""The only way a view gets weekly figures, or a file of them."""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils import timezone

from pairings.models import Enrolment
from preceptor.accounts.models import Membership, StagedUpload
from preceptor.insights.delivery_figures.actions import PURPOSE, Teams
from preceptor.insights.models import TeamWeek
from preceptor.insights.returns.access import require_writer


def teams_to_write(member: Membership) -> Teams:
    """403 to who leads nothing; leads write of the teams in the programs they lead."""
    led = require_writer(member)
    if member.is_manager:
        return None
    people = Enrolment.objects.filter(program__in=led).exclude(team="")
    return {team.casefold() for team in people.values_list("team", flat=True)}


def nobodys_teams(member: Membership, teams: Sequence[str]) -> list[str]:
    """Those that nobody of any program is on: misspelt, or beside nothing."""
    people = Enrolment.objects.filter(organisation=member.organisation_id)
    known = {team.casefold() for team in people.values_list("team", flat=True)}
    return [team for team in teams if team.casefold() not in known]


def week_to_write(member: Membership, pk: int) -> TeamWeek:
    teams = teams_to_write(member)
    rows = TeamWeek.objects.filter(organisation=member.organisation_id)
    week = get_object_or_404(rows, pk=pk)
    if teams is not None and week.team.casefold() not in teams:
        raise PermissionDenied
    return week


def staged_weeks(member: Membership, pk: int) -> StagedUpload | None:
    """One's own file that waits; None where it is over or of somebody else."""
    rows = StagedUpload.objects.fresh(timezone.now())
    return rows.filter(
        organisation=member.organisation_id, owner=member, purpose=PURPOSE, pk=pk
    ).first()
