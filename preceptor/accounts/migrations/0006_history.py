"""Who changed what, when, from what; nobody changes or removes an entry.

The database refuses it to every role, by a trigger; the role of the application has
not the right either (see `manage.py grants`).
"""

import django.db.models.deletion
import pgtrigger.compiler
from django.db import migrations, models

import preceptor.history

STAYS = """
CREATE FUNCTION accounts_history_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'history is added to, and never changed'
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER accounts_history_stays BEFORE UPDATE OR DELETE ON accounts_historyentry
    EXECUTE FUNCTION accounts_history_stays();
"""
GOES = """
DROP TRIGGER accounts_history_stays ON accounts_historyentry;
DROP FUNCTION accounts_history_stays();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_what_an_organisation_sets"),
    ]

    operations = [
        migrations.CreateModel(
            name="HistoryEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("people", "People and roles"),
                            ("programs", "Programs and their staff"),
                            ("enrolments", "Enrolments"),
                            ("pairings", "Pairings"),
                            ("milestones", "Milestones and sign-offs"),
                            ("settings", "Settings"),
                            ("exports", "Exports and downloads"),
                            ("sign_ins", "Sign-ins of staff"),
                        ],
                        max_length=12,
                    ),
                ),
                ("what", models.CharField(max_length=60)),
                ("row_id", models.BigIntegerField(null=True)),
                (
                    "verb",
                    models.CharField(
                        choices=[
                            ("added", "added"),
                            ("changed", "changed"),
                            ("removed", "removed"),
                            ("did", "did"),
                        ],
                        max_length=10,
                    ),
                ),
                ("program_id", models.BigIntegerField(null=True)),
                ("person_id", models.BigIntegerField(null=True)),
                ("other_id", models.BigIntegerField(null=True)),
                ("actor_id", models.BigIntegerField(null=True)),
                ("request", models.CharField(blank=True, max_length=64)),
                ("through", models.CharField(max_length=100)),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
            ],
            options={
                "ordering": ["-at", "-id"],
            },
        ),
        preceptor.history.AddTrigger(
            model_name="holiday",
            trigger=pgtrigger.compiler.Trigger(
                name="history_insert",
                sql=preceptor.history.TriggerSql(
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func="INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r.\"organisation_id\", 'settings', 'accounts.holiday', r.id, 'added', NULL::bigint, NULL::bigint, NULL::bigint, actor.id, COALESCE(acting[2], ''), COALESCE(acting[3], 'sql ' || session_user), NULL, jsonb_build_object('day', r.\"day\", 'name', r.\"name\") FROM added r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r.\"organisation_id\" AND actor.user_id = NULLIF(acting[1], '')::bigint ; RETURN NULL;",
                    hash="549633b1f684f4b509c4be229da4d4a8014c9f5d",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_history_insert_a996f",
                    referencing="REFERENCING NEW TABLE AS added ",
                    table="accounts_holiday",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="holiday",
            trigger=pgtrigger.compiler.Trigger(
                name="history_update",
                sql=preceptor.history.TriggerSql(
                    condition='WHEN (OLD."day" IS DISTINCT FROM NEW."day" OR OLD."name" IS DISTINCT FROM NEW."name")',
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func="INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r.\"organisation_id\", 'settings', 'accounts.holiday', r.id, 'changed', NULL::bigint, NULL::bigint, NULL::bigint, actor.id, COALESCE(acting[2], ''), COALESCE(acting[3], 'sql ' || session_user), CASE WHEN OLD.\"day\" IS DISTINCT FROM NEW.\"day\" THEN jsonb_build_object('day', OLD.\"day\") ELSE '{}' END || CASE WHEN OLD.\"name\" IS DISTINCT FROM NEW.\"name\" THEN jsonb_build_object('name', OLD.\"name\") ELSE '{}' END, CASE WHEN OLD.\"day\" IS DISTINCT FROM NEW.\"day\" THEN jsonb_build_object('day', NEW.\"day\") ELSE '{}' END || CASE WHEN OLD.\"name\" IS DISTINCT FROM NEW.\"name\" THEN jsonb_build_object('name', NEW.\"name\") ELSE '{}' END FROM (SELECT NEW.*) r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r.\"organisation_id\" AND actor.user_id = NULLIF(acting[1], '')::bigint ; RETURN NULL;",
                    hash="2e597fedd0352524decbab1893d8c5d41ae59aeb",
                    operation="UPDATE",
                    pgid="pgtrigger_history_update_8f65a",
                    table="accounts_holiday",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="holiday",
            trigger=pgtrigger.compiler.Trigger(
                name="history_delete",
                sql=preceptor.history.TriggerSql(
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func="INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r.\"organisation_id\", 'settings', 'accounts.holiday', r.id, 'removed', NULL::bigint, NULL::bigint, NULL::bigint, actor.id, COALESCE(acting[2], ''), COALESCE(acting[3], 'sql ' || session_user), jsonb_build_object('day', r.\"day\", 'name', r.\"name\"), NULL FROM removed r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r.\"organisation_id\" AND actor.user_id = NULLIF(acting[1], '')::bigint ; RETURN NULL;",
                    hash="571a5a22224f9793d4c141fd84adf5e2adfb9b1d",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_history_delete_0459d",
                    referencing="REFERENCING OLD TABLE AS removed ",
                    table="accounts_holiday",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="invitation",
            trigger=pgtrigger.compiler.Trigger(
                name="history_insert",
                sql=preceptor.history.TriggerSql(
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func="INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r.\"organisation_id\", 'people', 'accounts.invitation', r.id, 'added', NULL::bigint, NULL::bigint, NULL::bigint, actor.id, COALESCE(acting[2], ''), COALESCE(acting[3], 'sql ' || session_user), NULL, jsonb_build_object('role', r.\"role\", 'sent_at', r.\"sent_at\", 'accepted_at', r.\"accepted_at\", 'withdrawn_at', r.\"withdrawn_at\") FROM added r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r.\"organisation_id\" AND actor.user_id = NULLIF(acting[1], '')::bigint ; RETURN NULL;",
                    hash="c2d1ad388510712c13b62edd91bed60c006bb269",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_history_insert_26fb7",
                    referencing="REFERENCING NEW TABLE AS added ",
                    table="accounts_invitation",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="invitation",
            trigger=pgtrigger.compiler.Trigger(
                name="history_update",
                sql=preceptor.history.TriggerSql(
                    condition='WHEN (OLD."role" IS DISTINCT FROM NEW."role" OR OLD."sent_at" IS DISTINCT FROM NEW."sent_at" OR OLD."accepted_at" IS DISTINCT FROM NEW."accepted_at" OR OLD."withdrawn_at" IS DISTINCT FROM NEW."withdrawn_at")',
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func='INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r."organisation_id", \'people\', \'accounts.invitation\', r.id, \'changed\', NULL::bigint, NULL::bigint, NULL::bigint, actor.id, COALESCE(acting[2], \'\'), COALESCE(acting[3], \'sql \' || session_user), CASE WHEN OLD."role" IS DISTINCT FROM NEW."role" THEN jsonb_build_object(\'role\', OLD."role") ELSE \'{}\' END || CASE WHEN OLD."sent_at" IS DISTINCT FROM NEW."sent_at" THEN jsonb_build_object(\'sent_at\', OLD."sent_at") ELSE \'{}\' END || CASE WHEN OLD."accepted_at" IS DISTINCT FROM NEW."accepted_at" THEN jsonb_build_object(\'accepted_at\', OLD."accepted_at") ELSE \'{}\' END || CASE WHEN OLD."withdrawn_at" IS DISTINCT FROM NEW."withdrawn_at" THEN jsonb_build_object(\'withdrawn_at\', OLD."withdrawn_at") ELSE \'{}\' END, CASE WHEN OLD."role" IS DISTINCT FROM NEW."role" THEN jsonb_build_object(\'role\', NEW."role") ELSE \'{}\' END || CASE WHEN OLD."sent_at" IS DISTINCT FROM NEW."sent_at" THEN jsonb_build_object(\'sent_at\', NEW."sent_at") ELSE \'{}\' END || CASE WHEN OLD."accepted_at" IS DISTINCT FROM NEW."accepted_at" THEN jsonb_build_object(\'accepted_at\', NEW."accepted_at") ELSE \'{}\' END || CASE WHEN OLD."withdrawn_at" IS DISTINCT FROM NEW."withdrawn_at" THEN jsonb_build_object(\'withdrawn_at\', NEW."withdrawn_at") ELSE \'{}\' END FROM (SELECT NEW.*) r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r."organisation_id" AND actor.user_id = NULLIF(acting[1], \'\')::bigint ; RETURN NULL;',
                    hash="4ea7b883766f4b57f5a13bc87a8e2eded6963de0",
                    operation="UPDATE",
                    pgid="pgtrigger_history_update_48a56",
                    table="accounts_invitation",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="invitation",
            trigger=pgtrigger.compiler.Trigger(
                name="history_delete",
                sql=preceptor.history.TriggerSql(
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func="INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r.\"organisation_id\", 'people', 'accounts.invitation', r.id, 'removed', NULL::bigint, NULL::bigint, NULL::bigint, actor.id, COALESCE(acting[2], ''), COALESCE(acting[3], 'sql ' || session_user), jsonb_build_object('role', r.\"role\", 'sent_at', r.\"sent_at\", 'accepted_at', r.\"accepted_at\", 'withdrawn_at', r.\"withdrawn_at\"), NULL FROM removed r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r.\"organisation_id\" AND actor.user_id = NULLIF(acting[1], '')::bigint ; RETURN NULL;",
                    hash="e5ffad48803d45e5fdc8d65bed9facfd5ca09ffb",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_history_delete_54b0a",
                    referencing="REFERENCING OLD TABLE AS removed ",
                    table="accounts_invitation",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="membership",
            trigger=pgtrigger.compiler.Trigger(
                name="history_insert",
                sql=preceptor.history.TriggerSql(
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func="INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r.\"organisation_id\", 'people', 'accounts.membership', r.id, 'added', NULL::bigint, r.\"id\", NULL::bigint, actor.id, COALESCE(acting[2], ''), COALESCE(acting[3], 'sql ' || session_user), NULL, jsonb_build_object('role', r.\"role\", 'is_active', r.\"is_active\") FROM added r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r.\"organisation_id\" AND actor.user_id = NULLIF(acting[1], '')::bigint ; RETURN NULL;",
                    hash="a21edc5d5fda963ff56df3ad7ba0953fe3ad3607",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_history_insert_a7eb0",
                    referencing="REFERENCING NEW TABLE AS added ",
                    table="accounts_membership",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="membership",
            trigger=pgtrigger.compiler.Trigger(
                name="history_update",
                sql=preceptor.history.TriggerSql(
                    condition='WHEN (OLD."role" IS DISTINCT FROM NEW."role" OR OLD."is_active" IS DISTINCT FROM NEW."is_active")',
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func='INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r."organisation_id", \'people\', \'accounts.membership\', r.id, \'changed\', NULL::bigint, r."id", NULL::bigint, actor.id, COALESCE(acting[2], \'\'), COALESCE(acting[3], \'sql \' || session_user), CASE WHEN OLD."role" IS DISTINCT FROM NEW."role" THEN jsonb_build_object(\'role\', OLD."role") ELSE \'{}\' END || CASE WHEN OLD."is_active" IS DISTINCT FROM NEW."is_active" THEN jsonb_build_object(\'is_active\', OLD."is_active") ELSE \'{}\' END, CASE WHEN OLD."role" IS DISTINCT FROM NEW."role" THEN jsonb_build_object(\'role\', NEW."role") ELSE \'{}\' END || CASE WHEN OLD."is_active" IS DISTINCT FROM NEW."is_active" THEN jsonb_build_object(\'is_active\', NEW."is_active") ELSE \'{}\' END FROM (SELECT NEW.*) r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r."organisation_id" AND actor.user_id = NULLIF(acting[1], \'\')::bigint ; RETURN NULL;',
                    hash="c6bcb64069e5fab3a6a6941d93114651ad1acc33",
                    operation="UPDATE",
                    pgid="pgtrigger_history_update_0c78c",
                    table="accounts_membership",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="membership",
            trigger=pgtrigger.compiler.Trigger(
                name="history_delete",
                sql=preceptor.history.TriggerSql(
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func="INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r.\"organisation_id\", 'people', 'accounts.membership', r.id, 'removed', NULL::bigint, r.\"id\", NULL::bigint, actor.id, COALESCE(acting[2], ''), COALESCE(acting[3], 'sql ' || session_user), jsonb_build_object('role', r.\"role\", 'is_active', r.\"is_active\"), NULL FROM removed r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r.\"organisation_id\" AND actor.user_id = NULLIF(acting[1], '')::bigint ; RETURN NULL;",
                    hash="080756a2ef5206fcbaf09729356f957b19753865",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_history_delete_96673",
                    referencing="REFERENCING OLD TABLE AS removed ",
                    table="accounts_membership",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="organisation",
            trigger=pgtrigger.compiler.Trigger(
                name="history_insert",
                sql=preceptor.history.TriggerSql(
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func="INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r.\"id\", 'settings', 'accounts.organisation', r.id, 'added', NULL::bigint, NULL::bigint, NULL::bigint, actor.id, COALESCE(acting[2], ''), COALESCE(acting[3], 'sql ' || session_user), NULL, jsonb_build_object('name', r.\"name\", 'slug', r.\"slug\", 'time_zone', r.\"time_zone\", 'who_creates', r.\"who_creates\", 'cadence_days', r.\"cadence_days\", 'juniors_per_mentor', r.\"juniors_per_mentor\", 'own_categories', r.\"own_categories\") FROM added r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r.\"id\" AND actor.user_id = NULLIF(acting[1], '')::bigint ; RETURN NULL;",
                    hash="baf628f8d13685b2d67c24f4116e68e47a10cafe",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_history_insert_5045f",
                    referencing="REFERENCING NEW TABLE AS added ",
                    table="accounts_organisation",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="organisation",
            trigger=pgtrigger.compiler.Trigger(
                name="history_update",
                sql=preceptor.history.TriggerSql(
                    condition='WHEN (OLD."name" IS DISTINCT FROM NEW."name" OR OLD."slug" IS DISTINCT FROM NEW."slug" OR OLD."time_zone" IS DISTINCT FROM NEW."time_zone" OR OLD."who_creates" IS DISTINCT FROM NEW."who_creates" OR OLD."cadence_days" IS DISTINCT FROM NEW."cadence_days" OR OLD."juniors_per_mentor" IS DISTINCT FROM NEW."juniors_per_mentor" OR OLD."own_categories" IS DISTINCT FROM NEW."own_categories")',
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func='INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r."id", \'settings\', \'accounts.organisation\', r.id, \'changed\', NULL::bigint, NULL::bigint, NULL::bigint, actor.id, COALESCE(acting[2], \'\'), COALESCE(acting[3], \'sql \' || session_user), CASE WHEN OLD."name" IS DISTINCT FROM NEW."name" THEN jsonb_build_object(\'name\', OLD."name") ELSE \'{}\' END || CASE WHEN OLD."slug" IS DISTINCT FROM NEW."slug" THEN jsonb_build_object(\'slug\', OLD."slug") ELSE \'{}\' END || CASE WHEN OLD."time_zone" IS DISTINCT FROM NEW."time_zone" THEN jsonb_build_object(\'time_zone\', OLD."time_zone") ELSE \'{}\' END || CASE WHEN OLD."who_creates" IS DISTINCT FROM NEW."who_creates" THEN jsonb_build_object(\'who_creates\', OLD."who_creates") ELSE \'{}\' END || CASE WHEN OLD."cadence_days" IS DISTINCT FROM NEW."cadence_days" THEN jsonb_build_object(\'cadence_days\', OLD."cadence_days") ELSE \'{}\' END || CASE WHEN OLD."juniors_per_mentor" IS DISTINCT FROM NEW."juniors_per_mentor" THEN jsonb_build_object(\'juniors_per_mentor\', OLD."juniors_per_mentor") ELSE \'{}\' END || CASE WHEN OLD."own_categories" IS DISTINCT FROM NEW."own_categories" THEN jsonb_build_object(\'own_categories\', OLD."own_categories") ELSE \'{}\' END, CASE WHEN OLD."name" IS DISTINCT FROM NEW."name" THEN jsonb_build_object(\'name\', NEW."name") ELSE \'{}\' END || CASE WHEN OLD."slug" IS DISTINCT FROM NEW."slug" THEN jsonb_build_object(\'slug\', NEW."slug") ELSE \'{}\' END || CASE WHEN OLD."time_zone" IS DISTINCT FROM NEW."time_zone" THEN jsonb_build_object(\'time_zone\', NEW."time_zone") ELSE \'{}\' END || CASE WHEN OLD."who_creates" IS DISTINCT FROM NEW."who_creates" THEN jsonb_build_object(\'who_creates\', NEW."who_creates") ELSE \'{}\' END || CASE WHEN OLD."cadence_days" IS DISTINCT FROM NEW."cadence_days" THEN jsonb_build_object(\'cadence_days\', NEW."cadence_days") ELSE \'{}\' END || CASE WHEN OLD."juniors_per_mentor" IS DISTINCT FROM NEW."juniors_per_mentor" THEN jsonb_build_object(\'juniors_per_mentor\', NEW."juniors_per_mentor") ELSE \'{}\' END || CASE WHEN OLD."own_categories" IS DISTINCT FROM NEW."own_categories" THEN jsonb_build_object(\'own_categories\', NEW."own_categories") ELSE \'{}\' END FROM (SELECT NEW.*) r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r."id" AND actor.user_id = NULLIF(acting[1], \'\')::bigint ; RETURN NULL;',
                    hash="82842db4fde21e1036980e540bce17a30d5bd9ac",
                    operation="UPDATE",
                    pgid="pgtrigger_history_update_50a51",
                    table="accounts_organisation",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="organisation",
            trigger=pgtrigger.compiler.Trigger(
                name="history_delete",
                sql=preceptor.history.TriggerSql(
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func="INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r.\"id\", 'settings', 'accounts.organisation', r.id, 'removed', NULL::bigint, NULL::bigint, NULL::bigint, actor.id, COALESCE(acting[2], ''), COALESCE(acting[3], 'sql ' || session_user), jsonb_build_object('name', r.\"name\", 'slug', r.\"slug\", 'time_zone', r.\"time_zone\", 'who_creates', r.\"who_creates\", 'cadence_days', r.\"cadence_days\", 'juniors_per_mentor', r.\"juniors_per_mentor\", 'own_categories', r.\"own_categories\"), NULL FROM removed r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r.\"id\" AND actor.user_id = NULLIF(acting[1], '')::bigint ; RETURN NULL;",
                    hash="4b1e405e124ff67b8c77548fa132ed1d438a6c4d",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_history_delete_95bda",
                    referencing="REFERENCING OLD TABLE AS removed ",
                    table="accounts_organisation",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="historyentry",
            name="organisation",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.AddIndex(
            model_name="historyentry",
            index=models.Index(
                fields=["organisation", "at", "id"], name="entry_by_day"
            ),
        ),
        migrations.AddIndex(
            model_name="historyentry",
            index=models.Index(
                fields=["organisation", "kind", "at", "id"], name="entry_by_kind"
            ),
        ),
        migrations.AddIndex(
            model_name="historyentry",
            index=models.Index(
                condition=models.Q(("program_id__isnull", False)),
                fields=["program_id", "at", "id"],
                name="entry_by_program",
            ),
        ),
        migrations.AddIndex(
            model_name="historyentry",
            index=models.Index(
                condition=models.Q(("person_id__isnull", False)),
                fields=["person_id", "at", "id"],
                name="entry_by_person",
            ),
        ),
        migrations.AddIndex(
            model_name="historyentry",
            index=models.Index(
                condition=models.Q(("other_id__isnull", False)),
                fields=["other_id", "at", "id"],
                name="entry_by_other",
            ),
        ),
        migrations.AddIndex(
            model_name="historyentry",
            index=models.Index(
                condition=models.Q(("actor_id__isnull", False)),
                fields=["actor_id", "at", "id"],
                name="entry_by_actor",
            ),
        ),
        migrations.RunSQL(STAYS, GOES),
    ]
