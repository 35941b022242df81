"""Pairs that were made or are proposed: who the other is, and who has not answered."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.db.models import DateTimeField, ExpressionWrapper, F, OuterRef, Q, Value
from django.db.models.expressions import CombinedExpression
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pairings.models import Enrolment, Pairing
from pairings.proposals import declined, in_common, unanswered
from pairings.reminders.leads import of_the_program, to_leads
from pairings.reminders.subjects import (
    NAME,
    PAIR,
    of_running,
    other_of,
    pairings,
    rows,
    running,
    with_people,
)
from preceptor.http import absolute_url
from preceptor.notifications.kinds import LEADERS, Kind, Message
from preceptor.notifications.letters import (
    at_time,
    letter,
    on_day,
    read_at,
    step_of,
)
from preceptor.notifications.models import Delivery, told
from preceptor.notifications.queries import Rows, all_of

PUBLISHED, PROPOSED = "pairing-published", "pairing-proposed"
UNANSWERED = "pairing-unanswered"
NEWS = timedelta(days=14)
"""How long it is news that two are a pair."""
REMIND_AFTER = timedelta(days=2)
SIDES = ("mentor", "junior")


def published_due(now: datetime) -> Rows:
    """Pairs that were made lately, to both of each."""
    found = running().standing().filter(published_at__gt=now - NEWS)
    at = F("published_at")
    return all_of(
        rows(found, PUBLISHED, "told", "mentor__membership", at),
        rows(found, PUBLISHED, "told", "junior__membership", at),
    )


def proposed_due(now: datetime) -> Rows:
    """What is proposed, to who has not accepted yet; once more after two days."""
    return all_of(
        *(
            rows(
                running().proposed().filter(**{f"{side}_accepted_at": None}),
                PROPOSED,
                step,
                f"{side}__membership",
                _after("proposed_at", wait),
            )
            for side in SIDES
            for step, wait in (("asked", timedelta()), ("again", REMIND_AFTER))
        )
    )


def unanswered_due(now: datetime) -> Rows:
    """What one of the two declined, or left unanswered, to the program's leads.

    Who does not answer has known for a day that an answer is asked for, or was
    deactivated: then nobody else is asked, and the seat is kept for nothing.
    """
    asked = (_was_asked(side, now) for side in SIDES)
    silent = unanswered(of_running(), now).filter(*asked)
    over = _after("proposed_at", Pairing.ANSWER)
    return all_of(
        *(
            rows(found, UNANSWERED, "silent", path, over)
            for path, found in to_leads(silent).items()
        ),
        *(
            rows(found, UNANSWERED, "declined", path, F("declined_at"))
            for path, found in to_leads(declined(of_running())).items()
        ),
    )


def _was_asked(side: str, now: datetime) -> Q:
    """Whether one of the two has answered, can't, or knows since yesterday."""
    member = f"{side}__membership"
    knows = told(
        PROPOSED,
        subject=OuterRef("pk"),
        recipient=OuterRef(member),
        before=now - timedelta(days=1),
    )
    away = {f"{member}__is_active": False}
    return Q(**{f"{side}_accepted_at__isnull": False}) | Q(**away) | knows


def _after(field: str, wait: timedelta) -> "ExpressionWrapper[CombinedExpression]":
    return ExpressionWrapper(F(field) + Value(wait), DateTimeField())


def subjects(ids: Collection[int]) -> Mapping[int, Pairing]:
    """With all that `in_common` compares."""
    skills = ("mentor__skills", "junior__skills")
    places = ("mentor__membership__organisation", "junior__membership__organisation")
    found = with_people().select_related(*places).prefetch_related(*skills)
    return found.in_bulk(list(ids))


def tell(delivery: Delivery, pairing: Pairing) -> Message:
    """That the two are a pair, why, and what they do first."""
    words = _words(delivery, pairing)
    headline = _("You and %(name)s are a pair") % words
    return Message(
        subject=headline,
        template="pairing_published",
        link=absolute_url(delivery.organisation.slug, "insights:pairing", pairing.pk),
        button=_("Open your pairing"),
        context={"headline": headline, **_context(delivery, pairing)},
        detail=_("From %(first)s to %(last)s.") % words,
        words=words,
    )


def ask(delivery: Delivery, pairing: Pairing) -> Message:
    """Who is proposed and why; the second time that an answer is waited for."""
    words = _words(delivery, pairing)
    is_junior = pairing.side_of(delivery.recipient) == Enrolment.Side.JUNIOR
    if step_of(delivery) == "again":
        headline = _("%(name)s and you: your answer is waited for") % words
    elif is_junior:
        headline = _("%(name)s is proposed as your mentor") % words
    else:
        headline = _("%(name)s is proposed as your junior") % words
    said = [_("From %(first)s to %(last)s.") % words]
    if pairing.answer_by:
        said.append(_("Please answer by %(day)s.") % words)
    return Message(
        subject=headline,
        template="pairing_proposed",
        link=absolute_url(delivery.organisation.slug, "pairings:proposal", pairing.pk),
        button=_("Accept or decline"),
        context={
            "headline": headline,
            "answer_by": pairing.answer_by,
            **_context(delivery, pairing),
        },
        detail=" ".join(said),
        words=words,
    )


def warn(delivery: Delivery, pairing: Pairing) -> Message:
    """To a lead: a proposal that came to nothing, or to no answer."""
    words = {
        "junior": str(pairing.junior),
        "mentor": str(pairing.mentor),
        "days": _waited(delivery, pairing),
    }
    if pairing.declined_at is not None:
        headline = _("%(junior)s with %(mentor)s was declined") % words
        line = _(
            "One of the two declined. The reason is on the page, and who could be "
            "next; %(junior)s waits."
        )
    else:
        headline = _("%(junior)s with %(mentor)s: no answer for %(days)s") % words
        line = _silence(pairing)
    return letter(
        headline=headline,
        lines=[line % words],
        link=absolute_url(
            delivery.organisation.slug, "pairings:proposals", pairing.program_id
        ),
        button=_("See who could be next"),
        because=of_the_program(),
        over=pairing.program.name,
        words=words,
    )


def _waited(delivery: Delivery, pairing: Pairing) -> str:
    moment = read_at(delivery)
    since = moment - (pairing.proposed_at or moment)
    return ngettext("%(n)s day", "%(n)s days", since.days) % {"n": since.days}


def _silence(pairing: Pairing) -> str:
    """Who of the two has not answered or can't, and what to do."""
    gone = [
        str(person)
        for person in (pairing.junior, pairing.mentor)
        if not person.membership.is_active
    ]
    if gone:
        text = _(
            "%(name)s was deactivated, so no answer can come. Take it back: the seat "
            "is kept until then."
        )
        return text % {"name": ", ".join(gone)}
    answers = (
        (pairing.junior, pairing.junior_accepted_at),
        (pairing.mentor, pairing.mentor_accepted_at),
    )
    silent = [str(person) for person, answered_at in answers if answered_at is None]
    text = ngettext(
        "%(name)s has not answered. Ask, or propose %(junior)s to somebody else; the "
        "seat is kept until then.",
        "Neither has answered. Ask, or propose %(junior)s to somebody else; the seat "
        "is kept until then.",
        len(silent),
    )
    return text % {"name": ", ".join(silent), "junior": pairing.junior}


def _words(delivery: Delivery, pairing: Pairing) -> dict[str, str]:
    return {
        "name": str(other_of(pairing, delivery.recipient)),
        "first": on_day(pairing.starts_on),
        "last": formats.date_format(pairing.last_on, "l, j F Y"),
        "day": at_time(pairing.answer_by) if pairing.answer_by else "",
    }


def _context(delivery: Delivery, pairing: Pairing) -> dict[str, object]:
    return {
        "pairing": pairing,
        "other": other_of(pairing, delivery.recipient),
        "why": in_common(pairing.mentor, pairing.junior, pairing.starts_on),
        "is_own_step": pairing.first_step_by_id == delivery.recipient_id,
    }


DATES = {
    "first": gettext_lazy("the pair’s first day"),
    "last": gettext_lazy("the pair’s last day"),
}
TOLD = Kind(
    name=PUBLISHED,
    label=gettext_lazy("You are a pair"),
    about=gettext_lazy("When a lead has paired you, or both have accepted."),
    due=published_due,
    subjects=subjects,
    message=tell,
    thread="pairing",
    is_record=True,
    urgency=20,
    placeholders={**NAME, **DATES},
)
ASKED = Kind(
    name=PROPOSED,
    label=gettext_lazy("A pair is proposed to you"),
    about=gettext_lazy("When your answer is asked for, and again after two days."),
    due=proposed_due,
    subjects=subjects,
    message=ask,
    thread="pairing",
    is_record=True,
    urgency=10,
    required=gettext_lazy("A seat is kept, and the other waits, until you answer."),
    placeholders={
        **NAME,
        **DATES,
        "day": gettext_lazy("until when an answer is asked for"),
    },
)
WARNED = Kind(
    name=UNANSWERED,
    label=gettext_lazy("A proposal that came to nothing"),
    about=gettext_lazy("When one of the two declined, or not both answered in time."),
    due=unanswered_due,
    subjects=pairings,
    message=warn,
    thread="pairing",
    audience=LEADERS,
    is_record=True,
    urgency=30,
    for_staff=True,
    placeholders={**PAIR, "days": gettext_lazy("how long it has been proposed")},
)
