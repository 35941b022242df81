"""Mail about pairs: who the other is, what is proposed, unanswered, handed over."""

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

    `KIND:ID:VERSION`: what is released anew is news again.
    """
    key = [Value(f"{RELEASED}:"), Cast("pk", CharField()), Value(":")]
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
        recipient_id=F("pairing__mentor__membership"),
        subject=F("pk"),
        occurrence=Concat(*key, Cast("version", CharField())),
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
        recipient_id=F(recipient),
        subject=F("pk"),
        occurrence=Concat(*key),
        not_before=at,
    )
    return found


def tell(delivery: Delivery) -> Message:
    """That the two are a pair, why, and what they do first."""
    pairing = _pairing(delivery)
    headline = _("You and %(name)s are a pair") % {"name": _other(delivery, pairing)}
    return Message(
        subject=headline,
        template="pairing_published",
        link=absolute_url(delivery.organisation.slug, "insights:pairing", pairing.pk),
        button=_("Open your pairing"),
        context={"headline": headline, **_words(delivery, pairing)},
    )


def ask(delivery: Delivery) -> Message:
    """Who is proposed and why; the second time that an answer is waited for."""
    pairing = _pairing(delivery)
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


def warn(delivery: Delivery) -> Message:
    """To a lead: a proposal that came to nothing, or to no answer."""
    pairing = _pairing(delivery)
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


def hand_over(delivery: Delivery) -> Message:
    """To the next mentor: there is something to read before the first session."""
    pairing = _pairings().get(handover=delivery.subject)
    headline = _("%(junior)s released the handover to you") % {"junior": pairing.junior}
    return Message(
        subject=headline,
        template="handover_released",
        link=absolute_url(delivery.organisation.slug, "insights:handover", pairing.pk),
        button=_("Read the handover"),
        context={"headline": headline, "pairing": pairing},
    )


def ask_word(delivery: Delivery) -> Message:
    """To the last mentor: a few lines for the next one, which the junior sees first."""
    pairing = _pairing(delivery)
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


def _pairing(delivery: Delivery) -> Pairing:
    return _pairings().get(pk=delivery.subject)


def _pairings() -> PairingQuerySet:
    return Pairing.objects.with_people().select_related("first_step_by__user")


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


TOLD = Kind(name=PUBLISHED, due=published_due, message=tell)
ASKED = Kind(name=PROPOSED, due=proposed_due, message=ask)
ASKED_FOR_WORD = Kind(name=WORD, due=word_due, message=ask_word)
HANDED_OVER = Kind(name=RELEASED, due=released_due, message=hand_over)
WARNED = Kind(name=UNANSWERED, due=unanswered_due, message=warn)
