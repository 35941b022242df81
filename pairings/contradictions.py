"""What keeps a run from starting, next to the field where it can be put right."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pairings import matching
from pairings.matching import Pin
from pairings.models import Program
from pairings.names import Names


def no_weights() -> str:
    return _("All weights are zero: no pair is better than another. Raise one.")


def of_error(error: matching.CannotMatch, program: Program) -> ValidationError:
    """Names who and what contradict each other."""
    match error:
        case matching.NoWeights():
            return ValidationError({"skills": no_weights()})
        case matching.CannotRelax():
            text = _("That rule never gives way. Choose another.")
            return ValidationError({"relax_last": text})
        case matching.PinnedOver():
            text = _pinned_over(error, program)
        case matching.PinnedTwice():
            text = _pinned_twice(error, program)
        case matching.UnknownPin(pin=pin):
            text = _unknown(pin, program)
        case matching.SelfPin():
            text = _("Nobody is their own mentor. Pin somebody else.")
        case _:
            text = _("What was asked for contradicts itself. Change it and run again.")
    return ValidationError(text)


def _pinned_over(error: matching.PinnedOver, program: Program) -> str:
    names = Names.of(program, {error.mentor}, set())
    text = ngettext(
        "%(pins)s junior is pinned to %(who)s, who has room for %(seats)s. Unpin, or "
        "raise the seats first.",
        "%(pins)s juniors are pinned to %(who)s, who has room for %(seats)s. Unpin "
        "some of them, or raise the seats first.",
        error.pins,
    )
    who = names.person(error.mentor)
    return text % {"pins": error.pins, "who": who, "seats": error.seats}


def _pinned_twice(error: matching.PinnedTwice, program: Program) -> str:
    one, other = error.mentors[:2]
    names = Names.of(program, {error.junior, one, other}, set())
    text = _("%(who)s is pinned to %(one)s and to %(other)s. Unpin one of the two.")
    return text % {
        "who": names.person(error.junior),
        "one": names.person(one),
        "other": names.person(other),
    }


def _unknown(pin: Pin, program: Program) -> str:
    names = Names.of(program, {pin.junior, pin.mentor}, set())
    text = _(
        "%(who)s is pinned to %(mentor)s, and one of the two takes part no more. "
        "Unpin them, then run again."
    )
    mentor = names.person(pin.mentor)
    return text % {"who": names.person(pin.junior), "mentor": mentor}
