"""The sentences of matching: why a pair, why nobody, what would help, what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pairings import matching
from pairings.matching import (
    Aim,
    Change,
    Criterion,
    Facts,
    MentorIn,
    Outcome,
    Pair,
    Part,
    Rule,
    Rules,
    Switch,
    Unplaced,
)
from pairings.names import Names
from pairings.sentences import of_languages


def both(words: Sequence[str]) -> str:
    return get_text_list(list(words), _("and"))


def hours(minutes: int) -> str:
    """`7.5`, without needless zeros."""
    return number_format(round(minutes / 60, 2), use_l10n=True).removesuffix(".0")


def months(count: int) -> str:
    return ngettext("%(n)s month", "%(n)s months", count) % {"n": count}


def of_rule(rule: Rule, rules: Rules) -> str:
    """What a rule forbids, as the start of a sentence."""
    return {
        Rule.SELF: _("Being one’s own mentor"),
        Rule.UNAVAILABLE: _("Taking no juniors now"),
        Rule.MANAGER: _("Own line manager"),
        Rule.AVOIDED: _("Somebody the junior would rather not have"),
        Rule.OVERLAP: _("Fewer than %(n)s shared working hours")
        % {"n": hours(rules.min_overlap_minutes)},
        Rule.TENURE: _("Less than %(months)s in the organisation")
        % {"months": months(rules.min_tenure_months)},
        Rule.TRAINING: _("Mentor training not done"),
        Rule.TEAM: _("Another team"),
        Rule.HEADS: _("More juniors than heads"),
        Rule.HOURS: _("More juniors than hours"),
    }[rule]


def of_criterion(criterion: Criterion) -> str:
    return {
        Criterion.SKILLS: _("Skills wanted"),
        Criterion.TEAM: _("Team or product area"),
        Criterion.OVERLAP: _("Shared working hours"),
        Criterion.LANGUAGE: _("Language"),
        Criterion.CHOICE: _("The junior’s choice"),
        Criterion.SPARE: _("Even load"),
        Criterion.COMPLETED: _("Pairings completed"),
    }[criterion]


def why(pair: Pair, names: Names) -> str:
    """What speaks for a pair, and what does not."""
    facts, mentor = pair.facts, names.first(pair.mentor)
    said = [
        _skills(facts, mentor, names),
        _rank(facts),
        _shared(facts.shared_minutes),
        _place(facts),
        _("Both speak %(languages)s.")
        % {"languages": both(of_languages(list(facts.languages)).split(", "))}
        if facts.languages
        else "",
        _completed(facts, mentor),
    ]
    return " ".join(one for one in said if one)


def _shared(minutes: int) -> str:
    if not minutes:
        return _("No shared hour.")
    if minutes == 60:
        return _("One shared hour.")
    return _("%(n)s shared hours.") % {"n": hours(minutes)}


def _skills(facts: Facts, mentor: str, names: Names) -> str:
    """Those wanted most come first."""
    wanted = sorted(facts.skills, key=lambda one: -one[1])
    has = [names.skill(skill) for skill, _priority, strength in wanted if strength]
    words = {
        "wanted": both([names.skill(skill) for skill, *_rest in wanted]),
        "has": both(has),
        "mentor": mentor,
    }
    if not wanted:
        return _("Named no skill.")
    if not has:
        return _("Wants %(wanted)s, which %(mentor)s does not offer.") % words
    if len(has) < len(wanted):
        return _("Wants %(wanted)s; %(mentor)s has %(has)s.") % words
    if len(wanted) == 1:
        return _("Wants %(wanted)s; %(mentor)s has it.") % words
    if len(wanted) == 2:
        return _("Wants %(wanted)s; %(mentor)s has both.") % words
    return _("Wants %(wanted)s; %(mentor)s has all of them.") % words


def _rank(facts: Facts) -> str:
    if facts.rank is None:
        return ""
    return [
        _("The junior’s first choice."),
        _("The junior’s second choice."),
        _("The junior’s third choice."),
        _("The junior’s fourth choice."),
        _("The junior’s fifth choice."),
    ][facts.rank - 1]


def _place(facts: Facts) -> str:
    if facts.is_same_team:
        return _("Same team.")
    if facts.areas:
        return _("Both work on %(areas)s.") % {"areas": both(facts.areas)}
    return ""


def _completed(facts: Facts, mentor: str) -> str:
    if not facts.completed:
        return ""
    text = ngettext(
        "%(mentor)s has brought %(n)s pairing in it to its end.",
        "%(mentor)s has brought %(n)s pairings in it to their end.",
        facts.completed,
    )
    return text % {"mentor": mentor, "n": facts.completed}


@dataclass(frozen=True, slots=True)
class Share:
    """A criterion of a pair: its points of those that its weight gives."""

    name: str
    points: str
    weight: int
    counts: bool


def shares(parts: Sequence[Part]) -> list[Share]:
    """Every criterion that weighs something."""
    return [
        Share(
            name=of_criterion(one.criterion),
            points=_points((one.share or 0) * one.weight),
            weight=one.weight,
            counts=one.share is not None,
        )
        for one in parts
        if one.weight
    ]


def sum_of(pair: Pair) -> str:
    """How the points make the score."""
    counted = [one for one in pair.parts if one.share is not None]
    points = _points(sum((one.share or 0) * one.weight for one in counted))
    text = _("Together %(points)s of %(all)s, which is %(score)s of 100.")
    whole = sum(one.weight for one in counted)
    return text % {"points": points, "all": whole, "score": pair.score}


def _points(value: float) -> str:
    return number_format(round(value, 1), use_l10n=True).removesuffix(".0")


def of_switch(switch: Switch, names: Names) -> str:
    """What the total becomes, and who else changes."""
    lost, total = switch.lost, switch.figures.total
    if lost > 0:
        text = _("Total %(total)s, %(lost)s less.")
    elif lost < 0:
        text = _("Total %(total)s, %(gained)s more.")
    else:
        text = _("Total %(total)s, as now.")
    said = [text % {"total": total, "lost": lost, "gained": -lost}]
    for move in switch.moves:
        who = {"who": names.person(move.junior)}
        if move.after is None:
            said.append(_("%(who)s would be without a mentor.") % who)
        elif move.before is None:
            who["after"] = names.person(move.after)
            said.append(_("%(who)s would get %(after)s.") % who)
        else:
            who["before"] = names.person(move.before)
            who["after"] = names.person(move.after)
            text = _("%(who)s would go from %(before)s to %(after)s.")
            said.append(text % who)
    if not switch.moves:
        said.append(_("Nobody else changes."))
    return " ".join(said)


def broken(rules_broken: Sequence[Rule], rules: Rules) -> str:
    """Which rules a pair does not keep."""
    return both([of_rule(rule, rules) for rule in rules_broken])


def of_figures(outcome: Outcome, aim: Aim) -> list[str]:
    """The optimum with its bound, how it spreads, and what the list would give."""
    figures, greedy = outcome.figures, outcome.greedy
    words = {
        "total": figures.total,
        "most": 100 * figures.placed,
        "best": outcome.best_total,
        "greedy": greedy.total,
        "placed": greedy.placed,
        "median": _median(figures.counts),
        "lowest": figures.lowest,
    }
    if aim is Aim.TOTAL:
        text = _(
            "Best total under the rules: %(total)s of %(most)s, proved: no other "
            "pairing of as many goes beyond %(best)s."
        )
    else:
        text = _(
            "The fewest low scores under the rules, proved. Total %(total)s of "
            "%(most)s; by the highest total it would be %(best)s."
        )
    said = [text % words]
    if figures.placed:
        said.append(_("Median %(median)s, lowest %(lowest)s.") % words)
    text = _(
        "In order of the list it would have been %(greedy)s, with %(placed)s placed."
    )
    return [*said, text % words]


def _median(counts: Sequence[int]) -> int:
    """The lower one of the middle two."""
    half, seen = (sum(counts) + 1) // 2, 0
    for score, count in enumerate(counts):
        seen += count
        if seen >= half:
            return score
    return 0


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence that begins with the rule, which is set off."""

    rule: str
    rest: str


def why_none(one: Unplaced, rules: Rules, mentors: int, names: Names) -> list[Reason]:
    """The rule that leaves no mentor, or capacity; then what else stands between."""
    if one.reason in (Rule.HEADS, Rule.HOURS):
        text = ngettext(
            "the %(n)s mentor whom the rules allow has no seat left.",
            "the %(n)s mentors whom the rules allow have no seat left.",
            one.eligible,
        )
        capacity = _("Heads:") if one.reason == Rule.HEADS else _("Hours a week:")
        return [Reason(capacity, text % {"n": one.eligible})]
    if one.reason is None:
        return [Reason(_("No mentor"), _("is in this run."))]
    first = sorted(one.barriers, key=lambda wall: wall.rule != one.reason)
    return [_blocks(wall, rules, mentors, names) for wall in first]


def _blocks(wall: matching.Barrier, rules: Rules, mentors: int, names: Names) -> Reason:
    if wall.removes == mentors:
        text = ngettext(
            "blocks the one mentor.", "blocks all %(all)s mentors.", mentors
        )
    else:
        text = _("blocks %(n)s of %(all)s mentors.")
    said = [text % {"n": wall.removes, "all": mentors}]
    if wall.nearest is not None:
        said.append(_nearest(wall, wall.nearest, names))
    return Reason(of_rule(wall.rule, rules), " ".join(said))


def _nearest(wall: matching.Barrier, mentor: int, names: Names) -> str:
    words = {"who": names.person(mentor)}
    if wall.rule == Rule.OVERLAP:
        words["has"] = hours(wall.value or 0)
        return _("The nearest is %(who)s with %(has)s.") % words
    if wall.rule == Rule.TENURE:
        words["has"] = months(wall.value or 0)
        return _("The nearest is %(who)s with %(has)s.") % words
    return _("Without it %(who)s would be the best.") % words


def why_none_in_short(one: Unplaced) -> list[Reason]:
    """For who may not read what keeps two people apart."""
    if one.eligible:
        return [Reason(_("No seat"), _("is left at a mentor whom the rules allow."))]
    return [Reason(_("The rules"), _("leave no mentor."))]


def of_pin(change: Change, names: Names) -> str:
    """A pair fixed by hand, and what that allows, as a button."""
    mentor = {"mentor": names.person(change.mentor)}
    if not change.relaxed:
        return _("Pin to %(mentor)s") % mentor
    allowed = both([_allowed(rule, value) for rule, value in change.relaxed])
    text = _("Allow %(allowed)s: pin to %(mentor)s")
    return text % {**mentor, "allowed": allowed}


def _allowed(rule: Rule, value: int) -> str:
    """What a pair does not keep, behind “allow”."""
    if rule == Rule.OVERLAP and value:
        if value == 60:
            return _("one shared hour")
        return _("%(n)s shared hours") % {"n": hours(value)}
    if rule == Rule.TENURE and value:
        return _("%(months)s in the organisation") % {"months": months(value)}
    return {
        Rule.OVERLAP: _("no shared hours"),
        Rule.TENURE: _("no full month in the organisation"),
        Rule.TRAINING: _("a mentor without the training"),
        Rule.TEAM: _("another team"),
        Rule.MANAGER: _("the line manager"),
        Rule.AVOIDED: _("somebody they would rather not have"),
    }[rule]


def of_seats(change: Change, mentor: MentorIn, names: Names) -> str:
    """How much more a mentor would have to take, as a link to where that is written."""
    words = {
        "who": names.person(mentor.id),
        "more": change.add_heads or hours(change.add_minutes),
        "heads": mentor.heads + change.add_heads,
        "hours": hours(mentor.weekly_minutes + change.add_minutes),
    }
    if change.add_heads and change.add_minutes:
        text = _("Raise %(who)s by %(more)s to %(heads)s heads, and to %(hours)s hours")
        return text % words
    if change.add_heads:
        return _("Raise %(who)s by %(more)s to %(heads)s heads") % words
    return _("Raise %(who)s by %(more)s to %(hours)s hours a week") % words
