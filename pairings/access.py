"""The only way a view gets a program, an enrolment or a pairing."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from pairings.models import (
    Enrolment,
    EnrolmentSkill,
    MatchRun,
    MatchRunQuerySet,
    Pairing,
    PairingQuerySet,
    Pause,
    PhaseMove,
    Program,
    ProgramStaff,
    RematchRequest,
    Skill,
)
from preceptor.accounts.models import Membership, StagedUpload
from preceptor.accounts.rights import (
    ARRANGERS,
    Relation,
    Resource,
    Right,
    require,
    require_arranger,
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


def pairing_relations(member: Membership, pairing: Pairing) -> set[Relation]:
    """What somebody is to a pairing; a mentor whose time is over is a former one.

    To one that is proposed the two are nothing yet: see `pairings.proposals`.
    """
    found = staff_relations(member, pairing.program_id)
    if pairing.is_proposed:
        return found
    if pairing.junior.membership_id == member.pk:
        found.add(Relation.JUNIOR)
    if pairing.mentor.membership_id == member.pk:
        is_over = not pairing.is_standing or pairing.ends_on <= timezone.localdate()
        found.add(Relation.FORMER_MENTOR if is_over else Relation.MENTOR)
    if member.pk in (pairing.junior.line_manager_id, pairing.mentor.line_manager_id):
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


def matching_of(member: Membership, pk: int, right: Right) -> tuple[Program, Standing]:
    """A program whose matching they may read or write."""
    program = get_object_or_404(
        Program.objects.filter(organisation=member.organisation_id), pk=pk
    )
    relations = program_relations(member, program)
    require(relations, Resource.MATCHING, right)
    if right >= Right.WRITE:
        refuse_archived(member, program)
    return program, Standing.of(program, relations)


def match_run_for(
    member: Membership,
    pk: int,
    right: Right = Right.READ,
    rows: MatchRunQuerySet | None = None,
) -> tuple[MatchRun, Standing]:
    """A run of the matcher, with what `rows` brings."""
    rows = MatchRun.objects.all() if rows is None else rows
    run = get_object_or_404(rows, pk=pk, organisation=member.organisation_id)
    run.program, standing = matching_of(member, run.program_id, right)
    return run, standing


def require_creator(member: Membership) -> None:
    """Programs are started by managers and owners."""
    if not member.is_manager:
        raise PermissionDenied


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


def staged_pairs(member: Membership, program: Program, pk: int) -> StagedUpload | None:
    """One's own file of pairs for this program, or None once its hour is over."""
    rows = StagedUpload.objects.fresh(timezone.now()).filter(owner=member)
    return rows.filter(pk=pk, purpose=f"pairs:{program.pk}").first()


def pairing_for(
    member: Membership, pk: int, rows: PairingQuerySet
) -> tuple[Pairing, set[Relation]]:
    """A pairing whose record they may read, and what they are to it.

    `rows` says what comes with it; both enrolments have to.
    """
    rows = rows.filter(organisation=member.organisation_id)
    pairing = get_object_or_404(rows, pk=pk)
    relations = pairing_relations(member, pairing)
    require(relations, Resource.RECORD, Right.READ)
    return pairing, relations


def pairing_to_arrange(member: Membership, pk: int) -> Pairing:
    """A pairing whose dates and state they may change."""
    pairing = _pairing(member, pk)
    require_arranger(pairing_relations(member, pairing))
    refuse_archived(member, pairing.program)
    return pairing


def pairing_to_meet(member: Membership, pk: int) -> Pairing:
    """A pairing of one's own, in which a session may be opened or logged."""
    pairing = _pairing(member, pk)
    require(pairing_relations(member, pairing), Resource.SESSION_TEXT, Right.WRITE)
    refuse_archived(member, pairing.program)
    return pairing


def pairing_of_side(member: Membership, pk: int, side: str) -> Pairing:
    """A pairing of one's own, past ones too, for what its mentor or junior does."""
    pairing = pairing_to_meet(member, pk)
    if pairing.side_of(member) != side:
        raise PermissionDenied
    return pairing


def open_pause(pairing: Pairing) -> Pause:
    """The pause that a pairing is in."""
    pause = Pause.objects.open().filter(pairing=pairing).first()
    if pause is None:
        raise Conflict(_("The pairing is not paused; there is nothing to resume."))
    pause.pairing = pairing
    return pause


def pairing_to_shape(member: Membership, pk: int) -> Pairing:
    """A pairing of one's own, whose phase the two of it move."""
    pairing = _pairing(member, pk)
    require(pairing_relations(member, pairing), Resource.RECORD, Right.CONTRIBUTE)
    refuse_archived(member, pairing.program)
    return pairing


def pairing_to_replace(program: Program, junior: Enrolment, pk: str) -> Pairing | None:
    """The standing primary pairing that an address names, or None if it names none."""
    if not pk:
        return None
    if not pk.isdecimal():
        raise Http404
    rows = Pairing.objects.primary().standing().filter(program=program, junior=junior)
    return get_object_or_404(rows.with_people(), pk=pk)


def phase_move_to_answer(member: Membership, pk: int) -> PhaseMove:
    """A change of phase of one's own pairing."""
    rows = PhaseMove.objects.filter(organisation=member.organisation_id)
    move = get_object_or_404(rows, pk=pk)
    move.pairing = pairing_to_shape(member, move.pairing_id)
    return move


def rematch_to_settle(member: Membership, pk: int) -> RematchRequest:
    """A wish for another match: for who asked and for who arranges pairs.

    The other of the pair is not told that there is one.
    """
    rows = RematchRequest.objects.filter(organisation=member.organisation_id)
    wish = get_object_or_404(rows, pk=pk)
    wish.pairing = _pairing(member, wish.pairing_id)
    if not may_see_wish(wish, member, pairing_relations(member, wish.pairing)):
        raise Http404
    refuse_archived(member, wish.pairing.program)
    return wish


def may_see_wish(
    wish: RematchRequest, member: Membership, relations: set[Relation]
) -> bool:
    return wish.asked_by_id == member.pk or bool(relations & ARRANGERS)


def _pairing(member: Membership, pk: int) -> Pairing:
    rows = Pairing.objects.filter(organisation=member.organisation_id)
    return get_object_or_404(rows.with_people(), pk=pk)


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


def require_list_writer(member: Membership) -> None:
    """The organisation's list of skills is for managers and owners."""
    if not member.is_manager:
        raise PermissionDenied


def skill_to_write(member: Membership, pk: int) -> Skill:
    require_list_writer(member)
    return get_object_or_404(Skill, organisation=member.organisation_id, pk=pk)


def led_programs(member: Membership) -> "QuerySet[Program]":
    """All to managers; to others those they lead."""
    rows = Program.objects.filter(organisation=member.organisation_id)
    if member.is_manager:
        return rows
    leads = ProgramStaff.objects.filter(membership=member, role=ProgramStaff.Role.LEAD)
    return rows.filter(pk__in=leads.values("program"))


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
