"""The only way a view gets a program, and what somebody is to it."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from pairings.models import (
    Enrolment,
    Program,
    ProgramStaff,
)
from preceptor.accounts.models import Membership
from preceptor.accounts.rights import (
    Relation,
    Resource,
    Right,
    require,
    right_to,
)
from preceptor.http import Conflict

OVERSEERS = frozenset(
    {Relation.OBSERVER, Relation.LEAD, Relation.MANAGER, Relation.OWNER}
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a member may do in a program, and whether they see all of it.

    `runs` is the right to write in it; the others say what its state leaves of that.
    """

    runs: bool
    may_write: bool
    may_enrol: bool
    may_pair: bool
    oversees: bool

    @classmethod
    def of(cls, program: Program, relations: set[Relation]) -> "Standing":
        runs = right_to(relations, Resource.PROGRAM) >= Right.WRITE
        return cls(
            runs=runs,
            may_write=runs and not program.is_archived,
            may_enrol=runs and program.takes_people,
            may_pair=runs and program.is_running,
            oversees=bool(relations & OVERSEERS),
        )


def role_relations(member: Membership) -> set[Relation]:
    """What somebody is to every row of the organisation."""
    if member.is_owner:
        return {Relation.OWNER}
    return {Relation.MANAGER} if member.is_manager else set()


def staff_relations(member: Membership, program_id: int) -> set[Relation]:
    """What somebody is to every row of a program."""
    roles = ProgramStaff.objects.filter(program=program_id, membership=member)
    found = role_relations(member)
    for role in roles.values_list("role", flat=True):
        is_lead = role == ProgramStaff.Role.LEAD
        found.add(Relation.LEAD if is_lead else Relation.OBSERVER)
    return found


def program_relations(member: Membership, program: Program) -> set[Relation]:
    """The same, and what they are by taking part or by their reports.

    Who takes part in a draft is nothing to it yet.
    """
    found = staff_relations(member, program.pk)
    if program.is_draft:
        return found
    enrolments = Enrolment.objects.filter(program=program)
    related = enrolments.filter(Q(membership=member) | Q(line_manager=member))
    rows = related.values_list("membership", "line_manager", "side")
    for own, manager, side in rows:
        if own == member.pk:
            is_mentor = side == Enrolment.Side.MENTOR
            found.add(Relation.MENTOR if is_mentor else Relation.JUNIOR)
        if manager == member.pk:
            found.add(Relation.LINE_MANAGER)
    return found


def program_for(member: Membership, pk: int) -> Program:
    return _program(member, pk, Right.READ)[0]


def program_to_run(member: Membership, pk: int) -> Program:
    """A program whose state they may change, archived ones too."""
    return _program(member, pk, Right.WRITE)[0]


def program_to_write(member: Membership, pk: int) -> Program:
    """409 to a write where the program is archived."""
    program = program_to_run(member, pk)
    refuse_archived(member, program)
    return program


def refuse_archived(member: Membership, program: Program) -> None:
    """Archived programs are read: 409 to a request that would change something."""
    if member.is_writing and program.is_archived:
        text = _("%(program)s is archived and can only be read. Nothing was changed.")
        raise Conflict(text % {"program": program})


def program_with_standing(member: Membership, pk: int) -> tuple[Program, Standing]:
    """A program they may read, and how much of it is theirs to see and change."""
    program, relations = _program(member, pk, Right.READ)
    return program, Standing.of(program, relations)


def program_to_oversee(member: Membership, pk: int) -> tuple[Program, Standing]:
    """A program of which they see everything: 403 to who only takes part."""
    program, standing = program_with_standing(member, pk)
    if not standing.oversees:
        raise PermissionDenied
    return program, standing


def _program(
    member: Membership, pk: int, right: Right
) -> tuple[Program, set[Relation]]:
    program = get_object_or_404(
        Program.objects.filter(organisation=member.organisation_id), pk=pk
    )
    relations = program_relations(member, program)
    require(relations, Resource.PROGRAM, right)
    return program, relations


def may_create(member: Membership) -> bool:
    """Managers and owners, or owners alone where an owner said so."""
    organisation = member.organisation
    if organisation.who_creates == organisation.Creators.OWNERS:
        return member.is_owner
    return member.is_manager


def require_creator(member: Membership) -> None:
    if not member.is_manager:
        raise PermissionDenied
    if not may_create(member):
        text = _("Owners alone set up programs here: ask one of them.")
        raise PermissionDenied(text)


def program_to_duplicate(member: Membership, pk: int) -> Program:
    """Any program of the organisation, for who may start a new one."""
    require_creator(member)
    return _program(member, pk, Right.READ)[0]


def staff_to_write(member: Membership, pk: int) -> ProgramStaff:
    rows = ProgramStaff.objects.filter(organisation=member.organisation_id)
    staff = get_object_or_404(rows.select_related("program", "membership__user"), pk=pk)
    relations = program_relations(member, staff.program)
    require(relations, Resource.PROGRAM, Right.WRITE)
    refuse_archived(member, staff.program)
    return staff


def led_programs(member: Membership) -> "QuerySet[Program]":
    """All to managers; to others those they lead."""
    rows = Program.objects.filter(organisation=member.organisation_id)
    if member.is_manager:
        return rows
    leads = ProgramStaff.objects.filter(membership=member, role=ProgramStaff.Role.LEAD)
    return rows.filter(pk__in=leads.values("program"))
