from collections.abc import Callable
from datetime import date, time, timedelta
from functools import partial
from time import process_time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from pairings.actions.profiles import Step, wish
from pairings.actions.roster import (
    AlreadyImported,
    EffectChanged,
    import_roster,
    plan_import,
    stage_roster,
)
from pairings.models import Avoidance, Enrolment
from pairings.roster.circles import circle_of
from pairings.roster.files import MAX_BYTES
from preceptor.accounts.models import Membership, StagedUpload, User
from tests.cast import Cast
from tests.factories import EnrolmentFactory, give_skills

As = Callable[[Membership], Client]

FILE = b"""name,e-mail,side,team,skills,heads,hours,line manager e-mail,time zone
Noor Haddad,noor@example.com,junior,Routing,go; sql,3,6,lars.nilsen@example.com,UTC
Mai Tran,mai.tran@example.com,junior,Routing,python; postgresql,3,6,,Europe/London
Devon Marsh,devon.marsh@example.com,junior,Customer web,python; postgresql,3,6,,
Broken,broken@example.com,boss,,,,,,
"""


def page(cast: Cast, rest: str = "") -> str:
    return f"/o/tidewater/programs/{cast.program.pk}/roster/{rest}"


def upload(client: Client, cast: Cast, data: bytes, name: str = "people.csv") -> object:
    return client.post(page(cast), {"file": SimpleUploadedFile(name, data)})


def staged(client: Client, cast: Cast, data: bytes) -> str:
    """The address of the preview."""
    response = upload(client, cast, data)
    assert response.status_code == 303  # type: ignore[attr-defined]
    return str(response.headers["Location"])  # type: ignore[attr-defined]


def confirm(client: Client, address: str) -> object:
    shown = client.get(address).context["todo"].fingerprint
    return client.post(f"{address}import/", {"fingerprint": shown})


def test_roster_shows_each_rows_effect_and_writes_nothing(cast: Cast, as_: As) -> None:
    client = as_(cast.ruth)
    response = client.get(staged(client, cast, FILE))
    rows = [(row.line, row.kind, row.email) for row in response.context["rows"]]
    assert rows == [
        (2, "new", "noor@example.com"),
        (3, "update", "mai.tran@example.com"),
        (4, "unchanged", "devon.marsh@example.com"),
        (5, "error", "broken@example.com"),
    ]
    html = response.content.decode()
    assert "<del>Billing</del> becomes <ins>Routing</ins>" in html
    assert "Left out: side is “boss”: write mentor or junior" in html
    assert "Enrol 1 person, update 1, leave out 1 row" in html
    assert not User.objects.filter(email="noor@example.com").exists()
    cast.mai_enrolled.refresh_from_db()
    assert cast.mai_enrolled.team == "Billing"


def test_roster_filters_by_effect(cast: Cast, as_: As) -> None:
    client = as_(cast.ruth)
    address = staged(client, cast, FILE)
    for effect, line in (("new", 2), ("update", 3), ("unchanged", 4), ("error", 5)):
        rows = client.get(f"{address}?effect={effect}").context["rows"]
        assert [row.line for row in rows] == [line]


def test_import_roster_writes_the_good_rows(cast: Cast, as_: As) -> None:
    client = as_(cast.ruth)
    address = staged(client, cast, FILE)
    response = confirm(client, address)
    assert response.status_code == 303  # type: ignore[attr-defined]
    noor = Enrolment.objects.get(membership__user__email="noor@example.com")
    assert (str(noor), noor.team, noor.degrees) == (
        "Noor Haddad",
        "Routing",
        (("go", 2), ("sql", 2)),
    )
    assert (noor.line_manager, noor.ends_on) == (cast.lars, cast.program.ends_on)
    assert noor.membership.user.time_zone == "UTC"
    cast.mai_enrolled.refresh_from_db()
    assert cast.mai_enrolled.team == "Routing"
    assert not User.objects.filter(email="broken@example.com").exists()
    assert not StagedUpload.objects.exists()
    assert client.post(f"{address}import/").status_code == 410


def test_the_same_file_again_changes_nothing(cast: Cast, as_: As) -> None:
    client = as_(cast.ruth)
    confirm(client, staged(client, cast, FILE))
    before = list(Enrolment.objects.order_by("pk").values())
    response = client.get(staged(client, cast, FILE))
    assert response.context["counts"] == {
        "new": 0,
        "update": 0,
        "unchanged": 3,
        "error": 1,
    }
    assert "This file changes nothing." in response.content.decode()
    assert list(Enrolment.objects.order_by("pk").values()) == before


def test_our_own_export_changes_nothing(cast: Cast, as_: As) -> None:
    Enrolment.objects.filter(pk=cast.mai_enrolled.pk).update(team="=1+1", hours="2.5")
    give_skills(cast.mai_enrolled, **{"-sql": 3, "'quoted": 1, "ISO:9001": 2})
    Membership.objects.filter(pk=cast.devon.pk).update(is_active=False)
    client = as_(cast.ruth)
    address = f"/o/tidewater/programs/{cast.program.pk}/people.csv"
    response = client.get(staged(client, cast, client.get(address).content))
    assert [row.kind for row in response.context["rows"]] == ["unchanged"] * 5


def test_import_roster_says_if_the_effect_changed(cast: Cast, as_: As) -> None:
    client = as_(cast.ruth)
    address = staged(client, cast, FILE)
    shown = client.get(address).context["todo"].fingerprint
    Enrolment.objects.filter(pk=cast.devon_enrolled.pk).update(team="Routing")
    response = client.post(f"{address}import/", {"fingerprint": shown})
    assert response.status_code == 409
    assert "Something changed in between" in response.content.decode()
    assert response.context["counts"]["update"] == 2
    assert not User.objects.filter(email="noor@example.com").exists()
    again = response.context["todo"].fingerprint
    response = client.post(f"{address}import/", {"fingerprint": again})
    assert response.status_code == 303


def test_an_upload_is_its_owners_alone_and_for_an_hour(cast: Cast, as_: As) -> None:
    client = as_(cast.ruth)
    address = staged(client, cast, FILE)
    response = as_(cast.mark).get(address)
    assert response.status_code == 410
    assert as_(cast.otis).get(address).status_code == 403
    assert as_(cast.mei).get(address).status_code == 404
    StagedUpload.objects.update(created_at=timezone.now() - timedelta(minutes=61))
    response = client.get(address)
    assert response.status_code == 410
    assert "Upload it again" in response.content.decode()


def test_a_new_upload_takes_the_place_of_the_last(cast: Cast, as_: As) -> None:
    client = as_(cast.ruth)
    first = staged(client, cast, FILE)
    staged(client, cast, FILE)
    assert StagedUpload.objects.count() == 1
    assert client.get(first).status_code == 410


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty. Choose one with rows."),
        (
            b"PK\x03\x04 and so on",
            "This is a spreadsheet file, whatever its name says.",
        ),
        (b"\x00\x01\x02", "This is not text"),
        (b"name,team\nAna,Billing\n", "These columns are missing: e-mail, side."),
        (b"e-mail,side\n", "The file has a header and no rows beneath."),
        (b'e-mail,side\n"a,mentor\n', "that begins on line 2 don’t match up."),
    ],
)
def test_upload_roster_refuses_a_file(
    cast: Cast, as_: As, data: bytes, sentence: str
) -> None:
    response = upload(as_(cast.ruth), cast, data)
    assert response.status_code == 422  # type: ignore[attr-defined]
    [error] = response.context["form"].errors["file"]  # type: ignore[attr-defined]
    assert sentence in error
    assert not StagedUpload.objects.exists()


def test_upload_roster_refuses_a_large_file_as_it_streams(cast: Cast, as_: As) -> None:
    response = upload(as_(cast.ruth), cast, b"x" * (MAX_BYTES + 2**20))
    assert response.status_code == 422  # type: ignore[attr-defined]
    [error] = response.context["form"].errors["file"]  # type: ignore[attr-defined]
    assert error.startswith("The file is larger than 10 MB.")


def test_upload_roster_without_a_file(cast: Cast, as_: As) -> None:
    response = as_(cast.ruth).post(page(cast))
    assert response.context["form"].errors == {"file": ["Choose a file."]}
    assert response.status_code == 422


def test_upload_roster_still_wants_the_forms_token(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.ruth.user)
    file = SimpleUploadedFile("people.csv", FILE)
    assert client.post(page(cast), {"file": file}).status_code == 403


def test_upload_roster_is_for_who_writes(cast: Cast, as_: As) -> None:
    for member in (cast.otis, cast.tomasz, cast.ines):
        assert as_(member).get(page(cast)).status_code == 403
    assert as_(cast.mei).get(page(cast)).status_code == 404


def test_import_roster_takes_somebody_known_elsewhere(cast: Cast, as_: As) -> None:
    """They keep the name and zone of their account, and their other organisation."""
    client = as_(cast.ruth)
    data = b"name,e-mail,side,time zone\nO. L.,OTTO.LANG@example.com,mentor,UTC\n"
    confirm(client, staged(client, cast, data))
    as_(cast.otto).get("/o/tidewater/")
    enrolment = Enrolment.objects.get(membership__user=cast.otto.user)
    assert (str(enrolment), enrolment.organisation) == ("Otto Lang", cast.tidewater)
    assert enrolment.membership.time_zone == "Europe/London"
    assert Membership.objects.get(pk=cast.otto.pk).role == "owner"


def test_an_account_elsewhere_says_nothing_of_itself(cast: Cast, as_: As) -> None:
    """Neither its name nor its zone, nor that there is one, until its owner comes."""
    cast.otto.user.time_zone = "Asia/Tokyo"
    cast.otto.user.save()
    client, people = as_(cast.ruth), f"/o/tidewater/programs/{cast.program.pk}/people"
    nameless = b"e-mail,side\notto.lang@example.com,junior\n"
    [row] = client.get(staged(client, cast, nameless)).context["rows"]
    assert (row.kind, row.reason) == ("error", "is new here and has no name")
    data = b"name,e-mail,side\nThe new one,otto.lang@example.com,junior\n"
    confirm(client, staged(client, cast, data))
    enrolled = Enrolment.objects.get(membership__user=cast.otto.user)
    pages = [
        f"{people}/",
        f"{people}.csv",
        f"/o/tidewater/enrolments/{enrolled.pk}/",
        f"/o/tidewater/programs/{cast.program.pk}/pair/?junior={enrolled.pk}",
        f"/o/tidewater/programs/{cast.program.pk}/board/",
    ]
    for address in pages:
        shown = client.get(address).content.decode()
        assert "The new one" in shown, address
        assert "Otto Lang" not in shown, address
        assert "Asia/Tokyo" not in shown, address
    owners = as_(cast.olga).get("/o/tidewater/members/").content.decode()
    assert ("The new one" in owners, "Otto Lang" in owners) == (True, False)
    assert list(client.get(f"{people}/?q=new+one").context["page"]) == [enrolled]
    assert list(client.get(f"{people}/?q=Otto+L").context["page"]) == []


def test_import_roster_needs_the_fingerprint_that_was_shown(cast: Cast) -> None:
    staged_upload = stage_roster(
        actor=cast.ruth,
        program=cast.program,
        name="people.csv",
        data=FILE,
        now=timezone.now(),
    )
    with pytest.raises(EffectChanged):
        import_roster(
            actor=cast.ruth, program=cast.program, upload=staged_upload, fingerprint=""
        )
    assert Enrolment.objects.count() == 5


def large(rows: int) -> bytes:
    people = (
        f"Person {n},person{n}@example.com,{'mentor' if n % 3 == 0 else 'junior'},"
        f"Team {n % 40},python; sql,{n % 5},6,person{n - n % 50}x@example.com,UTC"
        for n in range(rows)
    )
    header = "name,e-mail,side,team,skills,heads,hours,line manager e-mail,time zone"
    return "\n".join([header, *people]).encode()


def test_five_thousand_rows_go_in_by_one_upload(
    cast: Cast, as_: As, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_(cast.ruth)
    began = process_time()
    with django_assert_max_num_queries(93):
        address = staged(client, cast, large(5000))
        assert len(client.get(address).context["rows"]) == 100
        confirm(client, address)
    took = process_time() - began
    assert Enrolment.objects.count() == 5005
    assert took < 20
    with django_assert_max_num_queries(30):
        response = client.get(staged(client, cast, large(5000)))
    assert response.context["counts"]["unchanged"] == 5000


def test_import_roster_happens_once(cast: Cast) -> None:
    upload = stage_roster(
        actor=cast.ruth,
        program=cast.program,
        name="people.csv",
        data=FILE,
        now=timezone.now(),
    )
    again = StagedUpload.objects.get(pk=upload.pk)
    fingerprint = plan_import(cast.program, upload).fingerprint
    confirm_it = partial(
        import_roster, actor=cast.ruth, program=cast.program, fingerprint=fingerprint
    )
    confirm_it(upload=upload)
    with pytest.raises(AlreadyImported):
        confirm_it(upload=again)


MORE = (
    "name,e-mail,side,skills,areas,languages,works from,works until,training done,"
    "employed since\n"
    "Noor Haddad,noor@example.com,mentor,go:3; Rust,Rates,en; pt,08:30,16:45,"
    "2025-03-31,2019-09-01\n"
    "Mai Tran,mai.tran@example.com,junior,PYTHON:3,,,,,,\n"
)


def test_import_roster_writes_profiles_and_what_the_register_keeps(
    cast: Cast, as_: As
) -> None:
    client = as_(cast.ruth)
    address = staged(client, cast, MORE.encode())
    shown = client.get(address).content.decode()
    assert "2 new skills: go, Rust. They join" in shown
    assert "<del>postgresql:2; python:2</del> becomes <ins>python:3</ins>" in shown
    confirm(client, address)
    noor = Enrolment.objects.get(membership__user__email="noor@example.com")
    assert (noor.product_areas, noor.languages) == (["Rates"], ["en", "pt"])
    assert (noor.works_from, noor.works_until) == (time(8, 30), time(16, 45))
    record = noor.membership.mentor_record
    assert (record.trained_on, record.employed_since) == (
        date(2025, 3, 31),
        date(2019, 9, 1),
    )
    mai = Enrolment.objects.get(pk=cast.mai_enrolled.pk)
    assert mai.degrees == (("python", 3),)
    todo = client.get(staged(client, cast, MORE.encode())).context["todo"]
    assert (todo.counts["unchanged"], todo.new_skills) == (2, [])
    more = b"e-mail,side,training done\nnoor@example.com,mentor,2026-01-31\n"
    confirm(client, staged(client, cast, more))
    record.refresh_from_db()
    assert (record.trained_on, record.employed_since) == (
        date(2026, 1, 31),
        date(2019, 9, 1),
    )


def test_import_roster_takes_away_what_its_empty_cells_say_is_none(
    cast: Cast, as_: As
) -> None:
    """Heads and hours can't be none, and the register is not this program's alone."""
    client = as_(cast.ruth)
    confirm(client, staged(client, cast, MORE.encode()))
    empty = MORE.splitlines()[0] + ",heads,hours\nNoor Haddad,noor@example.com,mentor"
    address = staged(client, cast, f"{empty}{',' * 9}\n".encode())
    response = client.get(address)
    assert response.context["todo"].taken_away == 5
    assert "5 values are taken away, because their cells are empty." in response.text
    before = Enrolment.objects.get(membership__user__email="noor@example.com")
    confirm(client, address)
    after = Enrolment.objects.get(pk=before.pk)
    assert (after.product_areas, after.languages, after.degrees) == ([], [], ())
    assert (after.works_from, after.works_until) == (None, None)
    assert (after.heads, after.hours) == (before.heads, before.hours)
    record = after.membership.mentor_record
    assert record.trained_on == date(2025, 3, 31)
    assert record.employed_since == date(2019, 9, 1)
    left_out = b"e-mail,side\nmai.tran@example.com,junior\n"
    assert client.get(staged(client, cast, left_out)).context["todo"].taken_away == 0


def test_import_roster_takes_wishes_from_who_changes_sides(cast: Cast, as_: As) -> None:
    wish(
        actor=cast.mai,
        junior=cast.mai_enrolled,
        person=cast.tomasz,
        step=Step.AVOID,
    )
    client = as_(cast.ruth)
    data = b"e-mail,side\nmai.tran@example.com,mentor\n"
    confirm(client, staged(client, cast, data))
    assert Enrolment.objects.get(pk=cast.mai_enrolled.pk).is_mentor
    assert not Avoidance.objects.exists()


CIRCLE = b"""e-mail,side,line manager
mai.tran@example.com,junior,anjali.mehta@example.com
anjali.mehta@example.com,mentor,lars.nilsen@example.com
tomasz.wieczorek@example.com,mentor,mai.tran@example.com
"""


def test_import_roster_leaves_out_managers_in_a_circle(cast: Cast, as_: As) -> None:
    """Lars is above Anjali in the file, and under Mai in the program."""
    lars = EnrolmentFactory.create(
        program=cast.program, membership=cast.lars, side="mentor"
    )
    Enrolment.objects.filter(pk=lars.pk).update(line_manager=cast.mai)
    client = as_(cast.ruth)
    address = staged(client, cast, CIRCLE)
    rows = client.get(address).context["rows"]
    assert [row.kind for row in rows] == ["error", "error", "update"]
    assert rows[0].reason == (
        "the line managers go in a circle: mai.tran@example.com, "
        "anjali.mehta@example.com, lars.nilsen@example.com, mai.tran@example.com"
    )
    confirm(client, address)
    cast.mai_enrolled.refresh_from_db()
    assert cast.mai_enrolled.line_manager != cast.anjali


def test_a_place_refuses_managers_in_a_circle(cast: Cast, as_: As) -> None:
    Enrolment.objects.filter(pk=cast.anjali_enrolled.pk).update(line_manager=cast.mai)
    form = {
        "side": "junior",
        "heads": "3",
        "hours": "6",
        "last_on": cast.program.last_on.isoformat(),
        "manager": cast.anjali.user.email,
    }
    place = f"/o/tidewater/enrolments/{cast.mai_enrolled.pk}/"
    response = as_(cast.ruth).post(place, form)
    assert response.status_code == 422
    [error] = response.context["form"].errors["manager"]
    assert "in a circle: Mai Tran, Anjali Mehta, Mai Tran." in error
    form["manager"] = cast.lars.user.email
    assert as_(cast.ruth).post(place, form).status_code == 303


@pytest.mark.parametrize(
    ("managers", "circle"),
    [
        ({}, []),
        ({1: 1}, [1, 1]),
        ({1: 2, 2: 3, 3: 1}, [1, 2, 3, 1]),
        ({1: 2, 2: 3, 3: 2}, []),
    ],
)
def test_circle_of(managers: dict[int, int], circle: list[int]) -> None:
    assert circle_of(1, managers) == circle
