import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format
from pytest_django import DjangoAssertNumQueries

from pairings.models import Enrolment, Pairing
from preceptor.accounts.models import Membership, User
from progress.actions import publish_figure
from progress.actions.frameworks import begin_draft, publish
from progress.completion import completion_of_year
from progress.frameworks.changes import fingerprint
from progress.models import (
    Batch,
    CheckIn,
    GoalStep,
    GrowthPlan,
    JuniorEvaluation,
    MentorEvaluation,
    PlanLink,
    ProtectedWeek,
)
from progress.protected import monday_of
from reviews.models import Lesson
from tests.cast import Cast
from tests.factories import PairingFactory
from tests.progress.years import (
    FLAW,
    GOAL,
    MENTORS_LESSON,
    NOTE,
    OWN_LESSON,
    PROPOSED,
    REASON,
    TALK,
    add_goal,
    add_session,
    fill,
    grant,
    sign,
)

As = Callable[[Membership], Client]
DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "year.md"


def address(plan: GrowthPlan, end: str = "completion/") -> str:
    return f"/o/tidewater/growth/{plan.pk}/{end}"


def page_of(client: Client, plan: GrowthPlan, end: str = "completion/") -> str:
    response = client.get(address(plan, end))
    assert response.status_code == 200
    return response.content.decode()


def data_of(client: Client, plan: GrowthPlan) -> Any:
    response = client.get(address(plan, "year.json"))
    assert response["Content-Disposition"].startswith("attachment;")
    return json.loads(response.content)


def end_pair(cast: Cast) -> None:
    Pairing.objects.filter(pk=cast.pairing.pk).update(
        state=Pairing.State.ENDED,
        ends_on=timezone.localdate(),
        ended_at=timezone.now(),
        end_reason="A move to another team",
    )


def test_the_year_is_gathered_from_what_happened(plan: GrowthPlan) -> None:
    fill(plan)
    sign(plan)
    year = completion_of_year(plan, PlanLink.Part, None, timezone.localdate())
    assert year.ending.is_completed
    assert year.goals is not None
    assert [goal.text for goal in year.goals] == [GOAL]
    assert year.sessions is not None
    assert (year.sessions.held, year.sessions.minutes) == (1, 50)
    assert year.sessions.led == 1
    assert year.mentors is not None
    assert [(str(one.pairing.mentor), one.held) for one in year.mentors] == [
        ("Tomasz Wieczorek", 1)
    ]
    assert year.levels is not None
    assert [one.occasion for one in year.levels.snapshots] == ["needs", "completion"]
    assert {one.change for one in year.levels.grown} == {"2 levels up"}
    assert len(year.levels.grown) == 24
    assert (year.signed, year.reached) == (1, 1)
    assert year.evidence is not None
    assert (year.evidence.pieces, year.evidence.covered) == (1, 1)
    assert year.autonomy is not None
    assert [
        (one.word, one.stand.grant > 0, one.stand.evidence)
        for one in year.autonomy.rows
    ] == [("Junior leads", True, 0), ("Observe", False, 1)]
    assert year.autonomy.silent == 22
    catches = year.figures.catches
    assert catches is not None
    assert (catches.total.hits, catches.total.n) == (1, 3)


def test_before_its_end_the_page_says_so_far_and_offers_no_certificate(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    ines = as_(cast.ines)
    page = page_of(ines, plan)
    assert "So far: the year goes on." in page
    assert address(plan, "certificate/") not in page
    answer = ines.get(address(plan, "certificate/"))
    assert answer.status_code == 409
    said = answer.content.decode()
    assert "There is no certificate yet" in said
    assert "changed in between" not in said


LEFT = "1 of 24 competencies at “junior leads” or beyond"
PARTS = {GOAL, OWN_LESSON, MENTORS_LESSON, "2 levels up", "caught alone", LEFT}


@pytest.mark.parametrize(
    ("person", "seen"),
    [
        ("ines", PARTS),
        ("tomasz", PARTS),
        ("ruth", set()),
        ("lars", set()),
        ("olga", set()),
        ("otis", set()),
    ],
)
def test_each_part_is_shown_to_who_may_read_it(
    person: str, seen: set[str], plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    """What could leak is there: goals, levels, a chart, lessons of either."""
    fill(plan)
    page = page_of(as_(getattr(cast, person)), plan)
    assert {part for part in PARTS if part in page} == seen
    assert re.search(r"Pieces of evidence</dt><dd>1</dd>", page)
    assert "Sessions held" in page
    assert "Tomasz Wieczorek" in page
    assert not any(words in page for words in (PROPOSED, NOTE, FLAW, REASON, TALK))


def test_others_see_the_chart_once_the_junior_publishes_it(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    fill(plan)
    publish_figure(plan=plan, figure="catches")
    page = page_of(as_(cast.ruth), plan)
    assert "caught alone" in page
    assert "of 3 real flaws, interval" in page


def test_a_mentor_who_came_later_reads_no_lesson_of_before(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    fill(plan)
    end_pair(cast)
    PairingFactory.create(
        program=cast.program,
        mentor=cast.anjali_enrolled,
        junior=cast.ines_enrolled,
        starts_on=timezone.localdate(),
    )
    assert GOAL in page_of(as_(cast.anjali), plan)
    assert OWN_LESSON not in page_of(as_(cast.anjali), plan)
    former = page_of(as_(cast.tomasz), plan)
    assert OWN_LESSON in former
    assert GOAL not in former


def test_mentors_stand_in_order_with_their_dates(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    add_session(plan)
    end_pair(cast)
    PairingFactory.create(
        program=cast.program,
        mentor=cast.anjali_enrolled,
        junior=cast.ines_enrolled,
        starts_on=timezone.localdate(),
    )
    page = page_of(as_(cast.ruth), plan)
    mentors = page.split('id="mentors"', 1)[1].split("</section>", 1)[0]
    assert mentors.index("Tomasz Wieczorek") < mentors.index("Anjali Mehta")
    assert re.findall(r'held:">(\d+)<', mentors) == ["1", "0"]


def test_a_year_that_is_over_stands_as_it_stood_then(plan: GrowthPlan) -> None:
    """What nothing has shown since is not to be confirmed: the year is over."""
    grant(plan)
    sign(plan)
    later = timezone.localdate() + timedelta(days=400)
    year = completion_of_year(plan, PlanLink.Part, None, later)
    assert year.autonomy is not None
    assert [one.is_lapsed for one in year.autonomy.rows] == [False]
    assert year.autonomy.standings.leading == 1


def test_what_was_granted_after_the_review_is_told_as_of_that_day(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    """A pair may go on for a while once both have signed."""
    grant(plan)
    day = timezone.now() - timedelta(days=20)
    signed = {"junior_signed_at": day, "mentor_signed_at": day, "signed_at": day}
    review = plan.milestones.filter(kind="completion")
    review.update(**signed, mentor_signed_by=cast.tomasz)
    page = page_of(as_(cast.ines), plan)
    today = timezone.localdate(timezone=ZoneInfo(cast.ines.user.time_zone))
    assert f"As it stood on {date_format(today, 'DATE_FORMAT')}." in page


def test_what_only_an_earlier_version_had_comes_last_and_is_not_counted(
    plan: GrowthPlan, cast: Cast
) -> None:
    grant(plan, place=1)
    gone = grant(plan, place=0).competency
    assert plan.version is not None
    now, framework = timezone.now(), plan.version.framework
    draft = begin_draft(actor=cast.olga, framework=framework, now=now)
    draft.competencies.get(key=gone.key).delete()
    seen = fingerprint(draft.content())
    publish(actor=cast.olga, draft=draft, note="", seen=seen, now=now)
    GrowthPlan.objects.filter(pk=plan.pk).update(version=draft)
    plan.refresh_from_db(fields=["version"])
    year = completion_of_year(plan, PlanLink.Part, None, timezone.localdate())
    assert year.autonomy is not None
    assert [one.key == gone.key for one in year.autonomy.rows] == [False, True]
    assert (year.autonomy.standings.leading, year.autonomy.silent) == (1, 22)


def test_a_skipped_milestone_is_called_that(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    rows = plan.milestones.filter(kind="needs_assessment")
    rows.update(
        skipped_at=timezone.now(), skipped_by=cast.tomasz, skip_reason="Away till June"
    )
    for person in (cast.ines, cast.ruth):
        page = page_of(as_(person), plan)
        assert "skipped on" in page
        assert '0</dd><dd class="why">of 8, 1 skipped' in page


STOPPED = "What was reached by then stands here."


def test_a_pair_that_ended_without_the_review_stopped(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    fill(plan)
    end_pair(cast)
    page = page_of(as_(cast.ines), plan)
    assert "when the pair ended: nobody mentors Ines now" in page
    assert STOPPED in page
    assert GOAL in page
    statement = page_of(as_(cast.ines), plan, "certificate/")
    assert "Statement of participation" in statement
    assert "Certificate of completion" not in statement
    assert "says what was reached, no more" in statement


def test_who_left_the_program_early_stopped(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    rows = Enrolment.objects.filter(pk=cast.ines_enrolled.pk)
    rows.update(ends_on=timezone.localdate())
    page = page_of(as_(cast.ruth), plan)
    assert "Ines’s place in the program ended on" in page
    assert STOPPED in page


def test_who_left_the_organisation_stopped(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    Membership.objects.filter(pk=cast.ines.pk).update(is_active=False)
    assert "Ines left the organisation" in page_of(as_(cast.ruth), plan)


def test_the_certificate_states_what_took_place(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    fill(plan)
    sign(plan)
    for person in (cast.ines, cast.tomasz, cast.ruth):
        page = page_of(as_(person), plan, "certificate/")
        assert "Certificate of completion" in page
        assert "Tidewater Freight" in page
        assert "Preceptorship, spring" in page
        assert page.count("signed on") == 2
        assert "1 of 8" in page
        assert not any(words in page for words in (GOAL, OWN_LESSON, "2 levels up"))


@pytest.mark.parametrize("end", ["certificate/", "completion/"])
def test_the_days_of_a_year_are_the_same_to_every_reader(
    end: str, plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    """By the junior's clock: at noon in London the day in Auckland is the next one."""
    zones = {cast.ines: "Pacific/Auckland", cast.tomasz: "America/Los_Angeles"}
    for member, zone in zones.items():
        User.objects.filter(pk=member.user_id).update(time_zone=zone)
    noon = datetime(2026, 3, 10, 12, tzinfo=UTC)
    plan.milestones.filter(kind="completion").update(
        junior_signed_at=noon,
        mentor_signed_at=noon,
        mentor_signed_by=cast.tomasz,
        signed_at=noon,
    )
    for person in (cast.ines, cast.tomasz, cast.ruth):
        page = page_of(as_(person), plan, end)
        assert ("11 March 2026" in page, "10 March 2026" in page) == (True, False)


def test_one_signature_is_no_completion(plan: GrowthPlan, cast: Cast, as_: As) -> None:
    plan.milestones.filter(kind="completion").update(junior_signed_at=timezone.now())
    assert as_(cast.ines).get(address(plan, "certificate/")).status_code == 409


def test_the_plan_leads_to_its_review(plan: GrowthPlan, cast: Cast, as_: As) -> None:
    assert address(plan) in page_of(as_(cast.ines), plan, "")


def show_and_grant(plan: GrowthPlan, cast: Cast) -> None:
    """Two links for one competency, which the junior leads in; another alone."""
    assert plan.version is not None
    own = {"organisation": plan.organisation, "plan": plan}
    one, other = plan.version.competencies.all()[:2]
    for number in range(2):
        plan.evidence.create(
            **own,
            competency=one,
            kind="link",
            url=f"https://example.com/{number}",
            title="The write-up",
            held_on=timezone.localdate(),
            tagged_by=cast.ines,
        )
    for level, competency in ((3, one), (4, other)):
        plan.autonomy_grants.create(
            **own, competency=competency, level=level, granted_by=cast.tomasz
        )


def test_evidence_is_counted_for_all_and_autonomy_told_to_the_pair(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    show_and_grant(plan, cast)
    page = page_of(as_(cast.ines), plan)
    assert "2 of 24 competencies at “junior leads” or beyond, 1 of them alone" in page
    for reader in (page, page_of(as_(cast.ruth), plan)):
        assert 'Pieces of evidence</dt><dd>2</dd><dd class="why">for one' in reader


@pytest.mark.parametrize("rows", [1, 3])
def test_the_review_asks_the_same_however_full_the_year(
    rows: int,
    plan: GrowthPlan,
    cast: Cast,
    as_: As,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    fill(plan)
    sign(plan)
    for number in range(1, rows):
        add_goal(plan, 20 + number)
        add_session(plan)
    for person, count in ((cast.ines, 16), (cast.ruth, 13)):
        client = as_(person)
        client.get(address(plan))
        with django_assert_num_queries(count):
            client.get(address(plan))


def test_the_year_as_data_is_as_documented(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    """Every key of the file stands in the document, and the other way round."""
    found = data_of(as_(cast.ines), everything(plan, cast))
    told = set(
        re.findall(r"^\| `([a-z0-9_.\[\]]+)` \|", DOCUMENT.read_text(), re.MULTILINE)
    )
    assert keys(found) == told


def everything(plan: GrowthPlan, cast: Cast) -> GrowthPlan:
    """One of each thing that a year can hold."""
    fill(plan)
    goal = add_goal(plan, 3)
    now, own = timezone.now(), {"organisation": plan.organisation}
    assert plan.version is not None
    competency = plan.version.competencies.all()[0]
    plan.goals.filter(pk=goal.pk).update(competency=competency, target=3)
    GoalStep.objects.create(**own, goal=goal, text="Draw who writes", position=0)
    ProtectedWeek.objects.create(
        **own, plan=plan, monday=monday_of(now.date()), hours=3
    )
    CheckIn.objects.create(**own, plan=plan, went_well="Races", handed_at=now)
    plan.assessments.create(
        **own, version=plan.version, occasion="own", opened_by=cast.ines
    ).ratings.create(
        **own,
        version=plan.version,
        competency=competency,
        side="self",
        is_said=True,
        level=3,
    )
    milestone = plan.milestones.all()[0]
    milestone.moves.create(**own, from_on=milestone.due_on, to_on=milestone.due_on)
    milestone.addenda.create(**own, author=cast.ines, text="It was a Monday")
    plan.autonomy_requests.create(**own, competency=competency, level=4, word="Twice")
    plan.links.create(
        **own,
        name="My next manager",
        token_hash="2" * 64,
        expires_on=now.date(),
        created_by=cast.ines,
        parts=["goals"],
    )
    publish_figure(plan=plan, figure="catches")
    show_and_grant(plan, cast)
    JuniorEvaluation.objects.create(
        **own, pairing=cast.pairing, occasion="midpoint", answers={"why": 4}
    )
    return plan


def keys(value: Any, path: str = "") -> set[str]:
    """The paths of what the document has a row for, with `[]` where there are many.

    A share, a competency and what was chosen as answers are a row each.
    """
    if value == [] or (isinstance(value, list) and isinstance(value[0], dict)):
        return {key for one in value for key in keys(one, f"{path}[]")}
    is_object = isinstance(value, dict) and not path.endswith("answers")
    if not is_object or not value or {"hits", "key"} & set(value):
        return {path}
    return {
        key
        for name, one in value.items()
        for key in keys(one, f"{path}.{name}" if path else name)
    }


def test_the_data_are_the_juniors_alone(plan: GrowthPlan, cast: Cast, as_: As) -> None:
    fill(plan)
    for person in (cast.tomasz, cast.ruth, cast.lars, cast.olga):
        assert as_(person).get(address(plan, "year.json")).status_code == 403
    assert as_(cast.devon).get(address(plan, "year.json")).status_code == 404


def test_the_data_hold_both_sides_lessons_and_figures(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    fill(plan)
    sign(plan)
    found = data_of(as_(cast.ines), plan)
    assert found["format"] == {"name": "preceptor-year", "version": 1}
    assert found["year"]["state"] == "completed"
    assert [one["text"] for one in found["goals"]] == [GOAL, PROPOSED]
    assert [one["text"] for one in found["lessons"]] == [OWN_LESSON, MENTORS_LESSON]
    assert found["sessions"][0]["minutes"] == 50
    assert found["figures"]["catches"]["n"] == 3
    assert len(found["assessments"][0]["outcomes"]) == 24


def test_what_a_junior_answered_about_a_mentor_is_not_in_the_data(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    batch = Batch.objects.create(organisation=cast.tidewater, mentor=cast.tomasz)
    MentorEvaluation.objects.create(
        organisation=cast.tidewater,
        pairing=cast.pairing,
        occasion="midpoint",
        answers={"time": 1, "xylophone": 5},
        batch=batch,
    )
    response = as_(cast.ines).get(address(plan, "year.json"))
    assert "xylophone" not in response.content.decode()


def test_what_the_mentor_rated_is_not_in_the_data_before_both_are_in(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    assert plan.version is not None
    own = {"organisation": plan.organisation, "version": plan.version}
    assessment = plan.assessments.create(
        **own, occasion="own", opened_by=cast.ines, mentor=cast.tomasz
    )
    assessment.ratings.create(
        **own,
        competency=plan.version.competencies.all()[0],
        side="mentor",
        is_said=True,
        level=1,
        note=NOTE,
    )
    found = data_of(as_(cast.ines), plan)
    assert found["assessments"][-1]["ratings"] == []


@pytest.mark.parametrize("rows", [1, 3])
def test_the_data_ask_the_same_however_full_the_year(
    rows: int,
    plan: GrowthPlan,
    cast: Cast,
    as_: As,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    everything(plan, cast)
    for number in range(1, rows):
        add_goal(plan, 20 + number)
        add_session(plan)
        assert Lesson.objects.count() == 2 + 2 * number
    client = as_(cast.ines)
    client.get(address(plan, "year.json"))
    # One of them keeps that it was taken.
    with django_assert_num_queries(34):
        client.get(address(plan, "year.json"))
