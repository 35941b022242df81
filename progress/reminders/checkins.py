"""Check-ins that were handed over and wait for the mentor's answer."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import F
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from preceptor.http import absolute_url
from preceptor.notifications.kinds import Audience, Kind, Message
from preceptor.notifications.letters import day_of
from preceptor.notifications.models import Delivery
from progress.models import CheckIn
from progress.reminders.steps import MENTOR, DayOf, Rows, of_mentors, stepped

NAME = "check-in"
STEPS = {"handed": 1, "week": 7}


def due(now: datetime) -> Rows:
    """The morning after it was handed over, and once more after a week.

    `check-in:ID:STEP`: a check-in is handed over once.
    """
    waiting = CheckIn.objects.handed().filter(answered_at=None)
    return stepped(
        of_mentors(waiting, now),
        MENTOR,
        now,
        steps=STEPS,
        day=DayOf(F(f"{MENTOR}__user__time_zone"), F("handed_at")),
        matter=[NAME, F("pk")],
    )


def checkins(ids: Collection[int]) -> dict[int, CheckIn]:
    """By their ids, in one query, without a word of them."""
    rows = CheckIn.objects.as_record().select_related(
        "plan__junior__program", "plan__junior__membership__user"
    )
    return rows.in_bulk(ids)


def message(delivery: Delivery, checkin: CheckIn) -> Message:
    """Whose it is, and since when it waits; what it says is read on its page."""
    handed_on = timezone.localdate(checkin.handed_at)
    days = (day_of(delivery) - handed_on).days
    junior = checkin.plan.junior.membership.full_name
    words = {"junior": junior, "day": formats.date_format(handed_on, "l, j F")}
    headline = _("%(junior)s’s check-in waits for your answer") % words
    waits = ngettext(
        "Handed over on %(day)s, %(days)d day ago. No answer yet.",
        "Handed over on %(day)s, %(days)d days ago. No answer yet.",
        days,
    )
    state = waits % {**words, "days": days}
    slug = delivery.organisation.slug
    return Message(
        subject=headline,
        template="checkin_to_answer",
        link=absolute_url(slug, "progress:answer_checkin", checkin.pk),
        button=_("Read and answer it"),
        context={
            "headline": headline,
            "program": checkin.plan.junior.program,
            "junior": junior,
            "state": state,
        },
        detail=state,
        words=words,
    )


CHECKIN = Kind(
    name=NAME,
    label=gettext_lazy("Check-in to answer"),
    about=gettext_lazy(
        "The morning after a junior of yours handed over a check-in, and once more a "
        "week after it, until you have answered."
    ),
    due=due,
    subjects=checkins,
    message=message,
    thread="check-in",
    audience=frozenset({Audience.MENTORS}),
    urgency=20,
    is_record=True,
    placeholders={
        "junior": gettext_lazy("the junior’s name"),
        "day": gettext_lazy("the day on which it was handed over"),
    },
)
