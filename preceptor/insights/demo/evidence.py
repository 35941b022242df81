"""What juniors of the story and their mentors tagged as evidence."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random

from preceptor.insights.demo.programs import Pair, at
from progress.evidence_pages import in_order
from progress.models import Competency, Evidence, GrowthPlan
from progress.things import (
    Kind,
    Thing,
    flaws,
    lessons,
    sessions_told,
    thing_of,
    things_of_flaws,
    things_of_lessons,
)

INES = "Ines Carvalho"
# Who never came round to it.
NOTHING = {"Callum Reid"}
TAGGED = 0.6
LATEST = timedelta(days=16)
"""What is newer waits to be tagged."""

ELSEWHERE = (
    "https://runbooks.tidewater.example/webhooks/after-the-retry-storm",
    "Runbook after the retry storm, written by Ines",
)


def write(pairs: list[Pair], now: datetime, rng: Random) -> None:
    """Most of what was caught or explained, some lessons; of Ines also a link."""
    gone = {one.pairing.junior_id for one in pairs if one.pairing.ends_on <= now.date()}
    plans = GrowthPlan.objects.with_junior().filter(version__isnull=False)
    found = plans.filter(junior__in=[p.pairing.junior_id for p in pairs])
    for plan in found.order_by("pk"):
        if plan.junior_id not in gone and str(plan.junior) not in NOTHING:
            rows = list(_of_year(plan, list(in_order(plan)), now, rng))
            Evidence.objects.bulk_create(rows)


def _of_year(
    plan: GrowthPlan, competencies: Sequence[Competency], now: datetime, rng: Random
) -> Iterator[Evidence]:
    member, until = plan.junior.membership, now.date() - LATEST
    told = sessions_told(plan, member)
    seen: set[int] = set()
    for thing in things_of_flaws(flaws(told)):
        shows = thing.is_caught if thing.kind == Kind.FINDING else _is_sound(thing)
        fit = _fit(thing, competencies)
        if thing.ref in seen or not (fit and shows) or thing.held_on > until:
            continue
        if rng.random() < TAGGED:
            seen.add(thing.ref)
            yield _tagged(plan, thing, rng.choice(fit[:2]), rng)
    old = [one for one in things_of_lessons(lessons(told)) if one.held_on <= until]
    for thing in old[::4]:
        fit = _fit(thing, competencies) or list(competencies)
        yield _tagged(plan, thing, rng.choice(fit), rng)
    if str(plan.junior) == INES:
        yield _tagged(plan, _longest(plan, until), competencies[-1], rng)
        yield _link(plan, competencies[-2], now - timedelta(days=33))


def _fit(thing: Thing, competencies: Sequence[Competency]) -> list[Competency]:
    asked = set(thing.categories)
    return [one for one in competencies if asked & set(one.categories)]


def _is_sound(thing: Thing) -> bool:
    card = thing.finding and thing.finding.explanation
    return bool(card and card.mark is not None and card.mark >= 2)


def _longest(plan: GrowthPlan, until: date) -> Thing:
    """A whole session that showed something: the one that took the most time."""
    told = sessions_told(plan, plan.junior.membership).filter(held_on__lte=until)
    return thing_of(told.order_by("-minutes", "pk")[0])


def _tagged(
    plan: GrowthPlan, thing: Thing, competency: Competency, rng: Random
) -> Evidence:
    """By the junior, or by the mentor of that session, within two days."""
    mentor, junior = thing.session.mentor_id, thing.session.junior_id
    later = timedelta(days=rng.randrange(3), minutes=rng.randrange(50))
    return Evidence(
        organisation_id=plan.organisation_id,
        plan=plan,
        competency=competency,
        held_on=thing.held_on,
        tagged_by_id=junior if rng.random() < 0.7 else mentor,
        tagged_at=at(thing.held_on, 17, 5) + later,
        **thing.reference(),
        **thing.place(),
    )


def _link(plan: GrowthPlan, competency: Competency, on: datetime) -> Evidence:
    url, title = ELSEWHERE
    return Evidence(
        organisation_id=plan.organisation_id,
        plan=plan,
        competency=competency,
        kind=Kind.LINK,
        url=url,
        title=title,
        held_on=on.date(),
        tagged_by=plan.junior.membership,
        tagged_at=on,
    )
