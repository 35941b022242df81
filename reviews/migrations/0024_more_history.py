"""How long code is kept is told of in the history."""

import pgtrigger.compiler
from django.db import migrations

import preceptor.history


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_history"),
        ("reviews", "0023_categories_of_ones_own"),
    ]

    operations = [
        preceptor.history.AddTrigger(
            model_name="retentionrule",
            trigger=pgtrigger.compiler.Trigger(
                name="history_insert",
                sql=preceptor.history.TriggerSql(
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func="INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r.\"organisation_id\", 'settings', 'reviews.retentionrule', r.id, 'added', NULL::bigint, NULL::bigint, NULL::bigint, actor.id, COALESCE(acting[2], ''), COALESCE(acting[3], 'sql ' || session_user), NULL, jsonb_build_object('days', r.\"days\") FROM added r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r.\"organisation_id\" AND actor.user_id = NULLIF(acting[1], '')::bigint ; RETURN NULL;",
                    hash="831f5be189d1dffbfca65cea8120ce655870c664",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_history_insert_18aa7",
                    referencing="REFERENCING NEW TABLE AS added ",
                    table="reviews_retentionrule",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="retentionrule",
            trigger=pgtrigger.compiler.Trigger(
                name="history_update",
                sql=preceptor.history.TriggerSql(
                    condition='WHEN (OLD."days" IS DISTINCT FROM NEW."days")',
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func="INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r.\"organisation_id\", 'settings', 'reviews.retentionrule', r.id, 'changed', NULL::bigint, NULL::bigint, NULL::bigint, actor.id, COALESCE(acting[2], ''), COALESCE(acting[3], 'sql ' || session_user), CASE WHEN OLD.\"days\" IS DISTINCT FROM NEW.\"days\" THEN jsonb_build_object('days', OLD.\"days\") ELSE '{}' END, CASE WHEN OLD.\"days\" IS DISTINCT FROM NEW.\"days\" THEN jsonb_build_object('days', NEW.\"days\") ELSE '{}' END FROM (SELECT NEW.*) r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r.\"organisation_id\" AND actor.user_id = NULLIF(acting[1], '')::bigint ; RETURN NULL;",
                    hash="6e9eefc2f80a0ee7f706a6a60f4534f65f4a12fe",
                    operation="UPDATE",
                    pgid="pgtrigger_history_update_e69fc",
                    table="reviews_retentionrule",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="retentionrule",
            trigger=pgtrigger.compiler.Trigger(
                name="history_delete",
                sql=preceptor.history.TriggerSql(
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func="INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r.\"organisation_id\", 'settings', 'reviews.retentionrule', r.id, 'removed', NULL::bigint, NULL::bigint, NULL::bigint, actor.id, COALESCE(acting[2], ''), COALESCE(acting[3], 'sql ' || session_user), jsonb_build_object('days', r.\"days\"), NULL FROM removed r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r.\"organisation_id\" AND actor.user_id = NULLIF(acting[1], '')::bigint ; RETURN NULL;",
                    hash="731677dc24787c2145a5bb9b962716627d63d9c5",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_history_delete_3e2eb",
                    referencing="REFERENCING OLD TABLE AS removed ",
                    table="reviews_retentionrule",
                    when="AFTER",
                ),
            ),
        ),
    ]
