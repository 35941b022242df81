"""Mail about milestones: two weeks before, three days before, on the day, lapsed."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import (
    Case,
    CharField,
    DateField,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast, Concat
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from pairings.models import Pairing, Program
from preceptor.http import absolute_url
from preceptor.notifications.kinds import Kind, Message, Morning
from preceptor.notifications.models import Delivery
from progress.models import Milestone

STEPS = {"two-weeks": -14, "three-days": -3, "day": 0, "lapsed": 1}
"""Each step, and how many days after the due date its morning is; earliest first."""

LATE_DAYS = 14
"""How long after its day a lapsed milestone is still worth a first mail."""


class LastMorning(Func):
    """The last day whose eight o'clock has come: `LastMorning(zone, now)`."""

    template = "(timezone(%(expressions)s) - TIME '08:00')::date"
    output_field = DateField()


class DaysBetween(Func):
    """Whole days from the second date to the first."""

    template = "(%(expressions)s)"
    arg_joiner = " - "
    output_field = IntegerField()


class DaysAfter(Func):
    """A date some days on."""

    template = "(%(expressions)s)"
    arg_joiner = " + "
    output_field = DateField()


def due(now: datetime) -> "QuerySet[Any, dict[str, Any]]":
    """What the junior and the mentor of today are to hear of what they have not signed.

    One row for each person and milestone: the latest step whose morning has come where
    they live. The junior hears of their year between two mentors too, as long as they
    take part in the program; while their pairing rests nobody is reminded, and of a
    program that does not run nobody is.
    """
    return _of_juniors(now).union(_of_mentors(now), all=True)


def _of_juniors(now: datetime) -> "QuerySet[Any, dict[str, Any]]":
    junior = "plan__junior__membership"
    resting = Pairing.objects.primary().filter(
        junior=OuterRef("plan__junior"),
        state=Pairing.State.PAUSED,
        starts_on__lte=OuterRef("today"),
        ends_on__gt=OuterRef("today"),
    )
    rows = Milestone.objects.annotate(today=_today(junior, now)).filter(
        ~Exists(resting), junior_signed_at=None, plan__junior__ends_on__gt=F("today")
    )
    return _rows(rows, junior, now)


def _of_mentors(now: datetime) -> "QuerySet[Any, dict[str, Any]]":
    pairing = "plan__junior__pairings_as_junior"
    mentor = f"{pairing}__mentor__membership"
    today = _today(mentor, now)
    rows = Milestone.objects.filter(
        mentor_signed_at=None,
        **{
            f"{pairing}__kind": Pairing.Kind.PRIMARY,
            f"{pairing}__state": Pairing.State.ACTIVE,
            f"{pairing}__starts_on__lte": today,
            f"{pairing}__ends_on__gt": today,
        },
    )
    return _rows(rows, mentor, now)


def _today(recipient: str, now: datetime) -> LastMorning:
    return LastMorning(F(f"{recipient}__user__time_zone"), Value(now))


def _rows(
    milestones: "QuerySet[Milestone]", recipient: str, now: datetime
) -> "QuerySet[Any, dict[str, Any]]":
    # Everywhere on earth the date is at most a day away from that in UTC.
    first = now.date() - timedelta(days=LATE_DAYS + 1)
    last = now.date() + timedelta(days=1 - min(STEPS.values()))
    standing = milestones.filter(
        signed_at=None,
        skipped_at=None,
        due_on__range=(first, last),
        plan__junior__program__state=Program.State.RUNNING,
    )
    counted = standing.annotate(
        passed=DaysBetween(_today(recipient, now), F("due_on"))
    ).filter(passed__gte=min(STEPS.values()), passed__lte=LATE_DAYS)
    zone = F(f"{recipient}__user__time_zone")
    rows: QuerySet[Any, Any] = counted.values(
        "organisation_id",
        program_id=F("plan__junior__program"),
        recipient_id=F(recipient),
        subject=F("pk"),
        occurrence=_occurrence(),
        not_before=Morning(zone, DaysAfter(F("due_on"), _by_step(IntegerField()))),
    )
    return rows


def _occurrence() -> Concat:
    """`milestone:ID:DUE:STEP`, so that a moved date is a new occurrence."""
    colon = Value(":")
    due_on = Cast("due_on", CharField())
    key = [Value("milestone:"), Cast("pk", CharField()), colon, due_on, colon]
    return Concat(*key, _by_step(CharField()))


def _by_step(kind: "IntegerField[int, int] | CharField[str, str]") -> Case:
    """The latest step that has come: its days as a number, or its name as text."""
    is_number = isinstance(kind, IntegerField)
    cases = [
        When(Q(passed__gte=days), then=Value(days if is_number else name))
        for name, days in reversed(STEPS.items())
    ]
    return Case(*cases, output_field=kind)


def subjects(ids: Collection[int]) -> dict[int, Milestone]:
    people = "plan__junior__program", "plan__junior__membership__user"
    return Milestone.objects.select_related(*people, "mentor_signed_by").in_bulk(ids)


def message(delivery: Delivery, milestone: Milestone) -> Message:
    """How a milestone's reminder reads on the day that it leaves."""
    today = timezone.localdate()
    slug = delivery.organisation.slug
    is_junior = milestone.is_of(delivery.recipient)
    headline = (_own_headline if is_junior else _headline)(milestone, today)
    mentors = Pairing.objects.primary().standing().current(today)
    return Message(
        subject=headline,
        template="milestone",
        link=absolute_url(slug, "progress:sign", milestone.pk),
        button=_("Look at it and sign"),
        context={
            "headline": headline,
            "milestone": milestone,
            "is_junior": is_junior,
            "is_lapsed": milestone.is_lapsed(today),
            "has_mentor": mentors.filter(junior=milestone.plan.junior).exists(),
            "other_has_signed": bool(
                milestone.junior_signed_at or milestone.mentor_signed_at
            ),
            "next_mail_on": _next_mail_on(milestone, today),
            "plan_link": absolute_url(slug, "progress:plan", milestone.plan_id),
        },
    )


def _headline(milestone: Milestone, today: date) -> str:
    """To the mentor: whose milestone it is, and when."""
    words = {**_words(milestone), "junior": milestone.plan.junior}
    if milestone.due_on < today:
        return _("%(name)s of %(junior)s lapsed on %(day)s") % words
    if milestone.due_on == today:
        return _("%(name)s of %(junior)s is due today, %(day)s") % words
    return _("%(name)s of %(junior)s is due on %(day)s") % words


def _own_headline(milestone: Milestone, today: date) -> str:
    """The same to the junior, whose own it is."""
    words = _words(milestone)
    if milestone.due_on < today:
        return _("Your milestone %(name)s lapsed on %(day)s") % words
    if milestone.due_on == today:
        return _("Your milestone %(name)s is due today, %(day)s") % words
    return _("Your milestone %(name)s is due on %(day)s") % words


def _words(milestone: Milestone) -> dict[str, object]:
    day = formats.date_format(milestone.due_on, "l, j F")
    return {"name": milestone.name, "day": day}


def _next_mail_on(milestone: Milestone, today: date) -> date | None:
    """The day of the next step, if one is to come."""
    days = (milestone.due_on + timedelta(days=after) for after in STEPS.values())
    return next((day for day in days if day > today), None)


MILESTONE = Kind(
    name="milestone",
    label=_lazy("Milestone ahead or lapsed"),
    about=_lazy("Two weeks and three days before its day, on it, and once it lapsed."),
    due=due,
    subjects=subjects,
    message=message,
    urgency=30,
)
