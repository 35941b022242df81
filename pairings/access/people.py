"""The only way a view gets an enrolment, or what somebody wishes."""

from django.db.models import Exists, OuterRef
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from pairings.access.programs import program_relations, refuse_archived
from pairings.models import (
    Enrolment,
    EnrolmentSkill,
    Program,
)
from preceptor.accounts.models import Membership, StagedUpload
from preceptor.accounts.rights import (
    Resource,
    Right,
    require,
)


def enrolment_to_write(member: Membership, pk: int) -> Enrolment:
    rows = Enrolment.objects.filter(organisation=member.organisation_id)
    enrolment = get_object_or_404(rows.with_people().with_skills(), pk=pk)
    relations = program_relations(member, enrolment.program)
    require(relations, Resource.PROGRAM, Right.WRITE)
    refuse_archived(member, enrolment.program)
    return enrolment


def junior_in(program: Program, pk: str) -> Enrolment | None:
    """The junior that an address names, or None if it names nobody."""
    if not pk:
        return None
    if not pk.isdecimal():
        raise Http404
    rows = program.enrolments.juniors().with_people().with_skills()
    return get_object_or_404(rows, pk=pk)


def staged_roster(member: Membership, program: Program, pk: int) -> StagedUpload | None:
    """One's own upload for this program, or None once its hour is over."""
    rows = StagedUpload.objects.fresh(timezone.now()).filter(owner=member)
    return rows.filter(pk=pk, purpose=f"roster:{program.pk}").first()


def profile_to_write(member: Membership, pk: int) -> Enrolment:
    """An enrolment of one's own, or of a program that one leads."""
    rows = Enrolment.objects.filter(organisation=member.organisation_id)
    enrolment = get_object_or_404(rows.with_people().with_skills(), pk=pk)
    if enrolment.membership_id != member.pk or enrolment.program.is_draft:
        relations = program_relations(member, enrolment.program)
        require(relations, Resource.PROGRAM, Right.WRITE)
    refuse_archived(member, enrolment.program)
    return enrolment


def wishes_to_write(member: Membership, pk: int) -> Enrolment:
    """A junior's choices and avoidances: their own, or in a program that one leads."""
    enrolment = profile_to_write(member, pk)
    if enrolment.is_mentor:
        raise Http404
    return enrolment


def avoided_by(junior: Enrolment) -> set[int]:
    """Whom a junior would rather not have, for a page that leads alone read."""
    return set(junior.avoidances.values_list("person", flat=True))


def readers_of_wishes(program: Program) -> list[str]:
    """The leads by name: with managers and owners they read whom juniors avoid."""
    return [str(lead.membership) for lead in program.staff.leads()]


def own_place(member: Membership, program: Program) -> Enrolment | None:
    """One's own enrolment in a program, with `has_skills`."""
    named = EnrolmentSkill.objects.filter(enrolment=OuterRef("pk"))
    rows = program.enrolments.filter(membership=member)
    return rows.annotate(has_skills=Exists(named)).first()
