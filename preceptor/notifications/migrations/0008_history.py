"""Chats, messages that rest and own words of programs are told of in the history."""

import pgtrigger.compiler
from django.db import migrations

import preceptor.history


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_history"),
        ("notifications", "0007_weekly_digest_put_off"),
    ]

    operations = [
        preceptor.history.AddTrigger(
            model_name="programmessages",
            trigger=pgtrigger.compiler.Trigger(
                name="history_insert",
                sql=preceptor.history.TriggerSql(
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func="INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r.\"organisation_id\", 'programs', 'notifications.programmessages', r.id, 'added', r.\"program_id\", NULL::bigint, NULL::bigint, actor.id, COALESCE(acting[2], ''), COALESCE(acting[3], 'sql ' || session_user), NULL, jsonb_build_object('paused_at', r.\"paused_at\") FROM added r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r.\"organisation_id\" AND actor.user_id = NULLIF(acting[1], '')::bigint ; RETURN NULL;",
                    hash="f9a5ceb94501acf7fe18d0c0ee1fb3f4506e5452",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_history_insert_d4e33",
                    referencing="REFERENCING NEW TABLE AS added ",
                    table="notifications_programmessages",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="programmessages",
            trigger=pgtrigger.compiler.Trigger(
                name="history_update",
                sql=preceptor.history.TriggerSql(
                    condition='WHEN (OLD."paused_at" IS DISTINCT FROM NEW."paused_at")',
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func="INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r.\"organisation_id\", 'programs', 'notifications.programmessages', r.id, 'changed', r.\"program_id\", NULL::bigint, NULL::bigint, actor.id, COALESCE(acting[2], ''), COALESCE(acting[3], 'sql ' || session_user), CASE WHEN OLD.\"paused_at\" IS DISTINCT FROM NEW.\"paused_at\" THEN jsonb_build_object('paused_at', OLD.\"paused_at\") ELSE '{}' END, CASE WHEN OLD.\"paused_at\" IS DISTINCT FROM NEW.\"paused_at\" THEN jsonb_build_object('paused_at', NEW.\"paused_at\") ELSE '{}' END FROM (SELECT NEW.*) r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r.\"organisation_id\" AND actor.user_id = NULLIF(acting[1], '')::bigint ; RETURN NULL;",
                    hash="e2b3a47712d0f49f1d7cff19385ef664e6888e2e",
                    operation="UPDATE",
                    pgid="pgtrigger_history_update_30953",
                    table="notifications_programmessages",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="programmessages",
            trigger=pgtrigger.compiler.Trigger(
                name="history_delete",
                sql=preceptor.history.TriggerSql(
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func="INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r.\"organisation_id\", 'programs', 'notifications.programmessages', r.id, 'removed', r.\"program_id\", NULL::bigint, NULL::bigint, actor.id, COALESCE(acting[2], ''), COALESCE(acting[3], 'sql ' || session_user), jsonb_build_object('paused_at', r.\"paused_at\"), NULL FROM removed r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r.\"organisation_id\" AND actor.user_id = NULLIF(acting[1], '')::bigint ; RETURN NULL;",
                    hash="1e3561ee6adaff2338d4d543001523243bbd6c78",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_history_delete_ac767",
                    referencing="REFERENCING OLD TABLE AS removed ",
                    table="notifications_programmessages",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="webhook",
            trigger=pgtrigger.compiler.Trigger(
                name="history_insert",
                sql=preceptor.history.TriggerSql(
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func="INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r.\"organisation_id\", 'settings', 'notifications.webhook', r.id, 'added', r.\"program_id\", r.\"member_id\", NULL::bigint, actor.id, COALESCE(acting[2], ''), COALESCE(acting[3], 'sql ' || session_user), NULL, jsonb_build_object('service', r.\"service\", 'host', left(encode(sha256(convert_to(r.\"host\"::text, 'UTF8')), 'hex'), 8), 'sealed', left(encode(sha256(convert_to(r.\"sealed\"::text, 'UTF8')), 'hex'), 8)) FROM added r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r.\"organisation_id\" AND actor.user_id = NULLIF(acting[1], '')::bigint ; RETURN NULL;",
                    hash="f6d38433ec4f6f35efdd839f0ca79d942552367b",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_history_insert_f40a2",
                    referencing="REFERENCING NEW TABLE AS added ",
                    table="notifications_webhook",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="webhook",
            trigger=pgtrigger.compiler.Trigger(
                name="history_update",
                sql=preceptor.history.TriggerSql(
                    condition='WHEN (OLD."service" IS DISTINCT FROM NEW."service" OR OLD."host" IS DISTINCT FROM NEW."host" OR OLD."sealed" IS DISTINCT FROM NEW."sealed")',
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func="INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r.\"organisation_id\", 'settings', 'notifications.webhook', r.id, 'changed', r.\"program_id\", r.\"member_id\", NULL::bigint, actor.id, COALESCE(acting[2], ''), COALESCE(acting[3], 'sql ' || session_user), CASE WHEN OLD.\"service\" IS DISTINCT FROM NEW.\"service\" THEN jsonb_build_object('service', OLD.\"service\") ELSE '{}' END || CASE WHEN OLD.\"host\" IS DISTINCT FROM NEW.\"host\" THEN jsonb_build_object('host', left(encode(sha256(convert_to(OLD.\"host\"::text, 'UTF8')), 'hex'), 8)) ELSE '{}' END || CASE WHEN OLD.\"sealed\" IS DISTINCT FROM NEW.\"sealed\" THEN jsonb_build_object('sealed', left(encode(sha256(convert_to(OLD.\"sealed\"::text, 'UTF8')), 'hex'), 8)) ELSE '{}' END, CASE WHEN OLD.\"service\" IS DISTINCT FROM NEW.\"service\" THEN jsonb_build_object('service', NEW.\"service\") ELSE '{}' END || CASE WHEN OLD.\"host\" IS DISTINCT FROM NEW.\"host\" THEN jsonb_build_object('host', left(encode(sha256(convert_to(NEW.\"host\"::text, 'UTF8')), 'hex'), 8)) ELSE '{}' END || CASE WHEN OLD.\"sealed\" IS DISTINCT FROM NEW.\"sealed\" THEN jsonb_build_object('sealed', left(encode(sha256(convert_to(NEW.\"sealed\"::text, 'UTF8')), 'hex'), 8)) ELSE '{}' END FROM (SELECT NEW.*) r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r.\"organisation_id\" AND actor.user_id = NULLIF(acting[1], '')::bigint ; RETURN NULL;",
                    hash="2c8c351a34694bc9e267906bf1ef8c8674b0a5c5",
                    operation="UPDATE",
                    pgid="pgtrigger_history_update_543a5",
                    table="notifications_webhook",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="webhook",
            trigger=pgtrigger.compiler.Trigger(
                name="history_delete",
                sql=preceptor.history.TriggerSql(
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func="INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r.\"organisation_id\", 'settings', 'notifications.webhook', r.id, 'removed', r.\"program_id\", r.\"member_id\", NULL::bigint, actor.id, COALESCE(acting[2], ''), COALESCE(acting[3], 'sql ' || session_user), jsonb_build_object('service', r.\"service\", 'host', left(encode(sha256(convert_to(r.\"host\"::text, 'UTF8')), 'hex'), 8), 'sealed', left(encode(sha256(convert_to(r.\"sealed\"::text, 'UTF8')), 'hex'), 8)), NULL FROM removed r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r.\"organisation_id\" AND actor.user_id = NULLIF(acting[1], '')::bigint ; RETURN NULL;",
                    hash="6104d7163af141dbee3d04c21b84e82dd806af6c",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_history_delete_e9562",
                    referencing="REFERENCING OLD TABLE AS removed ",
                    table="notifications_webhook",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="wording",
            trigger=pgtrigger.compiler.Trigger(
                name="history_insert",
                sql=preceptor.history.TriggerSql(
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func="INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r.\"organisation_id\", 'programs', 'notifications.wording', r.id, 'added', r.\"program_id\", NULL::bigint, NULL::bigint, actor.id, COALESCE(acting[2], ''), COALESCE(acting[3], 'sql ' || session_user), NULL, jsonb_build_object('kind', r.\"kind\", 'version', r.\"version\", 'subject', left(encode(sha256(convert_to(r.\"subject\"::text, 'UTF8')), 'hex'), 8), 'opening', left(encode(sha256(convert_to(r.\"opening\"::text, 'UTF8')), 'hex'), 8)) FROM added r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r.\"organisation_id\" AND actor.user_id = NULLIF(acting[1], '')::bigint ; RETURN NULL;",
                    hash="c37c6dc23b5a907503d9a0408e072c4260c42551",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_history_insert_9fe98",
                    referencing="REFERENCING NEW TABLE AS added ",
                    table="notifications_wording",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="wording",
            trigger=pgtrigger.compiler.Trigger(
                name="history_update",
                sql=preceptor.history.TriggerSql(
                    condition='WHEN (OLD."kind" IS DISTINCT FROM NEW."kind" OR OLD."version" IS DISTINCT FROM NEW."version" OR OLD."subject" IS DISTINCT FROM NEW."subject" OR OLD."opening" IS DISTINCT FROM NEW."opening")',
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func="INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r.\"organisation_id\", 'programs', 'notifications.wording', r.id, 'changed', r.\"program_id\", NULL::bigint, NULL::bigint, actor.id, COALESCE(acting[2], ''), COALESCE(acting[3], 'sql ' || session_user), CASE WHEN OLD.\"kind\" IS DISTINCT FROM NEW.\"kind\" THEN jsonb_build_object('kind', OLD.\"kind\") ELSE '{}' END || CASE WHEN OLD.\"version\" IS DISTINCT FROM NEW.\"version\" THEN jsonb_build_object('version', OLD.\"version\") ELSE '{}' END || CASE WHEN OLD.\"subject\" IS DISTINCT FROM NEW.\"subject\" THEN jsonb_build_object('subject', left(encode(sha256(convert_to(OLD.\"subject\"::text, 'UTF8')), 'hex'), 8)) ELSE '{}' END || CASE WHEN OLD.\"opening\" IS DISTINCT FROM NEW.\"opening\" THEN jsonb_build_object('opening', left(encode(sha256(convert_to(OLD.\"opening\"::text, 'UTF8')), 'hex'), 8)) ELSE '{}' END, CASE WHEN OLD.\"kind\" IS DISTINCT FROM NEW.\"kind\" THEN jsonb_build_object('kind', NEW.\"kind\") ELSE '{}' END || CASE WHEN OLD.\"version\" IS DISTINCT FROM NEW.\"version\" THEN jsonb_build_object('version', NEW.\"version\") ELSE '{}' END || CASE WHEN OLD.\"subject\" IS DISTINCT FROM NEW.\"subject\" THEN jsonb_build_object('subject', left(encode(sha256(convert_to(NEW.\"subject\"::text, 'UTF8')), 'hex'), 8)) ELSE '{}' END || CASE WHEN OLD.\"opening\" IS DISTINCT FROM NEW.\"opening\" THEN jsonb_build_object('opening', left(encode(sha256(convert_to(NEW.\"opening\"::text, 'UTF8')), 'hex'), 8)) ELSE '{}' END FROM (SELECT NEW.*) r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r.\"organisation_id\" AND actor.user_id = NULLIF(acting[1], '')::bigint ; RETURN NULL;",
                    hash="2a59adbe61585112e030977e0beaa3998c912efa",
                    operation="UPDATE",
                    pgid="pgtrigger_history_update_f7e95",
                    table="notifications_wording",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="wording",
            trigger=pgtrigger.compiler.Trigger(
                name="history_delete",
                sql=preceptor.history.TriggerSql(
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func="INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r.\"organisation_id\", 'programs', 'notifications.wording', r.id, 'removed', r.\"program_id\", NULL::bigint, NULL::bigint, actor.id, COALESCE(acting[2], ''), COALESCE(acting[3], 'sql ' || session_user), jsonb_build_object('kind', r.\"kind\", 'version', r.\"version\", 'subject', left(encode(sha256(convert_to(r.\"subject\"::text, 'UTF8')), 'hex'), 8), 'opening', left(encode(sha256(convert_to(r.\"opening\"::text, 'UTF8')), 'hex'), 8)), NULL FROM removed r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r.\"organisation_id\" AND actor.user_id = NULLIF(acting[1], '')::bigint ; RETURN NULL;",
                    hash="559d384fa54be7eb7e01d790c7df6c9464b2f243",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_history_delete_17846",
                    referencing="REFERENCING OLD TABLE AS removed ",
                    table="notifications_wording",
                    when="AFTER",
                ),
            ),
        ),
    ]
