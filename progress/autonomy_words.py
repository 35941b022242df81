"""Autonomy in words: its steps, what a step asks for, what there was of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from preceptor.templatetags.preceptor import percent
from progress.autonomy import BARS, Check, Facts, checks
from progress.levels import Autonomy, Level


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that a step asks for, in words."""

    text: str
    is_met: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """A step with all that it asks for."""

    step: str
    asks: list[str]


def step_word(step: int) -> str:
    return str(Autonomy(step).label)


def lines(found: Iterable[Check], facts: Facts) -> list[Line]:
    """What there is beside what is asked; nothing of a share with too few behind it."""
    return [Line(_there_is(check, facts), check.is_met) for check in found]


def rules() -> list[Rule]:
    """The table of thresholds, as both of the pair read it."""
    return [
        Rule(step_word(step), [_asked(check) for check in checks(step, Facts())])
        for step in BARS
    ]


def stood_words(facts: Facts) -> str:
    """The counts that stood on the day of a grant, in one line."""
    parts = [_evidence(facts.evidence)]
    if facts.has_categories:
        parts += [_caught(facts), _explained(facts.explained)]
    parts += [_led(facts.led), _level(facts.level)]
    return ", ".join(parts)


def _there_is(check: Check, facts: Facts) -> str:
    there = {
        "evidence": _evidence(facts.evidence),
        "met": _met(facts.met),
        "caught": _caught(facts),
        "explained": _explained(facts.explained),
        "led": _led(facts.led),
        "level": _level(facts.level),
    }[check.kind]
    if check.kind == "caught" and check.had is None:
        there = _("too few flaws to say what share is caught alone")
    return _("%(there)s (asked: %(asked)s)") % {"there": there, "asked": _least(check)}


def _least(check: Check) -> str:
    """What is asked, where its line says of what."""
    if check.kind == "caught":
        return percent(check.wanted)
    n = int(check.wanted)
    return str(Level(n).label) if check.kind == "level" else str(n)


def _asked(check: Check) -> str:
    """What is asked, by itself."""
    n = int(check.wanted)
    return {
        "evidence": _evidence(n),
        "met": _met(n),
        "caught": _("%(share)s of them caught alone")
        % {"share": percent(check.wanted)},
        "explained": _explained(n),
        "led": _led(n),
        "level": _("level %(level)s agreed") % {"level": _least(check)},
    }[check.kind]


def _evidence(n: int) -> str:
    words = ngettext("%(n)s piece of evidence", "%(n)s pieces of evidence", n)
    return words % {"n": n}


def _met(n: int) -> str:
    words = ngettext(
        "%(n)s real flaw of its categories", "%(n)s real flaws of its categories", n
    )
    return words % {"n": n}


def _caught(facts: Facts) -> str:
    return _("%(caught)s of %(met)s caught alone") % {
        "caught": facts.caught,
        "met": facts.met,
    }


def _explained(n: int) -> str:
    return _("%(n)s explained soundly") % {"n": n}


def _led(n: int) -> str:
    return ngettext("%(n)s session led", "%(n)s sessions led", n) % {"n": n}


def _level(level: int | None) -> str:
    if level is None:
        return _("no level agreed yet")
    return _("level agreed: %(level)s") % {"level": Level(level).label}
