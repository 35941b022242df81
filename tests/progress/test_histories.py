"""Whatever moves a milestone, its page tells each step up to the day that stands."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from pairings.actions.pauses import pause, resume
from pairings.actions.reschedule import plan_reschedule, reschedule
from pairings.models import Pairing, Program
from preceptor.accounts import actions
from preceptor.accounts.models import Holiday
from preceptor.accounts.rights import Relation
from preceptor.http import Conflict
from progress.actions import begin_plan, move_milestone
from progress.milestone_pages import milestone_page
from progress.models import GrowthPlan, Milestone
from tests.cast import Cast, make_cast

ONE_DAY = timedelta(days=1)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["close", "reopen", "pause", "stop", "resume", "move", "end"]),
        st.integers(0, 120),
    ),
    min_size=1,
    max_size=12,
)


class TestAnyHistory(TestCase):
    cast: Cast
    plan: GrowthPlan

    @classmethod
    def setUpTestData(cls) -> None:
        cls.cast = make_cast()
        begin_plan(cls.cast.pairing)
        cls.plan = GrowthPlan.objects.get(junior=cls.cast.ines_enrolled)

    @settings(max_examples=40)
    @given(STEPS)
    def test_each_step_begins_where_the_one_before_ended(
        self, steps: list[tuple[str, int]]
    ) -> None:
        first = {one.pk: one.due_on for one in self.plan.milestones.all()}
        for kind, n in steps:
            do: Callable[[int], None] = getattr(self, kind)
            do(n)
        # A shorter year has fewer of them.
        for one in Milestone.objects.filter(pk__in=first).select_related(
            "plan__junior"
        ):
            assert self._told(one, first[one.pk]) == one.due_on, self._rows(one)

    def _told(self, milestone: Milestone, day: date) -> date:
        """Where its page says that it went, from the day on which it stood first."""
        page = milestone_page(
            self.cast.ines, milestone, {Relation.JUNIOR}, timezone.localdate()
        )
        for step in page.moves:
            assert step.was == day, self._rows(milestone)
            day = step.then
        return day

    def _rows(self, milestone: Milestone) -> list[tuple[object, ...]]:
        return list(milestone.moves.values_list("kind", "from_on", "to_on", "reason"))

    def close(self, n: int) -> None:
        """Makes a holiday of a day on which something is due."""
        days = list(self.plan.milestones.values_list("due_on", flat=True))
        day = max(days[n % len(days)], timezone.localdate())
        if not Holiday.objects.filter(day=day).exists():
            actions.add_holidays(
                actor=self.cast.olga, days=[day], name="Feast", now=timezone.now()
            )

    def reopen(self, n: int) -> None:
        rows = list(Holiday.objects.order_by("day"))
        if rows:
            actions.remove_holiday(
                actor=self.cast.olga, holiday=rows[n % len(rows)], now=timezone.now()
            )

    def pause(self, n: int) -> None:
        self._pause(timezone.localdate() + (n + 1) * ONE_DAY)

    def stop(self, _n: int) -> None:
        self._pause(None)

    def _pause(self, back_on: date | None) -> None:
        pairing = Pairing.objects.with_people().get(pk=self.cast.pairing.pk)
        if pairing.state == Pairing.State.ACTIVE:
            pause(
                actor=self.cast.ruth,
                pairing=pairing,
                back_on=back_on,
                reason="",
                now=timezone.now(),
            )

    def resume(self, n: int) -> None:
        pairing = Pairing.objects.with_people().get(pk=self.cast.pairing.pk)
        if pairing.state == Pairing.State.PAUSED:
            resume(pairing=pairing, on=timezone.localdate() + n * ONE_DAY)

    def move(self, n: int) -> None:
        rows = list(self.plan.milestones.select_related("plan__junior"))
        move_milestone(
            actor=self.cast.ruth,
            milestone=rows[n % len(rows)],
            due_on=timezone.localdate() + n * ONE_DAY,
            reason="The room",
            now=timezone.now(),
        )

    def end(self, n: int) -> None:
        """Gives the program another end, if that can be."""
        program = Program.objects.get(pk=self.cast.program.pk)
        days: dict[str, Any] = {
            "starts_on": program.starts_on,
            "ends_on": program.ends_on + (n - 60) * ONE_DAY,
            "template": program.template,
            "today": timezone.localdate(),
        }
        try:
            seen = plan_reschedule(program, **days).fingerprint
            reschedule(actor=self.cast.ruth, program=program, fingerprint=seen, **days)
        except (Conflict, ValidationError):
            return
