"""The only way a view gets a scenario."""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from pairings.access import (
    led_programs,
    program_relations,
    refuse_archived,
    role_relations,
)
from pairings.models import Program, ProgramStaff
from preceptor.accounts.models import Membership
from preceptor.accounts.rights import Resource, Right, require, right_to
from preceptor.insights.models import Scenario

COSTS = Resource.MATCHING
"""Who reads a program's matching reads what it costs: its staff, managers, owners."""


def require_overseer(member: Membership) -> None:
    """Reports over programs are for their staff and for managers."""
    is_staff = ProgramStaff.objects.filter(membership=member)
    if not (member.is_manager or is_staff.exists()):
        raise PermissionDenied


def may_write_any(member: Membership) -> bool:
    return member.is_manager or _led(member).exists()


def require_writer(member: Membership) -> "QuerySet[Program]":
    """The programs for which they may write scenarios; managers, for the whole, too."""
    if not may_write_any(member):
        raise PermissionDenied
    return _led(member)


def _led(member: Membership) -> "QuerySet[Program]":
    return led_programs(member).exclude(state=Program.State.ARCHIVED)


def scenario_for(member: Membership, pk: int) -> tuple[Scenario, bool]:
    """A scenario that they may read, and whether they may write it."""
    return _scenario(member, pk, Right.READ)


def scenario_to_write(member: Membership, pk: int) -> Scenario:
    scenario, _may_write = _scenario(member, pk, Right.WRITE)
    if scenario.program is not None:
        refuse_archived(member, scenario.program)
    return scenario


def _scenario(member: Membership, pk: int, right: Right) -> tuple[Scenario, bool]:
    rows = Scenario.objects.filter(organisation=member.organisation_id)
    scenario = get_object_or_404(rows.select_related("program"), pk=pk)
    program = scenario.program
    relations = (
        program_relations(member, program) if program else role_relations(member)
    )
    require(relations, COSTS, right)
    may_write = right_to(relations, COSTS) >= Right.WRITE
    return scenario, may_write and not (program and program.is_archived)
