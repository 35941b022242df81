"""Mail about pairs: who the other is, what is proposed, unanswered, handed over."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    CharField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast, Concat, Greatest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from pairings.models import (
    Enrolment,
    Handover,
    Pairing,
    PairingQuerySet,
    PairNote,
    Program,
    ProgramStaff,
)
from pairings.proposals import declined, in_common, unanswered
from preceptor.http import absolute_url
from preceptor.notifications.kinds import Kind, Message, Morning
from preceptor.notifications.models import Delivery

PUBLISHED, PROPOSED = "pairing-published", "pairing-proposed"
UNANSWERED, RELEASED = "pairing-unanswered", "handover-released"
WORD = "handover-word"
NEWS = timedelta(days=14)
"""How long it is news that two are a pair."""
REMIND_AFTER = timedelta(days=2)

Rows = QuerySet[Any, dict[str, Any]]


def published_due(now: datetime) -> Rows:
    """Pairs that were made lately, to both of each."""
    rows = _running().standing().filter(published_at__gt=now - NEWS)
    mentors, juniors = (
        _rows(rows, PUBLISHED, "told", f"{side}__membership", F("published_at"))
        for side in ("mentor", "junior")
    )
    return mentors.union(juniors, all=True)


def proposed_due(now: datetime) -> Rows:
    """What is proposed, to who has not accepted yet; once more after two days."""
    first, *others = (
        _rows(
            _running().proposed().filter(**{f"{side}_accepted_at": None}),
            PROPOSED,
            step,
            f"{side}__membership",
            _after("proposed_at", wait),
        )
        for side in ("mentor", "junior")
        for step, wait in (("asked", timedelta()), ("again", REMIND_AFTER))
    )
    return first.union(*others, all=True)


def unanswered_due(now: datetime) -> Rows:
    """What one of the two declined, or left unanswered, to the program's leads."""
    leads = {"program__staff__role": ProgramStaff.Role.LEAD}
    lead = "program__staff__membership"
    rows = _running().filter(**leads)
    over = _after("proposed_at", Pairing.ANSWER)
    silent = _rows(unanswered(rows, now), UNANSWERED, "silent", lead, over)
    refused = _rows(declined(rows), UNANSWERED, "declined", lead, F("declined_at"))
    return silent.union(refused, all=True)


def released_due(now: datetime) -> Rows:
    """Handovers that nobody acknowledged yet, to the next mentor, from the first day.

    `KIND:ID:VERSION:released`: what is released anew is news again.
    """
    key = [Value(f"{RELEASED}:"), Cast("pk", CharField()), Value(":")]
    released = Value(":released")
    lately = now - NEWS
    is_news = Q(released_at__gt=lately) | Q(pairing__starts_on__gt=lately.date())
    waiting = Handover.objects.filter(
        is_news,
        acknowledged_at=None,
        pairing__in=_running().standing().filter(ends_on__gt=now.date()),
    )
    zone = F("pairing__mentor__membership__user__time_zone")
    found: QuerySet[Any, Any] = waiting.values(
        "organisation_id",
        program_id=F("pairing__program"),
        recipient_id=F("pairing__mentor__membership"),
        subject=F("pk"),
        occurrence=Concat(*key, Cast("version", CharField()), released),
        not_before=Greatest("released_at", Morning(zone, F("pairing__starts_on"))),
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
        _running()
        .primary()
        .filter(
            state=Pairing.State.ENDED,
            ended_at__gt=now - NEWS,
            junior__ends_on__gt=now.date(),
            ends_on__gt=F("starts_on"),
        )
    )
    rows = ended.exclude(notes__in=notes).exclude(Exists(released))
    return _rows(rows, WORD, "asked", "mentor__membership", F("ended_at"))


def _running() -> PairingQuerySet:
    return Pairing.objects.filter(program__state=Program.State.RUNNING)


def _after(field: str, wait: timedelta) -> "ExpressionWrapper[Any]":
    return ExpressionWrapper(F(field) + Value(wait), DateTimeField())


def _rows(
    pairings: PairingQuerySet, kind: str, step: str, recipient: str, at: Any
) -> Rows:
    """`KIND:ID:STEP`: a pairing is proposed once, and begins once."""
    key = [Value(f"{kind}:"), Cast("pk", CharField()), Value(f":{step}")]
    found: QuerySet[Any, Any] = pairings.values(
        "organisation_id",
        "program_id",
        recipient_id=F(recipient),
        subject=F("pk"),
        occurrence=Concat(*key),
        not_before=at,
    )
    return found


def tell(delivery: Delivery, pairing: Pairing) -> Message:
    """That the two are a pair, why, and what they do first."""
    headline = _("You and %(name)s are a pair") % {"name": _other(delivery, pairing)}
    return Message(
        subject=headline,
        template="pairing_published",
        link=absolute_url(delivery.organisation.slug, "insights:pairing", pairing.pk),
        button=_("Open your pairing"),
        context={"headline": headline, **_words(delivery, pairing)},
    )


def ask(delivery: Delivery, pairing: Pairing) -> Message:
    """Who is proposed and why; the second time that an answer is waited for."""
    is_again = delivery.occurrence.endswith(":again")
    words = {"name": _other(delivery, pairing)}
    is_junior = pairing.side_of(delivery.recipient) == Enrolment.Side.JUNIOR
    if is_again:
        headline = _("%(name)s and you: your answer is waited for") % words
    elif is_junior:
        headline = _("%(name)s is proposed as your mentor") % words
    else:
        headline = _("%(name)s is proposed as your junior") % words
    return Message(
        subject=headline,
        template="pairing_proposed",
        link=absolute_url(delivery.organisation.slug, "pairings:proposal", pairing.pk),
        button=_("Accept or decline"),
        context={
            "headline": headline,
            "answer_by": pairing.answer_by,
            **_words(delivery, pairing),
        },
    )


def warn(delivery: Delivery, pairing: Pairing) -> Message:
    """To a lead: a proposal that came to nothing, or to no answer."""
    words = {"junior": pairing.junior, "mentor": pairing.mentor}
    is_declined = pairing.declined_at is not None
    if is_declined:
        headline = _("%(junior)s with %(mentor)s was declined") % words
    else:
        headline = _("%(junior)s with %(mentor)s: no answer for three days") % words
    link = absolute_url(
        delivery.organisation.slug, "pairings:proposals", pairing.program_id
    )
    return Message(
        subject=headline,
        template="pairing_unanswered",
        link=link,
        button=_("See who could be next"),
        context={
            "headline": headline,
            "pairing": pairing,
            "is_declined": is_declined,
        },
    )


def hand_over(delivery: Delivery, handover: Handover) -> Message:
    """To the next mentor: there is something to read before the first session."""
    pairing = handover.pairing
    headline = _("%(junior)s released the handover to you") % {"junior": pairing.junior}
    return Message(
        subject=headline,
        template="handover_released",
        link=absolute_url(delivery.organisation.slug, "insights:handover", pairing.pk),
        button=_("Read the handover"),
        context={"headline": headline, "pairing": pairing},
    )


def ask_word(delivery: Delivery, pairing: Pairing) -> Message:
    """To the last mentor: a few lines for the next one, which the junior sees first."""
    headline = _("A few lines for %(junior)s’s next mentor") % {
        "junior": pairing.junior
    }
    return Message(
        subject=headline,
        template="handover_word",
        link=absolute_url(delivery.organisation.slug, "insights:word", pairing.pk),
        button=_("Write them"),
        context={"headline": headline, "pairing": pairing},
    )


def _pairings(ids: Collection[int]) -> dict[int, Pairing]:
    rows = Pairing.objects.with_people().select_related("first_step_by__user")
    return rows.in_bulk(ids)


def _handovers(ids: Collection[int]) -> dict[int, Handover]:
    people = "pairing__mentor__membership__user", "pairing__junior__membership__user"
    return Handover.objects.select_related("pairing__program", *people).in_bulk(ids)


def _other(delivery: Delivery, pairing: Pairing) -> Enrolment:
    is_junior = pairing.side_of(delivery.recipient) == Enrolment.Side.JUNIOR
    return pairing.mentor if is_junior else pairing.junior


def _words(delivery: Delivery, pairing: Pairing) -> dict[str, object]:
    other = _other(delivery, pairing)
    return {
        "pairing": pairing,
        "other": other,
        "why": in_common(pairing.mentor, pairing.junior, pairing.starts_on),
        "is_own_step": pairing.first_step_by_id == delivery.recipient_id,
    }


TOLD = Kind(
    name=PUBLISHED,
    label=_lazy("You are a pair"),
    about=_lazy("When a mentor and a junior become a pair."),
    due=published_due,
    subjects=_pairings,
    message=tell,
    urgency=30,
)
ASKED = Kind(
    name=PROPOSED,
    label=_lazy("Pairing proposed"),
    about=_lazy(
        "When a mentor or a junior is proposed to you, and again after two days."
    ),
    due=proposed_due,
    subjects=_pairings,
    message=ask,
    urgency=10,
    required=_lazy("Somebody waits for your answer, and a program for both."),
)
ASKED_FOR_WORD = Kind(
    name=WORD,
    label=_lazy("Lines for the next mentor"),
    about=_lazy("When a pairing ended, and the junior goes on with another mentor."),
    due=word_due,
    subjects=_pairings,
    message=ask_word,
)
HANDED_OVER = Kind(
    name=RELEASED,
    label=_lazy("Handover released"),
    about=_lazy("When a junior whom you go on with lets you read what came before."),
    due=released_due,
    subjects=_handovers,
    message=hand_over,
    urgency=40,
)
WARNED = Kind(
    name=UNANSWERED,
    label=_lazy("Proposal without a pair"),
    about=_lazy("When a proposal was declined, or had no answer for three days."),
    due=unanswered_due,
    subjects=_pairings,
    message=warn,
    urgency=20,
    for_staff=True,
)
