"""What the pages of matching show: a run with its reasons, and one junior of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, cast
from urllib.parse import urlencode

from django.core.cache import cache
from django.core.paginator import Page
from django.utils.translation import gettext as _

from pairings import matching, reasons, running
from pairings.lists import Filters, page_of
from pairings.match_forms import of_run, sent
from pairings.matching import Change, Guide, MentorIn, Pair, Problem, Switch, Unplaced
from pairings.models import MatchRun, Program, Proposal
from pairings.names import Names
from pairings.reasons import Reason, Share
from preceptor.accounts.models import shown_name

IN_FULL = 200
"""Juniors up to whom a page answers what comes from solving again, at once."""
PER_PAGE = 50
ALONE_SHOWN = 20
DAY_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Again:
    """What comes from solving again, for a whole run: by junior."""

    next: Mapping[int, Switch | None]
    changes: Mapping[int, Change | None]


# What is kept is read by no release in which it has other fields.
SHAPE = repr(
    [
        (kind.__name__, list(kind.__annotations__))
        for kind in (Again, Switch, matching.Moved, matching.Figures, Change)
    ]
).encode()


@dataclass(frozen=True, slots=True)
class Offer:
    """The smallest change as a way to make it: a form to send, or a page to open."""

    text: str
    answers: Sequence[tuple[str, Any]] = ()
    mentor: int | None = None
    place: str = ""
    """What the mentor's place is opened with, as a query."""
    is_ratio: bool = False


@dataclass(frozen=True, slots=True)
class Alone:
    """A junior without a mentor. `offers` is None where nobody looked for one yet."""

    pk: int
    name: str
    team: str
    reasons: Sequence[Reason]
    offers: Sequence[Offer] | None


@dataclass(frozen=True, slots=True)
class Card:
    """A proposed pair in words."""

    pair: Pair
    proposal: Proposal | None
    junior: str
    mentor: str
    why: str
    shares: Sequence[Share]
    sum: str
    broken: str
    next_best: str


class Opened:
    """A run that is done, with its documents. `sees_why` may read avoidances.

    Raises BadDocument where this version of the matcher can't read them.
    """

    def __init__(self, run: MatchRun, *, sees_why: bool) -> None:
        self.run = run
        self.sees_why = sees_why
        self.inputs = running.inputs_of(run)
        self.outcome = running.outcome_of(run)
        self.pairs = {pair.junior: pair for pair in self.outcome.pairs}
        self.alone = {one.junior: one for one in self.outcome.unplaced}
        self.juniors = {one.id: one for one in self.inputs.juniors}
        self.mentors = {one.id: one for one in self.inputs.mentors}

    @cached_property
    def problem(self) -> Problem:
        return running.problem_of(self.run)

    @property
    def is_small(self) -> bool:
        return len(self.inputs.juniors) <= IN_FULL

    @property
    def room(self) -> int | None:
        """Free seats before the run; None without a limit."""
        free = 0
        for one in self.inputs.mentors:
            seats = self.inputs.rules.seats(one.heads, one.weekly_minutes)
            if seats is None:
                return None
            free += max(0, seats - one.taken)
        return free

    @cached_property
    def guide(self) -> Guide | None:
        return running.guide_of(self.run)

    def next_best(self, junior: int) -> Switch | None:
        return matching.next_best(self.problem, self.outcome, junior, self.guide)

    def change(self, junior: int) -> Change | None:
        found = matching.smallest_changes(
            self.problem, self.outcome, [junior], self.guide
        )
        return found.get(junior)

    def again(self) -> Again | None:
        """What solving again tells of everybody; kept, for nothing changes a run."""
        if not self.is_small:
            return None
        digest = sha256(SHAPE + bytes(self.run.inputs)).hexdigest()
        key = f"match:{matching.VERSION}:{digest}"
        return cast("Again", cache.get_or_set(key, self._again, DAY_SECONDS))

    def _again(self) -> Again:
        return Again(
            next=matching.next_bests(
                self.problem, self.outcome, self.pairs, self.guide
            ),
            changes=matching.smallest_changes(
                self.problem, self.outcome, None, self.guide
            ),
        )

    def card(
        self,
        pair: Pair,
        names: Names,
        switch: Switch | None,
        proposal: Proposal | None = None,
    ) -> Card:
        rules = self.inputs.rules
        broken = reasons.broken(pair.broken, rules) if self.sees_why else ""
        return Card(
            pair=pair,
            proposal=proposal,
            junior=names.person(pair.junior),
            mentor=names.person(pair.mentor),
            why=reasons.why(pair, names),
            shares=reasons.shares(pair.parts),
            sum=reasons.sum_of(pair),
            broken=broken or (_("a rule") if pair.broken else ""),
            next_best=_next_best(switch, names) if switch and self.sees_why else "",
        )

    def alone_one(
        self, one: Unplaced, names: Names, offers: Sequence[Offer] | None
    ) -> Alone:
        why = reasons.why_none_in_short(one)
        if self.sees_why:
            rules, mentors = self.inputs.rules, len(self.mentors)
            why = reasons.why_none(one, rules, mentors, names)
        team = self.juniors[one.junior].team
        return Alone(one.junior, names.person(one.junior), team, why, offers)

    def offers(self, change: Change | None, names: Names) -> list[Offer]:
        """How to make a change; nothing where there is none."""
        if change is None or not self.sees_why:
            return []
        found: list[Offer] = []
        if change.add_heads or change.add_minutes:
            found += self._seats(change, self.mentors[change.mentor], names)
        if change.pin:
            pin = f"{change.pin.junior}:{change.pin.mentor}"
            answers = sent({**of_run(self.run), "pin": pin})
            found.append(Offer(reasons.of_pin(change, names), answers=answers))
        return found

    def _seats(self, change: Change, mentor: MentorIn, names: Names) -> Iterator[Offer]:
        """On the mentor's place, and in the settings where the program allows fewer."""
        heads = mentor.heads + change.add_heads
        if change.add_heads and heads > self.run.program.juniors_per_mentor:
            text = _("Raise the juniors a mentor to %(n)s, in the settings")
            yield Offer(text % {"n": heads}, is_ratio=True)
        if change.add_minutes or self.heads.get(mentor.id, 0) < heads:
            text = reasons.of_seats(change, mentor, names)
            yield Offer(text, mentor=mentor.id, place=_raised(change, mentor))

    @cached_property
    def heads(self) -> Mapping[int, int]:
        """What the mentors write of themselves now; the program may allow fewer."""
        rows = self.run.program.enrolments.mentors()
        return dict(rows.values_list("pk", "heads"))


def _raised(change: Change, mentor: MentorIn) -> str:
    hours = (mentor.weekly_minutes + change.add_minutes) / 60
    asked = {"heads": mentor.heads + change.add_heads} if change.add_heads else {}
    return urlencode(asked | ({"hours": f"{hours:g}"} if change.add_minutes else {}))


def _next_best(switch: Switch, names: Names) -> str:
    text = _("Next best: %(mentor)s.") % {"mentor": names.person(switch.mentor)}
    return f"{text} {reasons.of_switch(switch, names)}"


def mentioned(
    pairs: Iterable[Pair],
    alone: Iterable[Unplaced],
    switches: Iterable[Switch | None],
    changes: Iterable[Change | None],
) -> tuple[set[int], set[int]]:
    """The people and the skills that some rows name."""
    people: set[int | None] = set()
    skills: set[int] = set()
    for pair in pairs:
        people |= {pair.junior, pair.mentor}
        skills |= {skill for skill, *_rest in pair.facts.skills}
    for one in alone:
        people |= {one.junior, *(wall.nearest for wall in one.barriers)}
    for switch in switches:
        if switch:
            people |= {switch.junior, switch.mentor}
            for move in switch.moves:
                people |= {move.junior, move.before, move.after}
    people |= {change.mentor for change in changes if change}
    return {pk for pk in people if pk is not None}, skills


SORTS: Mapping[str, Sequence[Any]] = {
    "score": ("-score", "pk"),
    "mentor": (shown_name("mentor__membership__"), "-score", "pk"),
    "junior": (shown_name("junior__membership__"), "pk"),
}


def sorts() -> list[tuple[str, str]]:
    return [("score", _("Score")), ("mentor", _("Mentor")), ("junior", _("Junior"))]


@dataclass(frozen=True, slots=True)
class Board:
    """A page of a run: who is alone, and proposals."""

    opened: Opened
    cards: Sequence[Card]
    alone: Sequence[Alone]
    page: Page[Any]
    shows_alone: bool
    chosen: int
    open: int

    @property
    def is_cut(self) -> bool:
        return len(self.alone) < len(self.opened.alone) and not self.shows_alone


def _listed(
    opened: Opened, filters: Filters, *, shows_alone: bool
) -> tuple[Page[Any], Sequence[Proposal], Sequence[Unplaced]]:
    """A page of the proposals, the first one with who is alone; or of these."""
    unplaced = opened.outcome.unplaced
    if shows_alone:
        page = page_of(unplaced, filters, PER_PAGE)
        return page, [], list(page.object_list)
    order = SORTS.get(filters.get("sort", ""), SORTS["score"])
    page = page_of(opened.run.proposals.order_by(*order), filters, PER_PAGE)
    shown = None if opened.is_small else ALONE_SHOWN
    alone = unplaced[:shown] if page.number == 1 else []
    return page, list(page.object_list), alone


def board_of(opened: Opened, filters: Filters) -> Board:
    """Five queries and the cache, however many there are."""
    shows_alone = filters.get("show") == "alone"
    states = list(opened.run.proposals.order_by().values_list("state", flat=True))
    page, proposals, alone = _listed(opened, filters, shows_alone=shows_alone)
    again = opened.again()
    pairs = [opened.pairs[one.junior_id] for one in proposals]
    switches = {p.junior: again.next.get(p.junior) if again else None for p in pairs}
    changes = {
        one.junior: again.changes.get(one.junior) if again else None for one in alone
    }
    asked = mentioned(pairs, alone, switches.values(), changes.values())
    names = Names.of(opened.run.program, *asked)
    return Board(
        opened=opened,
        cards=[
            opened.card(pair, names, switches[pair.junior], proposal)
            for pair, proposal in zip(pairs, proposals, strict=True)
        ],
        alone=[
            opened.alone_one(
                one,
                names,
                opened.offers(changes[one.junior], names) if again else None,
            )
            for one in alone
        ],
        page=page,
        shows_alone=shows_alone,
        chosen=states.count(Proposal.State.APPROVED),
        open=sum(
            state in (Proposal.State.DRAFT, Proposal.State.APPROVED) for state in states
        ),
    )


@dataclass(frozen=True, slots=True)
class Preview:
    """What comes of giving a junior another mentor."""

    mentor: int
    name: str
    text: str
    broken: str


@dataclass(frozen=True, slots=True)
class One:
    """A junior of a run on a card of their own, with every mentor to choose from."""

    pk: int
    name: str
    card: Card | None
    alone: Alone | None
    mentors: Sequence[tuple[int, str]]
    preview: Preview | None
    is_full: str


def one_of(opened: Opened, junior: int, mentor: int | None) -> One | None:
    """A junior of the run, with the switch to a mentor; None for who is not in it."""
    pair, alone = opened.pairs.get(junior), opened.alone.get(junior)
    if pair is None and alone is None:
        return None
    switch = opened.next_best(junior) if pair else None
    change = opened.change(junior) if alone else None
    tried = _tried(opened, junior, mentor)
    people, skills = mentioned(
        [pair] if pair else [], [alone] if alone else [], [switch, tried], [change]
    )
    names = Names.of(opened.run.program, people | set(opened.mentors), skills)
    offers = opened.offers(change, names)
    listed = ((pk, names.person(pk)) for pk in opened.mentors if pk in names.people)
    is_full = mentor is not None and mentor in opened.mentors and tried is None
    text = _("%(who)s has no seat that is not pinned. Unpin one, or raise the seats.")
    return One(
        pk=junior,
        name=names.person(junior),
        card=opened.card(pair, names, switch) if pair else None,
        alone=opened.alone_one(alone, names, offers) if alone else None,
        mentors=sorted(listed, key=lambda one: one[1].casefold()),
        preview=_preview(opened, tried, names) if tried else None,
        is_full=text % {"who": names.person(mentor or 0)} if is_full else "",
    )


def _tried(opened: Opened, junior: int, mentor: int | None) -> Switch | None:
    if mentor is None or mentor not in opened.mentors:
        return None
    try:
        return matching.switch(
            opened.problem, opened.outcome, junior, mentor, opened.guide
        )
    except matching.SelfPin:
        return None


def _preview(opened: Opened, switch: Switch, names: Names) -> Preview:
    return Preview(
        mentor=switch.mentor,
        name=names.person(switch.mentor),
        text=reasons.of_switch(switch, names),
        broken=reasons.broken(switch.broken, opened.inputs.rules),
    )


def runs_of(program: Program) -> Any:
    rows = program.runs.light().select_related("created_by__user")
    return rows.order_by("-number")
