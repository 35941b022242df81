"""What of the years and pairings of somebody waits for their own word.

It tells that something waits and since when, never what the other rated or answered.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pairings.models import Pairing
from preceptor.accounts.models import Membership
from preceptor.http import url
from preceptor.templatetags.preceptor import day, local_day
from progress.assessing import due_of
from progress.models import Assessment, GrowthPlan, OccasionName
from progress.occasions import AFTER_END, Occasion, occasions

# Asked on every visit of Today, where the ORM takes four times as long to put it
# together. Of the evaluations it asks for those that the member wrote, and of these
# for their occasions alone.
_WANTED = """
SELECT 'goals', plan_id, min(id), json_build_object(
    'n', count(*), 'text', (array_agg(text ORDER BY position))[1])
FROM progress_goal
WHERE state = 'open' AND (
    plan_id = ANY(%(own)s) AND junior_agreed_at IS NULL
    OR plan_id = ANY(%(mentored)s) AND mentor_agreed_at IS NULL)
GROUP BY plan_id
UNION ALL
SELECT 'checkins', plan_id, min(id), json_build_object(
    'n', count(*), 'since', min(handed_at))
FROM progress_checkin
WHERE plan_id = ANY(%(mentored)s) AND handed_at IS NOT NULL AND answered_at IS NULL
GROUP BY plan_id
UNION ALL
SELECT 'autonomy', request.plan_id, min(request.id), json_build_object(
    'n', count(*), 'since', min(request.asked_at),
    'key', (array_agg(competency.key ORDER BY request.id))[1],
    'name', (array_agg(competency.name ORDER BY request.id))[1])
FROM progress_autonomyrequest AS request
JOIN progress_competency AS competency ON competency.id = request.competency_id
WHERE request.plan_id = ANY(%(mentored)s) AND request.answer_id IS NULL
GROUP BY request.plan_id
UNION ALL
SELECT 'assessment', plan_id, id, json_build_object(
    'occasion', occasion, 'is_agreed', outcome_edits > 0,
    'self_in', self_in_at IS NOT NULL, 'self_signed', junior_signed_at IS NOT NULL,
    'mentor_in', mentor_in_at IS NOT NULL,
    'mentor_signed', mentor_signed_at IS NOT NULL)
FROM progress_assessment
WHERE plan_id = ANY(%(plans)s) AND signed_at IS NULL
UNION ALL
SELECT 'due', id, id, json_build_object('held', ARRAY(
    SELECT occasion FROM progress_assessment WHERE plan_id = plan.id))
FROM progress_growthplan AS plan
WHERE id = ANY(%(plans)s) AND version_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM progress_assessment WHERE plan_id = plan.id AND signed_at IS NULL)
UNION ALL
SELECT 'pairing', pair.id, pair.id, json_build_object(
    'starts_on', pair.starts_on, 'ends_on', pair.ends_on, 'answered',
    CASE WHEN pair.junior_id = mine.id
    THEN ARRAY(SELECT occasion FROM progress_mentorevaluation
        WHERE pairing_id = pair.id)
    ELSE ARRAY(SELECT occasion FROM progress_juniorevaluation
        WHERE pairing_id = pair.id) END)
FROM pairings_enrolment AS mine
JOIN pairings_pairing AS pair ON mine.id IN (pair.junior_id, pair.mentor_id)
JOIN pairings_program AS program ON program.id = pair.program_id
WHERE mine.membership_id = %(member)s AND pair.kind = 'primary'
    AND pair.state <> 'proposed' AND pair.starts_on < pair.ends_on
    AND pair.starts_on <= %(today)s AND pair.ends_on > %(since)s
    AND program.state IN ('running', 'closed')
"""

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing to do, and the path of the page where it is done."""

    title: str
    about: str
    path: str


def wanted_of(
    member: Membership,
    own: Sequence[GrowthPlan],
    mentored: Sequence[GrowthPlan],
    pairings: Sequence[Pairing],
    today: date,
) -> list[Wanted]:
    """One query, two while they are asked about somebody with whom it is over.

    `own` are the years of the member, `mentored` those whose mentor they are today,
    with their milestones; `pairings` those of theirs that stand, all with their people
    named.
    """
    plans = {plan.pk: plan for plan in (*own, *mentored)}
    resting = _resting(pairings)
    found: list[Wanted] = []
    asked: dict[int, Occasion] = {}
    for kind, of, pk, facts in _read(member, own, mentored, today):
        if kind == "pairing":
            asked.update((of, one) for one in _open(facts, today))
        elif kind != "due":
            found += _TELL[kind](member, plans[of], pk, facts)
        elif plans[of].junior_id not in resting:
            found += _due(member, plans[of], facts, today)
    pairs = {one.pk: one for one in pairings if one.pk in asked}
    if over := asked.keys() - pairs.keys():
        pairs |= Pairing.objects.with_people().in_bulk(over)
    evaluate = ((pairs[pk], occasion) for pk, occasion in sorted(asked.items()))
    return [*found, *(_evaluation(member, *one) for one in evaluate)]


def _resting(pairings: Iterable[Pairing]) -> set[int]:
    """The juniors whose pair rests: until it goes on, nothing is to be begun."""
    paused = (one for one in pairings if one.state == Pairing.State.PAUSED)
    return {one.junior_id for one in paused if one.kind == Pairing.Kind.PRIMARY}


def _read(
    member: Membership,
    own: Sequence[GrowthPlan],
    mentored: Sequence[GrowthPlan],
    today: date,
) -> list[tuple[str, int, int, Facts]]:
    plans = {
        "own": [plan.pk for plan in own],
        "mentored": [plan.pk for plan in mentored],
        "plans": [plan.pk for plan in (*own, *mentored)],
    }
    days = {"today": today, "since": today - AFTER_END}
    with connection.cursor() as cursor:
        cursor.execute(_WANTED, {"member": member.pk, **plans, **days})
        return sorted(cursor.fetchall(), key=lambda row: row[:3])


def _goals(
    member: Membership, plan: GrowthPlan, pk: int, facts: Facts
) -> Iterator[Wanted]:
    n, text, slug = facts["n"], facts["text"], member.organisation.slug
    title = ngettext(
        "Agree to “%(text)s”, or change it", "Agree to %(n)d goals, or change them", n
    )
    about = _("A goal of your year.") if n == 1 else _("Goals of your year.")
    if not _is_own(plan, member):
        words = ngettext("A goal of %(junior)s.", "Goals of %(junior)s.", n)
        about = words % {"junior": plan.junior}
    path = url(slug, "progress:goal", pk)
    if n > 1:
        path = f"{url(slug, 'progress:plan', plan.pk)}#goals"
    yield Wanted(title % {"text": text, "n": n}, about, path)


def _checkins(
    member: Membership, plan: GrowthPlan, pk: int, facts: Facts
) -> Iterator[Wanted]:
    n, slug = facts["n"], member.organisation.slug
    since = local_day(datetime.fromisoformat(facts["since"]))
    title = ngettext(
        "Answer the check-in of %(junior)s", "Answer %(n)d check-ins of %(junior)s", n
    )
    path = url(slug, "progress:answer_checkin", pk)
    if n > 1:
        path = url(slug, "progress:checkins", plan.pk)
    yield Wanted(
        title % {"junior": plan.junior, "n": n},
        _("Handed over on %(day)s.") % {"day": since},
        path,
    )


def _assessment(
    member: Membership, plan: GrowthPlan, pk: int, facts: Facts
) -> Iterator[Wanted]:
    is_own = _is_own(plan, member)
    mine, others = ("self", "mentor") if is_own else ("mentor", "self")
    other = _("Your mentor") if is_own else plan.junior
    if not facts[f"{mine}_in"]:
        route, title = "rate", _("Rate where %(junior)s stands")
        if is_own:
            title = _("Rate where you stand")
        about = _("Neither side is in yet.")
        if facts[f"{others}_in"]:
            about = _("%(other)s is in. You see each other’s side once you are, too.")
    elif not facts[f"{others}_in"] or facts[f"{mine}_signed"]:
        return
    elif facts["is_agreed"]:
        route, title = "assessment", _("Sign the levels of %(junior)s")
        if is_own:
            title = _("Sign your levels")
        about = _("%(other)s has not signed yet, either.")
        if facts[f"{others}_signed"]:
            about = _("%(other)s has signed.")
    else:
        route, title = "agree_levels", _("Agree with %(junior)s on their levels")
        if is_own:
            title = _("Agree with your mentor on your levels")
        about = _("Both sides are in.")
    yield Wanted(
        title % {"junior": plan.junior},
        f"{_occasion(facts['occasion'])}. {about % {'other': other}}",
        url(member.organisation.slug, f"progress:{route}", pk),
    )


def _due(
    member: Membership, plan: GrowthPlan, facts: Facts, today: date
) -> Iterator[Wanted]:
    """The assessment whose time has come and that neither began."""
    snapshot = due_of(plan, facts["held"], today)
    if snapshot is None:
        return
    title = _begin_own(snapshot.name)
    if not _is_own(plan, member):
        title = _begin_theirs(snapshot.name) % {"junior": plan.junior}
    about = _("Its day is %(day)s. Whoever begins it, you each rate apart.")
    yield Wanted(
        title,
        about % {"day": day(snapshot.due_on)},
        url(member.organisation.slug, "progress:open_assessment", plan.pk),
    )


def _begin_own(name: str) -> str:
    return {
        "needs": _("Begin the needs assessment"),
        "midpoint": _("Begin the midpoint’s assessment"),
        "completion": _("Begin the last assessment"),
    }[name]


def _begin_theirs(name: str) -> str:
    return {
        "needs": _("Begin the needs assessment of %(junior)s"),
        "midpoint": _("Begin the midpoint’s assessment of %(junior)s"),
        "completion": _("Begin the last assessment of %(junior)s"),
    }[name]


def _autonomy(
    member: Membership, plan: GrowthPlan, pk: int, facts: Facts
) -> Iterator[Wanted]:
    n, slug = facts["n"], member.organisation.slug
    since = local_day(datetime.fromisoformat(facts["since"]))
    title = ngettext(
        "Say how far %(junior)s goes alone in “%(name)s”",
        "Say how far %(junior)s goes alone in %(n)d competencies",
        n,
    )
    path = f"{url(slug, 'progress:autonomy', plan.pk)}?show=asked"
    if n == 1:
        path = url(slug, "progress:competency_autonomy", plan.pk, facts["key"])
    yield Wanted(
        title % {"junior": plan.junior, "name": facts["name"], "n": n},
        _("Asked for on %(day)s.") % {"day": since},
        path,
    )


_TELL: Mapping[str, Callable[..., Iterator[Wanted]]] = {
    "goals": _goals,
    "checkins": _checkins,
    "autonomy": _autonomy,
    "assessment": _assessment,
}


def _occasion(name: str) -> str:
    return capfirst(str(Assessment.Occasion(name).label))


def _open(facts: Facts, today: date) -> Iterator[Occasion]:
    """Of a pairing, what is asked now and was not answered."""
    days = (date.fromisoformat(facts[name]) for name in ("starts_on", "ends_on"))
    for occasion in occasions(*days):
        if occasion.is_open(today) and occasion.name not in facts["answered"]:
            yield occasion


def _evaluation(member: Membership, pairing: Pairing, occasion: Occasion) -> Wanted:
    is_own = pairing.junior.membership_id == member.pk
    title = _("Say how %(name)s is as a preceptor")
    if not is_own:
        title = _("Say how %(name)s is doing")
    words = {
        "occasion": capfirst(str(OccasionName(occasion.name).label)),
        "day": day(occasion.last_on),
    }
    return Wanted(
        title % {"name": pairing.mentor if is_own else pairing.junior},
        _("%(occasion)s. Six questions, until %(day)s.") % words,
        url(member.organisation.slug, "progress:evaluate", pairing.pk, occasion.name),
    )


def _is_own(plan: GrowthPlan, member: Membership) -> bool:
    return plan.junior.membership_id == member.pk
