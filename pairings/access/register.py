"""The only way a view gets a skill of the list or a mentor of the register."""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from pairings.access.programs import led_programs
from pairings.models import (
    Enrolment,
    Skill,
)
from preceptor.accounts.models import Membership


def require_list_writer(member: Membership) -> None:
    """The organisation's list of skills is for managers and owners."""
    if not member.is_manager:
        raise PermissionDenied


def skill_to_write(member: Membership, pk: int) -> Skill:
    require_list_writer(member)
    return get_object_or_404(Skill, organisation=member.organisation_id, pk=pk)


def sees_register(member: Membership) -> bool:
    """The register is for managers, owners and leads."""
    return member.is_manager or led_programs(member).exists()


def require_register(member: Membership) -> None:
    if not sees_register(member):
        raise PermissionDenied


def registered(member: Membership) -> "QuerySet[Membership]":
    """The mentors whom somebody sees in the register: those of programs they lead."""
    mentors = Enrolment.objects.mentors().filter(program__in=led_programs(member))
    rows = Membership.objects.filter(organisation=member.organisation_id)
    return rows.filter(pk__in=mentors.values("membership"))


def mentor_to_write(member: Membership, pk: int) -> Membership:
    """A mentor of the register, with their record where there is one."""
    require_register(member)
    rows = registered(member).select_related("user", "organisation", "mentor_record")
    return get_object_or_404(rows, pk=pk)
