"""What the lead settled about the program's messages, and one that no server took."""

from datetime import datetime, timedelta

from pairings.actions.messages import Words, save_words
from pairings.models import Program
from preceptor.insights.demo import cast
from preceptor.insights.demo.people import Everybody
from preceptor.notifications.models import Delivery, KindPreference, Timing

KIND = "milestone"
WORDS = Words(
    "",
    "The cohort’s rule of thumb: sign what is true, skip what is not yours, and say so "
    "in a line. If {day} can’t be kept, move it now and not after it.",
)
TURNED_OFF = "Kwame Boateng"
REFUSED = (
    "SMTPRecipientsRefused: 550 5.1.1 The mailbox that this was meant for is closed"
)
TRIED = 12


def write(program: Program, everybody: Everybody, now: datetime) -> None:
    """Before anything is planned: own words for milestones, which one does not want."""
    save_words(
        actor=everybody[cast.LEAD],
        program=program,
        kind=KIND,
        words=WORDS,
        version=0,
        now=now - timedelta(days=40),
    )
    KindPreference.objects.create(
        organisation=program.organisation,
        member=everybody[TURNED_OFF],
        kind=KIND,
        timing=Timing.OFF,
    )


def refuse(program: Program) -> None:
    """Of what went out by mail, the last to the last of the people was refused."""
    mails = Delivery.objects.filter(
        program_id=program.pk,
        kind=KIND,
        channel=Delivery.Channel.EMAIL,
        state=Delivery.State.SENT,
    )
    last = mails.order_by("recipient_id", "occurrence").last()
    if last is not None:
        mails.filter(pk=last.pk).update(
            state=Delivery.State.FAILED, error=REFUSED, attempts=TRIED, sent_at=None
        )
