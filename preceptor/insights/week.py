"""What this week holds for somebody, day by day."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import OuterRef, Subquery
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from pairings.models import Enrolment, Pairing, PairingQuerySet
from preceptor.accounts.models import Membership
from preceptor.http import url
from preceptor.insights.access import plans_of
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


def with_next_on(pairings: PairingQuerySet) -> PairingQuerySet:
    """Adds `next_on`, the day that the last session named for the next, or None."""
    held = ReviewSession.objects.held().filter(pairing=OuterRef("pk"))
    last = held.order_by("-held_on", "-pk").values("next_on")[:1]
    return pairings.annotate(next_on=Subquery(last))


def week_of(today: date) -> tuple[date, date]:
    """From Monday to Sunday, or as far ahead as a week shows."""
    monday = today - timedelta(days=today.weekday())
    return monday, max(monday, today) + AHEAD


def this_week(
    member: Membership,
    pairings: list[Pairing],
    sessions: list[ReviewSession],
    today: date,
) -> list[Entry]:
    """Sessions held, open and planned, and milestones due, from Monday on.

    `pairings` are those that stand, with `next_on` and `last_met_on`; `sessions` the
    open ones with their locks, and those held and planned this week.
    """
    days = week_of(today)
    open_ones = [session for session in sessions if session.is_open]
    planned = [session for session in sessions if session.is_planned]
    busy = {session.pairing_id for session in [*open_ones, *planned]}
    free = [pairing for pairing in pairings if pairing.pk not in busy]
    next_days = {pairing.pk: vars(pairing)["next_on"] for pairing in pairings}
    entries = [
        *(_held(member, row) for row in sessions if row.held_on is not None),
        *(
            _open(member, row, next_days.get(row.pairing_id), today)
            for row in open_ones
        ),
        *(_planned(member, row, today) for row in planned),
        *_named(member, free, days, today),
        *_due(member, pairings, days),
    ]
    return sorted(entries, key=lambda entry: (entry.on, entry.text))


def _held(member: Membership, session: ReviewSession) -> Entry:
    return Entry(
        on=session.held_on or timezone.localdate(session.opened_at),
        text=_("Session"),
        title=session.title,
        about=_("with %(name)s") % {"name": session.other_than(member).full_name},
        path=url(member.organisation.slug, "reviews:session", session.pk),
        tag=_("held") if session.is_logged else _("closed"),
        tag_class="done",
    )


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


def _planned(member: Membership, session: ReviewSession, today: date) -> Entry:
    """A session with its hour, for which the change is still to come."""
    name = session.other_than(member).full_name
    starts_at = timezone.localtime(session.starts_at)
    is_late = starts_at.date() < today
    return Entry(
        on=starts_at.date(),
        text=_("Session at %(time)s") % {"time": formats.date_format(starts_at, "H:i")},
        title=_("with %(name)s") % {"name": name},
        about=_("No change yet"),
        path=url(member.organisation.slug, "reviews:session", session.pk),
        tag=_("not held yet") if is_late else _("planned"),
        tag_class="strong" if is_late else "",
    )


def _named(
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
    member: Membership, pairings: list[Pairing], days: tuple[date, date]
) -> list[Entry]:
    looked_after = (
        pairing
        for pairing in pairings
        if pairing.kind == Pairing.Kind.PRIMARY
        or pairing.junior.membership_id == member.pk
    )
    return [
        Entry(
            on=row.due_on,
            text=_("Milestone"),
            title=row.name,
            about=_("Yours: mentor and junior both sign")
            if row.is_of(member)
            else _("of %(name)s") % {"name": row.plan.junior.membership.full_name},
            path=url(member.organisation.slug, "progress:milestone", row.pk),
            tag=_tag(row),
            tag_class="strong" if row.is_open else "done",
        )
        for plan in plans_of(looked_after)
        for row in plan.milestones.all()
        if days[0] <= row.due_on <= days[1]
    ]


def _tag(milestone: Milestone) -> str:
    if milestone.skipped_at:
        return _("skipped")
    return _("signed") if milestone.signed_at else _("due")
