"""What is proposed: what the two may read of it, and what the leads have to do."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pairings.access import pairing_relations, refuse_archived
from pairings.lists import MentorChoice, best_mentors
from pairings.models import Avoidance, Enrolment, Pairing, PairingQuerySet, Program
from pairings.runners_up import Ranked, ranked
from pairings.sentences import of_languages
from pairings.zones import shared_hours
from preceptor.accounts.models import Membership
from preceptor.accounts.people import bring_members
from preceptor.accounts.rights import ARRANGERS, Relation, require_arranger

CANDIDATES = 3


def proposal_for(member: Membership, pk: int) -> tuple[Pairing, bool]:
    """A pairing that is or was proposed, and whether its reader arranges pairs.

    It is for the two, and for who pairs people; to all others it is a draft.
    """
    pairing = _proposal(member, pk)
    relations = pairing_relations(member, pairing)
    if relations & ARRANGERS:
        return pairing, True
    if pairing.side_of(member) is None:
        if Relation.OBSERVER in relations:
            raise PermissionDenied
        raise Http404
    return pairing, False


def proposal_to_answer(member: Membership, pk: int) -> Pairing:
    """One that is proposed to oneself: who arranges pairs does not answer for them."""
    pairing, _arranges = proposal_for(member, pk)
    if pairing.side_of(member) is None:
        raise PermissionDenied
    refuse_archived(member, pairing.program)
    return pairing


def proposal_to_arrange(member: Membership, pk: int) -> Pairing:
    pairing, arranges = proposal_for(member, pk)
    if not arranges:
        raise PermissionDenied
    refuse_archived(member, pairing.program)
    return pairing


def _proposal(member: Membership, pk: int) -> Pairing:
    rows = Pairing.objects.filter(organisation=member.organisation_id)
    return get_object_or_404(rows.with_people(), pk=pk, proposed_at__isnull=False)


def first_step_to_mark(member: Membership, pk: int) -> Pairing:
    """A pairing of one's own with a first step."""
    rows = Pairing.objects.filter(organisation=member.organisation_id)
    pairing = get_object_or_404(rows.with_people().exclude(first_step=""), pk=pk)
    if pairing.side_of(member) is None or pairing.is_proposed:
        require_arranger(pairing_relations(member, pairing))
        raise PermissionDenied
    refuse_archived(member, pairing.program)
    return pairing


def proposed_to(member: Membership) -> tuple[list[Pairing], list[Pairing]]:
    """What is proposed to somebody: what waits for their own word, and for the other's.

    Each with what has waited longest first.
    """
    rows = Pairing.objects.proposed().filter(
        Q(mentor__membership=member) | Q(junior__membership=member),
        organisation=member.organisation_id,
        program__state=Program.State.RUNNING,
    )
    theirs: list[Pairing] = []
    others: list[Pairing] = []
    # Read first: to most people nothing is proposed, and asking with whom takes longer.
    if not (found := list(rows.values_list("pk", flat=True))):
        return theirs, others
    named = Pairing.objects.with_people().filter(pk__in=found)
    for one in named.order_by("proposed_at", "pk"):
        is_mentor = one.side_of(member) == Enrolment.Side.MENTOR
        said = one.mentor_accepted_at if is_mentor else one.junior_accepted_at
        (others if said else theirs).append(one)
    return theirs, others


def in_common(mentor: Enrolment, junior: Enrolment, on: date) -> list[str]:
    """Why the two, in sentences that both may read: of their profiles alone."""
    said = []
    wanted = set(junior.skill_names)
    if names := [name for name in mentor.skill_names if name in wanted]:
        text = _("%(mentor)s offers what %(junior)s wants to learn: %(skills)s.")
        who = {"mentor": mentor, "junior": junior, "skills": ", ".join(names)}
        said.append(text % who)
    if mentor.team and mentor.team == junior.team:
        said.append(_("Both are in %(team)s.") % {"team": mentor.team})
    elif areas := [one for one in mentor.product_areas if one in junior.product_areas]:
        said.append(_("Both work on %(areas)s.") % {"areas": ", ".join(areas)})
    zones = junior.membership.time_zone, mentor.membership.time_zone
    hours = shared_hours(*zones, on, junior.working_hours, mentor.working_hours)
    if whole := int(hours):
        text = ngettext(
            "They share %(n)s working hour a day.",
            "They share %(n)s working hours a day.",
            whole,
        )
        said.append(text % {"n": whole})
    if both := [code for code in mentor.languages if code in junior.languages]:
        said.append(_("Both speak %(names)s.") % {"names": of_languages(both)})
    return said


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who could be next, with the score of the two in the run that knew both."""

    choice: MentorChoice
    score: int | None = None
    run: int | None = None


@dataclass(frozen=True, slots=True)
class Stuck:
    """A proposal that came to nothing, or to no answer, and who could be next."""

    pairing: Pairing
    candidates: Sequence[Candidate]

    @property
    def is_declined(self) -> bool:
        return self.pairing.declined_at is not None

    @property
    def silent(self) -> list[Enrolment]:
        """Who has not answered."""
        row = self.pairing
        both = (
            (row.mentor, row.mentor_accepted_at),
            (row.junior, row.junior_accepted_at),
        )
        return [person for person, accepted_at in both if accepted_at is None]


def unanswered(rows: PairingQuerySet, now: datetime) -> PairingQuerySet:
    """Open proposals whose days are over."""
    return rows.proposed().filter(proposed_at__lte=now - Pairing.ANSWER)


def declined(rows: PairingQuerySet) -> PairingQuerySet:
    """Proposals that one of the two declined, and that nothing has followed yet."""
    later = Pairing.objects.primary().filter(
        junior=OuterRef("junior"), pk__gt=OuterRef("pk")
    )
    return rows.refused().filter(~Exists(later))


def needing_a_lead(rows: PairingQuerySet, now: datetime) -> PairingQuerySet:
    """The oldest first; `rows` say what comes with them."""
    running = rows.filter(program__state=Program.State.RUNNING)
    both = unanswered(running, now) | declined(running)
    return both.order_by("proposed_at", "pk")


def stuck(rows: PairingQuerySet, now: datetime, limit: int) -> list[Stuck]:
    return [Stuck(one, ()) for one in needing_a_lead(rows, now)[:limit]]


def stuck_with_candidates(
    rows: PairingQuerySet, now: datetime, limit: int
) -> list[Stuck]:
    """The same with its people and who could be next, in as many queries for many."""
    # Joined, the people of both would take longer to plan than the query to run.
    rows = rows.select_related("program", "mentor", "junior", "replaces__mentor")
    found = stuck(rows, now, limit)
    if not found:
        return []
    pairings = [one.pairing for one in found]
    for one in pairings:
        one.mentor.program = one.junior.program = one.program
    bring_members(
        *((one, "declined_by") for one in pairings),
        *(named for one in pairings for named in one.named),
    )
    juniors, today = [one.junior for one in pairings], timezone.localdate(now)
    best, runs, others = best_mentors(juniors, today), ranked(juniors), _others(found)
    return [
        replace(
            one,
            candidates=_candidates(
                best[one.pairing.junior_id],
                runs.get(one.pairing.junior_id),
                others[one.pairing.junior_id],
            ),
        )
        for one in found
    ]


def _others(found: Iterable[Stuck]) -> dict[int, set[int]]:
    """Who is not proposed to each junior, as members.

    Whom they had, avoid or report to, and with whom a proposal came to nothing.
    """
    others: dict[int, set[int]] = defaultdict(set)
    for pairing in (one.pairing for one in found):
        mine = others[pairing.junior_id]
        mine.add(pairing.mentor.membership_id)
        if manager := pairing.junior.line_manager_id:
            mine.add(manager)
        if was := pairing.replaces:
            mine.add(was.mentor.membership_id)
    avoided = Avoidance.objects.filter(junior__in=list(others))
    refused = Pairing.objects.filter(junior__in=list(others)).refused()
    for junior, person in (
        *avoided.values_list("junior", "person"),
        *refused.values_list("junior", "mentor__membership"),
    ):
        others[junior].add(person)
    return others


def _candidates(
    choices: Iterable[MentorChoice], run: Ranked | None, others: set[int]
) -> list[Candidate]:
    """The best with a free seat: first whom the run ranks, by its scores."""
    free = [
        one
        for one in choices
        if one.is_free and one.enrolment.membership_id not in others
    ]
    if run is None:
        return [Candidate(one) for one in free[:CANDIDATES]]
    scores = run.scores
    free = [one for one in free if run.allows(one.enrolment.pk)]
    free.sort(key=lambda one: -scores.get(one.enrolment.pk, -1))
    return [
        Candidate(one, scores.get(one.enrolment.pk), run.run)
        for one in free[:CANDIDATES]
    ]


def waiting_in(program: Program, now: datetime) -> PairingQuerySet:
    """Open proposals of a program whose days are not over."""
    rows = Pairing.objects.proposed().filter(
        program=program, proposed_at__gt=now - Pairing.ANSWER
    )
    return rows.select_related("mentor", "junior").order_by("proposed_at", "pk")
