"""From one mentor to the next: a word to be written, a handover to be read."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pairings.models import Handover, Pairing, PairNote
from pairings.reminders.subjects import pairings, rows, running, with_people
from preceptor.http import absolute_url
from preceptor.notifications.kinds import Audience, Kind, Message, Morning
from preceptor.notifications.letters import day_of, on_day
from preceptor.notifications.models import Delivery
from preceptor.notifications.queries import Rows, reminder, zone_of

RELEASED, WORD = "handover-released", "handover-word"
NEWS = timedelta(days=14)
"""How long a handover, or the end of a pairing, is news."""


def released_due(now: datetime) -> Rows:
    """Handovers that nobody acknowledged yet, to the next mentor, from the first day.

    `KIND:ID:VERSION:released`: what is released anew is news again.
    """
    lately = now - NEWS
    is_news = Q(released_at__gt=lately) | Q(pairing__starts_on__gt=lately.date())
    waiting = Handover.objects.filter(
        is_news,
        acknowledged_at=None,
        pairing__in=running().standing().filter(ends_on__gt=now.date()),
    )
    mentor = "pairing__mentor__membership"
    first = Morning(zone_of(mentor), F("pairing__starts_on"))
    found: Rows = waiting.values(
        "organisation_id",
        program_id=F("pairing__program"),
        **reminder(
            RELEASED,
            "released",
            "version",
            recipient=mentor,
            not_before=Greatest("released_at", first),
        ),
    )
    return found


def word_due(now: datetime) -> Rows:
    """Pairs that ended lately while the junior's year goes on, to who was the mentor.

    Until there is a word for the next one, or the junior has released the handover.
    """
    notes = PairNote.objects.filter(kind=PairNote.Kind.WORD).exclude(text="")
    released = Handover.objects.filter(
        pairing__junior=OuterRef("junior"),
        pairing__starts_on__gt=OuterRef("starts_on"),
    )
    ended = (
        running()
        .primary()
        .filter(
            state=Pairing.State.ENDED,
            ended_at__gt=now - NEWS,
            junior__ends_on__gt=now.date(),
            ends_on__gt=F("starts_on"),
        )
    )
    found = ended.exclude(notes__in=notes).exclude(Exists(released))
    return rows(found, WORD, "asked", "mentor__membership", F("ended_at"))


def of_handovers(ids: Collection[int]) -> Mapping[int, Pairing]:
    """The pairing of each handover."""
    found = with_people().filter(handover__in=list(ids))
    return {one.handover.pk: one for one in found.select_related("handover")}


def hand_over(delivery: Delivery, pairing: Pairing) -> Message:
    """To the next mentor: there is something to read before the first session."""
    words = {"junior": str(pairing.junior), "day": on_day(pairing.starts_on)}
    headline = _("%(junior)s released the handover to you") % words
    if pairing.starts_on < day_of(delivery):
        begins = _("Your pairing began on %(day)s.")
    else:
        begins = _("Your pairing begins on %(day)s.")
    return Message(
        subject=headline,
        template="handover_released",
        link=absolute_url(delivery.organisation.slug, "insights:handover", pairing.pk),
        button=_("Read the handover"),
        context={"headline": headline, "pairing": pairing},
        detail=begins % words,
        words=words,
    )


def ask_word(delivery: Delivery, pairing: Pairing) -> Message:
    """To the last mentor: a few lines for the next one, which the junior sees first."""
    words = {"junior": str(pairing.junior), "day": on_day(pairing.ends_on)}
    headline = _("A few lines for %(junior)s’s next mentor") % words
    return Message(
        subject=headline,
        template="handover_word",
        link=absolute_url(delivery.organisation.slug, "insights:word", pairing.pk),
        button=_("Write them"),
        context={"headline": headline, "pairing": pairing},
        detail=_("Your pairing ended on %(day)s; %(junior)s sees them first.") % words,
        words=words,
    )


JUNIOR = {"junior": gettext_lazy("the junior")}
HANDED_OVER = Kind(
    name=RELEASED,
    label=gettext_lazy("A handover is released to you"),
    about=gettext_lazy("From your first day with a junior, until you have read it."),
    due=released_due,
    subjects=of_handovers,
    message=hand_over,
    thread="handover",
    audience=frozenset({Audience.MENTORS}),
    is_record=True,
    urgency=40,
    placeholders={**JUNIOR, "day": gettext_lazy("the first day of the pairing")},
)
ASKED_FOR_WORD = Kind(
    name=WORD,
    label=gettext_lazy("A word to the next mentor"),
    about=gettext_lazy("When a pairing of yours ended and the junior’s year goes on."),
    due=word_due,
    subjects=pairings,
    message=ask_word,
    thread="pairing",
    audience=frozenset({Audience.MENTORS}),
    is_record=True,
    urgency=50,
    placeholders={**JUNIOR, "day": gettext_lazy("the day on which it ended")},
)
