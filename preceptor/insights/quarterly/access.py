"""Whose report somebody reads, and who may be sent one."""

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from pairings.access import program_to_oversee, program_to_write
from pairings.models import Program, ProgramStaff
from preceptor.accounts.models import Membership, Organisation
from preceptor.insights.figures.quarters import Quarter

MANAGERS = (Membership.Role.OWNER, Membership.Role.MANAGER)


def program_of(member: Membership, pk: int | None) -> Program | None:
    """A program that they oversee; without one, the whole, which is for managers."""
    if pk is not None:
        return program_to_oversee(member, pk)[0]
    if not member.is_manager:
        raise PermissionDenied
    return None


def to_schedule(member: Membership, pk: int | None) -> Program | None:
    """The same, for who may have its reports mailed."""
    if pk is not None:
        return program_to_write(member, pk)
    return program_of(member, None)


def may_schedule(member: Membership, program: Program | None) -> bool:
    if member.is_manager:
        return True
    leads = ProgramStaff.objects.filter(program=program, role=ProgramStaff.Role.LEAD)
    return program is not None and leads.filter(membership=member).exists()


def quarter_in(text: str) -> Quarter:
    """404 for what is no quarter."""
    try:
        return Quarter.read(text)
    except ValueError as error:
        raise Http404 from error


def readers_of(
    organisation: Organisation, program: Program | None
) -> "QuerySet[Membership]":
    """Who may be sent a report: managers, and of a program its staff."""
    staff = ProgramStaff.objects.filter(program=program, membership=OuterRef("pk"))
    may = Q(role__in=MANAGERS)
    if program is not None:
        may |= Q(Exists(staff))
    rows = Membership.objects.active().filter(may, organisation=organisation)
    return rows.select_related("user").order_by("user__full_name", "pk")
