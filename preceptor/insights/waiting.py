"""Juniors who need a mentor, or another one: why, and who could be next."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from pairings.lists import MentorChoice, best_mentors
from pairings.models import Enrolment, Pairing, ProgramStaff, RematchRequest
from preceptor.accounts.models import Membership

CANDIDATES = 3


@dataclass(frozen=True, slots=True)
class Waiting:
    """A junior whose pairing does not carry any more, and the likeliest mentors."""

    pairing: Pairing
    reason: str
    candidates: list[MentorChoice]

    @property
    def junior(self) -> Enrolment:
        return self.pairing.junior


def juniors_left(
    member: Membership, overseen: Q, today: date, limit: int
) -> list[Waiting]:
    """Whose mentor was deactivated, and who is in a pairing that asks for another.

    Two queries where there is nobody; four more, however many there are.
    """
    asked = _wished(member, overseen, limit)
    reasons = {**asked, **_gone(member, overseen, today, limit)}
    rows = Pairing.objects.with_people().in_bulk(list(reasons)[:limit])
    best = best_mentors([row.junior for row in rows.values()], today) if rows else {}
    return [
        Waiting(
            rows[pk],
            reason % {"mentor": rows[pk].mentor},
            [
                choice
                for choice in best[rows[pk].junior_id]
                if choice.enrolment.pk != rows[pk].mentor_id and not choice.is_full
            ][:CANDIDATES],
        )
        for pk, reason in reasons.items()
        if pk in rows
    ]


def _gone(member: Membership, overseen: Q, today: date, limit: int) -> dict[int, str]:
    """Pairings that stand, with a mentor who can't come any more."""
    inactive = Membership.objects.filter(
        organisation=member.organisation_id, is_active=False
    )
    # Read first: in most organisations they are few, and then an index finds the rest.
    gone = list(inactive.values_list("pk", flat=True))
    pairs = Pairing.objects.filter(overseen).primary().standing().current(today)
    if not gone:
        return {}
    left = pairs.filter(mentor__membership__in=gone).order_by("pk")
    return dict.fromkeys(left.values_list("pk", flat=True)[:limit], deactivated())


def _wished(member: Membership, overseen: Q, limit: int) -> dict[int, str]:
    """Pairings of which one asked for another match; observers are not told."""
    pairs = Pairing.objects.filter(overseen).standing()
    if not member.is_manager:
        leads = ProgramStaff.objects.filter(role=ProgramStaff.Role.LEAD)
        pairs = pairs.filter(
            program__in=leads.filter(membership=member).values("program")
        )
    wishes = RematchRequest.objects.open().filter(pairing__in=pairs)
    rows = wishes.order_by("asked_at").values_list("pairing", "asked_at")[:limit]
    return {pk: wished(asked_at) for pk, asked_at in rows}


def deactivated() -> str:
    """Why a junior waits whose mentor can't come any more, `%(mentor)s` to be named."""
    return _("%(mentor)s is deactivated, so nobody mentors here.")


def wished(asked_at: datetime) -> str:
    """Why a junior waits of whose pairing one asked for another match."""
    day = date_format(timezone.localtime(asked_at), "j F")
    return _("Another match was asked for on %(day)s.") % {"day": day}
