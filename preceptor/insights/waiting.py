"""Juniors who need a mentor, or another one: why, and who could be next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from pairings.candidates import next_mentors
from pairings.lists import MentorChoice
from pairings.models import Enrolment, Pairing, ProgramStaff, RematchRequest
from preceptor.accounts.models import Membership
from preceptor.insights.attention import unpaired_juniors

EVERYBODY = 200
"""Nobody whom a mentor left is to be missed; more at once than this can't be read."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A junior whose pairing does not carry any more, and the likeliest mentors.

    `follows` is the next pairing, where one is arranged already.
    """

    pairing: Pairing
    reason: str
    candidates: list[MentorChoice]
    follows: Pairing | None = None

    @property
    def junior(self) -> Enrolment:
        return self.pairing.junior


def unpaired_by_past(
    overseen: Q, today: date, limit: int, *, besides: Iterable[int]
) -> tuple[list[Enrolment], list[Enrolment]]:
    """Juniors without a mentor: all who had one, and of the others so many.

    `besides` those whom the page names for a proposal that came to nothing, if they
    had no mentor.
    """
    rows = unpaired_juniors(Enrolment.objects.filter(overseen), today)
    named = set(besides)
    # Left out by the query, they would make it look up every junior's past.
    most = limit + len(named)
    found = list(rows[:most])
    if len(found) == most and _last_pairing(found[-1]):
        found = list(rows[:EVERYBODY])
    behind = [one for one in found if _last_pairing(one)]
    others = [one for one in found[len(behind) :] if one.pk not in named]
    return behind, others[:limit]


def _last_pairing(junior: Enrolment) -> int | None:
    """Of who came from `unpaired_juniors`."""
    pk: int | None = vars(junior)["last_pairing"]
    return pk


def juniors_left(
    member: Membership, overseen: Q, behind: Iterable[Enrolment], today: date
) -> list[Waiting]:
    """Whose mentor was deactivated or has left, and who wants another: all of them.

    `behind` are unpaired juniors who had a mentor. Two queries where there is nobody;
    seven more, however many there are.
    """
    ended = dict.fromkeys(filter(None, map(_last_pairing, behind)), has_ended())
    urgent = {**_gone(member, overseen, today), **ended}
    reasons = {**urgent, **_wished(member, overseen), **urgent}
    rows = Pairing.objects.with_people().in_bulk(list(reasons))
    had = {row.junior_id: [row.mentor.membership_id] for row in rows.values()}
    best = next_mentors([row.junior for row in rows.values()], had, today)
    follows = _following(list(had), today) if had else {}
    return [
        Waiting(
            rows[pk],
            reason % _words(rows[pk]),
            best[rows[pk].junior_id],
            follows.get(rows[pk].junior_id),
        )
        for pk, reason in reasons.items()
        if pk in rows
    ]


def _words(pairing: Pairing) -> dict[str, object]:
    over_since = pairing.over_since
    day = date_format(over_since, "j F") if over_since else ""
    return {"mentor": pairing.mentor, "day": day}


def _following(juniors: list[int], today: date) -> dict[int, Pairing]:
    """By junior the pairing that begins after today, if one is arranged."""
    rows = Pairing.objects.primary().standing().with_people()
    ahead = rows.filter(junior__in=juniors, starts_on__gt=today)
    return {one.junior_id: one for one in ahead.order_by("-starts_on")}


def _gone(member: Membership, overseen: Q, today: date) -> dict[int, str]:
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
    return dict.fromkeys(left.values_list("pk", flat=True)[:EVERYBODY], deactivated())


def _wished(member: Membership, overseen: Q) -> dict[int, str]:
    """Pairings of which one asked for another match; observers are not told."""
    pairs = Pairing.objects.filter(overseen).standing()
    if not member.is_manager:
        leads = ProgramStaff.objects.filter(role=ProgramStaff.Role.LEAD)
        pairs = pairs.filter(
            program__in=leads.filter(membership=member).values("program")
        )
    wishes = RematchRequest.objects.open().filter(pairing__in=pairs)
    rows = wishes.order_by("asked_at").values_list("pairing", "asked_at")[:EVERYBODY]
    return {pk: wished(asked_at) for pk, asked_at in rows}


def deactivated() -> str:
    """Why a junior waits whose mentor can't come any more, `%(mentor)s` to be named."""
    return _("%(mentor)s is deactivated, so nobody mentors here.")


def has_ended() -> str:
    """Why a junior waits whose pairing ended, `%(mentor)s` and `%(day)s` to be said."""
    return _("The pairing with %(mentor)s ended on %(day)s.")


def wished(asked_at: datetime) -> str:
    """Why a junior waits of whose pairing one asked for another match."""
    day = date_format(timezone.localtime(asked_at), "j F")
    return _("Another match was asked for on %(day)s.") % {"day": day}
