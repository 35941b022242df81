"""The list of skills is told of in the history."""

import pgtrigger.compiler
from django.db import migrations

import preceptor.history


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_history"),
        ("pairings", "0022_overseers"),
    ]

    operations = [
        preceptor.history.AddTrigger(
            model_name="skill",
            trigger=pgtrigger.compiler.Trigger(
                name="history_insert",
                sql=preceptor.history.TriggerSql(
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func="INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r.\"organisation_id\", 'settings', 'pairings.skill', r.id, 'added', NULL::bigint, NULL::bigint, NULL::bigint, actor.id, COALESCE(acting[2], ''), COALESCE(acting[3], 'sql ' || session_user), NULL, jsonb_build_object('name', r.\"name\") FROM added r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r.\"organisation_id\" AND actor.user_id = NULLIF(acting[1], '')::bigint ; RETURN NULL;",
                    hash="ec3710286a10a42dcc699dd1a593f892fd3629f8",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_history_insert_7eb43",
                    referencing="REFERENCING NEW TABLE AS added ",
                    table="pairings_skill",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="skill",
            trigger=pgtrigger.compiler.Trigger(
                name="history_update",
                sql=preceptor.history.TriggerSql(
                    condition='WHEN (OLD."name" IS DISTINCT FROM NEW."name")',
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func="INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r.\"organisation_id\", 'settings', 'pairings.skill', r.id, 'changed', NULL::bigint, NULL::bigint, NULL::bigint, actor.id, COALESCE(acting[2], ''), COALESCE(acting[3], 'sql ' || session_user), CASE WHEN OLD.\"name\" IS DISTINCT FROM NEW.\"name\" THEN jsonb_build_object('name', OLD.\"name\") ELSE '{}' END, CASE WHEN OLD.\"name\" IS DISTINCT FROM NEW.\"name\" THEN jsonb_build_object('name', NEW.\"name\") ELSE '{}' END FROM (SELECT NEW.*) r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r.\"organisation_id\" AND actor.user_id = NULLIF(acting[1], '')::bigint ; RETURN NULL;",
                    hash="b6167cede9f4f144b20ae2aa4d02990878860e70",
                    operation="UPDATE",
                    pgid="pgtrigger_history_update_948eb",
                    table="pairings_skill",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="skill",
            trigger=pgtrigger.compiler.Trigger(
                name="history_delete",
                sql=preceptor.history.TriggerSql(
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func="INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r.\"organisation_id\", 'settings', 'pairings.skill', r.id, 'removed', NULL::bigint, NULL::bigint, NULL::bigint, actor.id, COALESCE(acting[2], ''), COALESCE(acting[3], 'sql ' || session_user), jsonb_build_object('name', r.\"name\"), NULL FROM removed r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r.\"organisation_id\" AND actor.user_id = NULLIF(acting[1], '')::bigint ; RETURN NULL;",
                    hash="83d124b84b8564d5275828b8c08685f2160b765a",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_history_delete_95bc4",
                    referencing="REFERENCING OLD TABLE AS removed ",
                    table="pairings_skill",
                    when="AFTER",
                ),
            ),
        ),
    ]
