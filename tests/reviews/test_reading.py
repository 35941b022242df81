import re
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.utils import timezone

from preceptor.http import Conflict
from reviews import actions
from reviews.models import Finding, ReviewSession
from tests.cast import Cast
from tests.reviews.conftest import BASE, FINDING, VERDICT, As, open_as, pass_by
from tests.samples import diff_sample

HTMX = {"HX-Request": "true"}


def chosen(page: str, name: str) -> list[str]:
    """The values of the radios of a name that are checked."""
    radios = re.findall(rf'<input type="radio" name="{name}"[^>]*>', page)
    values = (re.search('value="([^"]*)"', one) for one in radios if "checked" in one)
    return [value[1] for value in values if value]


def test_read_shows_change_form_and_own_findings(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    client, page = as_(cast.ines), f"{BASE}{reading.pk}/"
    answer = client.post(f"{page}findings/new/", FINDING)
    assert answer["Location"] == f"{page}read/#f1-n5"
    html = client.get(f"{page}read/").content.decode()
    assert html.count("1. The timeout is 0") == 2
    assert "delivery.py:4–5" in html
    assert "id=f1-n2>" in html


def test_add_finding_form_takes_lines_from_the_address(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    path = f"{BASE}{reading.pk}/findings/new/"
    query = "?path=src/delivery.py&side=old&from=3&to=3"
    page = as_(cast.ines).get(path + query).content.decode()
    assert "<html" in page
    assert 'name="line_from" value="3"' in page
    assert '<option value="old" selected>' in page
    fragment = as_(cast.ines).get(path + query, headers=HTMX).content.decode()
    assert "<html" not in fragment
    assert 'type="hidden" name="path" value="src/delivery.py"' in fragment


def test_add_finding_by_htmx_gives_note_and_list(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    path = f"{BASE}{reading.pk}/findings/new/"
    answer = as_(cast.ines).post(path, FINDING, headers=HTMX).content.decode()
    assert 'data-added data-place="f1-n5" data-number="1"' in answer
    assert 'id="own"' in answer
    assert "You found 1 flaw." in answer
    refused = as_(cast.ines).post(path, {**FINDING, "title": ""}, headers=HTMX)
    assert refused.status_code == 422
    assert refused.content.decode().strip().startswith("<form")
    assert "It **never** connects." in refused.content.decode()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"title": ""}, "This field is required."),
        ({"path": "", "line_from": "1"}, "Lines need their file."),
        ({"path": "other.py"}, "other.py is not one of the available choices."),
        ({"line_from": "9", "line_to": "2"}, "The last line comes before the first."),
        ({"line_from": "0", "line_to": ""}, "Lines are counted from 1."),
        ({"category": "vibes"}, "vibes is not one of the available choices."),
    ],
)
def test_add_finding_says_what_is_wrong_and_keeps_the_rest(
    fields: dict[str, str], words: str, reading: ReviewSession, cast: Cast, as_: As
) -> None:
    path = f"{BASE}{reading.pk}/findings/new/"
    answer = as_(cast.ines).post(path, {**FINDING, **fields})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "It **never** connects." in answer.content.decode()
    assert not Finding.objects.exists()


def test_add_finding_twice_is_one(reading: ReviewSession, cast: Cast, as_: As) -> None:
    for _ in range(2):
        as_(cast.ines).post(f"{BASE}{reading.pk}/findings/new/", FINDING)
    assert reading.findings.count() == 1


def test_edit_finding_from_two_tabs_keeps_the_words_of_the_slower(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    client = as_(cast.ines)
    client.post(f"{BASE}{reading.pk}/findings/new/", FINDING)
    finding = reading.findings.get()
    path = f"{BASE}{reading.pk}/findings/{finding.pk}/"
    assert 'name="version" value="0"' in client.get(path).content.decode()
    first = client.post(path, {**FINDING, "title": "First", "version": "0"})
    second = client.post(path, {**FINDING, "title": "Second", "version": "0"})
    assert (first.status_code, second.status_code) == (303, 409)
    assert 'value="Second"' in second.content.decode()
    assert "“First”" in second.content.decode()
    finding.refresh_from_db()
    assert finding.title == "First"


def test_edit_finding_refused_once_is_saved_on_the_second_try(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    client, page = as_(cast.ines), f"{BASE}{reading.pk}/"
    client.post(f"{page}findings/new/", FINDING)
    path = f"{page}findings/{Finding.objects.get().pk}/"
    client.post(path, {**FINDING, "title": "First", "version": "0"})
    refused = client.post(path, {**FINDING, "title": "Second", "version": "0"})
    assert refused.status_code == 409
    assert 'name="version" value="1"' in refused.content.decode()
    saved = client.post(path, {**FINDING, "title": "Second", "version": "1"})
    assert saved.status_code == 303
    assert Finding.objects.get().title == "Second"


def test_edit_finding_opens_no_form_after_the_lock(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    client, page = as_(cast.ines), f"{BASE}{reading.pk}/"
    client.post(f"{page}findings/new/", FINDING)
    client.post(f"{page}lock/", VERDICT)
    for path in (f"{page}findings/new/", f"{page}findings/{Finding.objects.get().pk}/"):
        answer = client.get(path)
        assert (answer.status_code, answer["Location"]) == (303, page)


def test_changes_leave_the_page_in_place_where_the_other_abandons(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    page = f"{BASE}{reading.pk}/"
    as_(cast.tomasz).post(f"{page}abandon/")
    polled = as_(cast.ines).get(f"{page}changes/?page=read&version=0", headers=HTMX)
    assert "HX-Redirect" not in polled.headers
    assert "The session is abandoned now." in polled.content.decode()
    form = as_(cast.ines).get(f"{page}findings/new/")
    assert (form.status_code, form["Location"]) == (303, page)


def test_remove_finding_is_for_its_author(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    as_(cast.ines).post(f"{BASE}{reading.pk}/findings/new/", FINDING)
    path = f"{BASE}{reading.pk}/findings/{reading.findings.get().pk}/remove/"
    assert as_(cast.tomasz).post(path).status_code == 404
    assert reading.findings.count() == 1
    assert as_(cast.ines).post(path).status_code == 303
    assert reading.findings.count() == 0


def test_draft_keeps_half_an_answer(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    client, path = as_(cast.ines), f"{BASE}{reading.pk}/draft/"
    answer = client.post(path, {"confidence": "75"}, headers=HTMX)
    assert re.fullmatch(r"Saved \d\d:\d\d", answer.content.decode())
    own = pass_by(reading, cast.ines)
    assert (own.verdict, own.confidence) == ("", Decimal("0.75"))
    page = client.get(f"{BASE}{reading.pk}/read/").content.decode()
    assert chosen(page, "confidence") == ["75"]


def test_any_whole_per_cent_is_an_answer(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    client, path = as_(cast.ines), f"{BASE}{reading.pk}/draft/"

    def kept(**sent: str) -> str:
        client.post(path, sent)
        return str(pass_by(reading, cast.ines).confidence)

    assert kept(exactly="37") == "0.37"
    page = client.get(f"{BASE}{reading.pk}/read/").content.decode()
    assert 'name="exactly" value="37"' in page
    assert chosen(page, "confidence") == []
    # As sent without script: what stood there stays in its field.
    assert kept(confidence="50", exactly="37") == "0.50"
    assert kept(confidence="50", exactly="38") == "0.38"
    assert kept(confidence="", exactly="0") == "0.00"
    both = client.post(path, {"confidence": "75", "exactly": "38"})
    assert (both.status_code, kept()) == (422, "0.00")
    assert "Choose a step or type a number, not both." in both.content.decode()
    for wrong in ("101", "-1", "3.5", "half"):
        told = client.post(path, {"exactly": wrong}, headers=HTMX)
        assert (told.status_code, kept()) == (422, "0.00")
        assert told.content.decode().startswith("Not saved: ")
    client.post(f"{BASE}{reading.pk}/lock/", {"verdict": "fix", "exactly": "99"})
    assert pass_by(reading, cast.ines).confidence == Decimal("0.99")


def test_lock_says_what_is_missing_beside_it(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    answer = as_(cast.ines).post(f"{BASE}{reading.pk}/lock/", {"verdict": "fix"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Say how likely it is safe." in page
    assert "Say whether you would merge it." not in page
    assert chosen(page, "verdict") == ["fix"]
    assert not pass_by(reading, cast.ines).is_locked


def test_lock_without_findings_is_final(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    client, page = as_(cast.ines), f"{BASE}{reading.pk}/"
    assert client.post(f"{page}lock/", VERDICT).status_code == 303
    again = client.post(f"{page}lock/", {"verdict": "accept", "confidence": "100"})
    assert again.status_code == 303
    own = pass_by(reading, cast.ines)
    assert (own.verdict, own.confidence) == ("reject", Decimal("0.25"))
    assert client.post(f"{page}findings/new/", FINDING).status_code == 409
    assert client.post(f"{page}draft/", {"verdict": "fix"}).status_code == 409
    late = client.post(f"{page}findings/new/", FINDING, headers=HTMX)
    assert late.status_code == 409
    assert "It **never** connects." in late.content.decode()
    told = client.post(f"{page}draft/", {"verdict": "fix"}, headers=HTMX)
    assert told["HX-Redirect"] == page
    assert not Finding.objects.exists()
    assert "You found nothing" in client.get(f"{page}read/").content.decode()


def test_edit_after_the_lock_is_refused(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    client, page = as_(cast.ines), f"{BASE}{reading.pk}/"
    client.post(f"{page}findings/new/", FINDING)
    client.post(f"{page}lock/", VERDICT)
    path = f"{page}findings/{reading.findings.get().pk}/"
    edited = client.post(path, {**FINDING, "title": "Later", "version": "0"})
    assert edited.status_code == 409
    assert client.post(f"{path}remove/").status_code == 409
    assert reading.findings.get().title == FINDING["title"]


def test_reveal_needs_both_locks_and_happens_once(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    page = f"{BASE}{reading.pk}/"
    as_(cast.ines).post(f"{page}lock/", VERDICT)
    assert as_(cast.ines).post(f"{page}reveal/").status_code == 409
    assert not ReviewSession.objects.filter(revealed_at__isnull=False).exists()
    as_(cast.tomasz).post(f"{page}lock/", VERDICT)
    answers = [as_(one).post(f"{page}reveal/") for one in (cast.tomasz, cast.ines)]
    assert [answer["Location"] for answer in answers] == [f"{page}board/"] * 2
    reading.refresh_from_db()
    first = reading.revealed_at
    assert first is not None
    actions.reveal(session=reading, now=timezone.now() + timedelta(hours=1))
    reading.refresh_from_db()
    assert reading.revealed_at == first


def test_changes_follow_the_lock_and_the_reveal(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    page = f"{BASE}{reading.pk}/"
    client = as_(cast.ines)
    before = f"{page}changes/?page=read&version=0"
    as_(cast.tomasz).post(f"{page}findings/new/", FINDING)
    as_(cast.tomasz).post(f"{page}draft/", VERDICT)
    assert client.get(before, headers=HTMX).status_code == 204
    as_(cast.tomasz).post(f"{page}lock/", VERDICT)
    told = client.get(before, headers=HTMX)
    assert told.status_code == 200
    assert "Tomasz has locked" in told.content.decode()
    client.post(f"{page}lock/", VERDICT)
    as_(cast.tomasz).post(f"{page}reveal/")
    followed = client.get(before, headers=HTMX)
    assert followed["HX-Redirect"] == f"{page}board/"


def test_reveal_of_an_abandoned_session_is_refused(
    reading: ReviewSession, cast: Cast
) -> None:
    actions.abandon(session=reading, now=timezone.now())
    with pytest.raises(Conflict):
        actions.reveal(session=reading, now=timezone.now())


def test_files_that_wait_come_in_one_request(cast: Cast, as_: As) -> None:
    text = diff_sample("09-big-go.diff").decode()
    session = open_as(cast.ines, as_, cast, diff=text)
    client, read = as_(cast.ines), f"{BASE}{session.pk}/read/"
    page = client.get(read).content.decode()
    asked = re.findall(r'hx-get="([^"]*)" hx-trigger="load"', page)
    assert asked == [f"{BASE}{session.pk}/files/?from=3&amp;to=20"]
    assert re.findall(r'<section class="file[^"]*" id="f(\d+)"', page) == [
        str(number) for number in range(1, 21)
    ]
    assert page.count('<table class="diff"') == 2
    path = unescape(asked[0])
    assert "<html" in client.get(path).content.decode()
    fragment = client.get(path, headers=HTMX).content.decode()
    assert "<html" not in fragment
    assert re.findall(r'<section class="file[^"]*" id="f(\d+)"', fragment) == [
        str(number) for number in range(3, 21)
    ]
    assert page.count('<table class="diff"') + fragment.count("<table") == 20


def test_read_without_script_draws_the_file_that_was_asked_for(
    cast: Cast, as_: As
) -> None:
    text = diff_sample("09-big-go.diff").decode()
    session = open_as(cast.ines, as_, cast, diff=text)
    client, read = as_(cast.ines), f"{BASE}{session.pk}/read/"
    assert 'href="?from=20#f20"' in client.get(read).content.decode()
    page = client.get(f"{read}?from=20").content.decode()
    assert re.findall('<table class="diff"|files/[^"]*" hx', page) == [
        'files/?from=1&amp;to=19" hx',
        '<table class="diff"',
    ]
    strange = client.get(f"{read}?from=21").content.decode()
    assert strange.index('<table class="diff"') < strange.index('hx-trigger="load"')


@pytest.mark.parametrize(
    "query", ["from=2", "from=0", "from=1&to=0", "from=99999", "from=2&to=1"]
)
def test_files_that_are_not_there(
    query: str, reading: ReviewSession, cast: Cast, as_: As
) -> None:
    path = f"{BASE}{reading.pk}/files/?{query}"
    assert as_(cast.ines).get(path).status_code == 404


@pytest.mark.parametrize("query", ["", "?to=", "?from=x&to=-1", "?from=1&to=999999"])
def test_files_unless_named_are_all(
    query: str, reading: ReviewSession, cast: Cast, as_: As
) -> None:
    answer = as_(cast.ines).get(f"{BASE}{reading.pk}/files/{query}")
    assert answer.content.decode().count('<table class="diff"') == 1


def test_files_carry_own_findings_and_no_others(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    as_(cast.ines).post(f"{BASE}{reading.pk}/findings/new/", FINDING)
    path = f"{BASE}{reading.pk}/files/"
    assert "The timeout is 0" in as_(cast.ines).get(path).content.decode()
    assert "The timeout is 0" not in as_(cast.tomasz).get(path).content.decode()
