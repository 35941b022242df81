"""Cards, threads, lessons out of cards and actions of a revealed session."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from reviews.cards import needs_card, written_by
from reviews.flaws import Flaw
from reviews.models import (
    Action,
    BlindPass,
    Comment,
    Explanation,
    Finding,
    Lesson,
    ReviewSession,
)
from tests.cast import Cast
from tests.reviews.conftest import BASE, CLOSE, FINDING, As, finding_of

HTMX = {"HX-Request": "true"}
JUNIORS = {
    "commit": "Both read first.",
    "evidence": "No lock.",
    "cause": "I trusted the docstring.",
    "test": "Two workers, one slow stub.",
}
MENTORS = {
    "rule": "Check and act need one lock.",
    "done_well": "You ran it.",
    "to_correct": "Ask who else writes.",
}


@pytest.fixture
def race(revealed: ReviewSession, cast: Cast, as_: As) -> Finding:
    """What Tomasz alone saw, called real by both."""
    finding = revealed.findings.get(title="A sleep hides a race")
    as_(cast.ines).post(
        f"{BASE}{revealed.pk}/board/{finding.pk}/adjudicate/",
        {"version": "0", "adjudication": "real"},
    )
    finding.refresh_from_db()
    return finding


def board(finding: Finding) -> str:
    return f"{BASE}{finding.session_id}/board/?finding={finding.pk}"


def card(finding: Finding) -> str:
    return f"{BASE}{finding.session_id}/board/{finding.pk}/card/"


def comments(finding: Finding) -> str:
    return f"{BASE}{finding.session_id}/board/{finding.pk}/comments/"


@pytest.mark.parametrize(
    ("adjudication", "severity", "sides", "needed"),
    [
        ("real", "nit", {"mentor"}, True),
        ("real", "nit", set(), True),
        ("real", "nit", {"junior"}, False),
        ("real", "minor", {"junior", "mentor"}, False),
        ("real", "major", {"junior", "mentor"}, True),
        ("real", "critical", {"junior"}, True),
        ("undecided", "critical", {"mentor"}, False),
        ("moot", "critical", {"mentor"}, False),
    ],
)
def test_a_card_is_for_what_the_junior_missed_and_for_the_grave(
    adjudication: str, severity: str, sides: set[str], needed: bool
) -> None:
    rows = [
        Finding(
            adjudication=adjudication,
            severity=severity,
            blind_pass=BlindPass(side=side),
        )
        for side in sides
    ] or [Finding(adjudication=adjudication, severity=severity)]
    assert needs_card(Flaw(rows[0], rows[1:])) is needed


def test_explain_is_written_by_each_side_for_itself(
    race: Finding, cast: Cast, as_: As
) -> None:
    everything = {**JUNIORS, **MENTORS, "mark": "2", "version": "0"}
    assert as_(cast.ines).post(card(race), everything).status_code == 303
    row = Explanation.objects.get()
    assert (row.commit, row.rule, row.mark) == ("Both read first.", "", None)
    page = as_(cast.tomasz).get(board(race)).content.decode()
    assert "I trusted the docstring." in page
    assert 'name="commit"' not in page
    changed = {**everything, "commit": "Not his to say."}
    assert as_(cast.tomasz).post(card(race), changed).status_code == 303
    row.refresh_from_db()
    assert {name: getattr(row, name) for name in JUNIORS} == JUNIORS
    assert {name: getattr(row, name) for name in MENTORS} == MENTORS
    assert row.get_mark_display() == "sound"
    page = as_(cast.ines).get(board(race)).content.decode()
    assert "Tomasz marked the explanation 2 of 3: <strong>sound</strong>." in page
    assert 'name="rule"' not in page
    assert "explained: sound" in page


def test_the_table_gives_each_field_to_one_side() -> None:
    junior, mentor = written_by("junior"), written_by("mentor")
    assert set(junior) == set(JUNIORS)
    assert set(mentor) == {*MENTORS, "mark"}
    assert written_by(None) == []


def test_explain_keeps_text_as_typed(race: Finding, cast: Cast, as_: As) -> None:
    typed = "  First,\r\n\r\n  <b>then</b> ünïcode 🙂  "
    as_(cast.ines).post(card(race), {"version": "0", "commit": typed})
    assert Explanation.objects.get().commit == typed.replace("\r\n", "\n")
    page = as_(cast.ines).get(board(race)).content.decode()
    assert "  First,\n\n  &lt;b&gt;then&lt;/b&gt; ünïcode 🙂  </textarea>" in page


def test_explain_leaves_alone_what_a_page_does_not_send(
    race: Finding, cast: Cast, as_: As
) -> None:
    as_(cast.ines).post(card(race), {**JUNIORS, "version": "0"})
    as_(cast.ines).post(card(race), {"version": "1", "test": "Three workers."})
    row = Explanation.objects.get()
    assert (row.commit, row.test) == (JUNIORS["commit"], "Three workers.")


def test_explain_from_two_sides_at_once_is_no_conflict(
    race: Finding, cast: Cast, as_: As
) -> None:
    as_(cast.ines).post(card(race), {**JUNIORS, "version": "0"}, headers=HTMX)
    answer = as_(cast.tomasz).post(
        card(race), {**MENTORS, "version": "0"}, headers=HTMX
    )
    assert answer.status_code == 200
    assert 'name="version" value="1"' in answer.content.decode()


def test_explain_of_a_stale_tab_is_refused_with_what_stands(
    race: Finding, cast: Cast, as_: As
) -> None:
    here, there = str(uuid4()), str(uuid4())
    client = as_(cast.ines)
    client.post(card(race), {"version": "0", "tab": here, "commit": "From here"})
    stale = {"version": "0", "tab": there, "commit": "From there"}
    answer = client.post(card(race), stale)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "You wrote on this card elsewhere in between." in page
    assert "“From here”" in page
    assert "From there</textarea>" in page
    fragment = client.post(card(race), stale, headers=HTMX)
    assert fragment.status_code == 422
    assert "“From here”" in fragment.content.decode()
    assert "<html" not in fragment.content.decode()
    assert Explanation.objects.get().commit == "From here"
    over = {**stale, "version": "1"}
    assert client.post(card(race), over).status_code == 303
    assert Explanation.objects.get().commit == "From there"


def test_explain_goes_on_from_the_same_page_after_a_lost_answer(
    race: Finding, cast: Cast, as_: As
) -> None:
    tab = str(uuid4())
    client = as_(cast.ines)
    for text in ("Half", "Half a sentence"):
        words = {"version": "0", "tab": tab, "commit": text}
        assert client.post(card(race), words, headers=HTMX).status_code == 200
    assert Explanation.objects.get().commit == "Half a sentence"


def test_explain_refuses_what_no_text_can_hold(
    race: Finding, cast: Cast, as_: As
) -> None:
    words = {"version": "0", "commit": "a\0b", "evidence": "Kept."}
    answer = as_(cast.ines).post(card(race), words)
    assert answer.status_code == 422
    assert "Kept.</textarea>" in answer.content.decode()
    assert not Explanation.objects.exists()


def test_a_card_goes_along_when_its_finding_joins_another(
    revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    mine, theirs = (finding_of(revealed, one) for one in (cast.ines, cast.tomasz))
    as_(cast.ines).post(card(mine), {"version": "0", "commit": "Mine"})
    as_(cast.ines).post(card(theirs), {"version": "0", "commit": "Other"})
    pair = {"version": "0", "other": str(theirs.pk)}
    as_(cast.ines).post(f"{BASE}{revealed.pk}/board/{mine.pk}/join/", pair)
    row = Explanation.objects.get()
    assert (row.finding, row.commit) == (mine, "Mine\n\nOther")
    late = as_(cast.ines).post(card(theirs), {"version": "0", "commit": "Lost?"})
    assert late.status_code == 409
    assert "joined with another" in late.content.decode()


def test_make_lesson_is_one_click_and_one_lesson(
    race: Finding, cast: Cast, as_: As
) -> None:
    path = f"{BASE}{race.session_id}/board/{race.pk}/lesson/"
    as_(cast.tomasz).post(path)
    assert not Lesson.objects.exists()
    as_(cast.ines).post(card(race), {**JUNIORS, "version": "0"})
    assert "Make the cause a lesson" in as_(cast.ines).get(board(race)).content.decode()
    as_(cast.tomasz).post(card(race), {**MENTORS, "version": "0"})
    assert "Make the rule a lesson" in as_(cast.ines).get(board(race)).content.decode()
    for member in (cast.ines, cast.ines, cast.tomasz):
        assert as_(member).post(path).status_code == 303
    lesson = Lesson.objects.get()
    assert (lesson.text, lesson.finding) == (MENTORS["rule"], race)
    assert (
        "It is among the lessons." in as_(cast.ines).get(board(race)).content.decode()
    )


def test_edit_lesson_is_its_authors_and_loses_no_words(
    race: Finding, cast: Cast, as_: As
) -> None:
    lesson = Lesson.objects.create(
        organisation=cast.tidewater,
        session=race.session,
        author=cast.ines,
        text="One lock",
    )
    path = f"{BASE}{race.session_id}/lessons/{lesson.pk}/"
    assert as_(cast.tomasz).get(path).status_code == 404
    assert "One lock" in as_(cast.ines).get(path).content.decode()
    words = {"was": "One lock", "text": "One lock around both"}
    for _ in range(2):
        assert as_(cast.ines).post(path, words).status_code == 303
    stale = {"was": "One lock", "text": "Another lock"}
    answer = as_(cast.ines).post(path, stale)
    assert answer.status_code == 409
    assert "“One lock around both”" in answer.content.decode()
    assert "Another lock</textarea>" in answer.content.decode()
    assert as_(cast.ines).post(path, {"was": "x", "text": " "}).status_code == 422


def test_add_comment_twice_is_one(race: Finding, cast: Cast, as_: As) -> None:
    key = str(uuid4())
    words = {"key": key, "text": "I *believed* the docstring."}
    answer = as_(cast.ines).post(comments(race), words)
    assert answer["Location"] == f"{board(race)}#talk"
    as_(cast.ines).post(comments(race), words)
    assert Comment.objects.count() == 1
    as_(cast.ines).post(comments(race), {"key": key, "text": "And one more thing."})
    assert Comment.objects.count() == 2
    page = as_(cast.tomasz).get(board(race)).content.decode()
    assert "I <em>believed</em> the docstring." in page
    assert ", 2 replies" in page


def test_add_comment_asks_for_words_and_shows_them_first(
    race: Finding, cast: Cast, as_: As
) -> None:
    empty = as_(cast.ines).post(comments(race), {"key": str(uuid4()), "text": "  "})
    assert empty.status_code == 422
    words = {"key": str(uuid4()), "text": "**Bold** <script>", "preview": "1"}
    for headers in ({}, HTMX):
        answer = as_(cast.ines).post(comments(race), words, headers=headers)
        page = answer.content.decode()
        assert "<strong>Bold</strong> &lt;script&gt;" in page
        assert "**Bold** &lt;script&gt;</textarea>" in page
    assert not Comment.objects.exists()


def test_edit_and_remove_a_comment_are_its_authors(
    race: Finding, cast: Cast, as_: As
) -> None:
    as_(cast.ines).post(comments(race), {"key": str(uuid4()), "text": "Fisrt"})
    comment = Comment.objects.get()
    path = f"{BASE}{race.session_id}/comments/{comment.pk}/"
    assert as_(cast.tomasz).get(path).status_code == 404
    assert as_(cast.tomasz).post(f"{path}remove/").status_code == 404
    assert "Fisrt" in as_(cast.ines).get(path).content.decode()
    as_(cast.ines).post(path, {"version": "0", "text": "First"})
    stale = as_(cast.ines).post(path, {"version": "0", "text": "Frist"})
    assert stale.status_code == 409
    assert "“First”" in stale.content.decode()
    assert "Frist</textarea>" in stale.content.decode()
    page = as_(cast.tomasz).get(board(race)).content.decode()
    assert "<p>First</p>" in page
    assert "· edited" in page
    as_(cast.ines).post(f"{path}remove/")
    comment.refresh_from_db()
    assert comment.text == ""
    page = as_(cast.tomasz).get(board(race)).content.decode()
    assert "<p>First</p>" not in page
    assert "Removed." in page
    assert as_(cast.ines).post(path, {"version": "1", "text": "x"}).status_code == 404


def test_changes_bring_what_the_other_wrote_and_nothing_to_type_in(
    race: Finding, cast: Cast, as_: As
) -> None:
    as_(cast.ines).post(card(race), {**JUNIORS, "version": "0"})
    as_(cast.ines).post(comments(race), {"key": str(uuid4()), "text": "Hello"})
    changes = f"{BASE}{race.session_id}/changes/?page=board&finding={race.pk}&version=0"
    shown = as_(cast.tomasz).get(f"{changes}&card={race.pk}", headers=HTMX)
    page = shown.content.decode()
    assert 'id="step-commit" class="done" hx-swap-oob="true"' in page
    assert "<p>Hello</p>" in page
    assert "<textarea" not in page
    first = as_(cast.tomasz).get(f"{changes}&card=", headers=HTMX).content.decode()
    assert 'id="card" aria-labelledby="apart-h" hx-swap-oob="true"' in first
    assert first.count("<textarea") == len(MENTORS)


def test_remove_a_late_finding_not_with_what_the_other_said(
    revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    late = {**FINDING, "title": "No log at all"}
    as_(cast.ines).post(f"{BASE}{revealed.pk}/board/late/", late)
    finding = revealed.findings.get(title="No log at all")
    as_(cast.tomasz).post(comments(finding), {"key": str(uuid4()), "text": "True!"})
    path = f"{BASE}{revealed.pk}/findings/{finding.pk}/remove/"
    assert as_(cast.ines).post(path).status_code == 409
    assert Comment.objects.get().text == "True!"


def test_actions_have_an_owner_of_the_two_and_a_day(
    race: Finding, cast: Cast, as_: As
) -> None:
    path = f"{BASE}{race.session_id}/actions/"
    due = timezone.localdate() + timedelta(days=3)
    words = {"text": "Add the lock", "owner": cast.ines.pk, "due_on": due.isoformat()}
    for wrong in ({"text": " "}, {"owner": cast.devon.pk}, {"due_on": "soon"}):
        answer = as_(cast.tomasz).post(path, {**words, **wrong})
        assert answer.status_code == 422, wrong
    for _ in range(2):
        assert as_(cast.tomasz).post(path, words).status_code == 303
    action = Action.objects.get()
    assert (action.owner, action.added_by, action.done_at) == (
        cast.ines,
        cast.tomasz,
        None,
    )
    assert "Add the lock" in as_(cast.ines).get(board(race)).content.decode()
    assert as_(cast.ines).post(f"{path}{action.pk}/remove/").status_code == 404
    assert as_(cast.tomasz).post(f"{path}{action.pk}/remove/").status_code == 303
    assert not Action.objects.exists()


def test_mark_action_done_and_undone_as_last_said(
    race: Finding, cast: Cast, as_: As
) -> None:
    action = Action.objects.create(
        organisation=cast.tidewater,
        session=race.session,
        added_by=cast.ines,
        owner=cast.ines,
        text="Add the lock",
        due_on=timezone.localdate(),
    )
    path = f"{BASE}{race.session_id}/actions/{action.pk}/done/"
    for _ in range(2):
        as_(cast.tomasz).post(path)
    action.refresh_from_db()
    assert action.done_at is not None
    answer = as_(cast.ines).post(path, {"undone": "1", "from": "pairing"})
    assert answer["Location"] == f"/o/tidewater/pairings/{cast.pairing.pk}/#actions"
    action.refresh_from_db()
    assert action.done_at is None


@pytest.mark.parametrize("count", [1, 3])
def test_query_counts_of_board_and_closed_page(
    count: int,
    race: Finding,
    cast: Cast,
    as_: As,
    django_assert_num_queries: Any,
) -> None:
    client = as_(cast.ines)
    for number in range(count):
        finding = Finding.objects.create(
            organisation=cast.tidewater,
            session=race.session,
            author=cast.ines,
            category="logic",
            severity="major",
            title=f"Late {number}",
            adjudication="real",
        )
        for one in (finding, race):
            words = {"key": str(uuid4()), "text": f"Reply {number}"}
            client.post(comments(one), words)
        client.post(card(finding), {**JUNIORS, "version": "0"})
        client.post(f"{board(finding).partition('?')[0]}{finding.pk}/lesson/")
    client.get(board(race))
    with django_assert_num_queries(BOARD):
        client.get(board(race))
    page = f"{BASE}{race.session_id}/"
    today = timezone.localdate().isoformat()
    client.post(f"{page}close/", {**CLOSE, "held_on": today, "minutes": "45"})
    client.get(page)
    with django_assert_num_queries(CLOSED):
        client.get(page)


BOARD, CLOSED = 11, 14
