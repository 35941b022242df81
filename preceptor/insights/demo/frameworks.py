"""What the juniors of the story grow in: the starter, and what became of it."""

from datetime import datetime, timedelta

from preceptor.accounts.models import Membership, Organisation
from preceptor.insights.demo import cast
from preceptor.insights.demo.people import Everybody
from progress.actions.drafts import add_competency
from progress.actions.frameworks import adopt_starter, begin_draft, publish
from progress.frameworks.changes import fingerprint
from progress.models import Competency, FrameworkVersion, GrowthPlan, PlanVersionMove

ADOPTED = timedelta(days=269)
REVISED = timedelta(weeks=12)
NOTE = (
    "What half a year taught us. Experimenting is part of finding the cause, where "
    "everybody rated it anyway. Changes to live tables, which bit us twice, have a "
    "competency of their own."
)
ABOUT_CAUSES = (
    "Goes from a symptom to what produced it, by trials with a result that was said "
    "beforehand, and stops only there."
)
WORDS_ON_CONTEXT = (
    "Picks callers, types, tests and one good example before asking, says which "
    "version of each library is in use, and leaves customers’ data out."
)
LIVE_TABLES = [
    "Runs the migration that the assistant wrote and hopes. Learns of a lock from "
    "the people whose pages stopped.",
    "Asks which tables are large before changing one. Needs help to split a change "
    "into steps.",
    "Splits a change into steps that the running code survives, tries them on a copy, "
    "and says how to go back at each.",
    "Reads from the plan and the locks what a migration will do under load, and finds "
    "the step that a generated one left out.",
    "Plans moves of data over weeks across services, with a check that would show a "
    "lost row, and has taught others to.",
]
ON_CALL = "Handing over what one built"
# Who has looked at the second version and moved on.
MOVED_ON = ("Devon Marsh", "Priya Raghunathan")


def write(organisation: Organisation, everybody: Everybody, now: datetime) -> None:
    """The starter, its second version, and a third that is being written."""
    owner, manager = everybody[cast.OWNER], everybody[cast.MANAGER]
    first = adopt_starter(
        organisation_id=organisation.pk, now=now - ADOPTED, actor=owner
    )
    draft = begin_draft(
        actor=manager, framework=first.framework, now=now - REVISED - timedelta(days=9)
    )
    _revise(draft)
    publish(
        actor=manager,
        draft=draft,
        note=NOTE,
        seen=fingerprint(draft.content()),
        now=now - REVISED,
    )
    next_one = begin_draft(
        actor=manager, framework=first.framework, now=now - timedelta(days=4)
    )
    add_competency(
        area=next_one.areas.get(name="Communication and judgment"),
        name=ON_CALL,
        about="Leaves a change so that somebody else can keep it running.",
        levels=[
            "Is the only one who can say what a change does at night.",
            "Writes a page of notes when asked.",
            "Leaves a runbook that a colleague has tried without help.",
            "",
            "",
        ],
        categories=["observability"],
    )


def _revise(draft: FrameworkVersion) -> None:
    rows = Competency.objects.filter(version=draft)
    rows.get(name="Experimenting instead of guessing").delete()
    cause = rows.get(name="Finding the cause")
    cause.about, cause.categories = ABOUT_CAUSES, [*cause.categories, "rationale"]
    cause.save()
    context = rows.get(name="Giving context")
    context.levels[2] = WORDS_ON_CONTEXT
    context.save()
    add_competency(
        area=draft.areas.get(name="Security and operation"),
        name="Changing live tables",
        about="Changes the shape of data while people work on it.",
        levels=LIVE_TABLES,
        categories=["load", "assumption", "concurrency"],
    )


def version_on(organisation_id: int, moment: datetime) -> FrameworkVersion:
    """The newest that was published by then."""
    rows = FrameworkVersion.objects.filter(organisation=organisation_id)
    return rows.published().filter(published_at__lte=moment)[0]


def version_for_all(organisation_id: int, now: datetime) -> FrameworkVersion:
    """The newest of a story's framework; of a bare organisation the starter."""
    rows = FrameworkVersion.objects.filter(organisation=organisation_id).published()
    newest = rows.filter(framework__is_default=True).first()
    return newest or adopt_starter(organisation_id=organisation_id, now=now)


def move_on(plans: list[GrowthPlan], now: datetime) -> None:
    """Those of `MOVED_ON` go over to the newest version."""
    for plan in plans:
        member: Membership = plan.junior.membership
        if str(member) not in MOVED_ON:
            continue
        was, plan.version = plan.version, version_on(plan.organisation_id, now)
        plan.save()
        PlanVersionMove.objects.create(
            organisation_id=plan.organisation_id,
            plan=plan,
            from_version=was,
            to_version=plan.version,
            moved_by=member,
            moved_at=now - REVISED + timedelta(days=12),
        )
