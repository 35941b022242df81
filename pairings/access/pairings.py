"""The only way a view gets a pairing, or something of its life."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from pairings.access.programs import refuse_archived, staff_relations
from pairings.models import (
    Enrolment,
    Pairing,
    PairingQuerySet,
    Pause,
    PhaseMove,
    Program,
    RematchRequest,
)
from preceptor.accounts.models import Membership, StagedUpload
from preceptor.accounts.rights import (
    ARRANGERS,
    Relation,
    Resource,
    Right,
    require,
    require_arranger,
)
from preceptor.http import Conflict


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


def staged_pairs(member: Membership, program: Program, pk: int) -> StagedUpload | None:
    """One's own file of pairs for this program, or None once its hour is over."""
    rows = StagedUpload.objects.fresh(timezone.now()).filter(owner=member)
    return rows.filter(pk=pk, purpose=f"pairs:{program.pk}").first()
