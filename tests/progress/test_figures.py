from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from pairings.models import Program
from preceptor.accounts.models import Membership
from progress.actions import publish_figure
from progress.figures import Figures
from progress.models import GrowthPlan, PublishedFigure
from reviews.models import BlindPass, Explanation, Finding, ReviewSession
from tests.cast import Cast

As = Callable[[Membership], Client]
Figure = PublishedFigure.Figure
ALL = list(Figure)
HEADINGS = {
    Figure.CATCHES: 'id="catches"',
    Figure.CATEGORIES: 'id="categories"',
    Figure.REJECTIONS: 'id="rejections"',
    Figure.CALIBRATION: 'id="calibration"',
    Figure.EXPLANATIONS: 'id="explanations"',
    Figure.DRIVERS: 'id="drivers"',
}


def address(plan: GrowthPlan, end: str = "") -> str:
    return f"/o/tidewater/growth/{plan.pk}/figures/{end}"


def hold(plan: GrowthPlan, on: date, *, is_blind: bool = True) -> ReviewSession:
    """A closed session with Tomasz over a change that was not safe; Ines said so."""
    now = timezone.now()
    pairing = plan.junior.pairings_as_junior.get()
    session = ReviewSession.objects.create(
        organisation=plan.organisation,
        pairing=pairing,
        mentor=pairing.mentor.membership,
        junior=plan.junior.membership,
        title="Retry webhook deliveries",
        state=ReviewSession.State.CLOSED,
        revealed_at=now,
        closed_at=now,
        held_on=on,
        tool="agent",
        driver="junior",
        is_blind=is_blind,
        was_safe=False if is_blind else None,
    )
    for side, reviewer in (("junior", session.junior), ("mentor", session.mentor)):
        BlindPass.objects.create(
            organisation=plan.organisation,
            session=session,
            reviewer=reviewer,
            side=side,
            verdict=BlindPass.Verdict.REJECT,
            confidence="0.10",
            locked_at=now,
        )
    return session


def find(
    session: ReviewSession,
    side: str | None,
    *,
    verdict: str = "real",
    same_as: Finding | None = None,
    category: str = "edge_case",
) -> Finding:
    own = session.passes.get(side=side) if side else None
    return Finding.objects.create(
        organisation=session.organisation,
        session=session,
        blind_pass=own,
        author=own.reviewer if own else session.mentor,
        same_as=same_as,
        category=category,
        severity=Finding.Severity.MAJOR,
        title="The timeout is 0",
        adjudication=verdict,
    )


@pytest.fixture
def year(plan: GrowthPlan) -> GrowthPlan:
    """Three real flaws in one session, of which Ines caught one and a half alarm."""
    session = hold(plan, timezone.localdate())
    both = find(session, "mentor")
    find(session, "junior", same_as=both, verdict="undecided")
    missed = find(session, "mentor", category="concurrency")
    find(session, None)
    find(session, "junior", verdict="moot")
    Explanation.objects.create(
        organisation=plan.organisation, finding=missed, mark=Explanation.Mark.SOUND
    )
    return plan


def figures(plan: GrowthPlan, *shown: str) -> Figures:
    return Figures(plan, shown or ALL, timezone.localdate())


def test_the_figures_are_those_of_the_closed_sessions(year: GrowthPlan) -> None:
    found = figures(year)
    assert found.catches is not None
    assert (found.catches.total.hits, found.catches.total.n) == (1, 3)
    assert 'class="dot"' in found.catches.chart
    assert found.categories is not None
    assert [
        (row.name, row.share.hits, row.share.n) for row in found.categories.rows
    ] == [
        ("Edge case", 1, 2),
        ("Concurrency", 0, 1),
    ]
    assert found.rejections is not None
    assert found.rejections.rejected is None
    assert found.rejections.false_alarms is not None
    alarms = found.rejections.false_alarms
    assert (alarms.hits, alarms.n) == (1, 2)
    assert found.calibration is not None
    (band,) = found.calibration.bands
    assert (band.said, band.safe.hits, band.safe.n) == (0.1, 0, 1)
    assert found.calibration.brier is None
    assert found.explanations is not None
    assert found.explanations.shares.total.value == 1
    assert found.drivers is not None
    assert [(row.name, row.share.hits) for row in found.drivers] == [
        ("the junior", 1),
        ("the mentor", 0),
        ("both together", 0),
        ("somebody else", 0),
        ("nobody: an agent on its own", 0),
    ]
    assert found.session_count == 1


def test_a_look_back_has_no_card_of_a_later_session(year: GrowthPlan) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    assert Figures(year, ALL, yesterday).explanations is None


def test_what_was_not_blind_counts_for_who_drove_alone(plan: GrowthPlan) -> None:
    session = hold(plan, timezone.localdate(), is_blind=False)
    find(session, "junior")
    find(session, "mentor")
    found = figures(plan)
    assert (found.catches, found.calibration, found.rejections) == (None, None, None)
    assert found.drivers is not None
    assert found.session_count == 0


def test_open_sessions_and_passes_that_were_never_locked_count_for_nothing(
    year: GrowthPlan,
) -> None:
    session = ReviewSession.objects.get()
    ReviewSession.objects.update(state=ReviewSession.State.REVEALED)
    assert figures(year).catches is None
    ReviewSession.objects.update(state=ReviewSession.State.CLOSED)
    session.passes.filter(side="junior").update(locked_at=None)
    found = figures(year).catches
    assert found is not None
    assert (found.total.hits, found.total.n) == (0, 3)


def test_somebody_elses_sessions_are_never_beside_them(
    year: GrowthPlan, cast: Cast
) -> None:
    ReviewSession.objects.update(junior=cast.devon, pairing=cast.pairing)
    other = GrowthPlan(
        organisation=cast.tidewater,
        junior=cast.devon_enrolled,
        starts_on=year.starts_on,
    )
    other.save()
    assert figures(other).catches is None


def test_a_figure_that_is_not_shown_is_none(year: GrowthPlan) -> None:
    found = figures(year, Figure.DRIVERS)
    assert found.drivers is not None
    assert [
        found.catches,
        found.categories,
        found.rejections,
        found.calibration,
        found.explanations,
    ] == [None] * 5


@pytest.mark.parametrize("person", ["ines", "tomasz"])
def test_figures_shows_the_pair_all_of_them(
    person: str, year: GrowthPlan, cast: Cast, as_: As
) -> None:
    page = as_(getattr(cast, person)).get(address(year)).content.decode()
    assert [mark for mark in HEADINGS.values() if mark not in page] == []
    assert "1 of 3 real flaws, interval 6 % to 79 %" in page
    assert "n = 3 in one session." in page


@pytest.mark.parametrize("figure", ALL)
def test_each_figure_says_what_it_is_made_of(
    figure: str, year: GrowthPlan, cast: Cast, as_: As
) -> None:
    """To who sees it alone, too: its help refers to no other figure."""
    PublishedFigure.objects.create(
        organisation=year.organisation, plan=year, figure=figure
    )
    page = as_(cast.ruth).get(address(year)).content.decode()
    told = page.partition("What this says, and what it does not")[2]
    help_text = told.partition("</details>")[0]
    for words in ("n = ", "closed session", "Wilson 1927, at 95 %"):
        assert words in help_text
    assert "above" not in help_text


@pytest.mark.parametrize("person", ["ruth", "olga", "mark", "otis", "lars"])
@pytest.mark.parametrize("published", [None, *ALL])
def test_figures_shows_others_what_the_junior_published(
    person: str, published: str | None, year: GrowthPlan, cast: Cast, as_: As
) -> None:
    if published:
        publish_figure(plan=year, figure=published)
    client = as_(getattr(cast, person))
    page = client.get(address(year)).content.decode()
    seen = [figure for figure, mark in HEADINGS.items() if mark in page]
    assert seen == ([published] if published else [])
    assert ("Nothing is published" in page) == (published is None)
    plan_page = client.get(f"/o/tidewater/growth/{year.pk}/").content.decode()
    assert ("caught alone" in plan_page) == (published == Figure.CATCHES)


def test_in_an_archived_program_none_is_published_and_any_can_be_withdrawn(
    year: GrowthPlan, cast: Cast, as_: As
) -> None:
    PublishedFigure.objects.create(
        organisation=year.organisation, plan=year, figure=Figure.CATCHES
    )
    Program.objects.filter(pk=cast.program.pk).update(state=Program.State.ARCHIVED)
    ines, sent = as_(cast.ines), {"figure": Figure.CATCHES}
    page = ines.get(address(year)).content.decode()
    assert (page.count(">Publish<"), page.count(">Withdraw<")) == (0, 1)
    assert ines.post(address(year, "publish/"), sent).status_code == 409
    assert ines.post(address(year, "withdraw/"), sent).status_code == 303
    assert not PublishedFigure.objects.exists()


def test_publish_figure_and_withdraw_figure_are_the_juniors(
    year: GrowthPlan, cast: Cast, as_: As
) -> None:
    ines = as_(cast.ines)
    fields = {"figure": "calibration"}
    for _twice in range(2):
        answer = ines.post(address(year, "publish/"), fields)
        assert answer.status_code == 303
        assert answer["Location"] == f"{address(year)}#calibration"
    assert list(year.published_figures.values_list("figure", flat=True)) == [
        "calibration"
    ]
    assert as_(cast.tomasz).post(address(year, "publish/"), fields).status_code == 403
    assert as_(cast.ruth).post(address(year, "withdraw/"), fields).status_code == 403
    assert ines.post(address(year, "withdraw/"), fields).status_code == 303
    assert not year.published_figures.exists()
    unknown = ines.post(address(year, "publish/"), {"figure": "ranking"})
    assert unknown.status_code == 400


def test_figures_teaches_where_nothing_happened_yet(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    page = as_(cast.ines).get(address(plan)).content.decode()
    assert page.count("Nothing to show yet") == 3
    assert "No card was marked yet" in page


@pytest.mark.parametrize("sessions", [1, 3])
def test_figures_asks_as_often_for_one_session_as_for_three(
    sessions: int,
    plan: GrowthPlan,
    cast: Cast,
    as_: As,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for months in range(sessions):
        session = hold(plan, timezone.localdate() - timedelta(days=31 * months))
        find(session, "junior")
        find(session, "mentor", category="concurrency")
    client = as_(cast.ines)
    client.get(address(plan))
    with django_assert_num_queries(8):
        client.get(address(plan))
