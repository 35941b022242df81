"""One of everything that a route can name, with who is what to it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from pairings.actions.matching import start_match
from pairings.gathering import Wanted
from pairings.matching import Aim, Rules, Weights
from pairings.models import (
    MatchRun,
    Pairing,
    PhaseMove,
    ProgramStaff,
    RematchRequest,
    Skill,
)
from preceptor.accounts.actions.holiday_files import stage_holidays
from preceptor.accounts.invitations import hash_of
from preceptor.accounts.models import (
    Holiday,
    Invitation,
    Membership,
    Organisation,
    StagedUpload,
)
from preceptor.accounts.rights import Relation
from preceptor.accounts.signing_in.models import Domain, Provider
from preceptor.insights.models import Scenario, TeamWeek
from preceptor.notifications.models import Delivery, Snooze, Webhook
from preceptor.notifications.webhooks import seal
from preceptor.personal.gathering import token_of
from preceptor.personal.models import Archive, Erasure
from progress.actions.framework_files import stage_framework
from progress.actions.frameworks import adopt_starter, begin_draft
from progress.models import (
    Area,
    Assessment,
    AutonomyGrant,
    AutonomyRequest,
    CheckIn,
    Competency,
    Evidence,
    Framework,
    FrameworkVersion,
    Goal,
    GoalStep,
    GrowthPlan,
    Milestone,
    MilestoneCondition,
    PlanLink,
    Rating,
)
from reviews.actions import store_transcript
from reviews.models import (
    Action,
    BlindPass,
    Blob,
    ChangeSuggestion,
    Comment,
    Finding,
    Lesson,
    ReviewSession,
    Revision,
    Transcript,
)
from reviews.taxonomy import Group, Kind
from tests.accounts.test_holiday_files import CALENDAR
from tests.cast import Cast

DIFF = b"""diff --git a/rates.py b/rates.py
--- a/rates.py
+++ b/rates.py
@@ -1,2 +1,3 @@
 import decimal
-RATE = 1
+RATE = 2
+print(RATE)
"""

DRAFTED, HANDED = "Quillfeather", "Marrowbright"
"""Words of a check-in that is a draft still, and of one that was handed over."""
OF_INES, OF_TOMASZ = "I still guess at races", "Stops at the first cause"
"""What each noted apart in an assessment."""

GRANTED, ASKED = "Sorrelwick", "Thornapple"
"""A mentor's reason for a step of autonomy, and the junior's word for the next."""

TALK = b"You: Is the rate right?\nAssistant: I checked it, it is 2.\n"


@dataclass(frozen=True, slots=True)
class World:
    """The cast, and rows that they made. Anjali mentored Ines before Tomasz did."""

    cast: Cast
    past: Pairing
    reading: ReviewSession
    revealed: ReviewSession
    plan: GrowthPlan
    milestone: Milestone
    own_stone: Milestone
    condition: MilestoneCondition
    goal: Goal
    checkin: CheckIn
    step: GoalStep
    own_finding: Finding
    finding: Finding
    lesson: Lesson
    comment: Comment
    action: Action
    planned: ReviewSession
    suggestion: ChangeSuggestion
    invitation: Invitation
    provider: Provider
    domain: Domain
    holiday: Holiday
    holiday_file: StagedUpload
    roster: StagedUpload
    pair_file: StagedUpload
    change: StagedUpload
    transcript: Transcript
    staged_transcript: StagedUpload
    staged_revision: StagedUpload
    otis_staff: int
    phase_move: PhaseMove
    wish: RematchRequest
    skill: int
    proposal: Pairing
    run: MatchRun
    framework: Framework
    framework_version: FrameworkVersion
    framework_draft: FrameworkVersion
    area: Area
    competency: Competency
    framework_file: StagedUpload
    assessment: Assessment
    link: PlanLink
    grown_in: Competency
    evidence: Evidence
    message: Delivery
    rest: Snooze
    failed: Delivery
    scenario: Scenario
    week: TeamWeek
    week_file: StagedUpload
    archive: Archive
    erasure: Erasure


def make_world(cast: Cast) -> World:
    kind = Kind("own_flaky", "Flaky retry", Group.OPERATIONAL, "It hides a fault.")
    Organisation.objects.filter(pk=cast.tidewater.pk).update(
        own_categories=[kind.row()]
    )
    past = _past_pairing(cast)
    reading = _session(cast, "Reading alone", ReviewSession.State.READING)
    revealed = _session(cast, "Revealed", ReviewSession.State.REVEALED)
    finding = _finding(cast, revealed, cast.ines)
    plan = GrowthPlan.objects.create(
        organisation=cast.tidewater,
        junior=cast.ines_enrolled,
        starts_on=cast.program.starts_on,
    )
    goal = Goal.objects.create(
        organisation=cast.tidewater,
        plan=plan,
        text="Ask who else writes this row",
        position=1,
        proposed_by=cast.ines,
    )
    frameworks = _frameworks(cast)
    stone = Milestone.objects.create(
        organisation=cast.tidewater,
        plan=plan,
        kind=Milestone.Kind.FIRST_MEETING,
        name="First meeting",
        due_on=timezone.localdate(),
    )
    return World(
        cast=cast,
        archive=_archive(cast),
        erasure=Erasure.objects.create(
            organisation=cast.tidewater,
            member=cast.devon,
            asked_by=cast.devon,
            origin=Erasure.Origin.OWN,
            due_at=timezone.now() + timedelta(days=7),
        ),
        message=_message(cast, stone),
        rest=Snooze.objects.create(
            organisation=cast.tidewater, member=cast.ines, matter="milestone:0"
        ),
        past=past,
        reading=reading,
        revealed=revealed,
        plan=plan,
        milestone=stone,
        failed=_failed(cast, stone),
        week=TeamWeek.objects.create(
            organisation=cast.tidewater,
            team="Integrations",
            monday=date(2026, 3, 30),
            deployments=4,
        ),
        week_file=StagedUpload.objects.create(
            organisation=cast.tidewater,
            owner=cast.mark,
            purpose="delivery figures",
            body=b"team,week,deployments\nBilling,2026-W14,3\n",
        ),
        scenario=Scenario.objects.create(
            organisation=cast.tidewater,
            program=cast.program,
            name="As planned",
            currency="EUR",
        ),
        own_stone=Milestone.objects.create(
            organisation=cast.tidewater,
            plan=plan,
            kind=Milestone.Kind.OWN,
            added_by=cast.ines,
            name="On call for the first time",
            due_on=timezone.localdate(),
        ),
        condition=MilestoneCondition.objects.create(
            organisation=cast.tidewater,
            milestone=stone,
            kind=MilestoneCondition.Kind.TICKED,
            text="The slot is agreed",
        ),
        goal=goal,
        step=GoalStep.objects.create(
            organisation=cast.tidewater, goal=goal, text="Draw who writes", position=0
        ),
        checkin=_checkins(plan),
        own_finding=_finding(cast, reading, cast.ines),
        finding=finding,
        lesson=Lesson.objects.create(
            organisation=cast.tidewater,
            session=revealed,
            author=cast.ines,
            text="One lock around both",
        ),
        planned=ReviewSession.objects.create(
            organisation=cast.tidewater,
            pairing=cast.pairing,
            mentor=cast.tomasz,
            junior=cast.ines,
            state=ReviewSession.State.PLANNED,
            planned_at=timezone.now() + timedelta(days=3),
            planned_minutes=60,
            led_by="mentor",
            arranged_at=timezone.now(),
        ),
        suggestion=ChangeSuggestion.objects.create(
            organisation=cast.tidewater,
            pairing=cast.pairing,
            author=cast.ines,
            title="The rate cache",
        ),
        comment=Comment.objects.create(
            organisation=cast.tidewater,
            finding=finding,
            author=cast.ines,
            key=uuid4(),
            text="I believed the comment",
        ),
        action=Action.objects.create(
            organisation=cast.tidewater,
            session=revealed,
            added_by=cast.ines,
            owner=cast.tomasz,
            text="Take the print out",
            due_on=timezone.localdate(),
        ),
        invitation=Invitation.objects.create(
            organisation=cast.tidewater,
            email="new@example.com",
            token_hash="0" * 64,
            invited_by=cast.olga,
            sent_at=timezone.now(),
        ),
        provider=Provider.objects.create(
            organisation=cast.tidewater,
            kind=Provider.Way.OIDC,
            name="Tidewater ID",
            issuer="https://127.0.0.1:9",
        ),
        domain=Domain.objects.create(
            organisation=cast.tidewater, name="tidewater.example"
        ),
        roster=StagedUpload.objects.create(
            organisation=cast.tidewater,
            owner=cast.ruth,
            purpose=f"roster:{cast.program.pk}",
            body=b"name,e-mail,side\nNew Person,new@example.com,junior\n",
        ),
        pair_file=StagedUpload.objects.create(
            organisation=cast.tidewater,
            owner=cast.ruth,
            purpose=f"pairs:{cast.program.pk}",
            body=b"junior e-mail,mentor e-mail,first day\na@b.cd,c@d.ef,2026-01-01\n",
        ),
        change=StagedUpload.objects.create(
            organisation=cast.tidewater,
            owner=cast.ines,
            purpose="change",
            body=DIFF,
            details={
                "pairing": cast.pairing.pk,
                "title": "Print the rate",
                "tool": "chat assistant",
                "model": "",
                "driver": "junior",
                "edited_share": "0.00",
                "claim": "",
            },
        ),
        transcript=store_transcript(
            session=reading, body=TALK, name="talk.md", now=timezone.now()
        ),
        staged_transcript=StagedUpload.objects.create(
            organisation=cast.tidewater,
            owner=cast.ines,
            purpose="transcript",
            body=TALK,
            details={"session": reading.pk},
        ),
        staged_revision=StagedUpload.objects.create(
            organisation=cast.tidewater,
            owner=cast.ines,
            purpose="revision",
            body=DIFF.replace(b"RATE = 2", b"RATE = 3"),
            details={"session": reading.pk},
        ),
        otis_staff=ProgramStaff.objects.get(membership=cast.otis).pk,
        phase_move=PhaseMove.objects.create(
            organisation=cast.tidewater,
            pairing=cast.pairing,
            phase=Pairing.Phase.JUNIOR_LEADS,
            asked_by=cast.tomasz,
            asked_at=timezone.now(),
        ),
        wish=RematchRequest.objects.create(
            organisation=cast.tidewater,
            pairing=cast.pairing,
            asked_by=cast.ines,
            asked_at=timezone.now(),
        ),
        skill=Skill.objects.get(name="python").pk,
        proposal=_proposal(cast),
        run=start_match(
            actor=cast.ruth,
            program=cast.program,
            wanted=Wanted(Rules(), Weights(), Aim.TOTAL),
        ),
        holiday_file=stage_holidays(
            actor=cast.mark, name="days.ics", data=CALENDAR, now=timezone.now()
        ),
        holiday=Holiday.objects.create(
            organisation=cast.tidewater, day=date(2026, 12, 24), name="Winter break"
        ),
        **frameworks,
        assessment=_assessment(plan, frameworks["framework_version"]),
        link=PlanLink.objects.create(
            organisation=cast.tidewater,
            plan=plan,
            name="My next manager",
            token_hash="1" * 64,
            expires_on=timezone.localdate() + timedelta(days=30),
            created_by=cast.ines,
        ),
        grown_in=_autonomy(plan, frameworks["framework_version"], cast),
        evidence=Evidence.objects.create(
            organisation=cast.tidewater,
            plan=plan,
            competency=frameworks["framework_version"].competencies.all()[0],
            kind=Evidence.Kind.SESSION,
            session=revealed,
            held_on=timezone.localdate(),
            tagged_by=cast.ines,
        ),
    )


def _autonomy(plan: GrowthPlan, version: FrameworkVersion, cast: Cast) -> Competency:
    """Ines may do one thing herself, for a reason of Tomasz's, and asks for more."""
    one = version.competencies.all()[0]
    own: dict[str, Any] = {"organisation": cast.tidewater, "plan": plan}
    GrowthPlan.objects.filter(pk=plan.pk).update(version=version)
    AutonomyGrant.objects.create(
        **own, competency=one, level=3, reason=GRANTED, granted_by=cast.tomasz
    )
    AutonomyRequest.objects.create(**own, competency=one, level=4, word=ASKED)
    return one


def _assessment(plan: GrowthPlan, version: FrameworkVersion) -> Assessment:
    """Both have begun to rate apart, and neither is in."""
    assessment = Assessment.objects.create(
        organisation=plan.organisation,
        plan=plan,
        version=version,
        occasion=Assessment.Occasion.NEEDS,
        opened_by=plan.junior.membership,
        mentor=Membership.objects.get(user__full_name="Tomasz Wieczorek"),
        self_edits=1,
        mentor_edits=1,
    )
    for side, note in (("self", OF_INES), ("mentor", OF_TOMASZ)):
        Rating.objects.create(
            organisation=plan.organisation,
            assessment=assessment,
            version=version,
            competency=version.competencies.all()[0],
            side=side,
            is_said=True,
            level=3,
            note=note,
        )
    return assessment


def _frameworks(cast: Cast) -> dict[str, Any]:
    """The starter, and a draft of what comes after it; Mark has brought a file."""
    version = adopt_starter(organisation_id=cast.tidewater.pk, now=timezone.now())
    framework = version.framework
    draft = begin_draft(actor=cast.mark, framework=framework, now=timezone.now())
    return {
        "framework": framework,
        "framework_version": version,
        "framework_draft": draft,
        "area": draft.areas.all()[0],
        "competency": draft.competencies.all()[0],
        "framework_file": stage_framework(
            actor=cast.mark,
            framework=framework,
            name="ours.json",
            data=b'{"areas": [{"name": "New", "competencies": [{"name": "One"}]}]}',
            asked="",
            removes=False,
            now=timezone.now(),
        ),
    }


EVERYWHERE = {
    "otis": Relation.OBSERVER,
    "ruth": Relation.LEAD,
    "mark": Relation.MANAGER,
    "olga": Relation.OWNER,
}
PEOPLE = ("ines", "devon", "tomasz", "anjali", "lars", "mei", *EVERYWHERE)
RELATIONS: dict[str, dict[str, Relation]] = {
    "program": {
        **EVERYWHERE,
        "ines": Relation.JUNIOR,
        "devon": Relation.JUNIOR,
        "tomasz": Relation.MENTOR,
        "anjali": Relation.MENTOR,
        "lars": Relation.LINE_MANAGER,
    },
    "pairing": {
        **EVERYWHERE,
        "ines": Relation.JUNIOR,
        "tomasz": Relation.MENTOR,
        "lars": Relation.LINE_MANAGER,
    },
    "proposal": {
        **EVERYWHERE,
        "devon": Relation.JUNIOR,
        "anjali": Relation.MENTOR,
    },
    "past pairing": {
        **EVERYWHERE,
        "ines": Relation.JUNIOR,
        "anjali": Relation.FORMER_MENTOR,
        "lars": Relation.LINE_MANAGER,
    },
    "session": {
        **EVERYWHERE,
        "ines": Relation.JUNIOR,
        "tomasz": Relation.MENTOR,
        "lars": Relation.LINE_MANAGER,
    },
    "plan": {
        **EVERYWHERE,
        "ines": Relation.JUNIOR,
        "tomasz": Relation.MENTOR,
        "anjali": Relation.FORMER_MENTOR,
        "lars": Relation.LINE_MANAGER,
    },
    "staged change": {"ines": Relation.JUNIOR},
    "message": {"ines": Relation.JUNIOR},
    "register": {
        "ruth": Relation.LEAD,
        "mark": Relation.MANAGER,
        "olga": Relation.OWNER,
    },
    "overseers": EVERYWHERE,
    "managers": {"mark": Relation.MANAGER, "olga": Relation.OWNER},
    "organisation": {"mark": Relation.MANAGER, "olga": Relation.OWNER},
}
"""What each person is to each kind of row; who is missing is nothing to it."""


def _message(cast: Cast, stone: Milestone) -> Delivery:
    """In the inbox of Ines, who has a chat too: her first meeting is due."""
    Webhook.objects.create(
        organisation=cast.tidewater,
        member=cast.ines,
        service=Webhook.Service.SLACK,
        sealed=seal("https://127.0.0.1/hook"),
        host="127.0.0.1",
        made_at=timezone.now(),
    )
    matter = f"milestone:{stone.pk}:{stone.due_on}"
    return Delivery.objects.create(
        organisation=cast.tidewater,
        program_id=cast.program.pk,
        recipient=cast.ines,
        channel=Delivery.Channel.INBOX,
        kind="milestone",
        subject=stone.pk,
        matter=matter,
        occurrence=f"{matter}:day",
        not_before=timezone.now(),
        state=Delivery.State.SENT,
        sent_at=timezone.now(),
    )


def _failed(cast: Cast, stone: Milestone) -> Delivery:
    """A reminder of the program that no server took."""
    return Delivery.objects.create(
        organisation=cast.tidewater,
        recipient=cast.ines,
        program_id=cast.program.pk,
        kind="milestone",
        subject=stone.pk,
        matter=f"milestone:{stone.pk}",
        occurrence=f"milestone:{stone.pk}:day",
        state=Delivery.State.FAILED,
        not_before=timezone.now(),
        error="SMTPRecipientsRefused: no such mailbox",
    )


def _checkins(plan: GrowthPlan) -> CheckIn:
    """One that was handed over, and a draft beside it."""
    own = {"organisation": plan.organisation, "plan": plan}
    CheckIn.objects.create(**own, went_well=DRAFTED, next_focus=DRAFTED, mood=DRAFTED)
    now = timezone.now()
    return CheckIn.objects.create(
        **own, went_well=HANDED, next_focus=HANDED, mood=HANDED, handed_at=now
    )


def _proposal(cast: Cast) -> Pairing:
    """Devon is proposed to Anjali; Ines and Tomasz have a first step to take."""
    Pairing.objects.filter(pk=cast.pairing.pk).update(
        first_step="Meet", first_step_by=cast.tomasz, first_step_on=timezone.localdate()
    )
    return Pairing.objects.create(
        organisation=cast.tidewater,
        program=cast.program,
        mentor=cast.anjali_enrolled,
        junior=cast.devon_enrolled,
        starts_on=timezone.localdate(),
        ends_on=cast.program.ends_on,
        state=Pairing.State.PROPOSED,
        proposed_at=timezone.now(),
    )


def _archive(cast: Cast) -> Archive:
    """All that is held of Ines, to be downloaded once."""
    archive = Archive.objects.create(
        organisation=cast.tidewater,
        member=cast.ines,
        state=Archive.State.READY,
        asked_at=timezone.now(),
        expires_at=timezone.now() + timedelta(days=7),
    )
    archive.token_hash = hash_of(token_of(archive))
    archive.save()
    return archive


def _past_pairing(cast: Cast) -> Pairing:
    """Anjali's, over the first two weeks; Tomasz's begins after it."""
    starts_on = cast.program.starts_on
    handover_on = starts_on + timedelta(days=14)
    Pairing.objects.filter(pk=cast.pairing.pk).update(starts_on=handover_on)
    return Pairing.objects.create(
        organisation=cast.tidewater,
        program=cast.program,
        mentor=cast.anjali_enrolled,
        junior=cast.ines_enrolled,
        starts_on=starts_on,
        ends_on=handover_on,
        state=Pairing.State.ENDED,
        ended_at=timezone.now(),
        end_reason="Anjali changed teams",
    )


def _session(cast: Cast, title: str, state: str) -> ReviewSession:
    is_revealed = state == ReviewSession.State.REVEALED
    now = timezone.now()
    session = ReviewSession.objects.create(
        organisation=cast.tidewater,
        pairing=cast.pairing,
        mentor=cast.tomasz,
        junior=cast.ines,
        title=title,
        state=state,
        revealed_at=now if is_revealed else None,
    )
    blob, _made = Blob.objects.get_or_create(
        organisation=cast.tidewater, sha256=b"1" * 32, defaults={"body": DIFF}
    )
    Revision.objects.create(
        organisation=cast.tidewater,
        session=session,
        blob=blob,
        added=2,
        removed=1,
        file_count=1,
    )
    for reviewer, side in ((cast.ines, "junior"), (cast.tomasz, "mentor")):
        BlindPass.objects.create(
            organisation=cast.tidewater,
            session=session,
            reviewer=reviewer,
            side=side,
            verdict="reject" if is_revealed else "",
            confidence="0.3" if is_revealed else None,
            locked_at=now if is_revealed else None,
        )
    return session


def _finding(cast: Cast, session: ReviewSession, author: Membership) -> Finding:
    return Finding.objects.create(
        organisation=cast.tidewater,
        session=session,
        blind_pass=session.passes.get(reviewer=author),
        author=author,
        path="rates.py",
        line_from=3,
        line_to=3,
        category="debug_code",
        severity="minor",
        title="A print was left in",
    )
