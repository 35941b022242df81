"""Closing: verdict, why something stays unexplained, actions, a word of each."""

from datetime import timedelta

import pytest
from django.utils import timezone

from reviews.cards import unexplained_in
from reviews.flaws import Flaw
from reviews.models import Explanation, Finding, Impression, ReviewSession
from tests.cast import Cast
from tests.reviews.conftest import BASE, CLOSE, As

BECAUSE = "unexplained_because"


def page(session: ReviewSession) -> str:
    return f"{BASE}{session.pk}/"


def ending(**more: object) -> dict[str, object]:
    today = timezone.localdate().isoformat()
    words = {**CLOSE, "held_on": today, "minutes": "45", **more}
    return {name: value for name, value in words.items() if value is not None}


@pytest.fixture
def race(revealed: ReviewSession) -> Finding:
    """A critical flaw that both call real, and that nobody has explained."""
    revealed.findings.filter(title="A sleep hides a race").update(adjudication="real")
    return revealed.findings.get(adjudication="real")


def test_close_asks_for_verdict_minutes_and_a_word(
    revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    empty = {"lesson": "Kept, whatever happens."}
    answer = as_(cast.ines).post(f"{page(revealed)}close/", empty)
    html = answer.content.decode()
    assert answer.status_code == 422
    for words in (
        "Say together whether you would merge it.",
        "One word is enough.",
    ):
        assert html.count(words) == 2
    assert "Kept, whatever happens.</textarea>" in html
    spaced = as_(cast.ines).post(f"{page(revealed)}close/", ending(word="quite long"))
    assert "One word, without a space." in spaced.content.decode()
    revealed.refresh_from_db()
    assert revealed.state == "revealed"


def test_close_keeps_verdict_and_actions(
    revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    due = timezone.localdate() + timedelta(days=7)
    words = ending(
        **{
            "action0-text": "Add the lock",
            "action0-owner": cast.ines.pk,
            "action0-due_on": due.isoformat(),
            "action1-text": "",
            "action1-owner": "",
            "action1-due_on": "",
        }
    )
    for _ in range(2):
        assert as_(cast.tomasz).post(f"{page(revealed)}close/", words).status_code < 400
    revealed.refresh_from_db()
    assert (revealed.state, revealed.verdict) == ("closed", "fix")
    assert revealed.unexplained_because == ""
    action = revealed.actions.get()
    assert (action.text, action.owner, action.due_on) == (
        "Add the lock",
        cast.ines,
        due,
    )
    html = as_(cast.ines).get(page(revealed)).content.decode()
    assert "With changes" in html
    assert "Add the lock" in html


def test_close_shows_what_is_missing_of_an_action_and_adds_rows(
    revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    half = ending(
        **{
            "action0-text": "Add the lock",
            "action0-owner": "",
            "action0-due_on": "",
        }
    )
    answer = as_(cast.ines).post(f"{page(revealed)}close/", half)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Action 1 needs another look." in html
    assert "Say which of you does it." in html
    more = as_(cast.ines).post(f"{page(revealed)}close/", {**half, "more": "1"})
    html = more.content.decode()
    assert more.status_code == 200
    assert 'value="Add the lock"' in html
    assert 'name="action1-text"' in html
    assert 'value="slow"' in html
    revealed.refresh_from_db()
    assert revealed.state == "revealed"


def test_close_names_what_is_unexplained_asks_why_and_allows_it(
    race: Finding, cast: Cast, as_: As
) -> None:
    path = f"{page(race.session)}close/"
    html = as_(cast.ines).get(path).content.decode()
    assert "One grave flaw has no marked explanation" in html
    assert f"board/?finding={race.pk}#card" in html
    Finding.objects.filter(pk=race.pk).update(severity="minor")
    words = {field: getattr(race, field) for field in ("session", "author", "category")}
    Finding.objects.create(
        organisation=cast.tidewater,
        **words,
        severity="major",
        title="The same",
        same_as=race,
    )
    html = as_(cast.ines).get(path).content.decode()
    assert f'{race.title} <span class="meta">major</span>' in html
    answer = as_(cast.ines).post(path, ending(**{BECAUSE: None}))
    assert answer.status_code == 422
    assert "Say why, or let them be explained first." in answer.content.decode()
    assert as_(cast.ines).post(path, ending()).status_code == 303
    html = as_(cast.tomasz).get(page(race.session)).content.decode()
    assert "Some grave flaws stay unexplained: “No time left.”" in html


def test_close_asks_nothing_once_the_mentor_has_marked(
    race: Finding, cast: Cast, as_: As
) -> None:
    Explanation.objects.create(organisation=cast.tidewater, finding=race, mark=0)
    path = f"{page(race.session)}close/"
    assert "no marked explanation" not in as_(cast.ines).get(path).content.decode()
    assert as_(cast.ines).post(path, ending(**{BECAUSE: None})).status_code == 303


def test_close_asks_why_of_what_became_grave_while_the_form_was_filled(
    race: Finding, cast: Cast, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The form is checked before the lock; under it the flaw counts all the same."""
    nothing_yet: list[list[Flaw]] = [[]]
    monkeypatch.setattr(
        "reviews.views.endings.unexplained_in",
        lambda session: nothing_yet.pop() if nothing_yet else unexplained_in(session),
    )
    path = f"{page(race.session)}close/"
    answer = as_(cast.ines).post(path, ending(**{BECAUSE: None}))
    assert answer.status_code == 422
    assert (
        "Say why there is no marked explanation of “A sleep hides a race”."
        in answer.content.decode().replace("&#x27;", "'")
    )
    race.session.refresh_from_db()
    assert race.session.state == "revealed"


def test_each_learns_the_others_word_by_saying_their_own(
    revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    path = f"{page(revealed)}impression/"
    early = as_(cast.tomasz).post(path, {"word": "early"})
    assert early["Location"] == page(revealed)
    as_(cast.ines).post(f"{page(revealed)}close/", ending(word="humbling"))
    mine = as_(cast.ines).get(page(revealed)).content.decode()
    assert "humbling" in mine
    assert "Tomasz has not said a word yet." in mine
    theirs = as_(cast.tomasz).get(page(revealed)).content.decode()
    assert "humbling" not in theirs
    assert "Ines has said a word." in theirs
    wrong = as_(cast.tomasz).post(path, {"word": "two words"})
    assert wrong.status_code == 422
    assert "humbling" not in wrong.content.decode()
    for word in ("proud", "later"):
        as_(cast.tomasz).post(path, {"word": word})
    for member in (cast.ines, cast.tomasz):
        html = as_(member).get(page(revealed)).content.decode()
        assert "<dd>humbling</dd>" in html
        assert "<dd>proud</dd>" in html
    assert Impression.objects.count() == 2


def test_the_closed_page_holds_cards_and_threads_to_be_reread(
    race: Finding, cast: Cast, as_: As
) -> None:
    client = as_(cast.ines)
    board = f"{page(race.session)}board/{race.pk}/"
    client.post(f"{board}card/", {"version": "0", "commit": "Both read *first*."})
    key = "6f1b2c1e-4a4e-4a53-9d0a-0f6f2f6c7f11"
    client.post(f"{board}comments/", {"key": key, "text": "I believed it."})
    client.post(f"{page(race.session)}close/", ending())
    html = as_(cast.tomasz).get(page(race.session)).content.decode()
    assert "Both read <em>first</em>." in html
    assert "I believed it." in html
    assert "<textarea" not in html
    board_now = as_(cast.tomasz).get(f"{page(race.session)}board/").content.decode()
    assert 'id="card-form"' not in board_now
    assert 'id="reply"' not in board_now


def test_what_is_typed_while_the_other_closes_is_kept(
    race: Finding, cast: Cast, as_: As
) -> None:
    as_(cast.tomasz).post(f"{page(race.session)}close/", ending())
    card = f"{page(race.session)}board/{race.pk}/card/"
    as_(cast.ines).post(card, {"version": "0", "commit": "Late, but mine."})
    assert Explanation.objects.get().commit == "Late, but mine."


@pytest.mark.parametrize("name", ["ruth", "lars", "olga"])
def test_the_record_has_the_next_date_and_no_word_of_the_room(
    name: str, race: Finding, cast: Cast, as_: As
) -> None:
    next_on = timezone.localdate() + timedelta(days=7)
    words = ending(next_on=next_on.isoformat(), word="humbling", lesson="One lock.")
    words |= {"action0-text": "Add the lock", "action0-owner": str(cast.ines.pk)}
    words |= {"action0-due_on": next_on.isoformat()}
    assert as_(cast.ines).post(f"{page(race.session)}close/", words).status_code == 303
    html = as_(getattr(cast, name)).get(page(race.session)).content.decode()
    assert f"{next_on.day} {next_on:%B %Y}" in html
    for secret in ("humbling", "One lock.", "Add the lock", "No time", "With changes"):
        assert secret not in html
