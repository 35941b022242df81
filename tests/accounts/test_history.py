"""What the triggers keep, of whatever wrote, and that nobody takes it back."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from preceptor.accounts import acts
from preceptor.accounts.entries import HistoryEntry
from preceptor.accounts.models import Membership, Organisation, OrganisationRow
from preceptor.accounts.pruning import prune_history
from preceptor.accounts.signing_in.models import Provider
from preceptor.acting import acting, announce
from preceptor.backups import back_up
from preceptor.celery import app
from preceptor.history import TRACKED, Kind, Verb
from tests.accounts.test_signing_in import sign_in
from tests.cast import Cast, make_cast
from tests.clients import signed_in
from tests.factories import PASSWORD, OrganisationFactory
from tests.rows import fill

# Text that may be kept: names that the organisation gives, no words of a pair.
NAMES = {
    "signing_in.domain": {"name"},
    "signing_in.provider": {"client_id", "issuer", "metadata_url", "name"},
    "accounts.organisation": {"name", "slug", "time_zone", "own_categories"},
    "accounts.holiday": {"name"},
    "pairings.program": {"name"},
    "pairings.skill": {"name"},
    "notifications.wording": {"kind"},
    "pairings.enrolment": {"team"},
    "insights.scenario": {"name", "currency", "inputs"},
    "insights.teamweek": {"team"},
}
ROWS = [model for model in TRACKED if issubclass(model, OrganisationRow)]


def newest(what: str) -> HistoryEntry:
    entry = HistoryEntry.objects.filter(what=what).first()
    assert entry is not None
    return entry


def told(entry: HistoryEntry) -> tuple[Any, ...]:
    return entry.verb, entry.before, entry.after


@pytest.mark.parametrize("model", ROWS, ids=lambda model: model.__name__)
def test_every_tracked_row_is_told_of_with_its_organisation(
    db: None, model: type[models.Model]
) -> None:
    home = OrganisationFactory.create()
    row = fill(model, home)
    entry = newest(model._meta.label_lower)
    assert (entry.organisation_id, entry.row_id) == (home.pk, row.pk)
    assert (entry.verb, entry.kind) == (Verb.ADDED, TRACKED[model].kind)
    assert entry.after is not None
    assert set(entry.after) == set(TRACKED[model].names)
    for name in ("program", "person", "other"):
        path = getattr(TRACKED[model], name)
        assert getattr(entry, f"{name}_id") == end_of(row, path)


def end_of(row: Any, path: str) -> int | None:
    for name in path.split("__") if path else ():
        row = getattr(row, name)
    return getattr(row, "pk", row) if path else None


def test_no_words_of_the_room_are_kept() -> None:
    kept = {
        model._meta.label_lower: {
            name for name in tracking.fields if is_text(model._meta.get_field(name))
        }
        for model, tracking in TRACKED.items()
    }
    assert {what: names for what, names in kept.items() if names} == NAMES


def is_text(field: Any) -> bool:
    is_word = isinstance(field, models.CharField | models.TextField | models.JSONField)
    return is_word and not field.choices


def test_a_change_tells_what_changed_from_what_to_what(cast: Cast) -> None:
    cast.mei.role = Membership.Role.MANAGER
    cast.mei.save()
    entry = newest("accounts.membership")
    assert told(entry) == (Verb.CHANGED, {"role": "member"}, {"role": "manager"})
    assert entry.person_id == cast.mei.pk
    count = HistoryEntry.objects.count()
    cast.mei.called = "Somebody"
    cast.mei.save()
    Membership.objects.filter(pk=cast.mei.pk).update(role=Membership.Role.MANAGER)
    assert HistoryEntry.objects.count() == count


def test_writes_of_many_rows_leave_an_entry_each(cast: Cast) -> None:
    rows = Membership.objects.filter(pk__in=[cast.mei.pk, cast.lars.pk])
    rows.update(is_active=False)
    changes = HistoryEntry.objects.filter(verb=Verb.CHANGED)
    both = {cast.mei.pk, cast.lars.pk}
    assert set(changes.values_list("person_id", flat=True)) == both
    people = list(rows)
    for one in people:
        one.is_active = True
    Membership.objects.bulk_update(people, ["is_active"])
    assert changes.count() == 4
    assert told(changes[0]) == (
        Verb.CHANGED,
        {"is_active": False},
        {"is_active": True},
    )


def test_an_upsert_tells_of_what_it_did(cast: Cast) -> None:
    query = (
        "INSERT INTO accounts_membership"
        " (organisation_id, user_id, role, is_active, called, created_at)"
        " VALUES (%s, %s, 'manager', true, '', now())"
        " ON CONFLICT (user_id, organisation_id) DO UPDATE SET role = EXCLUDED.role"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [cast.tidewater.pk, cast.mei.user_id])
    assert told(newest("accounts.membership"))[0] == Verb.CHANGED
    with connection.cursor() as cursor:
        cursor.execute(query, [cast.tidewater.pk, cast.otto.user_id])
    assert told(newest("accounts.membership"))[0] == Verb.ADDED


def test_sql_without_the_application_names_the_role_that_wrote(cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_membership SET role = 'owner' WHERE id = %s",
            [cast.mei.pk],
        )
        cursor.execute("SELECT session_user")
        (role,) = cursor.fetchone() or ("",)
    entry = newest("accounts.membership")
    assert (entry.actor_id, entry.through) == (None, f"sql {role}")


def test_a_request_tells_who_acts_and_costs_no_query(cast: Cast) -> None:
    client = signed_in(cast.olga)
    address = f"/o/tidewater/members/{cast.mei.pk}/"
    with CaptureQueriesContext(connection) as queries:
        response = client.post(address, {"role": "manager"})
    assert response.status_code == 303
    telling = [query["sql"] for query in queries if "set_config" in query["sql"]]
    assert all("; UPDATE" in sql for sql in telling)
    entry = newest("accounts.membership")
    assert (entry.actor_id, entry.through) == (cast.olga.pk, "web")
    assert entry.request == response.headers["X-Request-ID"]


def test_what_one_request_wrote_bears_one_number(cast: Cast) -> None:
    with acting("command demo"):
        Membership.objects.filter(pk=cast.mei.pk).update(role="manager")
        Membership.objects.filter(pk=cast.mei.pk).update(role="member")
    with acting("command demo"):
        Membership.objects.filter(pk=cast.mei.pk).update(role="manager")
    third, second, first = HistoryEntry.objects.filter(verb=Verb.CHANGED)
    assert first.request == second.request != third.request
    assert first.through == "command demo"


def test_a_user_who_acts_for_another_organisation_is_nobody_here(cast: Cast) -> None:
    with acting("web", user=cast.otto.user_id):
        Membership.objects.filter(pk=cast.mei.pk).update(role="manager")
    assert newest("accounts.membership").actor_id is None


def test_a_task_bears_its_name(cast: Cast) -> None:
    @app.task(name="tests.promote")
    def promote(member: int) -> None:
        Membership.objects.filter(pk=member).update(role="manager")

    promote.apply(args=(cast.mei.pk,))
    assert newest("accounts.membership").through == "task tests.promote"
    app.tasks.pop("tests.promote")


@pytest.mark.parametrize("name", ["", "a|b", "it's", "x" * 81])
def test_a_name_that_could_leave_its_place_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no plain name"), acting(name):
        pass


def test_who_acts_is_told_in_every_way_to_write(cast: Cast) -> None:
    """Returning rows, with a query in front, many values at once, after a rollback."""
    promote = "UPDATE accounts_membership SET role = %s WHERE id = %s"
    with acting("task everything", user=cast.olga.user_id), connection.cursor() as c:
        c.execute(f"{promote} RETURNING id", ["owner", cast.mei.pk])
        assert c.fetchall() == [(cast.mei.pk,)]
        c.execute(
            "WITH one AS (UPDATE accounts_membership SET role = 'member'"
            " WHERE id = %(id)s RETURNING id) SELECT id FROM one",
            {"id": cast.mei.pk},
        )
        assert c.fetchall() == [(cast.mei.pk,)]
        c.executemany(promote, [("owner", cast.mei.pk), ("owner", cast.lars.pk)])
        try:
            with transaction.atomic():
                c.execute("SELECT 1 / 0")
        except psycopg.errors.DivisionByZero:
            raise AssertionError from None
        except Exception:  # noqa: BLE001 # Django's own, of the driver's
            c.execute(promote, ["member", cast.lars.pk])
        assert c.rowcount == 1
    entries = HistoryEntry.objects.filter(verb=Verb.CHANGED)
    assert [entry.actor_id for entry in entries] == [cast.olga.pk] * 5


def test_a_copy_is_by_whoever_announced_themselves(cast: Cast) -> None:
    columns = "(organisation_id, day, name)"
    with acting("command build", user=cast.olga.user_id), connection.cursor() as cursor:
        announce(cursor)
        with cursor.copy(f"COPY accounts_holiday {columns} FROM STDIN") as copy:
            copy.write_row((cast.tidewater.pk, "2026-12-24", "Eve"))
            copy.write_row((cast.tidewater.pk, "2026-12-25", "Day"))
    entries = HistoryEntry.objects.filter(what="accounts.holiday")
    assert [entry.actor_id for entry in entries] == [cast.olga.pk] * 2


def test_who_acted_is_forgotten_with_the_transaction(transactional_db: None) -> None:
    with acting("command demo"):
        home = OrganisationFactory.create(name="Before")
    Organisation.objects.filter(pk=home.pk).update(name="After")
    entry = newest("accounts.organisation")
    assert told(entry) == (Verb.CHANGED, {"name": "Before"}, {"name": "After"})
    assert entry.through.startswith("sql ")
    entry = HistoryEntry.objects.filter(verb=Verb.ADDED)[0]
    assert (entry.through, entry.organisation_id) == ("command demo", home.pk)


SECRET, NEXT = b"the secret of a provider", b"another secret"


@pytest.mark.parametrize(
    ("model", "field"),
    [(one, name) for one in ROWS for name in TRACKED[one].hidden],
    ids=lambda one: getattr(one, "__name__", one),
)
def test_of_what_is_hidden_it_is_told_that_it_changed(
    db: None, model: type[models.Model], field: str
) -> None:
    home = OrganisationFactory.create()
    row = fill(model, home)
    is_binary = isinstance(model._meta.get_field(field), models.BinaryField)
    first, second = SECRET, NEXT
    for value in (first, second):
        said = value if is_binary else value.decode()
        model._default_manager.filter(pk=row.pk).update(**{field: said})
    entry = newest(model._meta.label_lower)
    assert entry.verb == Verb.CHANGED
    assert set(entry.after or {}) == {field}
    assert entry.before != entry.after
    kept = HistoryEntry.objects.filter(organisation=home)
    told = str(list(kept.values_list("before", "after")))
    for value in (first, second):
        assert value.decode() not in told
        assert value.hex() not in told


def told_of(what: str, cast: Cast) -> list[tuple[Any, ...]]:
    rows = HistoryEntry.objects.filter(what=what, person_id=cast.ines.pk)
    assert set(rows.values_list("organisation", flat=True)) <= {cast.tidewater.pk}
    return [told(one) for one in rows.order_by("pk")]


def test_addresses_are_told_of_without_what_they_say(cast: Cast) -> None:
    row = EmailAddress.objects.create(user=cast.ines.user, email="i@example.org")
    row.verified = True
    row.save()
    row.email = "j@example.org"
    row.save()
    row.delete()
    before = {"verified": True, "primary": False}
    assert told_of("account.emailaddress", cast) == [
        (Verb.ADDED, None, {"verified": False, "primary": False}),
        (Verb.CHANGED, {"verified": False}, {"verified": True}),
        (Verb.CHANGED, None, None),
        (Verb.REMOVED, before, None),
    ]


def test_second_steps_are_told_of_and_not_that_they_were_used(cast: Cast) -> None:
    row = Authenticator.objects.create(
        user=cast.ines.user, type="totp", data={"secret": "S"}
    )
    row.record_usage()
    row.delete()
    assert told_of("mfa.authenticator", cast) == [
        (Verb.ADDED, None, {"type": "totp"}),
        (Verb.REMOVED, {"type": "totp"}, None),
    ]


def test_identities_are_told_of_where_their_provider_is(cast: Cast) -> None:
    Membership.objects.create(organisation=cast.otto.organisation, user=cast.ines.user)
    provider = Provider.objects.create(organisation=cast.tidewater, kind="oidc")
    row = SocialAccount.objects.create(
        user=cast.ines.user, provider=provider.code, uid="ines"
    )
    row.delete()
    assert told_of("socialaccount.socialaccount", cast) == [
        (Verb.ADDED, None, None),
        (Verb.REMOVED, None, None),
    ]
    here = HistoryEntry.objects.filter(organisation=cast.otto.organisation)
    assert not here.filter(what="socialaccount.socialaccount").exists()


def test_what_is_of_an_account_is_told_in_each_organisation_it_opens(
    cast: Cast,
) -> None:
    there = Membership.objects.create(
        organisation=cast.otto.organisation, user=cast.ines.user
    )
    with acting("web", user=cast.ines.user_id):
        Authenticator.objects.create(user=cast.ines.user, type="totp", data={})
    rows = HistoryEntry.objects.filter(what="mfa.authenticator").order_by("person_id")
    assert [(one.person_id, one.actor_id) for one in rows] == [
        (cast.ines.pk, cast.ines.pk),
        (there.pk, there.pk),
    ]


def test_another_password_is_told_of(cast: Cast) -> None:
    ines = Client()
    sign_in(ines, cast.ines.user.email)
    new = "tide tables and lanterns"
    answer = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    ines.post("/accounts/password/change/", answer)
    entry = newest("password")
    assert (entry.verb, entry.kind, entry.after) == ("did", "people", None)
    assert (entry.actor_id, entry.person_id) == (cast.ines.pk, cast.ines.pk)


def test_an_act_is_kept_with_who_did_it(cast: Cast) -> None:
    with acting("web", user=cast.ruth.user_id):
        acts.note(
            actor=cast.ruth,
            act=acts.Act.EXPORT,
            subject="pair board (CSV)",
            program_id=cast.program.pk,
        )
    entry = HistoryEntry.objects.filter(kind=Kind.EXPORTS)[0]
    assert (entry.what, entry.verb, entry.actor_id) == ("export", "did", cast.ruth.pk)
    assert (entry.program_id, entry.through) == (cast.program.pk, "web")
    assert entry.after == {"subject": "pair board (CSV)"}


@pytest.mark.parametrize(
    "query",
    [
        "UPDATE accounts_historyentry SET through = ''",
        "UPDATE accounts_historyentry SET through = '' WHERE false",
        "DELETE FROM accounts_historyentry",
        "DELETE FROM accounts_historyentry WHERE id = (SELECT max(id) FROM"
        " accounts_historyentry)",
        "SELECT accounts_prune_history(now() - interval '364 days', 1000)",
    ],
)
def test_no_role_changes_or_removes_an_entry(cast: Cast, query: str) -> None:
    HistoryEntry.objects.bulk_create([an_entry(cast, days=364)])
    with pytest.raises(IntegrityError, match="added to"), transaction.atomic():
        connection.cursor().execute(query)


def an_entry(cast: Cast, days: int) -> HistoryEntry:
    """Of so many days ago."""
    return HistoryEntry(
        at=timezone.now() - timedelta(days=days),
        organisation=cast.tidewater,
        kind=Kind.EXPORTS,
        what=f"{days} days ago",
        verb=Verb.DID,
        through="web",
    )


def test_history_that_is_old_enough_goes_when_that_is_set(
    cast: Cast, settings: Settings
) -> None:
    old = [an_entry(cast, days) for days in (900, 801, 800, 799, 400)]
    HistoryEntry.objects.bulk_create(old)
    others = HistoryEntry.objects.count() - len(old)
    now = timezone.now()
    assert prune_history(now) == 0
    settings.HISTORY_DAYS = 800
    assert prune_history(now, at_once=2) == 3
    left = HistoryEntry.objects.filter(what__endswith="days ago")
    assert set(left.values_list("what", flat=True)) == {"799 days ago", "400 days ago"}
    assert HistoryEntry.objects.count() == others + 2


@pytest.fixture
def application(transactional_db: None) -> Iterator[psycopg.Connection[Any]]:
    """A connection as the role that the application has beside that of migrations."""
    with connection.cursor() as cursor:
        cursor.execute("DROP ROLE IF EXISTS preceptor_app")
        cursor.execute("CREATE ROLE preceptor_app LOGIN")
    call_command("grants", "preceptor_app", stdout=None)
    given = connection.get_connection_params()
    given = {name: given[name] for name in ("host", "port", "dbname") if name in given}
    with psycopg.connect(**given, user="preceptor_app", autocommit=True) as own:
        yield own
    with connection.cursor() as cursor:
        cursor.execute("DROP OWNED BY preceptor_app")
        cursor.execute("DROP ROLE preceptor_app")


def test_the_role_of_the_application_may_back_up(
    application: psycopg.Connection[Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The unit of the nightly backup has the settings of the others."""
    connection.close()
    with monkeypatch.context() as patch:
        patch.setitem(connection.settings_dict, "USER", "preceptor_app")
        folder = back_up(tmp_path, now=timezone.now())
        connection.close()
    assert sorted(path.name for path in folder.iterdir()) == ["dump", "manifest.json"]


def test_the_role_of_the_application_adds_to_history_alone(
    application: psycopg.Connection[Any],
) -> None:
    home = OrganisationFactory.create(name="Before")
    application.execute("UPDATE accounts_organisation SET name = 'After'")
    entry = newest("accounts.organisation")
    assert (entry.organisation_id, entry.through) == (home.pk, "sql preceptor_app")
    for query in (
        "UPDATE accounts_historyentry SET through = ''",
        "DELETE FROM accounts_historyentry",
        "TRUNCATE accounts_historyentry",
        "DROP TABLE accounts_historyentry",
        "ALTER TABLE accounts_historyentry DISABLE TRIGGER USER",
        "ALTER TABLE accounts_organisation DISABLE TRIGGER USER",
        "SET session_replication_role = replica",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            application.execute(query.encode())
    assert HistoryEntry.objects.count() == 2


def test_the_role_of_the_application_prunes_by_the_function_alone(
    application: psycopg.Connection[Any],
) -> None:
    HistoryEntry.objects.bulk_create([an_entry(make_cast(), days=400)])
    before = "SELECT accounts_prune_history(now() - interval '%d days', 10)"
    assert application.execute((before % 366).encode()).fetchone() == (1,)
    with pytest.raises(psycopg.errors.RestrictViolation):
        application.execute((before % 300).encode())


def test_what_a_migration_makes_is_the_application_s_at_once(
    application: psycopg.Connection[Any],
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE made_later (id serial)")
    try:
        application.execute("INSERT INTO made_later DEFAULT VALUES")
        rows = application.execute("SELECT count(*) FROM made_later").fetchone()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE made_later")
    assert rows == (1,)
