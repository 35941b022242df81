from functools import partial

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from reviews.flaws import SeenBy, flaws_of, joined_verdict
from reviews.models import DrawnFile, Finding, ReviewSession
from tests.cast import Cast
from tests.reviews.conftest import BASE, CLOSE, FINDING, As, finding_of

HTMX = {"HX-Request": "true"}
REAL = Finding.Adjudication.REAL


def seen(session: ReviewSession) -> dict[str, str]:
    rows = session.findings.select_related("blind_pass")
    return {flaw.finding.title: flaw.seen_by for flaw in flaws_of(rows)}


def test_board_shows_both_passes_to_both(
    revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    for member in (cast.ines, cast.tomasz):
        page = as_(member).get(f"{BASE}{revealed.pk}/board/").content.decode()
        assert page.count("<h3><a href") == 3
        assert page.count(">The timeout is 0</a>") == 4
        assert ">A sleep hides a race</a>" in page
        assert page.count('<td class="num">25 %</td>') == 2
        assert '<mark><span class="ln">2</span>' in page


def test_board_quotes_the_same_lines_drawn_or_not(
    revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    def quoted() -> str:
        page = as_(cast.ines).get(f"{BASE}{revealed.pk}/board/").content.decode()
        link, lines = (
            page.partition("/read/#f1-n")[2],
            page.partition('<pre class="snippet"')[2],
        )
        return link.partition("<")[0] + lines.partition("</pre>")[0]

    DrawnFile.objects.all().delete()
    parsed = quoted()
    assert '2">delivery.py:2' in parsed
    assert '<mark><span class="ln">2</span>' in parsed
    as_(cast.ines).get(f"{BASE}{revealed.pk}/read/")
    assert DrawnFile.objects.exclude(body=None).count() == 1
    assert quoted() == parsed


def test_join_proposes_what_points_at_the_same_lines(
    revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    mine, theirs = (finding_of(revealed, one) for one in (cast.ines, cast.tomasz))
    board = f"{BASE}{revealed.pk}/board/"
    page = as_(cast.ines).get(f"{board}?finding={mine.pk}").content.decode()
    assert "Is this one flaw or two?" in page
    assert "The same lines and the same category." in page
    words = {"version": "0", "other": str(theirs.pk)}
    answer = as_(cast.ines).post(f"{board}{mine.pk}/join/", words)
    assert answer["Location"] == f"{board}?finding={mine.pk}#detail"
    assert seen(revealed) == {
        "The timeout is 0": SeenBy.BOTH,
        "A sleep hides a race": SeenBy.MENTOR,
    }
    page = as_(cast.tomasz).get(f"{board}?show=both").content.decode()
    assert page.count('class="finding both"') == 1
    split = {"version": "1", "other": str(theirs.pk)}
    as_(cast.tomasz).post(f"{board}{mine.pk}/split/", split)
    sides = [flaw.seen_by for flaw in flaws_of(revealed.findings.all())]
    assert sorted(sides) == [SeenBy.JUNIOR, SeenBy.MENTOR, SeenBy.MENTOR]
    assert revealed.findings.filter(same_as=None).count() == 3


def test_adjudicate_holds_for_all_that_are_the_same(
    revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    mine, theirs = (finding_of(revealed, one) for one in (cast.ines, cast.tomasz))
    path = f"{BASE}{revealed.pk}/board/{mine.pk}/"
    as_(cast.ines).post(f"{path}join/", {"version": "0", "other": str(theirs.pk)})
    as_(cast.ines).post(f"{path}adjudicate/", {"version": "1", "adjudication": REAL})
    assert revealed.findings.real().count() == 2
    mine.refresh_from_db()
    assert mine.adjudicated_by == cast.ines
    page = as_(cast.tomasz).get(f"{BASE}{revealed.pk}/board/").content.decode()
    assert "Ines saw 1 and Tomasz saw 1 of 1 real flaw; both saw 1" in page


def test_board_says_shares_with_n_and_interval_or_not_at_all(
    revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    board = f"{BASE}{revealed.pk}/board/"
    empty = as_(cast.tomasz).get(board).content.decode()
    assert " alone: " not in empty
    assert "that takes at least five real flaws" in empty
    mine, theirs = (finding_of(revealed, one) for one in (cast.ines, cast.tomasz))
    for finding, verdict in ((mine, "real"), (theirs, "moot")):
        path = f"{board}{finding.pk}/adjudicate/"
        as_(cast.ines).post(path, {"version": "0", "adjudication": verdict})
    page = as_(cast.tomasz).get(board).content.decode()
    assert "Ines caught 100 % alone: 1 of 1 real flaws of the two passes" in page
    assert "(95 % interval 21 % to 100 %)" in page
    assert "0 of 1 decided findings of Ines, 1 of 1 decided findings of" in page
    ReviewSession.objects.update(is_blind=False, released_by=cast.ruth)
    page = as_(cast.tomasz).get(board).content.decode()
    assert " alone: " not in page
    assert "Not read blind: no number can be given" in page


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ((2, 2, 3), "At least 7; about 2 more that neither saw, perhaps 0 to 9."),
        ((1, 5, 1), "At least 7; most likely none that neither saw, perhaps up to 2."),
        ((4, 0, 3), "no real flaw was seen by both"),
        ((1, 1, 2), "that takes at least five real flaws"),
        ((0, 3, 2), "One of you saw all that the other saw"),
    ],
)
def test_board_estimates_what_neither_saw(
    counts: tuple[int, int, int],
    words: str,
    revealed: ReviewSession,
    cast: Cast,
    as_: As,
) -> None:
    """Flaws that only Ines, both, and only Tomasz saw; a late one counts nowhere."""
    revealed.findings.all().delete()
    passes = {one.side: one for one in revealed.passes.all()}

    def found(side: str | None, same_as: Finding | None = None) -> Finding:
        return Finding.objects.create(
            organisation=cast.tidewater,
            session=revealed,
            blind_pass=passes[side] if side else None,
            author=cast.tomasz if side == "mentor" else cast.ines,
            same_as=same_as,
            category="logic",
            severity="minor",
            title="A flaw",
            adjudication=REAL,
        )

    only_junior, both, only_mentor = counts
    for side, number in (("junior", only_junior), ("mentor", only_mentor)):
        for _ in range(number):
            found(side)
    for _ in range(both):
        found("mentor", found("junior"))
    found(None)
    page = as_(cast.ines).get(f"{BASE}{revealed.pk}/board/").content.decode()
    assert words in page
    assert "Seen only now, 1" in page


def test_join_of_a_stale_page_is_told_of_the_joining(
    revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    mine, theirs = (finding_of(revealed, one) for one in (cast.ines, cast.tomasz))
    Finding.objects.filter(pk=theirs.pk).update(title="It waits for ever")
    path = f"{BASE}{revealed.pk}/board/{mine.pk}/"
    pair = {"version": "0", "other": str(theirs.pk)}
    as_(cast.tomasz).post(f"{path}join/", pair)
    answer = as_(cast.ines).post(f"{path}join/", pair)
    assert answer.status_code == 409
    assert "It is joined with “It waits for ever”." in answer.content.decode()


def test_adjudicate_of_a_stale_page_is_refused_with_what_changed(
    revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    mine = finding_of(revealed, cast.ines)
    path = f"{BASE}{revealed.pk}/board/{mine.pk}/adjudicate/"
    as_(cast.tomasz).post(path, {"version": "0", "adjudication": "moot"})
    stale = {"version": "0", "adjudication": REAL}
    answer = as_(cast.ines).post(path, stale)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "In between, Tomasz Wieczorek called it no flaw." in page
    assert "You chose “A real flaw”" in page
    mine.refresh_from_db()
    assert mine.adjudication == "moot"
    fragment = as_(cast.ines).post(path, stale, headers=HTMX).content.decode()
    assert "You chose “A real flaw”" in fragment
    assert "<html" not in fragment


def test_changes_bring_the_other_browser_up_to_date(
    revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    mine = finding_of(revealed, cast.ines)
    changes = f"{BASE}{revealed.pk}/changes/?page=board&version={revealed.version}"
    assert as_(cast.tomasz).get(changes, headers=HTMX).status_code == 204
    path = f"{BASE}{revealed.pk}/board/{mine.pk}/adjudicate/"
    as_(cast.ines).post(path, {"version": "0", "adjudication": REAL})
    answer = as_(cast.tomasz).get(changes, headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Ines saw 1 and Tomasz saw 0 of 1 real flaw" in page
    assert "<textarea" not in page


def test_a_poll_in_vain_asks_one_query_and_tells_nobody_else(
    revealed: ReviewSession,
    cast: Cast,
    as_: As,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    path = f"{BASE}{revealed.pk}/changes/?page=board&version={revealed.version}"
    poll = partial(as_(cast.tomasz).get, path, headers=HTMX)
    poll()
    with django_assert_num_queries(1):
        assert poll().status_code == 204
    others = {cast.ruth: 403, cast.anjali: 404, cast.otto: 404}
    found = {one: as_(one).get(path, headers=HTMX).status_code for one in others}
    assert found == others


def test_add_late_counts_as_seen_by_neither(
    revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    path = f"{BASE}{revealed.pk}/board/late/"
    assert as_(cast.ines).get(path).status_code == 200
    late = {**FINDING, "title": "No log at all"}
    assert as_(cast.ines).post(path, {**late, "title": ""}).status_code == 422
    for _ in range(2):
        assert as_(cast.ines).post(path, late).status_code == 303
    assert seen(revealed)["No log at all"] == SeenBy.NEITHER
    finding = revealed.findings.get(title="No log at all")
    assert finding.blind_pass is None
    adjudicate = f"{BASE}{revealed.pk}/board/{finding.pk}/adjudicate/"
    as_(cast.ines).post(adjudicate, {"version": "0", "adjudication": REAL})
    page = as_(cast.ines).get(f"{BASE}{revealed.pk}/board/").content.decode()
    assert "Seen only now, 1" in page
    assert "appears with the first flaw that you call real" in page


def test_lessons_are_added_once_and_removed_by_their_author(
    revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    path = f"{BASE}{revealed.pk}/lessons/"
    for _ in range(2):
        as_(cast.ines).post(path, {"text": "Timeouts are arguments."})
    lesson = revealed.lessons.get()
    assert as_(cast.ines).post(path, {"text": " "}).status_code == 422
    remove = f"{path}{lesson.pk}/remove/"
    assert as_(cast.tomasz).post(remove).status_code == 404
    assert as_(cast.ines).post(remove).status_code == 303
    assert not revealed.lessons.exists()


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ("real", "real", "real"),
        ("real", "undecided", "real"),
        ("undecided", "moot", "moot"),
        ("real", "moot", "undecided"),
        ("undecided", "undecided", "undecided"),
    ],
)
def test_joined_verdict(one: str, other: str, both: str) -> None:
    assert joined_verdict(one, other) == both


def test_close_keeps_a_page_worth_rereading(
    revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    client, page = as_(cast.ines), f"{BASE}{revealed.pk}/"
    today = timezone.localdate().isoformat()
    assert client.post(f"{page}close/", {"held_on": today}).status_code == 422
    words = {**CLOSE, "held_on": today, "minutes": "55"}
    words |= {"lesson": "Read the timeout."}
    for _ in range(2):
        answer = client.post(f"{page}close/", words)
        assert answer["Location"] == page
    revealed.refresh_from_db()
    assert (revealed.state, revealed.minutes) == ("closed", 55)
    html = as_(cast.tomasz).get(page).content.decode()
    for expected in ("Read the timeout.", "never</strong> connects", "55 minutes"):
        assert expected in html
    mine = finding_of(revealed, cast.ines)
    late = client.post(
        f"{page}board/{mine.pk}/adjudicate/", {"version": "0", "adjudication": REAL}
    )
    assert late.status_code == 409


def test_close_refuses_days_that_cannot_be(
    revealed: ReviewSession, cast: Cast, as_: As
) -> None:
    words = {"held_on": "2100-01-01", "minutes": "55", "lesson": "Kept."}
    answer = as_(cast.ines).post(f"{BASE}{revealed.pk}/close/", words)
    assert answer.status_code == 422
    assert "The day lies ahead" in answer.content.decode()
    assert "Kept." in answer.content.decode()
