"""Which review sessions one asks for, and with what of their passes."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Self, cast

from django.db import models
from django.db.models import Q

from pairings.models import Enrolment, Pairing, ProgramStaff
from preceptor.accounts.models import Membership
from reviews.models.passes import BlindPass

if TYPE_CHECKING:
    from reviews.models.sessions import ReviewSession


class ReviewSessionQuerySet(models.QuerySet["ReviewSession"]):
    def of(self, member: Membership) -> Self:
        """Sessions that somebody took part in: their text is theirs for good."""
        return self.filter(Q(mentor=member) | Q(junior=member))

    def overseen_by(self, member: Membership) -> Self:
        """Others' sessions whose record they read: date, minutes and state.

        Asks for the pairs at once, few of thousands: told of them within the query,
        PostgreSQL would read the sessions of all to find out whose they are.
        """
        others = self.filter(organisation=member.organisation_id).exclude(
            Q(mentor=member) | Q(junior=member)
        )
        if member.is_manager:
            return others
        staffed = ProgramStaff.objects.filter(membership=member).values("program")
        reports = Enrolment.objects.filter(line_manager=member).values("pk")
        pairs = Pairing.objects.values_list("pk", flat=True)
        seen = pairs.filter(mentor__in=reports).union(
            pairs.filter(junior__in=reports), pairs.filter(program__in=staffed)
        )
        return others.filter(pairing__in=list(seen))

    def open(self) -> Self:
        return self.filter(state__in=["reading", "revealed"])

    def planned(self) -> Self:
        return self.filter(state="planned")

    def series_of(self, session: "ReviewSession") -> Self:
        """The session alone, or all of the weekly series that it belongs to."""
        if session.series is None:
            return self.filter(pk=session.pk)
        return self.filter(series=session.series, pairing=session.pairing_id)

    def past(self) -> Self:
        return self.filter(state__in=["closed", "abandoned"])

    def held(self) -> Self:
        """Sittings that took place: closed ones and those logged afterwards."""
        return self.filter(state="closed")

    def releasable(self) -> Self:
        """Over, and nothing in it that one of the two has not seen of the other."""
        return self.past().filter(Q(state="closed") | Q(revealed_at__isnull=False))

    def leading_to(self, pairing: Pairing) -> Self:
        """The junior's with other mentors, of pairings that began before this one."""
        before = {"pairing__starts_on__lt": pairing.starts_on}
        rows = self.filter(pairing__junior=pairing.junior_id, **before)
        return rows.exclude(mentor=pairing.mentor.membership_id)

    def last_held(self) -> Self:
        """The latest sitting of each pairing."""
        return self.held().order_by("pairing", "-held_on", "-pk").distinct("pairing")

    def held_days(self) -> "models.QuerySet[ReviewSession, tuple[int, date]]":
        """Pairing and day of each sitting, in order: what a strip of weeks shows."""
        days = self.held().filter(held_on__isnull=False)
        return cast(
            "models.QuerySet[ReviewSession, tuple[int, date]]",
            days.order_by("pairing", "held_on", "pk").values_list(
                "pairing_id", "held_on"
            ),
        )

    def with_people(self) -> Self:
        return self.select_related("pairing", "mentor__user", "junior__user")

    def with_locks(self) -> Self:
        """What `turn_of` looks at, and no verdict with it."""
        passes = {f"{side}_pass": _pass(side=side) for side in Enrolment.Side}
        judged = [
            f"{name}__{field}" for name in passes for field in ("verdict", "confidence")
        ]
        return self.annotate(**passes).select_related(*passes).defer(*judged)

    def with_pass_of(self, member: int) -> Self:
        """Sets `own_pass`, the whole of it."""
        rows = self.annotate(own_pass=_pass(reviewer=member))
        return rows.select_related("own_pass")


def _pass(**which: object) -> models.FilteredRelation:
    """The one blind pass of a session that is of that side, or by that reviewer."""
    condition = Q(**{f"passes__{name}": value for name, value in which.items()})
    return models.FilteredRelation("passes", condition=condition)


def bring_locks(sessions: Iterable["ReviewSession"]) -> None:
    """The same for rows at hand.

    Joined, each side's would take longer to plan than the query of a list does to run.
    """
    found = {row.pk: row for row in sessions}
    passes = BlindPass.objects.filter(session__in=found)
    for lock in passes.defer("verdict", "confidence"):
        setattr(found[lock.session_id], f"{lock.side}_pass", lock)
