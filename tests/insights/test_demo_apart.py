"""The demonstration shows flaws taken apart, and sessions closed as pairs do."""

from collections import Counter
from datetime import UTC, datetime

from django.test import TestCase

from preceptor.insights.demo import company
from preceptor.insights.demo.apart import JUNIORS, TALKS
from reviews.cards import unexplained_in
from reviews.flaws import flaws_of
from reviews.models import (
    Action,
    Comment,
    Explanation,
    Finding,
    Lesson,
    ReviewSession,
)

NOW = datetime(2026, 11, 19, 9, 40, tzinfo=UTC)


class Apart(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        company.build(seed=1, now=NOW)

    def test_each_talk_is_about_a_flaw_that_was_found(self) -> None:
        found = set(Finding.objects.values_list("title", flat=True))
        assert set(TALKS) <= found
        assert all(set(JUNIORS) <= set(talk) for talk in TALKS.values())

    def test_cards_are_whole_in_the_past_and_half_written_today(self) -> None:
        closed = Explanation.objects.filter(finding__session__state="closed")
        assert closed.count() > 50
        assert not closed.filter(mark=None).exists()
        assert not closed.filter(rule="").exists()
        assert Lesson.objects.filter(finding__isnull=False).exists()
        now = Explanation.objects.filter(finding__session__state="revealed")
        assert now.filter(mark=None, rule="").exclude(commit="").exists()
        assert now.exclude(mark=None).exists()
        assert not Comment.objects.filter(created_at__gt=NOW).exists()

    def test_what_is_taken_apart_today_was_seen_by_one_by_both_and_by_neither(
        self,
    ) -> None:
        session = ReviewSession.objects.get(state="revealed")
        flaws = flaws_of(session.findings.on_board())
        real = Counter(str(flaw.seen_by) for flaw in flaws if flaw.is_real)
        assert real["both"] >= 1
        assert real["junior"] >= 1
        assert real["mentor"] >= 2
        assert real["neither"] == 1
        assert any(flaw.is_moot for flaw in flaws)
        half = Explanation.objects.get(finding__session=session, mark=None, rule="")
        voices = set(half.finding.comments.values_list("author", flat=True))
        assert voices == {session.junior_id, session.mentor_id}
        assert half.finding in [flaw.finding for flaw in unexplained_in(session)]

    def test_sessions_closed_with_verdict_and_reason(self) -> None:
        rows = ReviewSession.objects.filter(state="closed", is_logged=False)
        assert not rows.filter(verdict="").exists()
        for session in rows.order_by("pk")[:40]:
            is_open = bool(unexplained_in(session))
            assert is_open is bool(session.unexplained_because), session
        assert rows.filter(unexplained_because="").exists()

    def test_actions_are_done_in_time_or_still_ahead(self) -> None:
        assert Action.objects.open().exists()
        assert not Action.objects.open().filter(due_on__lt=NOW.date()).exists()
        assert not Action.objects.filter(done_at__gt=NOW).exists()
