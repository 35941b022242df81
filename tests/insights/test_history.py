"""The page of what happened, for owners, and everybody's own."""

import csv
import io
import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from pairings.models import Enrolment, Pairing, Pause, PhaseMove, Program, ProgramStaff
from preceptor.accounts.entries import HistoryEntry
from preceptor.accounts.models import Holiday, Membership
from preceptor.accounts.signing_in.models import Provider
from preceptor.acting import acting
from preceptor.history import TRACKED, Kind, Verb
from preceptor.insights.history.lines import lines_of
from preceptor.insights.history.listing import Wanted, entries
from preceptor.insights.history.names import names_of, programs_of
from preceptor.notifications.models import ProgramMessages
from progress.models import Framework, GrowthPlan, Milestone, ProgramFramework
from tests.cast import Cast
from tests.clients import signed_in
from tests.factories import OrganisationFactory, ProgramFactory
from tests.rows import fill

PAGE, CSV, OWN = (
    f"/o/tidewater/{path}" for path in ("history/", "history.csv", "history/mine/")
)


@pytest.fixture
def owner(cast: Cast) -> Client:
    return signed_in(cast.olga)


@pytest.fixture
def milestone(cast: Cast) -> Milestone:
    plan = GrowthPlan.objects.create(
        organisation=cast.tidewater,
        junior=cast.ines_enrolled,
        starts_on=cast.program.starts_on,
    )
    return Milestone.objects.create(
        organisation=cast.tidewater,
        plan=plan,
        kind="midpoint",
        name="Half year",
        due_on=date(2026, 3, 2),
    )


def by(member: Membership) -> Any:
    return acting("web", user=member.user_id)


def newest(cast: Cast, count: int = 1) -> list[str]:
    """The sentences of the latest entries, the latest first."""
    found = entries(Wanted(cast.tidewater.pk), most=count)
    names = names_of(found, programs_of(cast.tidewater.pk))
    return [line.sentence for line in lines_of(found, names)]


def test_a_moved_milestone_says_from_when_to_when(
    cast: Cast, owner: Client, milestone: Milestone
) -> None:
    with by(cast.ruth):
        milestone.due_on = date(2026, 3, 9)
        milestone.save()
    said = (
        "Ruth Adeyemi moved the milestone “Half year” of Ines Carvalho"
        " from 2 March 2026 to 9 March 2026"
    )
    assert newest(cast) == [said]
    assert said in owner.get(PAGE).content.decode()


def test_each_signature_is_told(cast: Cast, milestone: Milestone) -> None:
    with by(cast.ines):
        Milestone.objects.update(junior_signed_at=timezone.now())
        Milestone.objects.update(junior_signed_at=None)
    thing = "their own milestone “Half year”"
    assert newest(cast, 2) == [
        f"Ines Carvalho withdrew a signature from {thing}",
        f"Ines Carvalho signed {thing}",
    ]


def test_a_year_laid_out_is_one_line(cast: Cast, milestone: Milestone) -> None:
    with by(cast.ruth):
        Milestone.objects.bulk_create(
            Milestone(
                organisation=cast.tidewater,
                plan=milestone.plan,
                kind="check_in",
                month=month,
                name=f"Month {month}",
                due_on=date(2026, month, 2),
            )
            for month in (4, 5, 6)
        )
    assert newest(cast) == ["Ruth Adeyemi laid out 3 milestones for Ines Carvalho"]
    with by(cast.ruth):
        Milestone.objects.filter(kind="check_in").delete()
    assert newest(cast) == ["Ruth Adeyemi removed 3 milestones of Ines Carvalho"]


def test_roles_and_ways_in_and_out(cast: Cast) -> None:
    with by(cast.olga):
        Membership.objects.filter(pk=cast.mei.pk).update(role="manager")
        Membership.objects.filter(pk=cast.mei.pk).update(is_active=False)
        Membership.objects.filter(pk=cast.mei.pk).update(is_active=True)
    with by(cast.mei):
        Membership.objects.filter(pk=cast.mei.pk).update(is_active=False)
    assert newest(cast, 4) == [
        "Mei Lin left the organisation",
        "Olga Petersen let Mei Lin in again",
        "Olga Petersen deactivated Mei Lin",
        "Olga Petersen changed the role of Mei Lin from member to manager",
    ]


def test_the_life_of_a_pairing(cast: Cast) -> None:
    pair = "the pairing of Ines Carvalho with Tomasz Wieczorek"
    rows = Pairing.objects.filter(pk=cast.pairing.pk)
    with by(cast.ruth):
        rows.update(phase="junior_leads")
        rows.update(state="paused")
        rows.update(state="active")
        rows.update(state="ended", ended_at=timezone.now(), end_reason="Told nobody")
    assert newest(cast, 4) == [
        f"Ruth Adeyemi ended {pair}",
        f"Ruth Adeyemi took up {pair} again",
        f"Ruth Adeyemi paused {pair}",
        f"Ruth Adeyemi moved {pair} from the phase “mentor leads” to “junior leads”",
    ]
    assert "Told nobody" not in str(list(HistoryEntry.objects.values()))


def test_who_was_no_person_is_named_too(cast: Cast) -> None:
    rows = Membership.objects.filter(pk=cast.mei.pk)
    rows.update(is_active=False)
    with acting("command demo"):
        rows.update(is_active=True)
    with acting("task pairings.tasks.end_pairings"):
        rows.update(is_active=False)
    task, command, by_hand = newest(cast, 3)
    assert task == "Preceptor itself deactivated Mei Lin"
    assert command == "The command “demo” let Mei Lin in again"
    assert by_hand.startswith("Somebody in the database, as “")


def test_of_several_fields_each_is_listed(cast: Cast, owner: Client) -> None:
    with by(cast.mark):
        Enrolment.objects.filter(pk=cast.ines_enrolled.pk).update(
            team="Billing", line_manager=cast.mei
        )
    place = "the place of Ines Carvalho in “Preceptorship, spring”"
    assert newest(cast) == [f"Mark Osei changed {place}"]
    page = owner.get(PAGE).content.decode()
    assert "from “Integrations” to “Billing”" in page
    assert "from Lars Nilsen to Mei Lin" in page


def test_the_last_day_is_told_and_not_the_one_after(cast: Cast) -> None:
    with by(cast.ruth):
        Program.objects.update(ends_on=date(2027, 3, 1))
    assert newest(cast)[0].endswith("to 28 February 2027")


@pytest.mark.parametrize("verb", [Verb.ADDED, Verb.REMOVED, Verb.CHANGED])
def test_whatever_is_tracked_reads(cast: Cast, verb: Verb, owner: Client) -> None:
    """Each field that may change by itself, with nothing before and after."""
    HistoryEntry.objects.bulk_create(
        HistoryEntry(
            at=timezone.now(),
            organisation=cast.tidewater,
            kind=tracking.kind,
            what=model._meta.label_lower,
            verb=verb,
            through="web",
            row_id=1,
            before=None if verb == Verb.ADDED else values,
            after=None if verb == Verb.REMOVED else values,
        )
        for model, tracking in TRACKED.items()
        for values in possible(tracking.fields, verb)
    )
    count = HistoryEntry.objects.filter(through="web").count()
    assert count >= len(TRACKED)
    said = newest(cast, count)
    assert all(line.startswith("Somebody ") and "%" not in line for line in said)
    assert owner.get(PAGE).status_code == 200


def possible(fields: tuple[str, ...], verb: Verb) -> list[dict[str, None]]:
    """All fields at once, and of a change each alone."""
    alone = [{name: None} for name in fields] if verb == Verb.CHANGED else []
    return [dict.fromkeys(fields), *alone]


def test_things_are_called_by_name_whatever_of_them_changed(cast: Cast) -> None:
    with by(cast.olga):
        day = Holiday.objects.create(
            organisation=cast.tidewater, day=date(2027, 5, 3), name="Spring"
        )
        Holiday.objects.filter(pk=day.pk).update(day=date(2027, 5, 4))
    changed = (
        "Olga Petersen changed the holiday “%s”: day from 3 May 2027 to 4 May 2027"
    )
    assert newest(cast) == [changed % "Spring"]
    day.delete()
    assert newest(cast, 2)[1] == changed % "removed since"


def test_what_the_code_knows_no_more_still_reads(cast: Cast, owner: Client) -> None:
    HistoryEntry.objects.create(
        at=timezone.now(),
        organisation=cast.tidewater,
        kind=Kind.SETTINGS,
        what="accounts.forgotten",
        verb=Verb.CHANGED,
        through="web",
        before={"colour_100%": "red"},
        after={"colour_100%": "<b>blue</b>"},
    )
    assert newest(cast) == [
        "Somebody changed forgotten: colour 100% from red to <b>blue</b>"
    ]
    assert "&lt;b&gt;blue" in owner.get(PAGE).content.decode()


def make(cast: Cast, count: int, **given: Any) -> None:
    """Entries a minute apart, the first the latest."""
    now = timezone.now() + timedelta(days=1)
    HistoryEntry.objects.bulk_create(
        HistoryEntry(
            **{
                "at": now - timedelta(minutes=n),
                "organisation": cast.tidewater,
                "kind": Kind.EXPORTS,
                "what": "export",
                "verb": Verb.DID,
                "through": "web",
                "actor_id": cast.ruth.pk,
                "after": {"subject": f"sheet {n}."},
                **given,
            }
        )
        for n in range(count)
    )


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_as_many_queries_for_one_as_for_three(
    cast: Cast,
    owner: Client,
    milestone: Milestone,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for n in range(count):
        with by(cast.ruth):
            Milestone.objects.update(due_on=date(2026, 4, 1 + n))
    junior = signed_in(cast.ines)
    for client, path in ((owner, PAGE), (junior, OWN)):
        client.get(path)
        with django_assert_num_queries(6):
            client.get(path)


def test_pages_follow_each_other_without_gap_or_double(
    cast: Cast, owner: Client
) -> None:
    make(cast, 120)
    same = timezone.now() + timedelta(days=2)
    make(cast, 3, at=same)
    seen: list[str] = []
    query = "kind=exports"
    for _page in range(3):
        response = owner.get(f"{PAGE}?{query}")
        seen += [line.sentence for line in response.context["lines"]]
        query = response.context["older"]
    assert query == ""
    assert seen[:3] == [f"Ruth Adeyemi exported sheet {n}." for n in (2, 1, 0)]
    assert seen[3:] == [f"Ruth Adeyemi exported sheet {n}." for n in range(120)]


@pytest.mark.parametrize("place", ["", "x", "2026-01-01_1", "2026-01-01T00:00Z_x"])
def test_a_place_that_somebody_made_up_is_the_beginning(
    cast: Cast, owner: Client, place: str
) -> None:
    make(cast, 1)
    lines = owner.get(PAGE, {"after": place}).context["lines"]
    assert lines[0].sentence == "Ruth Adeyemi exported sheet 0."


def test_filters_narrow_by_person_kind_program_and_days(
    cast: Cast, owner: Client
) -> None:
    other = ProgramFactory.create(organisation=cast.tidewater, name="Autumn")
    make(cast, 1, actor_id=cast.mei.pk, program_id=other.pk)
    make(cast, 1, actor_id=cast.olga.pk, person_id=cast.mei.pk, after=None)
    make(cast, 1, actor_id=cast.lars.pk, other_id=cast.mei.pk, kind=Kind.SETTINGS)
    make(cast, 1, at=datetime(2025, 5, 5, tzinfo=timezone.get_current_timezone()))

    def found(**asked: Any) -> set[int | None]:
        lines = owner.get(PAGE, asked).context["lines"]
        return {one.entry.actor_id for one in lines if one.entry.what == "export"}

    mei, olga, lars, ruth = cast.mei.pk, cast.olga.pk, cast.lars.pk, cast.ruth.pk
    assert found() == {mei, olga, lars, ruth}
    assert found(who="Mei Lin") == {mei, olga, lars}
    assert found(who="Mei Lin", part="did") == {mei}
    assert found(who="Mei Lin", part="about") == {olga, lars}
    assert found(who=cast.mei.user.email, kind="exports") == {mei, olga}
    assert found(kind="settings") == {lars}
    assert found(program=other.pk) == {mei}
    assert found(until_on="2025-05-05") == {ruth}
    assert found(from_on="2025-05-05", until_on="2025-05-05") == {ruth}
    assert found(from_on="2025-05-06") == {mei, olga, lars}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"who": "Nobody"}, "Nobody here answers to that."),
        ({"who": "example"}, "More than 20 people"),
        ({"from_on": "2026-02-02", "until_on": "2026-02-01"}, "before the first one"),
        ({"from_on": "soon"}, "Enter a valid date"),
        ({"program": "77777"}, "Select a valid choice"),
        ({"kind": "gossip"}, "Select a valid choice"),
    ],
)
def test_what_can_not_be_asked_is_said_beside_the_field(
    cast: Cast, owner: Client, asked: dict[str, str], said: str
) -> None:
    for n in range(21):
        fill(Membership, cast.tidewater, called=f"example {n}")
    for path in (PAGE, CSV):
        response = owner.get(path, asked)
        assert (response.status_code, response.context["lines"]) == (422, [])
        assert said in response.content.decode()


def test_another_organisation_is_not_in_it(cast: Cast, owner: Client) -> None:
    harbour = cast.otto.organisation
    make(cast, 1, organisation=harbour, after={"subject": "the charts of Harbour"})
    fill(Holiday, harbour, name="Harbour day")
    for path in (PAGE, CSV, f"{PAGE}?who=Ruth"):
        response = owner.get(path)
        body = response.getvalue() if response.streaming else response.content
        assert b"Harbour" not in body
    assert b"Harbour day" in signed_in(cast.otto).get("/o/harbour/history/").content


def test_the_file_holds_what_the_filters_let_through_and_is_told_of(
    cast: Cast, owner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In pieces, and safe to open in a spreadsheet."""
    monkeypatch.setattr("preceptor.insights.history.listing.IN_A_FILE", 2)
    cast.ruth.user.full_name = "=cmd()"
    cast.ruth.user.save()
    make(cast, 5)
    body = owner.get(CSV, {"kind": "exports"}).getvalue().decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(body))
    assert header[:3] == ["when", "who", "what happened"]
    assert [row[1] for row in rows[:5]] == ["'=cmd()"] * 5
    assert [row[2] for row in rows[:2]] == [
        "'=cmd() exported sheet 0.",
        "'=cmd() exported sheet 1.",
    ]
    assert len(rows) == 6
    assert newest(cast, 6)[-1] == "Olga Petersen exported the history (CSV)"


def test_ones_own_history_has_what_concerns_oneself_alone(cast: Cast) -> None:
    with by(cast.olga):
        Membership.objects.filter(pk=cast.ines.pk).update(role="manager")
        Membership.objects.filter(pk=cast.mei.pk).update(role="manager")
    with by(cast.ines):
        Pairing.objects.filter(pk=cast.pairing.pk).update(phase="junior_leads")
    page = signed_in(cast.ines).get(OWN).content.decode()
    assert "changed the role of Ines Carvalho" in page
    assert "Ines Carvalho moved the pairing" in page
    assert "Mei Lin" not in page
    assert "Mei Lin" in signed_in(cast.mei).get(OWN).content.decode()


def test_nobody_learns_of_a_draft_or_of_who_said_no(cast: Cast) -> None:
    draft = ProgramFactory.create(
        organisation=cast.tidewater, name="Secret plans", state=Program.State.DRAFT
    )
    with by(cast.ruth):
        fill(ProgramStaff, cast.tidewater, program=draft, membership=cast.ruth)
        fill(Enrolment, cast.tidewater, program=draft, membership=cast.ines)
    with by(cast.tomasz):
        Pairing.objects.filter(pk=cast.pairing.pk).update(
            state="proposed",
            proposed_at=timezone.now(),
            declined_at=timezone.now(),
            declined_by=cast.tomasz,
        )
    page = signed_in(cast.ines).get(OWN).content.decode()
    assert "Secret plans" not in page
    assert "declined" not in page
    assert "declined" in signed_in(cast.tomasz).get(OWN).content.decode()
    lead = signed_in(cast.ruth).get(OWN).content.decode()
    assert "Ruth Adeyemi enrolled Ines Carvalho in “Secret plans”" in lead
    Program.objects.filter(pk=draft.pk).update(state="running")
    assert "Secret plans" in signed_in(cast.ines).get(OWN).content.decode()


def test_pauses_and_phases_are_told(cast: Cast) -> None:
    with by(cast.ruth):
        fill(
            Pause,
            cast.tidewater,
            pairing=cast.pairing,
            starts_on=date(2026, 4, 1),
            created_by=cast.ruth,
        )
    with by(cast.ines):
        move = fill(
            PhaseMove,
            cast.tidewater,
            pairing=cast.pairing,
            phase="junior_leads",
            asked_by=cast.ines,
        )
    with by(cast.tomasz):
        PhaseMove.objects.filter(pk=move.pk).update(
            agreed_by=cast.tomasz, agreed_at=timezone.now(), agreed_on=date(2026, 4, 2)
        )
    pair = "Ines Carvalho and Tomasz Wieczorek"
    assert newest(cast, 3) == [
        f"Tomasz Wieczorek agreed to the change of phase of {pair}",
        f"Ines Carvalho asked {pair} to go on to “junior leads”",
        f"Ruth Adeyemi arranged a pause of {pair} from 1 April 2026",
    ]


def test_a_person_who_is_gone_is_a_former_member(cast: Cast) -> None:
    make(cast, 1, actor_id=9_999_999, after={"subject": "a sheet"})
    assert newest(cast) == ["a former member exported a sheet"]


def test_an_empty_history_teaches(db: None, cast: Cast) -> None:
    home = OrganisationFactory.create(slug="empty")
    member = fill(Membership, home, user=cast.mei.user)
    assert isinstance(member, Membership)
    page = signed_in(member).get("/o/empty/history/mine/").content.decode()
    assert "took Mei Lin in" in page


def test_staff_are_told_of_when_they_sign_in_and_nobody_else(cast: Cast) -> None:
    for name in ("ruth", "otis", "mark", "olga", "ines", "tomasz"):
        member = getattr(cast, name)
        member.user.set_password("lantern-on-the-quay")
        member.user.save()
        sent = {"login": member.user.email, "password": "lantern-on-the-quay"}
        Client().post("/accounts/login/", sent)
    kept = HistoryEntry.objects.filter(kind=Kind.SIGN_INS, organisation=cast.tidewater)
    staff = [cast.olga.pk, cast.mark.pk, cast.otis.pk, cast.ruth.pk]
    assert list(kept.values_list("actor_id", flat=True)) == staff
    assert newest(cast, 1) == ["Olga Petersen signed in"]
    assert {entry.through for entry in kept} == {"web"}


def test_every_export_is_told_of(cast: Cast, owner: Client) -> None:
    number = cast.program.pk
    for path in (
        f"programs/{number}/board.csv",
        f"programs/{number}/board.xlsx",
        f"programs/{number}/people.csv",
        f"programs/{number}/pairs.csv",
        "mentors.csv",
        "history.csv",
    ):
        assert owner.get(f"/o/tidewater/{path}").status_code == 200, path
    of_it = " of “Preceptorship, spring”"
    assert [line.partition(" exported ")[2] for line in newest(cast, 6)] == [
        "the history (CSV)",
        "the register of mentors (CSV)",
        f"the pairs (CSV){of_it}",
        f"the people (CSV){of_it}",
        f"the pair board (XLSX){of_it}",
        f"the pair board (CSV){of_it}",
    ]


def test_what_a_junior_takes_along_is_told_of(cast: Cast, milestone: Milestone) -> None:
    client = signed_in(cast.ines)
    client.get(f"/o/tidewater/growth/{milestone.plan_id}/year.json")
    assert newest(cast) == ["Ines Carvalho exported the year (JSON) of their own"]


def test_the_account_leads_to_ones_own_history(cast: Cast) -> None:
    page = signed_in(cast.ines).get("/account/").content.decode()
    assert f'href="{OWN}"' in page
    assert f'href="{PAGE}"' in signed_in(cast.olga).get(PAGE).content.decode()


def test_how_accounts_and_programs_are_set_up_reads_in_words(
    cast: Cast, owner: Client
) -> None:
    frameworks = [
        Framework.objects.create(organisation=cast.tidewater, name=name)
        for name in ("Backend", "Data")
    ]
    with by(cast.ruth):
        chosen = ProgramFramework.objects.create(
            organisation=cast.tidewater, program=cast.program, framework=frameworks[0]
        )
        ProgramFramework.objects.filter(pk=chosen.pk).update(framework=frameworks[1])
        provider = Provider.objects.create(
            organisation=cast.tidewater, kind="oidc", name="Tidewater ID"
        )
        Provider.objects.filter(pk=provider.pk).update(sealed_secret=b"another")
        rest = ProgramMessages.objects.create(
            organisation=cast.tidewater,
            program_id=cast.program.pk,
            paused_at=timezone.now(),
            paused_by=cast.ruth,
        )
        rest.delete()
    with by(cast.ines):
        Authenticator.objects.create(user=cast.ines.user, type="totp", data={})
    program = f"“{cast.program.name}”"
    said = newest(cast, 7)
    assert said[0] == ("Ines Carvalho added their own second step: TOTP Authenticator")
    assert said[1] == f"Ruth Adeyemi let the messages of {program} go out again"
    assert said[2] == f"Ruth Adeyemi let the messages of {program} rest"
    assert re.fullmatch(
        "Ruth Adeyemi changed the sign-in through “Tidewater ID”: client secret from –"
        r" to kept unread \([0-9a-f]{8}\)",
        said[3],
    )
    assert said[5] == (
        f"Ruth Adeyemi changed the framework of {program}: framework from Backend"
        " to Data"
    )
    assert said[6] == (f"Ruth Adeyemi chose the framework Backend for {program}")
    assert owner.get(PAGE).status_code == 200


@pytest.mark.parametrize("page", [PAGE, CSV])
@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2026-13-01"])
def test_a_day_that_cannot_be_reckoned_is_refused(
    owner: Client, page: str, day: str
) -> None:
    for field in ("from_on", "until_on"):
        answer = owner.get(f"{page}?{field}={day}")
        assert answer.status_code in (200, 302, 422), field
        if page == PAGE:
            assert 'class="error"' in answer.text, field
