"""What the page of a pairing says of agreement, notes and handover: a line each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from pairings.models import (
    Agreement,
    Enrolment,
    Pairing,
    PairingQuerySet,
    PairNote,
)
from preceptor.accounts.models import Membership
from preceptor.http import url
from preceptor.insights.steps import Step, next_step
from reviews.models import Action, ReleasedSession, ReviewSession

TODO = 20
"""How many actions the pairing page lists; the rest is with its sessions."""


@dataclass(frozen=True, slots=True)
class Between:
    """Of agreement and notes only the two learn; of the handover also the staff.

    `agreement` is the number of its newest version, 0 without one, `agreed_at` when
    the later of the two agreed to that, and `is_asked` whether this reader has yet to.
    """

    is_own: bool
    side: str | None
    agreement: int
    agreed_at: datetime | None
    is_asked: bool
    notes_at: datetime | None
    word_at: datetime | None
    has_handover: bool
    released_at: datetime | None
    acknowledged_at: datetime | None

    @property
    def is_mentor(self) -> bool:
        return self.side == Enrolment.Side.MENTOR


def with_handover(rows: PairingQuerySet) -> PairingQuerySet:
    """With whether there is one, and when it was released and acknowledged."""
    earlier = (
        Pairing.objects.primary()
        .begun()
        .filter(
            ~Q(mentor=OuterRef("mentor")),
            junior=OuterRef("junior"),
            starts_on__lt=OuterRef("starts_on"),
        )
    )
    return rows.annotate(
        has_earlier=Exists(earlier),
        released_at=F("handover__released_at"),
        acknowledged_at=F("handover__acknowledged_at"),
    )


def with_between(rows: PairingQuerySet) -> PairingQuerySet:
    """With what `between` looks at, and no query more."""
    agreements = Agreement.objects.filter(pairing=OuterRef("pk")).newest_first()
    agreed = JSONObject(
        version="version", junior="junior_agreed_at", mentor="mentor_agreed_at"
    )
    notes = PairNote.objects.filter(pairing=OuterRef("pk"))
    return with_handover(rows).annotate(
        newest_agreement=Subquery(agreements.values(json=agreed)[:1]),
        notes_at=_written(notes, PairNote.Kind.SHARED),
        word_at=_written(notes, PairNote.Kind.WORD),
    )


def _written(notes: QuerySet[PairNote], kind: str) -> Subquery:
    return Subquery(notes.filter(kind=kind).values("written_at"))


def between(pairing: Any, member: Membership) -> Between:
    """Of a pairing that came `with_between`."""
    side = pairing.side_of(member)
    newest = pairing.newest_agreement or {}
    both: list[Any] = [newest.get("junior"), newest.get("mentor")]
    return Between(
        is_own=side is not None,
        side=side,
        agreement=newest.get("version", 0),
        agreed_at=max(map(datetime.fromisoformat, both)) if all(both) else None,
        is_asked=bool(newest) and not newest.get(side),
        notes_at=pairing.notes_at,
        word_at=pairing.word_at,
        has_handover=_has_handover(pairing),
        released_at=pairing.released_at,
        acknowledged_at=pairing.acknowledged_at,
    )


def _has_handover(pairing: Any) -> bool:
    return bool(pairing.has_earlier) and pairing.kind == Pairing.Kind.PRIMARY


def todo_of(member: Membership, pairing: Any, on: date) -> list[Action]:
    """What was taken on in the pair's sessions, for who took part in them.

    And what is not done yet of earlier sessions that the junior released.
    """
    own = Q(session__mentor=member) | Q(session__junior=member)
    shown = own & Q(session__pairing=pairing)
    if pairing.released_at is not None:
        released = ReleasedSession.objects.filter(handover__pairing=pairing)
        if pairing.side_of(member) == Enrolment.Side.MENTOR:
            released = released.to(member, on)
        carried = Q(session__in=released.values("session"))
        shown |= carried & Q(done_at=None)
    return list(Action.objects.filter(shown).with_title().in_order()[:TODO])


def step_between(
    member: Membership,
    pairing: Pairing,
    *,
    state: Between,
    sessions: list[ReviewSession],
    todo: list[Action],
    today: date,
) -> Step | None:
    """The next thing for one of a standing pair; nothing for anybody else."""
    if not (state.is_own and pairing.is_standing):
        return None
    mine = [one for one in todo if one.owner_id == member.pk and not one.done_at]
    return (
        handover_step(member, [pairing], today)
        or (_agreement_step(member, pairing, state) if state.is_asked else None)
        or next_step(member, [pairing], sessions, mine, today)
        or (None if state.agreement else _agreement_step(member, pairing, state))
    )


def handover_step(
    member: Membership, pairings: Sequence[Any], today: date
) -> Step | None:
    """A handover that waits for this junior, or for this next mentor.

    Of pairings of theirs that stand, which came `with_handover`.
    """
    waiting = (one for one in pairings if _has_handover(one))
    steps = (_handover_step(member, one, today) for one in waiting)
    return next(filter(None, steps), None)


def _handover_step(member: Membership, pairing: Any, today: date) -> Step | None:
    path = url(member.organisation.slug, "insights:handover", pairing.pk)
    names = {"junior": pairing.junior, "mentor": pairing.mentor}
    is_mentor = pairing.side_of(member) == Enrolment.Side.MENTOR
    if not is_mentor and pairing.released_at is None:
        return Step(
            title=_("Look at the handover to %(mentor)s") % names,
            about=_(
                "You decide which of your earlier sessions %(mentor)s may read. Until "
                "you release it, nothing of them is seen."
            )
            % names,
            button=_("Open the handover"),
            path=path,
        )
    is_readable = bool(pairing.released_at) and pairing.starts_on <= today
    if is_mentor and is_readable and pairing.acknowledged_at is None:
        return Step(
            title=_("Read the handover of %(junior)s") % names,
            about=_("It was released to you; say that you have read it."),
            button=_("Open the handover"),
            path=path,
        )
    return None


def _agreement_step(member: Membership, pairing: Pairing, state: Between) -> Step:
    path = url(member.organisation.slug, "insights:agreement", pairing.pk)
    if state.is_asked:
        return Step(
            title=_("Read what you two are to agree on"),
            about=_("The other wrote a version; it holds once you agree as well."),
            button=_("Open the agreement"),
            path=path,
        )
    return Step(
        title=_("Agree on how you work together"),
        about=_("A few lines: what each of you expects, and how you meet."),
        button=_("Write the agreement"),
        path=path,
    )
