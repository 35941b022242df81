"""What this week holds for somebody, day by day."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from pairings.models import Pairing
from preceptor.accounts.models import Membership
from preceptor.http import url
from progress.models import Milestone
from reviews.models import ReviewSession


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


def this_week(member: Membership, today: date) -> list[Entry]:
    """Sessions held, planned and open, and milestones due, Monday to Sunday."""
    monday = today - timedelta(days=today.weekday())
    sunday = monday + timedelta(days=6)
    entries = [
        *_held(member, monday, sunday),
        *_planned(member, monday, sunday),
        *_due(member, monday, sunday),
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


def _planned(member: Membership, first: date, last: date) -> list[Entry]:
    """Days that a closed session named for the next one."""
    rows = (
        ReviewSession.objects.of(member)
        .held()
        .filter(next_on__range=(first, last))
        .with_people()
    )
    return [
        Entry(
            on=row.next_on or first,
            text=_("Next session"),
            title=_("with %(name)s") % {"name": row.other_than(member).full_name},
            about=_("As you agreed when you closed “%(title)s”") % {"title": row.title},
            path=url(member.organisation.slug, "insights:pairing", row.pairing_id),
            tag=_("planned"),
        )
        for row in rows
    ]


def _due(member: Membership, first: date, last: date) -> list[Entry]:
    mentored = Pairing.objects.filter(mentor__membership=member).standing().primary()
    rows = Milestone.objects.filter(
        Q(plan__junior__membership=member)
        | Q(plan__junior__in=mentored.values("junior")),
        organisation=member.organisation_id,
        due_on__range=(first, last),
    ).select_related("plan__junior__membership__user")
    return [
        Entry(
            on=row.due_on,
            text=_("Milestone"),
            title=row.name,
            about=row.plan.junior.membership.full_name,
            path=url(member.organisation.slug, "progress:plan", row.plan_id),
            tag=_("signed") if row.signed_at else _("due"),
            tag_class="done" if row.signed_at else "strong",
        )
        for row in rows
    ]
