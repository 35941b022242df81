"""Evidence from a real session: tagged by a click, read by who may, kept as it was."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from pairings.actions.pairings import replace
from preceptor.accounts.models import Membership
from progress.actions import tag, take_back
from progress.actions.frameworks import new_version, publish
from progress.evidence import gathered
from progress.evidence_pages import Tagging, suggestions
from progress.frameworks.changes import fingerprint
from progress.frameworks.content import AreaText, CompetencyText, Content
from progress.gaps import FRESH, category_gaps, stale_targets, target_gaps
from progress.models import (
    Competency,
    Evidence,
    Framework,
    FrameworkVersion,
    Goal,
    GrowthPlan,
)
from progress.things import Thing, things_in
from reviews import actions as reviewing
from reviews.models import Explanation, Finding, Lesson, ReviewSession
from tests.cast import Cast
from tests.reviews.conftest import DIFF, finding_of, reading, revealed
from tests.reviews.test_revisions import revise

As = Callable[[Membership], Client]
HTMX = {"HX-Request": "true"}
GROWTH = "/o/tidewater/growth/"
__all__ = ["reading", "revealed"]


def covering(plan: GrowthPlan, category: str) -> "QuerySet[Competency]":
    assert plan.version
    return plan.version.competencies.filter(categories__contains=[category])


def decide(session: ReviewSession, cast: Cast) -> Finding:
    """The timeout, which both found, is called real and one flaw."""
    flaw, echo = (finding_of(session, one) for one in (cast.ines, cast.tomasz))
    Finding.objects.filter(pk=echo.pk).update(same_as=flaw, adjudication="real")
    Finding.objects.filter(pk=flaw.pk).update(adjudication="real")
    flaw.refresh_from_db()
    return flaw


@pytest.fixture
def flaw(revealed: ReviewSession, plan: GrowthPlan, cast: Cast) -> Finding:
    return decide(revealed, cast)


def send(client: Client, session: ReviewSession, key: str, to: int, **more: Any) -> Any:
    data = {"thing": key, "competency": to, **more.pop("data", {})}
    return client.post(f"{GROWTH}evidence/sessions/{session.pk}/tag/", data, **more)


def thing(plan: GrowthPlan, reader: Membership, session: ReviewSession) -> Thing:
    return things_in(plan, reader, session.pk)[0]


def keep(plan: GrowthPlan, cast: Cast, flaw: Finding) -> Evidence:
    return tag(
        actor=cast.ines,
        plan=plan,
        thing=thing(plan, cast.ines, flaw.session),
        competency=covering(plan, flaw.category)[0],
        now=timezone.now(),
    )


def test_tag_keeps_the_reference_and_no_word_of_the_room(
    flaw: Finding, plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    one = covering(plan, "edge_case")[0]
    session, key = flaw.session, f"finding-{flaw.pk}"
    answer = send(as_(cast.ines), session, key, one.pk)
    assert answer.status_code == 303
    assert answer["Location"] == f"{GROWTH}evidence/sessions/{session.pk}/#{key}"
    again = send(as_(cast.tomasz), session, key, one.pk, headers=HTMX)
    text = again.content.decode()
    assert (again.status_code, "data-focus" in text) == (200, True)
    row = Evidence.objects.get()
    assert (row.kind, row.finding, row.session) == ("finding", flaw.pk, session)
    assert (row.path, row.line_from, row.line_to) == ("src/delivery.py", 4, 5)
    assert (row.category, row.severity) == ("edge_case", "major")
    revision = session.revisions.get()
    assert row.diff_sha256 == revision.digest != ""
    assert row.tagged_by == cast.ines
    assert row.held_on == timezone.localdate(session.revealed_at)
    values = Evidence.objects.values().get()
    assert not any(flaw.title in str(value) for value in values.values())


def test_each_kind_keeps_the_hash_of_its_change(
    flaw: Finding, plan: GrowthPlan, cast: Cast
) -> None:
    """Also what names no version, as findings did that were written before there
    were several, and a lesson of the whole session."""
    Finding.objects.filter(pk=flaw.pk).update(revision=None)
    Lesson.objects.create(
        organisation=cast.tidewater, session=flaw.session, author=cast.ines, text="Ask"
    )
    found = things_in(plan, cast.ines, flaw.session_id)
    assert {one.kind for one in found} == {"finding", "lesson", "session"}
    digest = flaw.session.revisions.get().digest
    assert {one.place()["diff_sha256"] for one in found} == {digest}


def test_everything_of_a_session_is_tagged(
    flaw: Finding, plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    session, one = flaw.session, covering(plan, "edge_case")[0]
    own = {"organisation": cast.tidewater}
    client = as_(cast.ines)
    card = Explanation.objects.create(**own, finding=flaw, rule="Ask")
    lesson = Lesson.objects.create(
        **own, session=session, author=cast.ines, finding=flaw, text="Say for how long"
    )
    early = send(client, session, f"explanation-{flaw.pk}", one.pk)
    assert early.status_code == 409
    Explanation.objects.filter(pk=card.pk).update(mark=2)
    keys = [
        f"finding-{flaw.pk}",
        f"explanation-{flaw.pk}",
        f"lesson-{lesson.pk}",
        f"session-{session.pk}",
    ]
    page = client.get(f"{GROWTH}evidence/sessions/{session.pk}/").content.decode()
    assert [f'id="{key}"' in page for key in keys] == [True] * 4
    for key in keys:
        assert send(client, session, key, one.pk).status_code == 303
    rows = {row.thing_key: row for row in Evidence.objects.all()}
    assert list(rows) == keys
    assert rows[keys[2]].category == "edge_case"
    digest = session.revisions.get().digest
    assert {row.diff_sha256 for row in rows.values()} == {digest}
    listed = client.get(f"{GROWTH}{plan.pk}/evidence/{one.pk}/").content.decode()
    for words in (flaw.title, "Explained card", "Say for how long", session.title):
        assert words in listed
    assert "4 pieces of evidence" in listed


@pytest.mark.parametrize("back", ["plan", "competency"])
def test_tag_from_the_plan_comes_back_there(
    back: str, flaw: Finding, plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    one, client = covering(plan, "edge_case")[0], as_(cast.tomasz)
    pages = {
        "plan": f"{GROWTH}{plan.pk}/evidence/",
        "competency": f"{GROWTH}{plan.pk}/evidence/{one.pk}/tag/",
    }
    assert flaw.title in client.get(pages[back]).content.decode()
    key, data = f"finding-{flaw.pk}", {"back": back}
    answer = send(client, flaw.session, key, one.pk, data=data)
    assert (answer.status_code, answer["Location"]) == (303, pages[back])
    assert f'id="{key}"' not in client.get(pages[back]).content.decode()


def test_nothing_is_tagged_before_the_reveal(
    reading: ReviewSession, plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    words = {"path": "src/delivery.py", "line_from": 4, "line_to": 5}
    words |= {"file_side": "new", "category": "edge_case", "severity": "major"}
    secret = reviewing.add_finding(
        actor=cast.tomasz,
        session=reading,
        key=None,
        words={**words, "title": "Xylophone", "text": ""},
        revision=1,
    )
    Finding.objects.filter(pk=secret.pk).update(adjudication="real")
    client, one = as_(cast.ines), covering(plan, "edge_case")[0]
    path = f"{GROWTH}evidence/sessions/{reading.pk}/"
    for headers in ({}, HTMX):
        answer = client.get(path, headers=headers)
        assert "Xylophone" not in answer.content.decode()
        assert answer.status_code == 303 or answer.headers["HX-Redirect"]
    for key in (f"finding-{secret.pk}", f"session-{reading.pk}"):
        assert send(client, reading, key, one.pk).status_code == 409
    for page in (f"{plan.pk}/evidence/", f"{plan.pk}/evidence/{one.pk}/tag/"):
        assert "Xylophone" not in client.get(GROWTH + page).content.decode()
    assert not Evidence.objects.exists()


def test_only_real_flaws_are_tagged(
    revealed: ReviewSession, plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    one, client = covering(plan, "edge_case")[0], as_(cast.ines)
    key = f"finding-{finding_of(revealed, cast.ines).pk}"
    assert send(client, revealed, key, one.pk).status_code == 409
    assert send(client, revealed, "finding-x", one.pk).status_code == 400
    assert send(client, revealed, key, 10**9).status_code == 404


def test_evidence_is_what_it_was_after_purges_and_revisions(
    flaw: Finding, plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    """The place leads to the revision that it was found on, also with no bytes left."""
    keep(plan, cast, flaw)
    was, client = Evidence.objects.values().get(), as_(cast.ines)
    place = f"{GROWTH}evidence/{was['id']}/place/"
    lines = client.get(place)["Location"]
    read = f"/o/tidewater/sessions/{flaw.session_id}/read/"
    assert lines == f"{read}?revision=1&from=1#f1-n4-n5"
    changed = DIFF.replace("import time", "import time, os")
    revise(client, flaw.session, changed)
    assert flaw.session.revisions.count() == 2
    assert client.get(place)["Location"] == lines
    now = timezone.now()
    ReviewSession.objects.filter(pk=flaw.session_id).update(
        state="closed", closed_at=now, held_on=now.date()
    )
    reviewing.purge(cast.tidewater, before=now + timedelta(days=1))
    assert client.get(place)["Location"] == f"{read}?revision=1"
    assert client.get(f"{read}?revision=1").status_code == 200
    Finding.objects.filter(pk=flaw.pk).update(adjudication="moot", title="Other")
    assert Evidence.objects.values().get() == was
    page = f"{GROWTH}{plan.pk}/evidence/{was['competency_id']}/"
    assert "Not called a real flaw any more" in client.get(page).content.decode()


def test_a_new_mentor_reads_the_reference_and_no_word(
    flaw: Finding, plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    row = keep(plan, cast, flaw)
    replace(
        actor=cast.ruth,
        pairing=cast.pairing,
        mentor=cast.anjali_enrolled,
        starts_on=timezone.localdate(),
        ends_on=cast.program.ends_on,
        reason="Tomasz moves to Lisbon",
        now=timezone.now(),
    )
    page = f"{GROWTH}{plan.pk}/evidence/{row.competency_id}/"
    text = as_(cast.anjali).get(page).content.decode()
    assert "Edge case, major" in text
    assert flaw.title not in text
    assert "those who took part in the session" in text
    assert as_(cast.anjali).get(f"{GROWTH}evidence/{row.pk}/place/").status_code == 404
    fits = as_(cast.anjali).get(f"{page}tag/").content.decode()
    assert flaw.title not in fits
    # Tomasz keeps the text of the session, and tags nothing any more.
    of_session = f"{GROWTH}evidence/sessions/{flaw.session_id}/"
    text = as_(cast.tomasz).get(of_session).content.decode()
    assert "Evidence is tagged by Ines Carvalho" in text
    emptied = as_(cast.tomasz).get(of_session, headers=HTMX).content.decode()
    assert f'id="tags-finding-{flaw.pk}"' in emptied
    assert "<button" not in emptied
    key = f"session-{flaw.session_id}"
    assert send(as_(cast.tomasz), flaw.session, key, 1).status_code == 403


@pytest.mark.parametrize("name", ["ruth", "otis", "lars", "mark", "olga"])
def test_others_read_how_much_there_is(
    name: str, flaw: Finding, plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    row = keep(plan, cast, flaw)
    client = as_(getattr(cast, name))
    text = client.get(f"{GROWTH}{plan.pk}/evidence/").content.decode()
    assert "1 piece of evidence for 1 competency" in text
    for words in (row.competency.name, flaw.title, "Edge case"):
        assert words not in text
    assert "1 piece of evidence" in client.get(f"{GROWTH}{plan.pk}/").content.decode()
    listed = client.get(f"{GROWTH}{plan.pk}/evidence/{row.competency_id}/")
    assert listed.status_code == 403


def test_take_back_is_for_who_tagged_until_both_sign(
    flaw: Finding, plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    row = keep(plan, cast, flaw)
    page = f"{GROWTH}{plan.pk}/evidence/{row.competency_id}/"
    path = f"{page}{row.pk}/take-back/"
    assert as_(cast.tomasz).post(path).status_code == 403
    assert "Take back" in as_(cast.ines).get(page).content.decode()
    assert "Take back" not in as_(cast.tomasz).get(page).content.decode()
    at = timezone.now()
    signed = {"junior_signed_at": at, "mentor_signed_at": at, "signed_at": at}
    first = plan.milestones.filter(pk=plan.milestones.all()[0].pk)
    first.update(**signed, mentor_signed_by=cast.tomasz)
    assert "Take back" not in as_(cast.ines).get(page).content.decode()
    refused = as_(cast.ines).post(path)
    assert (refused.status_code, Evidence.objects.count()) == (409, 1)
    assert "signed by both since" in refused.content.decode()
    later = tag(
        actor=cast.ines,
        plan=plan,
        thing=thing(plan, cast.ines, flaw.session),
        competency=covering(plan, flaw.category)[1],
        now=timezone.now(),
    )
    done = as_(cast.ines).post(f"{page}{later.pk}/take-back/")
    assert (done.status_code, Evidence.objects.count()) == (303, 1)


def test_take_back_of_what_another_tab_took_back_says_so(
    flaw: Finding, plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    row, client = keep(plan, cast, flaw), as_(cast.ines)
    page = f"{GROWTH}{plan.pk}/evidence/{row.competency_id}/"
    path = f"{page}{row.pk}/take-back/"
    first = client.post(path, follow=True).content.decode()
    assert "taken back already" not in first
    late = client.post(path, follow=True)
    assert late.redirect_chain == [(page, 303)]
    assert "That was taken back already." in late.content.decode()
    assert as_(cast.ruth).post(path).status_code == 403
    assert as_(cast.otto).post(path).status_code == 404
    assert not take_back(evidence=row)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://tidewater.example/", "beginning with https://"),
        ("javascript:alert(1)", "beginning with https://"),
        ("https://ines:pw@tidewater.example/", "name and password"),
        (f"https://tidewater.example/{'a' * 500}", "526 letters are too many"),
        ("", "This field is required"),
    ],
)
def test_a_link_that_does_not_hold_is_refused_with_what_was_typed(
    url: str, says: str, plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    path = f"{GROWTH}{plan.pk}/evidence/{covering(plan, 'edge_case')[0].pk}/tag/"
    answer = as_(cast.ines).post(path, {"url": url, "title": "A talk"})
    text = answer.content.decode()
    assert (answer.status_code, says in text, 'value="A talk"' in text) == (
        *(422, True, True),
    )
    assert not Evidence.objects.exists()


def test_a_link_is_shown_as_one_to_elsewhere(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    one, client = covering(plan, "edge_case")[0], as_(cast.ines)
    path = f"{GROWTH}{plan.pk}/evidence/{one.pk}/"
    link = {"url": "https://talks.example/retries?a=1", "title": "<b>A talk</b>"}
    assert client.post(f"{path}tag/", link)["Location"] == path
    text = client.get(path).content.decode()
    assert "&lt;b&gt;A talk" in text
    assert 'rel="external nofollow noopener noreferrer ugc"' in text
    assert "talks.example." in text
    twice = client.post(f"{path}tag/", {**link, "title": "Other"})
    assert (twice.status_code, "is here already" in twice.content.decode()) == (
        *(422, True),
    )
    long = client.post(f"{path}tag/", {**link, "title": "a" * 50_000})
    assert (long.status_code, "50000 letters" in long.content.decode()) == (422, True)
    assert Evidence.objects.count() == 1


def test_a_plan_that_moved_on_has_its_own_competencies(
    flaw: Finding, plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    one = covering(plan, "edge_case")[0]
    GrowthPlan.objects.filter(pk=plan.pk).update(version=None)
    answer = send(as_(cast.ines), flaw.session, f"finding-{flaw.pk}", one.pk)
    assert answer.status_code == 409
    for path in ("evidence/", f"evidence/sessions/{flaw.session_id}/"):
        page = path if "sessions" in path else f"{plan.pk}/{path}"
        text = as_(cast.ines).get(GROWTH + page).content.decode()
        assert "no framework yet" in text


def large(cast: Cast, count: int) -> FrameworkVersion:
    """A published version of another framework, which covers all edge cases."""
    now = timezone.now()
    framework = Framework.objects.create(organisation=cast.tidewater, name="Large")
    texts = (
        CompetencyText(uuid4(), f"Competency {n}", "", ("Seen",) * 5, ("edge_case",))
        for n in range(count)
    )
    area = AreaText("Everything", "", tuple(texts))
    version = new_version(framework, Content((area,)), now)
    seen = fingerprint(version.content())
    publish(actor=cast.olga, draft=version, note="", seen=seen, now=now)
    return version


def test_pages_of_evidence_stay_light_with_2000_competencies(
    flaw: Finding, plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    kept = keep(plan, cast, flaw).competency
    version = large(cast, 2_000)
    GrowthPlan.objects.filter(pk=plan.pk).update(version=version)
    client, path = as_(cast.ines), f"{GROWTH}{plan.pk}/evidence/"
    session = f"{GROWTH}evidence/sessions/{flaw.session_id}/"
    for light in (path, session):
        assert len(client.get(light).content) < 60_000
    last = client.get(f"{path}?page=21").content.decode()
    assert kept.name in last
    assert "in the framework Engineering with AI" in last
    of_one = client.get(f"{path}{kept.pk}/").content.decode()
    assert "under version 1 of Engineering with AI" in of_one


def test_another_competency_is_chosen_where_it_is_asked_for(
    flaw: Finding, plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    assert plan.version
    path = f"{GROWTH}evidence/sessions/{flaw.session_id}/"
    chosen = f"{path}?choose=finding-{flaw.pk}&back=plan"
    client = as_(cast.ines)
    assert "<option" not in client.get(path).content.decode()
    for headers in (None, HTMX):
        text = client.get(chosen, headers=headers).content.decode()
        assert text.count("<option") == plan.version.competencies.count()
        assert 'name="back" value="plan"' in text
        assert ("<title>" in text) is (headers is None)
    gone = client.get(f"{path}?choose=finding-1")
    assert (gone.status_code, b"nothing of that name" in gone.content) == (409, True)


def test_suggestions_are_what_was_caught_or_explained_and_not_tagged(
    flaw: Finding, plan: GrowthPlan, cast: Cast
) -> None:
    missed = flaw.session.findings.get(title="A sleep hides a race")
    Finding.objects.filter(pk=missed.pk).update(adjudication="real")

    def keys() -> list[str]:
        return [one.thing.key for one in suggestions(Tagging(plan), cast.ines)]

    assert keys() == [f"finding-{flaw.pk}"]
    own = {"organisation": cast.tidewater, "finding": missed}
    card = Explanation.objects.create(**own, mark=1)
    assert keys() == [f"finding-{flaw.pk}"]
    Explanation.objects.filter(pk=card.pk).update(mark=2)
    assert set(keys()) == {f"finding-{flaw.pk}", f"explanation-{missed.pk}"}
    keep(plan, cast, flaw)
    assert keys() == [f"explanation-{missed.pk}"]
    (block,) = suggestions(Tagging(plan), cast.ines)
    wanted = list(covering(plan, "concurrency").values_list("name", flat=True))
    assert [one.name for one in block.suggested] == wanted[:4]


def aim(plan: GrowthPlan, cast: Cast, competency: Competency, **given: Any) -> Goal:
    values = {"target": 4, "junior_agreed_at": timezone.now(), **given}
    return Goal.objects.create(
        organisation=plan.organisation,
        plan=plan,
        text="Sound",
        competency=competency,
        proposed_by=cast.ines,
        position=plan.goals.count(),
        **values,
    )


def test_gaps_are_targets_without_evidence_of_sixty_days(
    flaw: Finding, plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    first, second, third, *_rest = in_order = list(covering(plan, "edge_case")) + list(
        covering(plan, "secrets")
    )
    agreed = {"mentor_agreed_at": timezone.now()}
    aim(plan, cast, first, **agreed)
    aim(plan, cast, first, **agreed)
    aim(plan, cast, second)
    aim(plan, cast, second, target=None, **agreed)
    aim(plan, cast, second, state="dropped", **agreed)
    aim(plan, cast, third, **agreed)
    row = keep(plan, cast, flaw)
    assert row.competency == first
    day = row.held_on + FRESH
    held, goals = gathered(plan), plan.goals.select_related("competency")
    for late, keys in ((0, {third.key}), (1, {first.key, third.key})):
        found = stale_targets(goals, held, day + timedelta(days=late))
        assert {one.competency.key for one in found if one.competency} == keys
    gaps = target_gaps(plan, in_order, held, cast.ines, timezone.localdate())
    assert [(one.competency, one.fits) for one in gaps] == [(third, 0)]
    text = as_(cast.ines).get(f"{GROWTH}{plan.pk}/evidence/").content.decode()
    assert "Suggest a change" in text
    assert "1 target without evidence" in (
        as_(cast.ines).get(f"{GROWTH}{plan.pk}/").content.decode()
    )


def test_categories_that_no_real_flaw_had_were_never_met(
    flaw: Finding, plan: GrowthPlan, cast: Cast
) -> None:
    gaps = category_gaps(plan, list(covering(plan, "concurrency")))
    names = {one.name for _group, rows in gaps for one in rows}
    assert "Edge case" not in names
    assert "Concurrency" in names  # Found, and not yet called real.
    (race,) = [one for _g, rows in gaps for one in rows if one.name == "Concurrency"]
    assert race.competencies
    assert len(names) == 24


def test_lists_are_narrowed_to_a_kind(
    flaw: Finding, plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    lesson = Lesson.objects.create(
        organisation=cast.tidewater,
        session=flaw.session,
        author=cast.ines,
        text="Zero is no default",
    )
    one = keep(plan, cast, flaw).competency
    client = as_(cast.ines)
    for to in covering(plan, flaw.category)[:2]:
        send(client, flaw.session, f"lesson-{lesson.pk}", to.pk)
    path = f"{GROWTH}{plan.pk}/evidence/"

    def shown(kind: str) -> tuple[bool, bool]:
        page = client.get(f"{path}{one.pk}/?kind={kind}").content.decode()
        assert "2 pieces of evidence" in page
        return flaw.title in page, lesson.text in page

    assert [shown(kind) for kind in ("", "finding", "lesson", "link", "\0")] == [
        *((True, True), (True, False), (False, True), (True, True), (True, True))
    ]

    def counted(kind: str, client: Client = client) -> list[str]:
        page = client.get(f"{path}?kind={kind}").content.decode()
        return re.findall(r'"Pieces:">([1-9])<', page)

    assert [counted(kind) for kind in ("", "finding", "lesson", "link")] == [
        *(["2", "1"], ["1"], ["1", "1"], ["2", "1"])
    ]
    assert "Lessons" not in as_(cast.ruth).get(f"{path}?kind=lesson").content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_queries_do_not_grow(
    count: int, flaw: Finding, plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    client, session = as_(cast.ines), flaw.session
    for number in range(count):
        lesson = Lesson.objects.create(
            organisation=cast.tidewater,
            session=session,
            author=cast.ines,
            text=f"Lesson {number}",
        )
        one = covering(plan, "edge_case")[0]
        assert send(client, session, f"lesson-{lesson.pk}", one.pk).status_code == 303
        pk = Finding.objects.create(
            organisation=cast.tidewater,
            session=session,
            author=cast.ines,
            blind_pass=flaw.blind_pass,
            category="edge_case",
            severity="minor",
            title=f"Late {number}",
            adjudication="real",
        ).pk
        assert send(client, session, f"finding-{pk}", one.pk).status_code == 303
        aim(plan, cast, one, mentor_agreed_at=timezone.now())
    counts = {}
    for path in (
        f"evidence/sessions/{session.pk}/",
        f"{plan.pk}/evidence/",
        f"{plan.pk}/evidence/{one.pk}/",
        f"{plan.pk}/evidence/{one.pk}/tag/",
    ):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(GROWTH + path).status_code == 200
        counts[path] = len(queries)
    assert list(counts.values()) == [10, 14, 13, 10]
