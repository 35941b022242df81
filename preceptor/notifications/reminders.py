"""Invitations to the organisation that nobody answered, to who invited."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import BigIntegerField, F, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from preceptor.accounts.models import INVITATION_LASTS, Invitation, Membership
from preceptor.http import absolute_url
from preceptor.notifications.kinds import Audience, Kind, Message, Morning
from preceptor.notifications.letters import letter, on_day
from preceptor.notifications.models import Delivery, Timing
from preceptor.notifications.queries import (
    DaysOn,
    LocalDay,
    Rows,
    all_of,
    reminder,
    zone_of,
)

UNANSWERED = "invitation-unanswered"
OWNERS = "organisation__members"
STEPS = {"week": timedelta(days=7), "expired": INVITATION_LASTS}
KEPT = timedelta(days=45)
"""How long after it was sent an invitation is still worth a word."""

NAMED = 5
"""So many of the invited are named; of more the number is said."""


def due(now: datetime) -> Rows:
    """To the owner who invited, or else to all: those of a day as one, after a week.

    `KIND:MEMBER:DAY:STEP`, by who invited: what is sent again waits anew.
    """
    waiting = Invitation.objects.pending().filter(
        sent_at__gt=now - KEPT,
        sent_at__lte=now - STEPS["week"] + timedelta(days=1),
    )
    owners = Membership.objects.owners()
    by_recipient = {
        "invited_by": waiting.filter(invited_by__in=owners),
        OWNERS: waiting.filter(organisation__members__in=owners).exclude(
            invited_by__in=owners
        ),
    }
    return all_of(
        *(
            _rows(rows, recipient, step, wait)
            for recipient, rows in by_recipient.items()
            for step, wait in STEPS.items()
        )
    )


def _rows(
    waiting: "QuerySet[Invitation]", recipient: str, step: str, wait: timedelta
) -> Rows:
    zone = zone_of(recipient)
    sent_on = LocalDay(zone, F("sent_at"))
    found: Rows = waiting.values(
        "organisation_id",
        program_id=Value(None, BigIntegerField()),
        **reminder(
            UNANSWERED,
            step,
            sent_on,
            recipient=recipient,
            subject="invited_by",
            not_before=Morning(zone, DaysOn(sent_on, wait.days)),
        ),
    )
    return found.distinct()


def subjects(ids: Collection[int]) -> Mapping[int, list[Invitation]]:
    """By who invited, what of theirs nobody answered, the longest waiting first."""
    found: dict[int, list[Invitation]] = {pk: [] for pk in ids}
    rows = Invitation.objects.pending().filter(invited_by__in=ids)
    rows = rows.select_related("invited_by__user")
    for row in rows.order_by("sent_at", "pk"):
        found[row.invited_by_id].append(row)
    return found


def message(delivery: Delivery, invitations: list[Invitation]) -> Message:
    """Who was invited and did not come, since when, and whose link has run out."""
    now = timezone.now()
    week = timezone.localdate() - STEPS["week"]
    rows = [row for row in invitations if timezone.localdate(row.sent_at) <= week]
    over = sum(row.expires_at <= now for row in rows)
    words = {"n": str(len(rows)), "names": _names(rows)}
    if rows:
        words["day"] = on_day(rows[0].sent_at)
    is_own = delivery.subject == delivery.recipient_id
    text = ngettext(
        "%(names)s has not answered your invitation",
        "%(n)s of your invitations are unanswered",
        len(rows),
    )
    if not is_own:
        text = ngettext(
            "%(names)s has not answered the invitation",
            "%(n)s invitations are unanswered",
            len(rows),
        )
    return letter(
        headline=text % words,
        lines=[_waiting(len(rows)) % words, _run_out(over)],
        link=absolute_url(delivery.organisation.slug, "organisation:invitations"),
        button=_("Send again, or withdraw"),
        because=_("You get this because you sent the invitation.")
        if is_own
        else _("You get this because who invited them is no owner any more."),
        words=words,
    )


def _waiting(count: int) -> str:
    return ngettext(
        "Sent on %(day)s.", "To %(names)s; the first was sent on %(day)s.", count
    )


def _run_out(count: int) -> str:
    if not count:
        return ""
    text = ngettext(
        "The link of one has run out; sent again, it gets a new one.",
        "The links of %(n)s have run out; sent again, they get new ones.",
        count,
    )
    return text % {"n": count}


def _names(rows: Sequence[Invitation]) -> str:
    named = [row.full_name or row.email for row in rows[:NAMED]]
    if more := len(rows) - len(named):
        text = ngettext("%(n)s more", "%(n)s more", more)
        named.append(text % {"n": more})
    return ", ".join(named)


INVITATION_UNANSWERED = Kind(
    name=UNANSWERED,
    label=gettext_lazy("An invitation is unanswered"),
    about=gettext_lazy(
        "A week after you invited somebody, and when the link runs out."
    ),
    due=due,
    subjects=subjects,
    message=message,
    thread="invitations",
    audience=frozenset({Audience.OWNERS}),
    default=Timing.DAILY,
    urgency=70,
    placeholders={
        "n": gettext_lazy("how many"),
        "names": gettext_lazy("who was invited"),
        "day": gettext_lazy("the day on which the first was sent"),
    },
    is_of_program=False,
    names_program=False,
)
