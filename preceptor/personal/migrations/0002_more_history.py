"""Erasures, and the rule for who left, are told of in the history."""

import pgtrigger.compiler
from django.db import migrations

import preceptor.history


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_history"),
        ("personal", "0001_archives_and_erasures"),
    ]

    operations = [
        preceptor.history.AddTrigger(
            model_name="erasure",
            trigger=pgtrigger.compiler.Trigger(
                name="history_insert",
                sql=preceptor.history.TriggerSql(
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func="INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r.\"organisation_id\", 'people', 'personal.erasure', r.id, 'added', NULL::bigint, r.\"member_id\", NULL::bigint, actor.id, COALESCE(acting[2], ''), COALESCE(acting[3], 'sql ' || session_user), NULL, jsonb_build_object('origin', r.\"origin\", 'called_off_at', r.\"called_off_at\", 'begun_at', r.\"begun_at\", 'finished_at', r.\"finished_at\") FROM added r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r.\"organisation_id\" AND actor.user_id = NULLIF(acting[1], '')::bigint ; RETURN NULL;",
                    hash="8da83b7d0aaf0461d43f4a8687dfda84f725257d",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_history_insert_1d847",
                    referencing="REFERENCING NEW TABLE AS added ",
                    table="personal_erasure",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="erasure",
            trigger=pgtrigger.compiler.Trigger(
                name="history_update",
                sql=preceptor.history.TriggerSql(
                    condition='WHEN (OLD."origin" IS DISTINCT FROM NEW."origin" OR OLD."called_off_at" IS DISTINCT FROM NEW."called_off_at" OR OLD."begun_at" IS DISTINCT FROM NEW."begun_at" OR OLD."finished_at" IS DISTINCT FROM NEW."finished_at")',
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func='INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r."organisation_id", \'people\', \'personal.erasure\', r.id, \'changed\', NULL::bigint, r."member_id", NULL::bigint, actor.id, COALESCE(acting[2], \'\'), COALESCE(acting[3], \'sql \' || session_user), CASE WHEN OLD."origin" IS DISTINCT FROM NEW."origin" THEN jsonb_build_object(\'origin\', OLD."origin") ELSE \'{}\' END || CASE WHEN OLD."called_off_at" IS DISTINCT FROM NEW."called_off_at" THEN jsonb_build_object(\'called_off_at\', OLD."called_off_at") ELSE \'{}\' END || CASE WHEN OLD."begun_at" IS DISTINCT FROM NEW."begun_at" THEN jsonb_build_object(\'begun_at\', OLD."begun_at") ELSE \'{}\' END || CASE WHEN OLD."finished_at" IS DISTINCT FROM NEW."finished_at" THEN jsonb_build_object(\'finished_at\', OLD."finished_at") ELSE \'{}\' END, CASE WHEN OLD."origin" IS DISTINCT FROM NEW."origin" THEN jsonb_build_object(\'origin\', NEW."origin") ELSE \'{}\' END || CASE WHEN OLD."called_off_at" IS DISTINCT FROM NEW."called_off_at" THEN jsonb_build_object(\'called_off_at\', NEW."called_off_at") ELSE \'{}\' END || CASE WHEN OLD."begun_at" IS DISTINCT FROM NEW."begun_at" THEN jsonb_build_object(\'begun_at\', NEW."begun_at") ELSE \'{}\' END || CASE WHEN OLD."finished_at" IS DISTINCT FROM NEW."finished_at" THEN jsonb_build_object(\'finished_at\', NEW."finished_at") ELSE \'{}\' END FROM (SELECT NEW.*) r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r."organisation_id" AND actor.user_id = NULLIF(acting[1], \'\')::bigint ; RETURN NULL;',
                    hash="f6c1c3036434f1600f2262e0b308def75beaf9d6",
                    operation="UPDATE",
                    pgid="pgtrigger_history_update_bdbae",
                    table="personal_erasure",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="erasure",
            trigger=pgtrigger.compiler.Trigger(
                name="history_delete",
                sql=preceptor.history.TriggerSql(
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func="INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r.\"organisation_id\", 'people', 'personal.erasure', r.id, 'removed', NULL::bigint, r.\"member_id\", NULL::bigint, actor.id, COALESCE(acting[2], ''), COALESCE(acting[3], 'sql ' || session_user), jsonb_build_object('origin', r.\"origin\", 'called_off_at', r.\"called_off_at\", 'begun_at', r.\"begun_at\", 'finished_at', r.\"finished_at\"), NULL FROM removed r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r.\"organisation_id\" AND actor.user_id = NULLIF(acting[1], '')::bigint ; RETURN NULL;",
                    hash="621fec672e7ea9d33f04bffb0365175684b88b9a",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_history_delete_d9a1c",
                    referencing="REFERENCING OLD TABLE AS removed ",
                    table="personal_erasure",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="leaversrule",
            trigger=pgtrigger.compiler.Trigger(
                name="history_insert",
                sql=preceptor.history.TriggerSql(
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func="INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r.\"organisation_id\", 'settings', 'personal.leaversrule', r.id, 'added', NULL::bigint, NULL::bigint, NULL::bigint, actor.id, COALESCE(acting[2], ''), COALESCE(acting[3], 'sql ' || session_user), NULL, jsonb_build_object('days', r.\"days\") FROM added r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r.\"organisation_id\" AND actor.user_id = NULLIF(acting[1], '')::bigint ; RETURN NULL;",
                    hash="aadb8656b3b7bb867856d0a30f0a183452ac5047",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_history_insert_f5b16",
                    referencing="REFERENCING NEW TABLE AS added ",
                    table="personal_leaversrule",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="leaversrule",
            trigger=pgtrigger.compiler.Trigger(
                name="history_update",
                sql=preceptor.history.TriggerSql(
                    condition='WHEN (OLD."days" IS DISTINCT FROM NEW."days")',
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func="INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r.\"organisation_id\", 'settings', 'personal.leaversrule', r.id, 'changed', NULL::bigint, NULL::bigint, NULL::bigint, actor.id, COALESCE(acting[2], ''), COALESCE(acting[3], 'sql ' || session_user), CASE WHEN OLD.\"days\" IS DISTINCT FROM NEW.\"days\" THEN jsonb_build_object('days', OLD.\"days\") ELSE '{}' END, CASE WHEN OLD.\"days\" IS DISTINCT FROM NEW.\"days\" THEN jsonb_build_object('days', NEW.\"days\") ELSE '{}' END FROM (SELECT NEW.*) r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r.\"organisation_id\" AND actor.user_id = NULLIF(acting[1], '')::bigint ; RETURN NULL;",
                    hash="07abe4599af04f3c59483eadacca523a380ca75c",
                    operation="UPDATE",
                    pgid="pgtrigger_history_update_8b602",
                    table="personal_leaversrule",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="leaversrule",
            trigger=pgtrigger.compiler.Trigger(
                name="history_delete",
                sql=preceptor.history.TriggerSql(
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func="INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r.\"organisation_id\", 'settings', 'personal.leaversrule', r.id, 'removed', NULL::bigint, NULL::bigint, NULL::bigint, actor.id, COALESCE(acting[2], ''), COALESCE(acting[3], 'sql ' || session_user), jsonb_build_object('days', r.\"days\"), NULL FROM removed r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r.\"organisation_id\" AND actor.user_id = NULLIF(acting[1], '')::bigint ; RETURN NULL;",
                    hash="06551626155c942bb8a652d6766e257efd2cf32b",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_history_delete_4693a",
                    referencing="REFERENCING OLD TABLE AS removed ",
                    table="personal_leaversrule",
                    when="AFTER",
                ),
            ),
        ),
    ]
