"""Where a pairing stands in its life, as one of its readers may see it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef

from pairings.access import may_see_wish
from pairings.life_forms import PhaseForm
from pairings.models import Pairing, PairingQuerySet, Pause, PhaseMove, RematchRequest
from preceptor.accounts.models import Membership
from preceptor.accounts.rights import ARRANGERS, Relation

PAIR = frozenset({Relation.JUNIOR, Relation.MENTOR})


@dataclass(frozen=True, slots=True)
class Life:
    """The open pause, the change of phase that waits, the wish for another match.

    The pause may lie ahead: it is open from when it is arranged. `follows` is the next
    pairing, of one that makes way for it.
    `phase_form` is for the two of a standing primary pairing, if nothing waits.
    """

    follows: Pairing | None
    pause: Pause | None
    move: PhaseMove | None
    is_asked: bool
    wish: RematchRequest | None
    is_own_wish: bool
    may_shape: bool
    may_arrange: bool
    may_end: bool
    phase_form: PhaseForm | None


def with_waiting(rows: PairingQuerySet) -> PairingQuerySet:
    """With `has_pause`, `has_move` and `has_wish`: whether one is open or waits."""
    own = {"pairing": OuterRef("pk")}
    return rows.annotate(
        has_pause=Exists(Pause.objects.open().filter(**own)),
        has_move=Exists(PhaseMove.objects.waiting().filter(**own)),
        has_wish=Exists(RematchRequest.objects.open().filter(**own)),
    )


def life_of(pairing: Any, member: Membership, relations: set[Relation]) -> Life:
    """Of a pairing that came `with_waiting`; no query where nothing waits."""
    may_arrange = bool(relations & ARRANGERS)
    is_open = pairing.is_standing and not pairing.program.is_archived
    is_alive = is_open and pairing.kind == Pairing.Kind.PRIMARY
    may_shape = is_alive and bool(relations & PAIR)
    pause = pairing.pauses.open().first() if pairing.has_pause else None
    has_move = pairing.has_move and may_shape
    move = pairing.phase_moves.waiting().first() if has_move else None
    wish = _wish(pairing, member, relations) if pairing.has_wish else None
    return Life(
        follows=_following(pairing) if pairing.makes_way else None,
        pause=pause,
        move=move,
        is_asked=move is not None and move.asked_by_id != member.pk,
        wish=wish,
        is_own_wish=wish is not None and wish.asked_by_id == member.pk,
        may_shape=may_shape,
        may_arrange=may_arrange and is_alive,
        may_end=may_arrange and is_open,
        phase_form=PhaseForm(pairing=pairing) if may_shape and not move else None,
    )


def _following(pairing: Pairing) -> Pairing | None:
    return Pairing.objects.standing().with_people().filter(replaces=pairing).first()


def _wish(
    pairing: Pairing, member: Membership, relations: set[Relation]
) -> RematchRequest | None:
    wish = pairing.rematch_requests.open().first()
    return wish if wish and may_see_wish(wish, member, relations) else None
