"""That a secret or metadata of a provider changed is told of in the history."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

import preceptor.history


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_history"),
        ("signing_in", "0001_providers"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="provider",
            name="history_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="provider",
            name="history_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="provider",
            name="history_delete",
        ),
        preceptor.history.AddTrigger(
            model_name="provider",
            trigger=pgtrigger.compiler.Trigger(
                name="history_insert",
                sql=preceptor.history.TriggerSql(
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func="INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r.\"organisation_id\", 'settings', 'signing_in.provider', r.id, 'added', NULL::bigint, NULL::bigint, NULL::bigint, actor.id, COALESCE(acting[2], ''), COALESCE(acting[3], 'sql ' || session_user), NULL, jsonb_build_object('kind', r.\"kind\", 'name', r.\"name\", 'issuer', r.\"issuer\", 'client_id', r.\"client_id\", 'metadata_url', r.\"metadata_url\", 'vouches', r.\"vouches\", 'asks_factor', r.\"asks_factor\", 'tested_at', r.\"tested_at\", 'is_on', r.\"is_on\", 'sealed_secret', left(encode(sha256(convert_to(r.\"sealed_secret\"::text, 'UTF8')), 'hex'), 8), 'metadata', left(encode(sha256(convert_to(r.\"metadata\"::text, 'UTF8')), 'hex'), 8)) FROM added r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r.\"organisation_id\" AND actor.user_id = NULLIF(acting[1], '')::bigint ; RETURN NULL;",
                    hash="9307505761d33a266f34bc14d8845eade615de28",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_history_insert_3234e",
                    referencing="REFERENCING NEW TABLE AS added ",
                    table="signing_in_provider",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="provider",
            trigger=pgtrigger.compiler.Trigger(
                name="history_update",
                sql=preceptor.history.TriggerSql(
                    condition='WHEN (OLD."kind" IS DISTINCT FROM NEW."kind" OR OLD."name" IS DISTINCT FROM NEW."name" OR OLD."issuer" IS DISTINCT FROM NEW."issuer" OR OLD."client_id" IS DISTINCT FROM NEW."client_id" OR OLD."metadata_url" IS DISTINCT FROM NEW."metadata_url" OR OLD."vouches" IS DISTINCT FROM NEW."vouches" OR OLD."asks_factor" IS DISTINCT FROM NEW."asks_factor" OR OLD."tested_at" IS DISTINCT FROM NEW."tested_at" OR OLD."is_on" IS DISTINCT FROM NEW."is_on" OR OLD."sealed_secret" IS DISTINCT FROM NEW."sealed_secret" OR OLD."metadata" IS DISTINCT FROM NEW."metadata")',
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func='INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r."organisation_id", \'settings\', \'signing_in.provider\', r.id, \'changed\', NULL::bigint, NULL::bigint, NULL::bigint, actor.id, COALESCE(acting[2], \'\'), COALESCE(acting[3], \'sql \' || session_user), CASE WHEN OLD."kind" IS DISTINCT FROM NEW."kind" THEN jsonb_build_object(\'kind\', OLD."kind") ELSE \'{}\' END || CASE WHEN OLD."name" IS DISTINCT FROM NEW."name" THEN jsonb_build_object(\'name\', OLD."name") ELSE \'{}\' END || CASE WHEN OLD."issuer" IS DISTINCT FROM NEW."issuer" THEN jsonb_build_object(\'issuer\', OLD."issuer") ELSE \'{}\' END || CASE WHEN OLD."client_id" IS DISTINCT FROM NEW."client_id" THEN jsonb_build_object(\'client_id\', OLD."client_id") ELSE \'{}\' END || CASE WHEN OLD."metadata_url" IS DISTINCT FROM NEW."metadata_url" THEN jsonb_build_object(\'metadata_url\', OLD."metadata_url") ELSE \'{}\' END || CASE WHEN OLD."vouches" IS DISTINCT FROM NEW."vouches" THEN jsonb_build_object(\'vouches\', OLD."vouches") ELSE \'{}\' END || CASE WHEN OLD."asks_factor" IS DISTINCT FROM NEW."asks_factor" THEN jsonb_build_object(\'asks_factor\', OLD."asks_factor") ELSE \'{}\' END || CASE WHEN OLD."tested_at" IS DISTINCT FROM NEW."tested_at" THEN jsonb_build_object(\'tested_at\', OLD."tested_at") ELSE \'{}\' END || CASE WHEN OLD."is_on" IS DISTINCT FROM NEW."is_on" THEN jsonb_build_object(\'is_on\', OLD."is_on") ELSE \'{}\' END || CASE WHEN OLD."sealed_secret" IS DISTINCT FROM NEW."sealed_secret" THEN jsonb_build_object(\'sealed_secret\', left(encode(sha256(convert_to(OLD."sealed_secret"::text, \'UTF8\')), \'hex\'), 8)) ELSE \'{}\' END || CASE WHEN OLD."metadata" IS DISTINCT FROM NEW."metadata" THEN jsonb_build_object(\'metadata\', left(encode(sha256(convert_to(OLD."metadata"::text, \'UTF8\')), \'hex\'), 8)) ELSE \'{}\' END, CASE WHEN OLD."kind" IS DISTINCT FROM NEW."kind" THEN jsonb_build_object(\'kind\', NEW."kind") ELSE \'{}\' END || CASE WHEN OLD."name" IS DISTINCT FROM NEW."name" THEN jsonb_build_object(\'name\', NEW."name") ELSE \'{}\' END || CASE WHEN OLD."issuer" IS DISTINCT FROM NEW."issuer" THEN jsonb_build_object(\'issuer\', NEW."issuer") ELSE \'{}\' END || CASE WHEN OLD."client_id" IS DISTINCT FROM NEW."client_id" THEN jsonb_build_object(\'client_id\', NEW."client_id") ELSE \'{}\' END || CASE WHEN OLD."metadata_url" IS DISTINCT FROM NEW."metadata_url" THEN jsonb_build_object(\'metadata_url\', NEW."metadata_url") ELSE \'{}\' END || CASE WHEN OLD."vouches" IS DISTINCT FROM NEW."vouches" THEN jsonb_build_object(\'vouches\', NEW."vouches") ELSE \'{}\' END || CASE WHEN OLD."asks_factor" IS DISTINCT FROM NEW."asks_factor" THEN jsonb_build_object(\'asks_factor\', NEW."asks_factor") ELSE \'{}\' END || CASE WHEN OLD."tested_at" IS DISTINCT FROM NEW."tested_at" THEN jsonb_build_object(\'tested_at\', NEW."tested_at") ELSE \'{}\' END || CASE WHEN OLD."is_on" IS DISTINCT FROM NEW."is_on" THEN jsonb_build_object(\'is_on\', NEW."is_on") ELSE \'{}\' END || CASE WHEN OLD."sealed_secret" IS DISTINCT FROM NEW."sealed_secret" THEN jsonb_build_object(\'sealed_secret\', left(encode(sha256(convert_to(NEW."sealed_secret"::text, \'UTF8\')), \'hex\'), 8)) ELSE \'{}\' END || CASE WHEN OLD."metadata" IS DISTINCT FROM NEW."metadata" THEN jsonb_build_object(\'metadata\', left(encode(sha256(convert_to(NEW."metadata"::text, \'UTF8\')), \'hex\'), 8)) ELSE \'{}\' END FROM (SELECT NEW.*) r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r."organisation_id" AND actor.user_id = NULLIF(acting[1], \'\')::bigint ; RETURN NULL;',
                    hash="6e37dfcacf9de0b1d722d6ad4f6c2565e7ade480",
                    operation="UPDATE",
                    pgid="pgtrigger_history_update_75a64",
                    table="signing_in_provider",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="provider",
            trigger=pgtrigger.compiler.Trigger(
                name="history_delete",
                sql=preceptor.history.TriggerSql(
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func="INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r.\"organisation_id\", 'settings', 'signing_in.provider', r.id, 'removed', NULL::bigint, NULL::bigint, NULL::bigint, actor.id, COALESCE(acting[2], ''), COALESCE(acting[3], 'sql ' || session_user), jsonb_build_object('kind', r.\"kind\", 'name', r.\"name\", 'issuer', r.\"issuer\", 'client_id', r.\"client_id\", 'metadata_url', r.\"metadata_url\", 'vouches', r.\"vouches\", 'asks_factor', r.\"asks_factor\", 'tested_at', r.\"tested_at\", 'is_on', r.\"is_on\", 'sealed_secret', left(encode(sha256(convert_to(r.\"sealed_secret\"::text, 'UTF8')), 'hex'), 8), 'metadata', left(encode(sha256(convert_to(r.\"metadata\"::text, 'UTF8')), 'hex'), 8)), NULL FROM removed r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r.\"organisation_id\" AND actor.user_id = NULLIF(acting[1], '')::bigint ; RETURN NULL;",
                    hash="4e62fb7d5c0ca6bdb0a7fe03b06b0a9934c6eae7",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_history_delete_d0068",
                    referencing="REFERENCING OLD TABLE AS removed ",
                    table="signing_in_provider",
                    when="AFTER",
                ),
            ),
        ),
    ]
