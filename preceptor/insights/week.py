"""What this week holds for somebody, day by day."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import formats
from django.utils.translation import gettext as _

from pairings.models import Enrolment, Pairing
from preceptor.accounts.models import Membership
from preceptor.http import url
from progress.models import Milestone
from reviews.models import ReviewSession

AHEAD = timedelta(days=6)
"""On a Sunday too, the week shows what is to come."""

Turn = ReviewSession.Turn


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the week: a day, what, the path of its page, and its state."""

    on: date
    text: str
    title: str
    about: str
    path: str
    tag: str
    tag_class: str = ""


def with_next_on(pairings: QuerySet[Pairing]) -> QuerySet[Pairing]:
    """Adds `next_on`, the day that the last session named for the next, or None."""
    held = ReviewSession.objects.held().filter(pairing=OuterRef("pk"))
    last = held.order_by("-held_on", "-pk").values("next_on")[:1]
    return pairings.annotate(next_on=Subquery(last))


def this_week(
    member: Membership,
    pairings: list[Pairing],
    sessions: list[ReviewSession],
    today: date,
) -> list[Entry]:
    """Sessions held, open and planned, and milestones due, from Monday on.

    `pairings` are those that stand, with `next_on` and `last_met_on`; `sessions` the
    open ones with their locks.
    """
    monday = today - timedelta(days=today.weekday())
    last = max(monday + AHEAD, today + AHEAD)
    busy = {session.pairing_id for session in sessions}
    free = [pairing for pairing in pairings if pairing.pk not in busy]
    next_days = {pairing.pk: vars(pairing)["next_on"] for pairing in pairings}
    entries = [
        *_held(member, monday, last),
        *(_open(member, row, next_days.get(row.pairing_id), today) for row in sessions),
        *_planned(member, free, (monday, last), today),
        *_due(member, pairings, monday, last),
    ]
    return sorted(entries, key=lambda entry: (entry.on, entry.text))


def _held(member: Membership, first: date, last: date) -> list[Entry]:
    rows = (
        ReviewSession.objects.of(member)
        .held()
        .filter(held_on__range=(first, last))
        .with_people()
    )
    return [
        Entry(
            on=row.held_on or first,
            text=_("Session"),
            title=row.title,
            about=_("with %(name)s") % {"name": row.other_than(member).full_name},
            path=url(member.organisation.slug, "reviews:session", row.pk),
            tag=_("held") if row.is_logged else _("closed"),
            tag_class="done",
        )
        for row in rows
    ]


def _open(
    member: Membership, session: ReviewSession, next_on: date | None, today: date
) -> Entry:
    """An open session, on the day agreed for it, else today."""
    is_ahead = next_on is not None and today <= next_on <= today + AHEAD
    turn = session.turn_of(member)
    texts = {
        Turn.READ: _("Read alone, then reveal"),
        Turn.REVEAL: _("Reveal and take apart"),
        Turn.TAKE_APART: _("Take apart"),
    }
    return Entry(
        on=next_on if next_on and is_ahead else today,
        text=texts.get(turn, _("Session")),
        title=session.title,
        about=_("with %(name)s") % {"name": session.other_than(member).full_name},
        path=url(member.organisation.slug, "reviews:session", session.pk),
        tag=str(turn.label),
        tag_class="" if turn == Turn.WAIT else "strong",
    )


def _planned(
    member: Membership, pairings: list[Pairing], days: tuple[date, date], today: date
) -> list[Entry]:
    """Days that a pair named for its next session, which has not come about yet."""
    entries = []
    for pairing in pairings:
        next_on, last_met_on = vars(pairing)["next_on"], vars(pairing)["last_met_on"]
        if next_on is None or not days[0] <= next_on <= days[1]:
            continue
        is_mentor = pairing.side_of(member) == Enrolment.Side.MENTOR
        other = pairing.junior if is_mentor else pairing.mentor
        agreed_on = formats.date_format(last_met_on, "j F")
        is_late = next_on < today
        entries.append(
            Entry(
                on=next_on,
                text=_("Next session"),
                title=_("with %(name)s") % {"name": other.membership.full_name},
                about=_("As you agreed on %(day)s") % {"day": agreed_on},
                path=url(member.organisation.slug, "insights:pairing", pairing.pk),
                tag=_("not held yet") if is_late else _("planned"),
                tag_class="strong" if is_late else "",
            )
        )
    return entries


def _due(
    member: Membership, pairings: list[Pairing], first: date, last: date
) -> list[Entry]:
    rows = Milestone.objects.filter(
        plan__junior__in=[
            pairing.junior_id
            for pairing in pairings
            if pairing.kind == Pairing.Kind.PRIMARY
            or pairing.junior.membership_id == member.pk
        ],
        due_on__range=(first, last),
    ).select_related("plan__junior__membership__user")
    return [
        Entry(
            on=row.due_on,
            text=_("Milestone"),
            title=row.name,
            about=_("Yours: mentor and junior both sign")
            if row.plan.junior.membership_id == member.pk
            else _("of %(name)s") % {"name": row.plan.junior.membership.full_name},
            path=url(member.organisation.slug, "progress:plan", row.plan_id),
            tag=_("signed") if row.signed_at else _("due"),
            tag_class="done" if row.signed_at else "strong",
        )
        for row in rows
    ]
