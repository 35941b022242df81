"""The first inputs of a scenario: what the programs say, else what is published."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from preceptor.insights.returns.facts import Facts
from preceptor.insights.returns.model import NAMES, Answer, Answers
from preceptor.insights.returns.sources import SOURCES, Triple


def beginning(facts: Facts, currency: str) -> Answers:
    """Every input that has a basis; what has none is left empty."""
    own = _of_programs(facts)
    found: Answers = {}
    for name in NAMES:
        if name in own:
            found[name] = own[name]
        elif (source := SOURCES.get(name)) and (values := source.fitting(currency)):
            found[name] = _answer(values, str(source.cited))
    return found


def said_of(facts: Facts) -> Mapping[str, str]:
    """By input, what is planned and what was had, for beside its field."""
    said = {
        "juniors": ngettext(
            "%(n)s junior is enrolled.", "%(n)s juniors are enrolled.", facts.juniors
        )
        % {"n": facts.juniors},
        "junior_hours": _("Planned: %(hours)s hours a week.")
        % {"hours": facts.junior_hours},
        "mentor_hours": _("Planned: %(hours)s hours a week for each junior.")
        % {"hours": facts.mentor_hours},
    }
    if facts.had is not None:
        said["junior_hours"] += " " + _(
            "Had: %(hours)s on average, in %(weeks)s weeks that %(n)s juniors told of."
        ) % {"hours": facts.had, "weeks": facts.told, "n": facts.tellers}
    elif facts.tellers:
        said["junior_hours"] += " " + _(
            "Fewer than five juniors told of their weeks: no average is shown."
        )
    if facts.in_sessions is not None:
        said["mentor_hours"] += " " + _(
            "Had in a session: %(hours)s on average, n = %(n)s. What a mentor takes "
            "beside sessions is not recorded."
        ) % {"hours": facts.in_sessions, "n": facts.sessions}
    return said


def _of_programs(facts: Facts) -> Answers:
    if not facts.juniors:
        return {}
    said, hours = said_of(facts), {}
    for name, planned, had in (
        ("junior_hours", facts.junior_hours, facts.had),
        ("mentor_hours", facts.mentor_hours, facts.in_sessions),
    ):
        between = sorted([planned, planned if had is None else had])
        # What was planned is what was meant to be paid for.
        low, high = (str(one) for one in between)
        hours[name] = _answer((low, str(planned), high), said[name])
    count, months = str(facts.juniors), str(facts.months)
    found: Answers = {
        "juniors": _answer((count, count, count), said["juniors"]),
        "months": _answer((months, months, months), _("The length of the program")),
    }
    return {**found, **hours}


def _answer(values: Triple, source: str) -> Answer:
    low, likely, high = values
    return {"low": low, "likely": likely, "high": high, "source": source}
