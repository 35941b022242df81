"""The demonstration organisation: believable, repeatable, and grown consistently."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO
from time import process_time
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db import connection, models, transaction
from django.db.models import Count, F, Q
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext

from pairings.models import (
    Agreement,
    Enrolment,
    Handover,
    MatchRun,
    Pairing,
    PairNote,
    Pause,
    Program,
)
from pairings.proposals import stuck
from pairings.running import outcome_of
from preceptor.accounts.entries import HistoryEntry
from preceptor.accounts.models import Holiday, Membership, Organisation, User
from preceptor.insights.attention import concerns, unpaired_juniors
from preceptor.insights.demo import bulk, company, messages
from preceptor.insights.demo.people import PASSWORD
from preceptor.insights.demo.sharing import TOKEN
from preceptor.insights.figures.estimates import Withheld
from preceptor.insights.figures.quarterly import quarter
from preceptor.insights.figures.quarters import Quarter
from preceptor.notifications.kinds import registered
from preceptor.notifications.models import (
    Delivery,
    KindPreference,
    Preferences,
    Snooze,
)
from preceptor.notifications.planner import plan as plan_deliveries
from preceptor.personal import erasing
from preceptor.personal.actions import erase
from progress.actions.links import hash_of
from progress.agreement import agreement
from progress.autonomy_pages import autonomies
from progress.completion import completion_of_year
from progress.evidence_pages import Tagging, suggestions
from progress.frameworks.changes import changes_between
from progress.models import (
    Assessment,
    AutonomyGrant,
    CheckIn,
    Evidence,
    FrameworkVersion,
    Goal,
    GrowthPlan,
    Milestone,
    PlanLink,
    PlanReading,
    PlanVersionMove,
    ProtectedWeek,
    Rating,
)
from progress.moves import moves_of
from progress.questions import OF_MENTOR
from reviews import growth
from reviews.conversations import conversation_in
from reviews.models import (
    Action,
    BlindPass,
    Blob,
    Finding,
    Lesson,
    Placement,
    ReviewSession,
    Revision,
    Transcript,
)
from reviews.taxonomy import own_of
from tests.cast import make_cast
from tests.clients import signed_in

NOW = datetime(2026, 11, 19, 9, 40, tzinfo=UTC)
pytestmark = pytest.mark.django_db

CLOSED = Q(state="closed", is_logged=False)
OF_JUNIOR = Q(blind_pass__side="junior")


def caught_alone(since: int, before: int) -> tuple[int, int]:
    """What the juniors caught of the real flaws, in a stretch of days of the year."""
    real = Finding.objects.filter(
        session__held_on__gte=F("session__pairing__program__starts_on")
        + timedelta(days=since),
        session__held_on__lt=F("session__pairing__program__starts_on")
        + timedelta(days=before),
        adjudication="real",
        same_as=None,
    )
    return real.filter(OF_JUNIOR).count(), real.count()


def written() -> list[list[tuple[object, ...]]]:
    """Every row of the story, without ids."""
    return [
        list(model.objects.order_by("pk").values_list(*fields))
        for model, fields in (
            (User, ("email", "full_name", "time_zone")),
            (Pairing, ("state", "phase", "starts_on", "ends_on", "end_reason")),
            (ReviewSession, ("title", "state", "held_on", "opened_at", "minutes")),
            (BlindPass, ("side", "verdict", "confidence", "locked_at")),
            (Finding, ("path", "line_from", "title", "severity", "adjudication")),
            (Lesson, ("text", "created_at")),
            (Milestone, ("name", "due_on", "junior_signed_at", "signed_at")),
            (Goal, ("text", "state", "position")),
            (CheckIn, ("went_well", "mood", "handed_at", "answered_at")),
            (ProtectedWeek, ("monday", "hours")),
            (Assessment, ("occasion", "self_in_at", "mentor_in_at", "signed_at")),
            (AutonomyGrant, ("level", "proposed", "stood", "reason", "granted_at")),
            (Rating, ("side", "level", "method", "note")),
        )
    ]


def figures_of(junior: Enrolment) -> list[object]:
    levels = Rating.objects.filter(assessment__plan__junior=junior, is_said=True)
    rated = levels.order_by("assessment", "competency", "side")
    by_side: dict[str, dict[int, Any]] = {
        side: dict(
            rated.filter(side=side, level__isnull=False).values_list(
                "competency", "level"
            )
        )
        for side in ("self", "mentor")
    }
    both = by_side["self"].keys() & by_side["mentor"].keys()
    pairs = [(by_side["self"][one], by_side["mentor"][one]) for one in sorted(both)]
    return [
        sorted(growth.found(junior), key=repr),
        growth.sittings(junior),
        sorted(growth.marks(junior), key=repr),
        agreement(pairs),
    ]


def build_and_forget(seed: int) -> list[list[tuple[object, ...]]]:
    with transaction.atomic():
        company.build(seed=seed, now=NOW)
        rows = written()
        transaction.set_rollback(True)
    return rows


class TestStory(TestCase):
    """One company, read by many tests."""

    @classmethod
    def setUpTestData(cls) -> None:
        company.build(seed=1, now=NOW)

    def test_a_closed_quarter_tells_what_juniors_say_of_mentors(self) -> None:
        """At least three mentors of a cohort have averages, in the quarter it ended."""
        program = Program.objects.get(name__endswith="second year")
        found = quarter(program, Quarter.of(program.ends_on))
        assert not isinstance(found.evaluations, Withheld)
        assert [one.question for one in found.evaluations] == list(OF_MENTOR)
        assert all(one.mean.is_shown for one in found.evaluations)

    def test_the_company_is_whole(self) -> None:
        states = Program.objects.order_by("pk").values_list("state", flat=True)
        assert list(states) == [
            *("running", "running", "closed", "draft", "running"),
            *("archived", "archived"),
        ]
        assert Enrolment.objects.mentors().count() == 8 + 2 + 4 + 3 + 13
        assert Enrolment.objects.juniors().count() == 20 + 3 + 11 + 4 + 39
        assert Pairing.objects.begun().count() == 20 + 3 + 1 + 1 + 39
        before = Q(pairing__program__name__startswith="Onboarding")
        assert 320 <= ReviewSession.objects.exclude(before).count() <= 390
        assert 220 <= ReviewSession.objects.filter(before).count() <= 290
        assert set(Membership.objects.values_list("role", flat=True)) == {
            *("owner", "manager", "member")
        }
        assert (
            Revision.objects.filter(number=1).count()
            == ReviewSession.objects.filter(is_logged=False)
            .exclude(state="planned")
            .count()
        )
        diffs, talks = (
            set(model.objects.values_list("blob", flat=True))
            for model in (Revision, Transcript)
        )
        # Fifteen changes, a second revision, and the large one.
        assert len(diffs) == 15 + 2
        assert diffs | talks == set(Blob.objects.values_list("pk", flat=True))
        assert GrowthPlan.objects.count() == 19 + 3 + 1 + 1
        assert Goal.objects.count() >= 38

    def test_each_way_that_a_proposal_goes_is_there(self) -> None:
        now = NOW
        rows = Pairing.objects.all()
        assert [one.is_declined for one in stuck(rows, now, 9)] == [
            False,
            True,
        ]
        assert rows.proposed().count() == 2
        begun = rows.standing().exclude(first_step="").get()
        assert begun.first_step_done_at is None

    def test_the_optimum_goes_well_beyond_the_order_of_the_list(self) -> None:
        for run in MatchRun.objects.done():
            found = outcome_of(run)
            assert found.greedy.placed == found.figures.placed
            assert found.greedy.total < 0.9 * found.figures.total
            assert found.unplaced

    def test_every_row_would_pass_a_form(self) -> None:
        connection.check_constraints()
        for model in (Program, Enrolment, Pairing, ReviewSession, Finding, Goal):
            fields = model._meta.concrete_fields
            spared = [one.name for one in fields if one.null or one.is_relation]
            for row in model._default_manager.all():
                row.clean_fields(exclude=spared)

    def test_juniors_catch_more_as_the_year_goes_on(self) -> None:
        shares = []
        for since, before in ((0, 60), (60, 120), (120, 190)):
            caught, real = caught_alone(since, before)
            assert real > 100
            shares.append(caught / real)
        assert shares == sorted(shares)
        assert shares[0] < 0.35
        assert shares[-1] > 0.5

    def test_mentors_catch_more_than_juniors(self) -> None:
        found = Finding.objects.filter(adjudication="real").aggregate(
            junior=Count("pk", filter=OF_JUNIOR),
            mentor=Count("pk", filter=Q(blind_pass__side="mentor")),
            together=Count("pk", filter=Q(blind_pass=None)),
        )
        assert found["mentor"] > 1.3 * found["junior"]
        assert found["together"] > 20

    def test_findings_are_matched_and_adjudicated(self) -> None:
        closed = Finding.objects.filter(session__state="closed")
        echoes = closed.exclude(same_as=None)
        assert echoes.count() > 200
        for place in ("line_from", "turn"):
            assert not echoes.exclude(**{place: None}).exclude(
                session=F("same_as__session"),
                adjudication=F("same_as__adjudication"),
                **{place: F(f"same_as__{place}")},
            )
        counts = dict(closed.values_list("adjudication").annotate(Count("pk")))
        assert counts["real"] > counts["moot"] > 20
        assert 0 < counts["undecided"] < 80
        unread = Finding.objects.filter(session__state="reading")
        assert unread.exists()
        assert not unread.exclude(adjudication="undecided", same_as=None).exists()

    def test_the_companys_own_categories_are_used(self) -> None:
        own = own_of(Organisation.objects.get().own_categories)
        assert [one.is_retired for one in own] == [False, False, True]
        for one in own:
            assert Finding.objects.filter(category=one.key).count() > 1, one.label

    def test_holidays_are_those_of_the_calendar_file(self) -> None:
        named = Holiday.objects.names(Organisation.objects.get().pk)
        assert named[date(2026, 4, 3)] == "Good Friday"
        assert named[date(2027, 8, 30)] == "Summer bank holiday"
        years = {day.year for day in named}
        assert years == {NOW.year - 1, NOW.year, NOW.year + 1}

    def test_conversations_in_three_forms_have_their_findings(self) -> None:
        rows = Transcript.objects.all()
        assert rows.count() >= 10
        assert {row.form for row in rows} == {"claude_code", "specstory", "codex"}
        for row in rows:
            talk = conversation_in(row)
            assert talk is not None
            assert len(talk.turns) == row.turn_count
            assert all(one.at and one.at <= row.created_at for one in talk.turns)
        on_turns = Finding.objects.exclude(turn=None)
        assert set(on_turns.values_list("category", flat=True)) == {
            *("reversal", "false_success", "misread", "rationale")
        }

    def test_one_junior_was_handed_over_and_one_pair_agreed(self) -> None:
        handover = Handover.objects.get()
        assert str(handover.pairing) == "Clara Nguyen with Margaret Oyelaran"
        assert (handover.version, handover.acknowledged_at) == (2, None)
        released = {str(one.session.pairing) for one in handover.released.all()}
        assert released == {"Clara Nguyen with Stefan Brandt"}
        newest, agreed = Agreement.objects.newest_first()
        assert str(agreed.pairing) == "Ines Carvalho with Tomasz Wieczorek"
        assert (newest.is_agreed, agreed.is_agreed) == (False, True)
        assert set(PairNote.objects.values_list("kind", flat=True)) == {
            "shared",
            "word",
        }

    def test_messages_of_every_kind_stand(self) -> None:
        plan_deliveries(NOW)
        rows = Delivery.objects.inbox().filter(state="sent")
        assert {row.kind for row in rows} == {one.name for one in registered()}
        told = rows.filter(kind__in=["mentor-gone", "handover-word"])
        assert {str(row.recipient) for row in told} == {"Nikhil Rao", "Henrik Aalto"}
        leads = rows.filter(recipient__user__full_name="Ruth Adeyemi")
        assert {row.kind for row in leads} >= {
            *("pair-stalled", "pairing-unanswered", "milestone-to-lead"),
        }

    def test_what_a_message_says_leads_to_its_page_and_tells_no_text(self) -> None:
        plan_deliveries(NOW)
        rows = Delivery.objects.inbox().filter(state="sent").order_by("pk")
        rows = rows.select_related("recipient__user", "organisation")
        texts = {
            *ReviewSession.objects.exclude(title="").values_list("title", flat=True)
        }
        texts |= set(Finding.objects.values_list("title", flat=True))
        texts |= set(Action.objects.values_list("text", flat=True))
        for kind in registered():
            found = list(rows.filter(kind=kind.name))
            with CaptureQueriesContext(connection) as of_one:
                kind.subjects([row.subject for row in found[:1]])
            with CaptureQueriesContext(connection) as of_all:
                about = kind.subjects({row.subject for row in found})
            assert len(of_all) <= len(of_one) + 1 or not found  # A series, or none.
            with self.assertNumQueries(0):
                said = [kind.message(row, about[row.subject]) for row in found]
            for message in said:
                shown = f"{message.subject} {message.detail} {message.context}"
                assert not [text for text in texts if text in shown], kind.name
            for row, message in [*zip(found, said, strict=True)][:1]:
                parts = urlsplit(message.link)
                path = f"{parts.path}?{parts.query}"
                page = signed_in(row.recipient).get(path, follow=True)
                assert page.status_code == 200, message.link

    def test_the_others_figures_stand_when_somebody_is_erased(self) -> None:
        """Caught alone, calibration, marks and kappa, of the junior and of the pair."""
        ines = Enrolment.objects.get(
            membership__user__full_name="Ines Carvalho", program__state="running"
        )
        owner = Membership.objects.owners().first()
        assert owner is not None
        before = figures_of(ines)
        assert all(before)
        for name in ("Tomasz Wieczorek", "Ines Carvalho"):
            member = Membership.objects.get(user__full_name=name)
            erasure = erase(actor=owner, member=member, now=NOW)
            with CaptureQueriesContext(connection) as asked:
                erasing.take_up(erasure.pk)
            assert len(asked) < 1_500
            assert figures_of(ines) == before
        assert not User.objects.filter(full_name="Ines Carvalho").exists()

    def test_the_history_tells_of_people_on_their_days(self) -> None:
        """And of no command: the triggers stood aside, and watch again."""
        rows = HistoryEntry.objects.filter(organisation__slug="tidewater")
        told = set(rows.values_list("what", "verb"))
        assert told >= {
            ("pairings.program", "added"),
            ("pairings.programstaff", "added"),
            ("pairings.enrolment", "added"),
            ("pairings.pairing", "added"),
            ("pairings.pairing", "changed"),
            ("pairings.pause", "added"),
            ("pairings.phasemove", "changed"),
            ("progress.milestone", "added"),
            ("progress.milestone", "changed"),
            ("accounts.membership", "changed"),
            ("export", "did"),
            ("sign_in", "did"),
        }
        assert set(rows.values_list("through", flat=True)) == {"web"}
        assert not rows.filter(at__gt=NOW).exists()
        assert not rows.exclude(what="progress.milestone").filter(actor_id=None)
        Membership.objects.filter(role="owner").update(is_active=False)
        assert rows.filter(through__startswith="sql ").count() == 1
        assert PlanReading.objects.count() > 10

    def test_one_pair_is_stalled_one_paused_one_ended(self) -> None:
        pairings = Pairing.objects.annotate(last=models.Max("sessions__held_on"))
        long_ago = NOW.date() - timedelta(weeks=5)
        stalled = pairings.get(state="active", last__lt=long_ago)
        assert str(stalled.junior) == "Mai Tran"
        assert str(pairings.get(state="paused").junior) == "Sofia Petrova"
        over = pairings.filter(state="ended", program__state="running")
        ended, given_up = over.order_by("ended_at")
        assert (str(given_up.junior), given_up.last_met_on) == ("Nikhil Rao", None)
        assert str(ended.junior) == "Clara Nguyen"
        assert ended.end_reason
        assert ended.ended_at is not None
        assert ended.ended_at.date() <= ended.ends_on < ended.program.ends_on
        assert GrowthPlan.objects.filter(junior=ended.junior).count() == 1

    def test_who_comes_back_early_has_their_year_earlier(self) -> None:
        pause = Pause.objects.get()
        holidays = Holiday.objects.names(pause.organisation_id)
        moves = moves_of(pause, pause.moved_days - 70, holidays)
        plan = GrowthPlan.objects.get(junior=pause.pairing.junior_id)
        stands = Milestone.objects.open().filter(plan=plan)
        assert len(moves) == stands.count() == 5
        for move in moves:
            assert move.milestone.nominal - move.to_on == timedelta(days=70)

    def test_just_these_pairs_need_somebody(self) -> None:
        found = concerns(Pairing.objects.all(), NOW.date(), limit=30, is_wide=True)
        assert {str(one.pairing.junior): len(one.reasons) for one in found} == {
            "Mai Tran": 2,
            "Callum Reid": 1,
            "Priya Raghunathan": 1,
            "Greta Lund": 1,
        }
        waiting = unpaired_juniors(Enrolment.objects.all(), NOW.date())
        assert [str(one) for one in waiting] == ["Nikhil Rao", "Dara Sokolova"]

    def test_the_framework_is_at_its_second_version_and_plans_at_both(self) -> None:
        versions = FrameworkVersion.objects.order_by("number")
        assert [version.is_draft for version in versions] == [False, False, True]
        first, second, _draft = versions
        assert changes_between(first.content(), second.content()).counts == {
            "added": 1,
            "removed": 1,
            "reworded": 2,
        }
        assert set(GrowthPlan.objects.values_list("version", flat=True)) == {
            first.pk,
            second.pk,
        }
        moves = PlanVersionMove.objects.order_by("moved_by__user__full_name")
        assert [str(move.moved_by) for move in moves] == [
            "Devon Marsh",
            "Priya Raghunathan",
        ]

    def test_assessments_are_signed_but_for_those_that_run(self) -> None:
        of_ines = Assessment.objects.filter(
            plan__junior__membership__user__full_name="Ines Carvalho"
        ).order_by("opened_at")
        needs, midpoint = of_ines
        assert (needs.occasion, midpoint.occasion) == ("needs", "midpoint")
        assert needs.signed_at
        assert midpoint.self_in_at
        assert midpoint.mentor_in_at is None
        assert needs.ratings.count() == 2 * needs.version.competencies.count()
        assert midpoint.ratings.filter(side="mentor").count() == 7
        assert Assessment.objects.filter(signed_at__isnull=False).count() > 15
        assert not Assessment.objects.filter(opened_at__gt=NOW).exists()
        over = F("plan__junior__ends_on")
        assert not Assessment.objects.filter(opened_at__date__gte=over).exists()

    def test_autonomy_stands_at_every_step_and_waits_for_a_word(self) -> None:
        plan = GrowthPlan.objects.with_junior().get(
            junior__membership__user__full_name="Ines Carvalho"
        )
        found = autonomies(plan, NOW.date())
        assert {row.level for row in found.rows} == {1, 2, 3, 4}
        assert found.counts["confirm"] == found.counts["asked"] == 1
        assert found.counts["proposed"] >= 1
        others = AutonomyGrant.objects.exclude(plan=plan).values("plan").distinct()
        assert others.count() >= 15

    def test_evidence_is_tagged_and_some_waits_to_be(self) -> None:
        rows = Evidence.objects.all()
        of_ines = rows.filter(plan__junior__membership__user__full_name="Ines Carvalho")
        assert set(of_ines.values_list("kind", flat=True)) == set(Evidence.Kind)
        assert rows.values("plan").distinct().count() > 10
        assert not rows.filter(tagged_at__gt=NOW).exists()
        assert not rows.exclude(kind="link").filter(session=None).exists()
        of_change = rows.filter(kind__in=["finding", "explanation"])
        assert not of_change.filter(diff_sha256="").exists()
        plan = of_ines[0].plan
        assert suggestions(Tagging(plan), plan.junior.membership)

    def test_plans_stand_at_different_stages(self) -> None:
        past = Milestone.objects.filter(due_on__lt=NOW.date())
        assert past.filter(signed_at__isnull=False).count() > 50
        assert past.filter(signed_at=None).exists()
        assert past.filter(signed_at=None, junior_signed_at__isnull=False).exists()
        assert not Milestone.objects.filter(
            due_on__gt=NOW.date(), signed_at__isnull=False
        ).exists()
        assert set(Goal.objects.values_list("state", flat=True)) == set(Goal.State)
        by_clara = Milestone.objects.filter(
            plan__junior__membership__user__full_name="Clara Nguyen"
        ).exclude(mentor_signed_by=None)
        assert {str(one.mentor_signed_by) for one in by_clara} == {
            *("Stefan Brandt", "Margaret Oyelaran")
        }

    def test_the_pilot_was_completed_by_two_and_left_by_one(self) -> None:
        rows = GrowthPlan.objects.filter(junior__program__state="closed")
        ended = {
            str(plan.junior): completion_of_year(plan, PlanLink.Part, None, NOW.date())
            for plan in rows.with_junior()
        }
        assert {name: year.ending.state for name, year in ended.items()} == {
            "Nadia Karimi": "completed",
            "Grace Whitfield": "completed",
            "Leila Haddad": "left",
        }
        nadia = ended["Nadia Karimi"]
        assert nadia.levels is not None
        assert len(nadia.levels.snapshots) == 3
        assert nadia.figures.catches is not None
        assert nadia.figures.catches.chart
        link = PlanLink.objects.get(token_hash=hash_of(TOKEN))
        assert link.shared_lessons.count() == 4

    def test_check_ins_are_answered_wait_and_are_drafts(self) -> None:
        whose = "plan__junior__membership__user__full_name"
        ines = CheckIn.objects.filter(**{whose: "Ines Carvalho"}).handed()
        assert ines.count() >= 4
        assert ines.filter(answered_at=None).count() == 1
        assert not CheckIn.objects.filter(answered_at__gt=NOW).exists()
        assert CheckIn.objects.values("plan").distinct().count() >= 8
        assert [str(one.plan) for one in CheckIn.objects.drafts()] == ["Devon Marsh"]
        assert ProtectedWeek.objects.count() > 150

    def test_ines_is_in_the_middle_of_her_pass(self) -> None:
        session = ReviewSession.objects.get(
            junior__user__full_name="Ines Carvalho", state="reading"
        )
        assert session.title == "Retry webhook deliveries with backoff"
        revision = session.revisions.get()
        assert (revision.added, revision.removed, revision.file_count) == (54, 7, 3)
        own = session.passes.get(side="junior")
        assert (own.locked_at, own.verdict, own.findings.count()) == (None, "", 6)
        assert own.findings.exclude(suggestion="").exclude(path="").count() == 2
        assert own.findings.filter(line_to=None, turn=None).count() == 1
        assert [one.author for one in session.drafts.all()] == [session.junior]
        assert [one.path for one in session.viewed_files.all()] == [
            "tests/webhooks/test_delivery.py"
        ]
        theirs = session.passes.get(side="mentor")
        assert str(theirs.reviewer) == "Tomasz Wieczorek"
        assert theirs.locked_at is not None
        assert theirs.locked_at.date() == NOW.date() - timedelta(days=2)
        before = ReviewSession.objects.filter(junior=session.junior).exclude(
            pk=session.pk
        )
        latest = before.held().latest("held_on")
        assert latest.title == "Cache the rate table per tenant"
        assert latest.next_on == NOW.date()

    def test_sessions_are_open_in_every_state(self) -> None:
        states = set(ReviewSession.objects.values_list("state", flat=True))
        assert states == {"planned", "reading", "revealed", "closed", "abandoned"}
        locked = Count("passes", filter=Q(passes__locked_at__isnull=False))
        waiting = ReviewSession.objects.filter(state="reading").annotate(locked=locked)
        assert sorted(waiting.values_list("locked", flat=True)) == [0, 0, 1, 2]

    def test_three_people_keep_their_inbox(self) -> None:
        """Unread, read, put off and settled, by what they chose."""
        for name in messages.WISHES:
            member = Membership.objects.get(user__full_name=name)
            mine = Delivery.objects.filter(recipient=member)
            standing = mine.in_inbox(NOW)
            assert standing.filter(read_at=None).count() == 1, name
            assert standing.exclude(read_at=None).exists(), name
            assert mine.settled(member.pk, NOW).exists(), name
            assert Snooze.objects.in_force(NOW).filter(member=member).count() == 1
            assert Preferences.objects.filter(member=member).exists()
            assert KindPreference.objects.filter(member=member).exists()

    def test_a_change_has_two_revisions(self) -> None:
        revision = Revision.objects.get(number=2)
        rows = Placement.objects.filter(revision=revision)
        assert set(rows.values_list("is_outdated", flat=True)) == {True, False}

    def test_a_large_change_is_split_and_a_password_taken_out(self) -> None:
        session = ReviewSession.objects.get(title="Everything the agent did overnight")
        revision = session.revisions.get()
        assert revision.is_large
        assert "‹removed: password in an address›" in revision.data.decode()
        sittings = session.sitting_files.values_list("sitting", flat=True)
        assert set(sittings) == {1, 2}
        assert session.viewed_files.count() > 0
        assert ReviewSession.objects.filter(is_logged=True).count() > 40


def test_the_same_seed_tells_the_same_story() -> None:
    first = build_and_forget(seed=1)
    assert build_and_forget(seed=1) == first
    assert build_and_forget(seed=2) != first


@pytest.mark.parametrize("day", range(7))
def test_any_day_will_do(day: int) -> None:
    now = NOW + timedelta(days=day, hours=14 - 3 * day)
    company.build(seed=day, now=now)
    today = now.date()
    sessions = ReviewSession.objects.all()
    assert not sessions.filter(held_on__gte=today).exists()
    assert not sessions.filter(Q(closed_at__gt=now) | Q(opened_at__gt=now)).exists()
    assert not BlindPass.objects.filter(locked_at__gt=now).exists()
    assert not Finding.objects.filter(created_at__gt=now).exists()
    assert not Milestone.objects.filter(signed_at__gt=now).exists()
    found = concerns(Pairing.objects.all(), today, limit=30, is_wide=True)
    assert len(found) <= 5


def test_the_command_says_how_to_sign_in() -> None:
    out = StringIO()
    start = process_time()
    call_command("demo", stdout=out)
    assert process_time() - start < 20
    rows = out.getvalue().splitlines()[1:]
    assert len(rows) == User.objects.exclude(password="!").count() == 49
    owner = next(row.split() for row in rows if row.split()[0] == "owner")
    assert owner == ["owner", "Victoria", "Lindgren", *owner[-2:]]
    client = Client()
    assert client.login(email=owner[-2], password=owner[-1])
    assert owner[-1] == PASSWORD
    assert EmailAddress.objects.filter(verified=True, primary=True).count() == 49
    assert not User.objects.exclude(email__endswith="@tidewater.example").exists()


def test_a_database_in_use_is_left_alone() -> None:
    make_cast()
    before = Membership.objects.count()
    with pytest.raises(CommandError, match="in this database already"):
        call_command("demo", stdout=StringIO())
    assert Membership.objects.count() == before


@pytest.mark.parametrize("number", ["0", "-3", "many"])
def test_growth_wants_a_number(number: str) -> None:
    with pytest.raises(CommandError, match="is not a number of at least 1"):
        call_command("demo", f"--pairings={number}")


class TestGrowth(TestCase):
    """Forty pairings more, and one over: a program that is not full."""

    said: list[str]
    organisation: Organisation

    @classmethod
    def setUpTestData(cls) -> None:
        cls.said = []
        cls.organisation = company.build(seed=1, now=NOW)
        bulk.grow(cls.organisation, 41, seed=1, now=NOW, say=cls.said.append)

    def test_it_says_how_far_it_is(self) -> None:
        assert self.said == ["41 of 41 pairings, 2,050 sessions"]

    def test_every_plan_has_a_version_of_the_framework(self) -> None:
        assert not GrowthPlan.objects.filter(version=None).exists()

    def test_growth_adds_what_it_promises(self) -> None:
        large = Program.objects.filter(name__startswith="Site ")
        assert [program.pairings.count() for program in large.order_by("pk")] == [
            20,
            20,
            1,
        ]
        pairings = Pairing.objects.filter(program__in=large)
        sessions = ReviewSession.objects.filter(pairing__in=pairings)
        assert sessions.count() == 41 * 50
        findings = Finding.objects.filter(session__in=sessions)
        assert findings.count() == 41 * 300
        assert BlindPass.objects.filter(session__in=sessions).count() == 41 * 100
        assert Revision.objects.filter(session__in=sessions).count() == 41 * 50
        assert Revision.objects.values("blob").distinct().count() == 15 + 2
        assert GrowthPlan.objects.filter(junior__program__in=large).count() == 41

    def test_programs_were_entered_when_they_began(self) -> None:
        """Else nothing of what was before today would ever be counted."""
        for program in Program.objects.filter(name__startswith="Site "):
            assert program.created_at.date() == program.starts_on

    def test_growth_hangs_together(self) -> None:
        connection.check_constraints()
        sessions = ReviewSession.objects.filter(
            pairing__program__name__startswith="Site "
        )
        assert not sessions.exclude(
            mentor=F("pairing__mentor__membership"),
            junior=F("pairing__junior__membership"),
        ).exists()
        passes = BlindPass.objects.filter(session__in=sessions)
        assert (
            not passes.filter(side="junior")
            .exclude(reviewer=F("session__junior"))
            .exists()
        )
        assert (
            not passes.filter(side="mentor")
            .exclude(reviewer=F("session__mentor"))
            .exists()
        )
        findings = Finding.objects.filter(session__in=sessions)
        of_passes = findings.exclude(blind_pass=None)
        assert not of_passes.exclude(
            blind_pass__session=F("session"), author=F("blind_pass__reviewer")
        ).exists()
        echoes = findings.exclude(same_as=None)
        assert echoes.exists()
        assert not echoes.exclude(
            same_as__session=F("session"), same_as__line_from=F("line_from")
        ).exists()
        assert set(sessions.values_list("state", flat=True)) == {
            *("reading", "revealed", "closed")
        }
        unread = findings.filter(session__state="reading")
        assert not unread.filter(blind_pass=None).exists()
        assert not unread.exclude(adjudication="undecided", same_as=None).exists()
        assert not sessions.filter(held_on__gt=NOW.date()).exists()

    def test_growth_keeps_within_the_seats(self) -> None:
        mentors = Enrolment.objects.filter(program__name__startswith="Site ").mentors()
        taken = [mentor.pairings_as_mentor.count() for mentor in mentors]
        assert max(taken) == 3
        assert all(n <= mentor.seats for n, mentor in zip(taken, mentors, strict=True))

    def test_ordinary_writes_go_on_after_growth(self) -> None:
        """The sequences stand behind the ids that were reserved."""
        pairing = Pairing.objects.latest("pk")
        session = ReviewSession.objects.create(
            organisation=self.organisation,
            pairing=pairing,
            mentor=pairing.mentor.membership,
            junior=pairing.junior.membership,
            title="One more",
        )
        assert session.pk > ReviewSession.objects.exclude(pk=session.pk).latest("pk").pk

    def test_it_can_grow_twice(self) -> None:
        bulk.grow(self.organisation, 3, seed=2, now=NOW, say=lambda line: None)
        assert Pairing.objects.count() == 28 + 41 + 3 + 39
        assert Revision.objects.values("blob").distinct().count() == 15 + 2
