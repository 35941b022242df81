"""One of a pair proposes another phase: the other is asked, and asked again."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta

from django.db.models import DateTimeField, ExpressionWrapper, F, Value
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pairings.models import Pairing, PhaseMove, Program
from pairings.reminders.subjects import both_here, of_the_two, other_of
from preceptor.http import absolute_url
from preceptor.notifications.kinds import Kind, Message
from preceptor.notifications.letters import letter, on_day
from preceptor.notifications.models import Delivery
from preceptor.notifications.queries import Rows, all_of, reminder

PHASE = "phase-proposed"
STEPS = {"asked": timedelta(), "again": timedelta(days=3)}


def due(now: datetime) -> Rows:
    """What waits for the word of the other of the pair."""
    sides = (("mentor", "junior"), ("junior", "mentor"))
    return all_of(*(rows for asker, other in sides for rows in _rows(asker, other)))


def _rows(asker: str, other: str) -> Iterator[Rows]:
    """`KIND:ID:STEP`: a change is asked for once, and again as another row."""
    found = PhaseMove.objects.waiting().filter(
        both_here("pairing"),
        asked_by=F(f"pairing__{asker}__membership"),
        pairing__state=Pairing.State.ACTIVE,
        pairing__program__state=Program.State.RUNNING,
    )
    for step, wait in STEPS.items():
        at = ExpressionWrapper(F("asked_at") + Value(wait), DateTimeField())
        recipient = f"pairing__{other}__membership"
        yield found.values(
            "organisation_id",
            program_id=F("pairing__program"),
            **reminder(PHASE, step, recipient=recipient, not_before=at),
        )


def subjects(ids: Collection[int]) -> Mapping[int, PhaseMove]:
    people = ("mentor__membership__user", "junior__membership__user")
    related = [f"pairing__{name}" for name in ("program", *people)]
    return PhaseMove.objects.select_related(*related).in_bulk(list(ids))


def message(delivery: Delivery, move: PhaseMove) -> Message:
    """Which phase, since when, and what was counted for it."""
    words = {
        "name": str(other_of(move.pairing, delivery.recipient)),
        "phase": str(move.get_phase_display()),
        "day": on_day(move.asked_at),
    }
    counts = ""
    if move.counted:
        text = _("%(n)s of %(of)s competencies held the step that goes with it then.")
        counts = text % {"n": move.reached, "of": move.counted}
    return letter(
        headline=_("%(name)s proposes to go on to “%(phase)s”") % words,
        lines=[_("Asked on %(day)s; it changes once you agree.") % words, counts],
        facts=[(_("Phase now"), str(move.pairing.get_phase_display()))],
        link=absolute_url(
            delivery.organisation.slug, "insights:pairing", move.pairing_id
        ),
        button=_("Agree, or say not yet"),
        because=of_the_two(),
        over=move.pairing.program.name,
        words=words,
    )


PHASE_PROPOSED = Kind(
    name=PHASE,
    label=gettext_lazy("A change of phase is proposed"),
    about=gettext_lazy("When the other of your pair asks, and again after three days."),
    due=due,
    subjects=subjects,
    message=message,
    thread="phase",
    is_record=True,
    urgency=30,
    placeholders={
        "name": gettext_lazy("the other of the pair"),
        "phase": gettext_lazy("the phase that is proposed"),
        "day": gettext_lazy("the day on which it was asked for"),
    },
)
