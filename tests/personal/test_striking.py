"""What is struck of a name, and what is no name although it reads like one."""

import hashlib
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, ProgrammingError, connection, models, transaction

from pairings.models import Program, Skill
from preceptor.accounts.entries import HistoryEntry
from preceptor.accounts.held import texts
from preceptor.accounts.models import Organisation
from preceptor.accounts.spelling import Spelled
from preceptor.history import TABLE
from preceptor.insights.models import ClosedMonth, Scenario, TeamWeek
from preceptor.notifications.models import Host
from preceptor.personal import striking
from preceptor.personal.models import Erasure
from preceptor.personal.striking import (
    Counted,
    count,
    places,
    strike,
    strike_history,
)
from reviews.models import Blob, Finding, Revision, Transcript
from reviews.personal import strike as strike_files
from tests.cast import Cast
from tests.personal.machines import MACHINES, unnamed
from tests.personal.words import make
from tests.rows import fill

pytestmark = pytest.mark.django_db
NAME = "Élodie Łukasz"


@pytest.fixture
def begun(cast: Cast) -> Erasure:
    """Somebody is being erased: nothing is struck out of the history else."""
    return Erasure.objects.create(
        organisation=cast.tidewater,
        member=cast.ines,
        due_at="2026-11-23T09:00Z",
        begun_at="2026-11-23T09:00Z",
        stepped_at="2026-11-23T09:00Z",
    )


def erase_names(cast: Cast, *names: str, parts: tuple[str, ...] = ()) -> None:
    for place in places():
        strike(place, cast.tidewater.pk, Spelled(names, parts))
    strike_history(cast.tidewater.pk, Spelled(names, parts))


def finding(cast: Cast, text: str) -> Finding:
    words = {"author": cast.tomasz, "text": text, "category": "concurrency"}
    made = make(Finding, "session__mentor", cast.ines, **words)
    return Finding.objects.get(pk=made.pk)


def test_every_column_of_text_is_one_of_people_or_of_machines() -> None:
    """Name what stands here in the app's `TEXTS`, or among the `MACHINES`."""
    assert unnamed() == []
    both = [
        f"{model._meta.label}.{name}"
        for model, columns in texts().items()
        for name in columns
        if name in MACHINES.get(model._meta.label, ())
    ]
    assert both == []


WRITTEN = [(model, name) for model, names in texts().items() for name in names]
HOST = "email smtp.example"


@pytest.mark.parametrize(
    ("model", "name"), WRITTEN, ids=[f"{m.__name__}.{n}" for m, n in WRITTEN]
)
def test_a_name_is_struck_wherever_people_write(
    cast: Cast, begun: Erasure, model: type[models.Model], name: str
) -> None:
    pk = row_of(model, cast)
    field: Any = model._meta.get_field(name)
    rows = model._default_manager.filter(pk=pk)
    with transaction.atomic():
        striking.pass_guards()
        without_checks(model)
        rows.update(**{name: written(field, f"x {NAME.upper()}.")})

    erase_names(cast, NAME)

    struck = written(field, "x Former member.")
    assert rows.values_list(name, flat=True).get() == struck
    of_it = HistoryEntry.objects.filter(what=model._meta.label_lower)
    told = [f"{entry.before} {entry.after}" for entry in of_it]
    assert [one for one in told if "UKASZ" in one.upper()] == []


def row_of(model: type[models.Model], cast: Cast) -> Any:
    if model is Organisation:
        return cast.tidewater.pk
    if model is Host:
        return Host.objects.create(name=HOST).pk
    return fill(model, cast.tidewater).pk


def without_checks(model: type[models.Model]) -> None:
    """Some columns want others beside them, which is nothing to what is struck."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for one in model._meta.constraints:
            if isinstance(one, models.CheckConstraint):
                table = model._meta.db_table
                cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{one.name}"')


def written(field: Any, text: str) -> Any:
    """As the column keeps it, and within its length."""
    if isinstance(field, models.JSONField):
        return {"low": [text, 3, None, {"note": text, "is_retired": False}]}
    if not isinstance(field, models.CharField | models.TextField):
        return [text, "another"]
    return text


def test_a_full_name_is_struck_however_it_is_spelled(cast: Cast) -> None:
    found = finding(cast, "As ines CARVALHO said: logic, not luck.")
    strike_all(cast, "Ines Carvalho")
    found.refresh_from_db()
    assert found.text == "As Former member said: logic, not luck."


def strike_all(cast: Cast, *names: str, parts: tuple[str, ...] = ()) -> None:
    """In the one table of findings, of which no history is kept."""
    [place] = [one for one in places() if one.table == Finding._meta.db_table]
    Erasure.objects.get_or_create(
        organisation=cast.tidewater,
        member=cast.mai,
        defaults={"due_at": "2026-11-23T09:00Z", "begun_at": "2026-11-23T09:00Z"},
    )
    strike(place, cast.tidewater.pk, Spelled(names, parts))


def test_what_machines_read_is_no_name(cast: Cast, begun: Erasure) -> None:
    found = finding(cast, "concurrency, says he")
    month = fill(ClosedMonth, cast.tidewater)
    with transaction.atomic():
        striking.pass_guards()
        rows = ClosedMonth.objects.filter(pk=month.pk)
        rows.update(document={"flaws": [["concurrency", 2, f"{NAME}'s tool"]]})
    erase_names(cast, NAME, parts=("concurrency",))
    found.refresh_from_db()
    assert (found.category, found.text) == ("concurrency", "Former member, says he")
    document = ClosedMonth.objects.get(pk=month.pk).document
    assert document == {"flaws": [["concurrency", 2, "Former member's tool"]]}


def test_names_of_people_who_stay_are_theirs(cast: Cast, begun: Erasure) -> None:
    """Somebody else may bear the same name."""
    cast.devon.called = NAME
    cast.devon.save(update_fields=["called"])
    erase_names(cast, NAME)
    cast.devon.refresh_from_db()
    assert cast.devon.called == NAME


def test_another_organisation_keeps_its_texts(cast: Cast, begun: Erasure) -> None:
    there = fill(Skill, cast.otto.organisation, name=NAME)
    erase_names(cast, NAME)
    assert Skill.objects.get(pk=there.pk).name == NAME


def test_rows_that_have_to_differ_get_a_number(cast: Cast, begun: Erasure) -> None:
    """Programs, skills and a team's weeks would be the same twice."""
    spellings = ("Élodie Łukasz", "Łukasz, Élodie", "É’s: Élodie  Łukasz")
    for name in spellings:
        fill(Skill, cast.tidewater, name=name)
        fill(Program, cast.tidewater, name=name)
        fill(TeamWeek, cast.tidewater, team=f"{name} {'x' * 40}")
    erase_names(cast, NAME)
    skills = Skill.objects.filter(name__startswith="Former")
    assert set(skills.values_list("name", flat=True)) == {
        "Former member",
        "Former member 2",
    }
    assert Program.objects.filter(name__contains="ukasz").count() == 0
    assert TeamWeek.objects.filter(team__contains="ukasz").count() == 0


def test_a_number_fits_where_the_text_is_cut(cast: Cast, begun: Erasure) -> None:
    name = "Jo Li"
    for spelling in ("Jo Li", "Li, Jo", "Jo  Li"):
        fill(Skill, cast.tidewater, name=f"{spelling}{'!' * 60}"[:60])
    erase_names(cast, name)
    found = set(Skill.objects.values_list("name", flat=True))
    assert {len(one) for one in found if one.startswith("Former")} == {60}
    assert len([one for one in found if one.startswith("Former")]) == 3


def test_striking_is_not_told_of(cast: Cast, begun: Erasure) -> None:
    """Else the history would keep the very name that was struck."""
    program = fill(Program, cast.tidewater, name=f"With {NAME}")
    Program.objects.filter(pk=program.pk).update(name="Renamed")
    Program.objects.filter(pk=program.pk).update(name=f"{NAME} again")
    before = HistoryEntry.objects.count()

    erase_names(cast, NAME)

    assert HistoryEntry.objects.count() == before
    entries = HistoryEntry.objects.filter(row_id=program.pk, what="pairings.program")
    told = [(one.before, one.after) for one in entries[:2]]
    assert told == [
        ({"name": "Renamed"}, {"name": "Former member again"}),
        ({"name": "With Former member"}, {"name": "Renamed"}),
    ]


def test_scenarios_keep_their_figures(cast: Cast, begun: Erasure) -> None:
    inputs = {"hours": {"low": "1", "high": "2", "source": f"{NAME} said"}}
    row = fill(Scenario, cast.tidewater, inputs=inputs)
    erase_names(cast, NAME, parts=("1",))
    kept = Scenario.objects.get(pk=row.pk).inputs
    assert kept["hours"]["source"] == "Former member said"


def test_the_history_stays_where_nobody_is_erased(cast: Cast) -> None:
    """Whatever a session of the database says that it is doing."""
    for statement in (
        f"UPDATE {TABLE} SET after = NULL",  # noqa: S608 # own names
        f"DELETE FROM {TABLE}",  # noqa: S608
        f"SELECT accounts_history_strike({cast.tidewater.pk}, ARRAY[1::bigint], 'x')",
        f"SELECT accounts_history_untell({cast.tidewater.pk}, 'x')",
    ):
        with pytest.raises(IntegrityError):
            run_erasing(statement)


@transaction.atomic
def run_erasing(statement: str) -> None:
    striking.pass_guards()
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_role_of_the_application_strikes_and_changes_nothing_else(
    cast: Cast, begun: Erasure
) -> None:
    fill(Program, cast.tidewater, name=f"With {NAME}")
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE striking_app")
        call_command("grants", "striking_app", verbosity=0)
        cursor.execute("SET LOCAL ROLE striking_app")
        for change in ("UPDATE {0} SET after = NULL", "DELETE FROM {0}"):
            with pytest.raises(ProgrammingError, match="permission denied"):
                run_erasing(
                    "SET LOCAL preceptor.striking = 'yes'; " + change.format(TABLE)
                )
        erase_names(cast, NAME)
        cursor.execute("RESET ROLE")
    kept = HistoryEntry.objects.filter(what="pairings.program").values_list("after")
    assert "ukasz" not in str(list(kept))


def test_places_are_counted(cast: Cast, begun: Erasure) -> None:
    finding(cast, f"{NAME}, and {NAME} again")
    finding(cast, "Élodie alone")
    each = [Spelled((NAME,)), Spelled((), ("Élodie",)), Spelled((), ("élodie",))]
    assert count(cast.tidewater.pk, each, 60.0) == Counted([1, 2, 0], is_whole=True)


def test_counting_takes_no_longer_than_it_may(cast: Cast, begun: Erasure) -> None:
    """What a page counts then is at least so many, and the page says so."""
    finding(cast, NAME)
    found = count(cast.tidewater.pk, [Spelled((NAME,))], 0.0)
    assert found == Counted([0], is_whole=False)


def test_others_changes_keep_their_lines_and_what_they_were(
    cast: Cast, begun: Erasure
) -> None:
    """Findings go on to point at their lines, and evidence finds its revision."""
    patch = f"From: {NAME} <x@y.example>\n+{NAME}\n+logic\n".encode()
    digest = hashlib.sha256(patch).digest()
    blob = fill(Blob, cast.tidewater, sha256=digest, body=patch)
    change = fill(Revision, cast.tidewater, blob=blob, sha256=None)
    talk = fill(Transcript, cast.tidewater, blob=blob, sha256=digest)

    strike_files(cast.tidewater.pk, Spelled((NAME,), ("logic",)))
    strike_files(cast.tidewater.pk, Spelled((NAME,)))

    change = Revision.objects.get(pk=change.pk)
    struck = b"From: Former member <x@y.example>\n+Former member\n+logic\n"
    assert (change.data, change.digest) == (struck, digest.hex())
    kept = Transcript.objects.get(pk=talk.pk)
    assert kept.blob == change.blob
    assert bytes(kept.sha256) == digest
    assert not Blob.objects.filter(pk=blob.pk).exists()
