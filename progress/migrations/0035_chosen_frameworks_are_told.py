"""The framework that a program chose is told of in the history."""

import pgtrigger.compiler
from django.db import migrations

import preceptor.history


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_history"),
        ("progress", "0034_erasure_passes"),
    ]

    operations = [
        preceptor.history.AddTrigger(
            model_name="programframework",
            trigger=pgtrigger.compiler.Trigger(
                name="history_insert",
                sql=preceptor.history.TriggerSql(
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func="INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r.\"organisation_id\", 'programs', 'progress.programframework', r.id, 'added', r.\"program_id\", NULL::bigint, NULL::bigint, actor.id, COALESCE(acting[2], ''), COALESCE(acting[3], 'sql ' || session_user), NULL, jsonb_build_object('framework', r.\"framework_id\") FROM added r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r.\"organisation_id\" AND actor.user_id = NULLIF(acting[1], '')::bigint ; RETURN NULL;",
                    hash="6d0e6513f0aad8f9573b378cd6cb6ddb7e380be7",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_history_insert_de5ea",
                    referencing="REFERENCING NEW TABLE AS added ",
                    table="progress_programframework",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="programframework",
            trigger=pgtrigger.compiler.Trigger(
                name="history_update",
                sql=preceptor.history.TriggerSql(
                    condition='WHEN (OLD."framework_id" IS DISTINCT FROM NEW."framework_id")',
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func="INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r.\"organisation_id\", 'programs', 'progress.programframework', r.id, 'changed', r.\"program_id\", NULL::bigint, NULL::bigint, actor.id, COALESCE(acting[2], ''), COALESCE(acting[3], 'sql ' || session_user), CASE WHEN OLD.\"framework_id\" IS DISTINCT FROM NEW.\"framework_id\" THEN jsonb_build_object('framework', OLD.\"framework_id\") ELSE '{}' END, CASE WHEN OLD.\"framework_id\" IS DISTINCT FROM NEW.\"framework_id\" THEN jsonb_build_object('framework', NEW.\"framework_id\") ELSE '{}' END FROM (SELECT NEW.*) r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r.\"organisation_id\" AND actor.user_id = NULLIF(acting[1], '')::bigint ; RETURN NULL;",
                    hash="9b20e0de811938d88197b5fc1d9599bdd1c3a997",
                    operation="UPDATE",
                    pgid="pgtrigger_history_update_b40ee",
                    table="progress_programframework",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="programframework",
            trigger=pgtrigger.compiler.Trigger(
                name="history_delete",
                sql=preceptor.history.TriggerSql(
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func="INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r.\"organisation_id\", 'programs', 'progress.programframework', r.id, 'removed', r.\"program_id\", NULL::bigint, NULL::bigint, actor.id, COALESCE(acting[2], ''), COALESCE(acting[3], 'sql ' || session_user), jsonb_build_object('framework', r.\"framework_id\"), NULL FROM removed r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r.\"organisation_id\" AND actor.user_id = NULLIF(acting[1], '')::bigint ; RETURN NULL;",
                    hash="58fb0e7817f1268f246cf4d72e271c2c95c9a9ec",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_history_delete_75fb1",
                    referencing="REFERENCING OLD TABLE AS removed ",
                    table="progress_programframework",
                    when="AFTER",
                ),
            ),
        ),
    ]
