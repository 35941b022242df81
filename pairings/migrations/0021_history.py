"""Programs, their people and their pairs are told of in the history."""

import pgtrigger.compiler
from django.db import migrations

import preceptor.history


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_history"),
        ("pairings", "0020_messages_of_programs"),
    ]

    operations = [
        preceptor.history.AddTrigger(
            model_name="enrolment",
            trigger=pgtrigger.compiler.Trigger(
                name="history_insert",
                sql=preceptor.history.TriggerSql(
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func="INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r.\"organisation_id\", 'enrolments', 'pairings.enrolment', r.id, 'added', r.\"program_id\", r.\"membership_id\", NULL::bigint, actor.id, COALESCE(acting[2], ''), COALESCE(acting[3], 'sql ' || session_user), NULL, jsonb_build_object('side', r.\"side\", 'team', r.\"team\", 'heads', r.\"heads\", 'hours', r.\"hours\", 'line_manager', r.\"line_manager_id\", 'ends_on', r.\"ends_on\") FROM added r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r.\"organisation_id\" AND actor.user_id = NULLIF(acting[1], '')::bigint ; RETURN NULL;",
                    hash="55ff47a42fc0f29604425c26ecb4c18e6b17623f",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_history_insert_794cf",
                    referencing="REFERENCING NEW TABLE AS added ",
                    table="pairings_enrolment",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="enrolment",
            trigger=pgtrigger.compiler.Trigger(
                name="history_update",
                sql=preceptor.history.TriggerSql(
                    condition='WHEN (OLD."side" IS DISTINCT FROM NEW."side" OR OLD."team" IS DISTINCT FROM NEW."team" OR OLD."heads" IS DISTINCT FROM NEW."heads" OR OLD."hours" IS DISTINCT FROM NEW."hours" OR OLD."line_manager_id" IS DISTINCT FROM NEW."line_manager_id" OR OLD."ends_on" IS DISTINCT FROM NEW."ends_on")',
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func='INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r."organisation_id", \'enrolments\', \'pairings.enrolment\', r.id, \'changed\', r."program_id", r."membership_id", NULL::bigint, actor.id, COALESCE(acting[2], \'\'), COALESCE(acting[3], \'sql \' || session_user), CASE WHEN OLD."side" IS DISTINCT FROM NEW."side" THEN jsonb_build_object(\'side\', OLD."side") ELSE \'{}\' END || CASE WHEN OLD."team" IS DISTINCT FROM NEW."team" THEN jsonb_build_object(\'team\', OLD."team") ELSE \'{}\' END || CASE WHEN OLD."heads" IS DISTINCT FROM NEW."heads" THEN jsonb_build_object(\'heads\', OLD."heads") ELSE \'{}\' END || CASE WHEN OLD."hours" IS DISTINCT FROM NEW."hours" THEN jsonb_build_object(\'hours\', OLD."hours") ELSE \'{}\' END || CASE WHEN OLD."line_manager_id" IS DISTINCT FROM NEW."line_manager_id" THEN jsonb_build_object(\'line_manager\', OLD."line_manager_id") ELSE \'{}\' END || CASE WHEN OLD."ends_on" IS DISTINCT FROM NEW."ends_on" THEN jsonb_build_object(\'ends_on\', OLD."ends_on") ELSE \'{}\' END, CASE WHEN OLD."side" IS DISTINCT FROM NEW."side" THEN jsonb_build_object(\'side\', NEW."side") ELSE \'{}\' END || CASE WHEN OLD."team" IS DISTINCT FROM NEW."team" THEN jsonb_build_object(\'team\', NEW."team") ELSE \'{}\' END || CASE WHEN OLD."heads" IS DISTINCT FROM NEW."heads" THEN jsonb_build_object(\'heads\', NEW."heads") ELSE \'{}\' END || CASE WHEN OLD."hours" IS DISTINCT FROM NEW."hours" THEN jsonb_build_object(\'hours\', NEW."hours") ELSE \'{}\' END || CASE WHEN OLD."line_manager_id" IS DISTINCT FROM NEW."line_manager_id" THEN jsonb_build_object(\'line_manager\', NEW."line_manager_id") ELSE \'{}\' END || CASE WHEN OLD."ends_on" IS DISTINCT FROM NEW."ends_on" THEN jsonb_build_object(\'ends_on\', NEW."ends_on") ELSE \'{}\' END FROM (SELECT NEW.*) r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r."organisation_id" AND actor.user_id = NULLIF(acting[1], \'\')::bigint ; RETURN NULL;',
                    hash="4b4c5295a516efdc52a3d49867a2e35c5e49f5f6",
                    operation="UPDATE",
                    pgid="pgtrigger_history_update_e2f2c",
                    table="pairings_enrolment",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="enrolment",
            trigger=pgtrigger.compiler.Trigger(
                name="history_delete",
                sql=preceptor.history.TriggerSql(
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func="INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r.\"organisation_id\", 'enrolments', 'pairings.enrolment', r.id, 'removed', r.\"program_id\", r.\"membership_id\", NULL::bigint, actor.id, COALESCE(acting[2], ''), COALESCE(acting[3], 'sql ' || session_user), jsonb_build_object('side', r.\"side\", 'team', r.\"team\", 'heads', r.\"heads\", 'hours', r.\"hours\", 'line_manager', r.\"line_manager_id\", 'ends_on', r.\"ends_on\"), NULL FROM removed r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r.\"organisation_id\" AND actor.user_id = NULLIF(acting[1], '')::bigint ; RETURN NULL;",
                    hash="7d559b9ba3c4b129ace5dc539343ecc22f08f1a0",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_history_delete_93929",
                    referencing="REFERENCING OLD TABLE AS removed ",
                    table="pairings_enrolment",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="pairing",
            trigger=pgtrigger.compiler.Trigger(
                name="history_insert",
                sql=preceptor.history.TriggerSql(
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func='INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r."organisation_id", \'pairings\', \'pairings.pairing\', r.id, \'added\', r."program_id", j0."membership_id", j1."membership_id", actor.id, COALESCE(acting[2], \'\'), COALESCE(acting[3], \'sql \' || session_user), NULL, jsonb_build_object(\'kind\', r."kind", \'state\', r."state", \'phase\', r."phase", \'starts_on\', r."starts_on", \'ends_on\', r."ends_on", \'mentor_accepted_at\', r."mentor_accepted_at", \'junior_accepted_at\', r."junior_accepted_at", \'declined_at\', r."declined_at") FROM added r LEFT JOIN pairings_enrolment j0 ON j0.id = r."junior_id" LEFT JOIN pairings_enrolment j1 ON j1.id = r."mentor_id" LEFT JOIN accounts_membership actor ON actor.organisation_id = r."organisation_id" AND actor.user_id = NULLIF(acting[1], \'\')::bigint ; RETURN NULL;',
                    hash="578ec516927e470cb9094e4f2c1c91a9b5091ee8",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_history_insert_ac468",
                    referencing="REFERENCING NEW TABLE AS added ",
                    table="pairings_pairing",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="pairing",
            trigger=pgtrigger.compiler.Trigger(
                name="history_update",
                sql=preceptor.history.TriggerSql(
                    condition='WHEN (OLD."kind" IS DISTINCT FROM NEW."kind" OR OLD."state" IS DISTINCT FROM NEW."state" OR OLD."phase" IS DISTINCT FROM NEW."phase" OR OLD."starts_on" IS DISTINCT FROM NEW."starts_on" OR OLD."ends_on" IS DISTINCT FROM NEW."ends_on" OR OLD."mentor_accepted_at" IS DISTINCT FROM NEW."mentor_accepted_at" OR OLD."junior_accepted_at" IS DISTINCT FROM NEW."junior_accepted_at" OR OLD."declined_at" IS DISTINCT FROM NEW."declined_at")',
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func='INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r."organisation_id", \'pairings\', \'pairings.pairing\', r.id, \'changed\', r."program_id", j0."membership_id", j1."membership_id", actor.id, COALESCE(acting[2], \'\'), COALESCE(acting[3], \'sql \' || session_user), CASE WHEN OLD."kind" IS DISTINCT FROM NEW."kind" THEN jsonb_build_object(\'kind\', OLD."kind") ELSE \'{}\' END || CASE WHEN OLD."state" IS DISTINCT FROM NEW."state" THEN jsonb_build_object(\'state\', OLD."state") ELSE \'{}\' END || CASE WHEN OLD."phase" IS DISTINCT FROM NEW."phase" THEN jsonb_build_object(\'phase\', OLD."phase") ELSE \'{}\' END || CASE WHEN OLD."starts_on" IS DISTINCT FROM NEW."starts_on" THEN jsonb_build_object(\'starts_on\', OLD."starts_on") ELSE \'{}\' END || CASE WHEN OLD."ends_on" IS DISTINCT FROM NEW."ends_on" THEN jsonb_build_object(\'ends_on\', OLD."ends_on") ELSE \'{}\' END || CASE WHEN OLD."mentor_accepted_at" IS DISTINCT FROM NEW."mentor_accepted_at" THEN jsonb_build_object(\'mentor_accepted_at\', OLD."mentor_accepted_at") ELSE \'{}\' END || CASE WHEN OLD."junior_accepted_at" IS DISTINCT FROM NEW."junior_accepted_at" THEN jsonb_build_object(\'junior_accepted_at\', OLD."junior_accepted_at") ELSE \'{}\' END || CASE WHEN OLD."declined_at" IS DISTINCT FROM NEW."declined_at" THEN jsonb_build_object(\'declined_at\', OLD."declined_at") ELSE \'{}\' END, CASE WHEN OLD."kind" IS DISTINCT FROM NEW."kind" THEN jsonb_build_object(\'kind\', NEW."kind") ELSE \'{}\' END || CASE WHEN OLD."state" IS DISTINCT FROM NEW."state" THEN jsonb_build_object(\'state\', NEW."state") ELSE \'{}\' END || CASE WHEN OLD."phase" IS DISTINCT FROM NEW."phase" THEN jsonb_build_object(\'phase\', NEW."phase") ELSE \'{}\' END || CASE WHEN OLD."starts_on" IS DISTINCT FROM NEW."starts_on" THEN jsonb_build_object(\'starts_on\', NEW."starts_on") ELSE \'{}\' END || CASE WHEN OLD."ends_on" IS DISTINCT FROM NEW."ends_on" THEN jsonb_build_object(\'ends_on\', NEW."ends_on") ELSE \'{}\' END || CASE WHEN OLD."mentor_accepted_at" IS DISTINCT FROM NEW."mentor_accepted_at" THEN jsonb_build_object(\'mentor_accepted_at\', NEW."mentor_accepted_at") ELSE \'{}\' END || CASE WHEN OLD."junior_accepted_at" IS DISTINCT FROM NEW."junior_accepted_at" THEN jsonb_build_object(\'junior_accepted_at\', NEW."junior_accepted_at") ELSE \'{}\' END || CASE WHEN OLD."declined_at" IS DISTINCT FROM NEW."declined_at" THEN jsonb_build_object(\'declined_at\', NEW."declined_at") ELSE \'{}\' END FROM (SELECT NEW.*) r LEFT JOIN pairings_enrolment j0 ON j0.id = r."junior_id" LEFT JOIN pairings_enrolment j1 ON j1.id = r."mentor_id" LEFT JOIN accounts_membership actor ON actor.organisation_id = r."organisation_id" AND actor.user_id = NULLIF(acting[1], \'\')::bigint ; RETURN NULL;',
                    hash="3807985b09b78e7921ca3bae46e9fa760745f915",
                    operation="UPDATE",
                    pgid="pgtrigger_history_update_ecd48",
                    table="pairings_pairing",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="pairing",
            trigger=pgtrigger.compiler.Trigger(
                name="history_delete",
                sql=preceptor.history.TriggerSql(
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func='INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r."organisation_id", \'pairings\', \'pairings.pairing\', r.id, \'removed\', r."program_id", j0."membership_id", j1."membership_id", actor.id, COALESCE(acting[2], \'\'), COALESCE(acting[3], \'sql \' || session_user), jsonb_build_object(\'kind\', r."kind", \'state\', r."state", \'phase\', r."phase", \'starts_on\', r."starts_on", \'ends_on\', r."ends_on", \'mentor_accepted_at\', r."mentor_accepted_at", \'junior_accepted_at\', r."junior_accepted_at", \'declined_at\', r."declined_at"), NULL FROM removed r LEFT JOIN pairings_enrolment j0 ON j0.id = r."junior_id" LEFT JOIN pairings_enrolment j1 ON j1.id = r."mentor_id" LEFT JOIN accounts_membership actor ON actor.organisation_id = r."organisation_id" AND actor.user_id = NULLIF(acting[1], \'\')::bigint ; RETURN NULL;',
                    hash="c1a918db3da201c506be95f01ec0fbf62404327f",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_history_delete_d7b0a",
                    referencing="REFERENCING OLD TABLE AS removed ",
                    table="pairings_pairing",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="pause",
            trigger=pgtrigger.compiler.Trigger(
                name="history_insert",
                sql=preceptor.history.TriggerSql(
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func='INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r."organisation_id", \'pairings\', \'pairings.pause\', r.id, \'added\', j0."program_id", j1."membership_id", j2."membership_id", actor.id, COALESCE(acting[2], \'\'), COALESCE(acting[3], \'sql \' || session_user), NULL, jsonb_build_object(\'starts_on\', r."starts_on", \'back_on\', r."back_on", \'resumed_on\', r."resumed_on") FROM added r LEFT JOIN pairings_pairing j0 ON j0.id = r."pairing_id" LEFT JOIN pairings_enrolment j1 ON j1.id = j0."junior_id" LEFT JOIN pairings_enrolment j2 ON j2.id = j0."mentor_id" LEFT JOIN accounts_membership actor ON actor.organisation_id = r."organisation_id" AND actor.user_id = NULLIF(acting[1], \'\')::bigint ; RETURN NULL;',
                    hash="d2e2adb71ef2af953950c065b679e8bebccbcf64",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_history_insert_85cdc",
                    referencing="REFERENCING NEW TABLE AS added ",
                    table="pairings_pause",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="pause",
            trigger=pgtrigger.compiler.Trigger(
                name="history_update",
                sql=preceptor.history.TriggerSql(
                    condition='WHEN (OLD."starts_on" IS DISTINCT FROM NEW."starts_on" OR OLD."back_on" IS DISTINCT FROM NEW."back_on" OR OLD."resumed_on" IS DISTINCT FROM NEW."resumed_on")',
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func='INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r."organisation_id", \'pairings\', \'pairings.pause\', r.id, \'changed\', j0."program_id", j1."membership_id", j2."membership_id", actor.id, COALESCE(acting[2], \'\'), COALESCE(acting[3], \'sql \' || session_user), CASE WHEN OLD."starts_on" IS DISTINCT FROM NEW."starts_on" THEN jsonb_build_object(\'starts_on\', OLD."starts_on") ELSE \'{}\' END || CASE WHEN OLD."back_on" IS DISTINCT FROM NEW."back_on" THEN jsonb_build_object(\'back_on\', OLD."back_on") ELSE \'{}\' END || CASE WHEN OLD."resumed_on" IS DISTINCT FROM NEW."resumed_on" THEN jsonb_build_object(\'resumed_on\', OLD."resumed_on") ELSE \'{}\' END, CASE WHEN OLD."starts_on" IS DISTINCT FROM NEW."starts_on" THEN jsonb_build_object(\'starts_on\', NEW."starts_on") ELSE \'{}\' END || CASE WHEN OLD."back_on" IS DISTINCT FROM NEW."back_on" THEN jsonb_build_object(\'back_on\', NEW."back_on") ELSE \'{}\' END || CASE WHEN OLD."resumed_on" IS DISTINCT FROM NEW."resumed_on" THEN jsonb_build_object(\'resumed_on\', NEW."resumed_on") ELSE \'{}\' END FROM (SELECT NEW.*) r LEFT JOIN pairings_pairing j0 ON j0.id = r."pairing_id" LEFT JOIN pairings_enrolment j1 ON j1.id = j0."junior_id" LEFT JOIN pairings_enrolment j2 ON j2.id = j0."mentor_id" LEFT JOIN accounts_membership actor ON actor.organisation_id = r."organisation_id" AND actor.user_id = NULLIF(acting[1], \'\')::bigint ; RETURN NULL;',
                    hash="9970225e2c8b5e9bedfb61a2c5cc5bc69f6c752c",
                    operation="UPDATE",
                    pgid="pgtrigger_history_update_5f0e9",
                    table="pairings_pause",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="pause",
            trigger=pgtrigger.compiler.Trigger(
                name="history_delete",
                sql=preceptor.history.TriggerSql(
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func='INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r."organisation_id", \'pairings\', \'pairings.pause\', r.id, \'removed\', j0."program_id", j1."membership_id", j2."membership_id", actor.id, COALESCE(acting[2], \'\'), COALESCE(acting[3], \'sql \' || session_user), jsonb_build_object(\'starts_on\', r."starts_on", \'back_on\', r."back_on", \'resumed_on\', r."resumed_on"), NULL FROM removed r LEFT JOIN pairings_pairing j0 ON j0.id = r."pairing_id" LEFT JOIN pairings_enrolment j1 ON j1.id = j0."junior_id" LEFT JOIN pairings_enrolment j2 ON j2.id = j0."mentor_id" LEFT JOIN accounts_membership actor ON actor.organisation_id = r."organisation_id" AND actor.user_id = NULLIF(acting[1], \'\')::bigint ; RETURN NULL;',
                    hash="ed1b2a30e17dce7ff2830437c591df93de272332",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_history_delete_851ee",
                    referencing="REFERENCING OLD TABLE AS removed ",
                    table="pairings_pause",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="phasemove",
            trigger=pgtrigger.compiler.Trigger(
                name="history_insert",
                sql=preceptor.history.TriggerSql(
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func='INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r."organisation_id", \'pairings\', \'pairings.phasemove\', r.id, \'added\', j0."program_id", j1."membership_id", j2."membership_id", actor.id, COALESCE(acting[2], \'\'), COALESCE(acting[3], \'sql \' || session_user), NULL, jsonb_build_object(\'phase\', r."phase", \'agreed_on\', r."agreed_on") FROM added r LEFT JOIN pairings_pairing j0 ON j0.id = r."pairing_id" LEFT JOIN pairings_enrolment j1 ON j1.id = j0."junior_id" LEFT JOIN pairings_enrolment j2 ON j2.id = j0."mentor_id" LEFT JOIN accounts_membership actor ON actor.organisation_id = r."organisation_id" AND actor.user_id = NULLIF(acting[1], \'\')::bigint ; RETURN NULL;',
                    hash="3385c1984aae846e5fcb24d4d7bd522fe17d922a",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_history_insert_12f90",
                    referencing="REFERENCING NEW TABLE AS added ",
                    table="pairings_phasemove",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="phasemove",
            trigger=pgtrigger.compiler.Trigger(
                name="history_update",
                sql=preceptor.history.TriggerSql(
                    condition='WHEN (OLD."phase" IS DISTINCT FROM NEW."phase" OR OLD."agreed_on" IS DISTINCT FROM NEW."agreed_on")',
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func='INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r."organisation_id", \'pairings\', \'pairings.phasemove\', r.id, \'changed\', j0."program_id", j1."membership_id", j2."membership_id", actor.id, COALESCE(acting[2], \'\'), COALESCE(acting[3], \'sql \' || session_user), CASE WHEN OLD."phase" IS DISTINCT FROM NEW."phase" THEN jsonb_build_object(\'phase\', OLD."phase") ELSE \'{}\' END || CASE WHEN OLD."agreed_on" IS DISTINCT FROM NEW."agreed_on" THEN jsonb_build_object(\'agreed_on\', OLD."agreed_on") ELSE \'{}\' END, CASE WHEN OLD."phase" IS DISTINCT FROM NEW."phase" THEN jsonb_build_object(\'phase\', NEW."phase") ELSE \'{}\' END || CASE WHEN OLD."agreed_on" IS DISTINCT FROM NEW."agreed_on" THEN jsonb_build_object(\'agreed_on\', NEW."agreed_on") ELSE \'{}\' END FROM (SELECT NEW.*) r LEFT JOIN pairings_pairing j0 ON j0.id = r."pairing_id" LEFT JOIN pairings_enrolment j1 ON j1.id = j0."junior_id" LEFT JOIN pairings_enrolment j2 ON j2.id = j0."mentor_id" LEFT JOIN accounts_membership actor ON actor.organisation_id = r."organisation_id" AND actor.user_id = NULLIF(acting[1], \'\')::bigint ; RETURN NULL;',
                    hash="6c70be75e3ecc9a2ae7b8e5770c7f9e0c517096a",
                    operation="UPDATE",
                    pgid="pgtrigger_history_update_6e65f",
                    table="pairings_phasemove",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="phasemove",
            trigger=pgtrigger.compiler.Trigger(
                name="history_delete",
                sql=preceptor.history.TriggerSql(
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func='INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r."organisation_id", \'pairings\', \'pairings.phasemove\', r.id, \'removed\', j0."program_id", j1."membership_id", j2."membership_id", actor.id, COALESCE(acting[2], \'\'), COALESCE(acting[3], \'sql \' || session_user), jsonb_build_object(\'phase\', r."phase", \'agreed_on\', r."agreed_on"), NULL FROM removed r LEFT JOIN pairings_pairing j0 ON j0.id = r."pairing_id" LEFT JOIN pairings_enrolment j1 ON j1.id = j0."junior_id" LEFT JOIN pairings_enrolment j2 ON j2.id = j0."mentor_id" LEFT JOIN accounts_membership actor ON actor.organisation_id = r."organisation_id" AND actor.user_id = NULLIF(acting[1], \'\')::bigint ; RETURN NULL;',
                    hash="389355858e1f6f181ce5f4039e8878e55fc1b4b4",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_history_delete_95fbe",
                    referencing="REFERENCING OLD TABLE AS removed ",
                    table="pairings_phasemove",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="program",
            trigger=pgtrigger.compiler.Trigger(
                name="history_insert",
                sql=preceptor.history.TriggerSql(
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func="INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r.\"organisation_id\", 'programs', 'pairings.program', r.id, 'added', r.\"id\", NULL::bigint, NULL::bigint, actor.id, COALESCE(acting[2], ''), COALESCE(acting[3], 'sql ' || session_user), NULL, jsonb_build_object('name', r.\"name\", 'state', r.\"state\", 'template', r.\"template\", 'starts_on', r.\"starts_on\", 'ends_on', r.\"ends_on\", 'cadence_days', r.\"cadence_days\", 'juniors_per_mentor', r.\"juniors_per_mentor\", 'junior_hours', r.\"junior_hours\", 'mentor_hours', r.\"mentor_hours\", 'pass_timeout_days', r.\"pass_timeout_days\", 'min_tenure_months', r.\"min_tenure_months\", 'autonomy_weeks', r.\"autonomy_weeks\", 'approval', r.\"approval\") FROM added r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r.\"organisation_id\" AND actor.user_id = NULLIF(acting[1], '')::bigint ; RETURN NULL;",
                    hash="cd155d3c19c944e6e6eead68ac86c11f4d4e4a29",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_history_insert_a711f",
                    referencing="REFERENCING NEW TABLE AS added ",
                    table="pairings_program",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="program",
            trigger=pgtrigger.compiler.Trigger(
                name="history_update",
                sql=preceptor.history.TriggerSql(
                    condition='WHEN (OLD."name" IS DISTINCT FROM NEW."name" OR OLD."state" IS DISTINCT FROM NEW."state" OR OLD."template" IS DISTINCT FROM NEW."template" OR OLD."starts_on" IS DISTINCT FROM NEW."starts_on" OR OLD."ends_on" IS DISTINCT FROM NEW."ends_on" OR OLD."cadence_days" IS DISTINCT FROM NEW."cadence_days" OR OLD."juniors_per_mentor" IS DISTINCT FROM NEW."juniors_per_mentor" OR OLD."junior_hours" IS DISTINCT FROM NEW."junior_hours" OR OLD."mentor_hours" IS DISTINCT FROM NEW."mentor_hours" OR OLD."pass_timeout_days" IS DISTINCT FROM NEW."pass_timeout_days" OR OLD."min_tenure_months" IS DISTINCT FROM NEW."min_tenure_months" OR OLD."autonomy_weeks" IS DISTINCT FROM NEW."autonomy_weeks" OR OLD."approval" IS DISTINCT FROM NEW."approval")',
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func='INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r."organisation_id", \'programs\', \'pairings.program\', r.id, \'changed\', r."id", NULL::bigint, NULL::bigint, actor.id, COALESCE(acting[2], \'\'), COALESCE(acting[3], \'sql \' || session_user), CASE WHEN OLD."name" IS DISTINCT FROM NEW."name" THEN jsonb_build_object(\'name\', OLD."name") ELSE \'{}\' END || CASE WHEN OLD."state" IS DISTINCT FROM NEW."state" THEN jsonb_build_object(\'state\', OLD."state") ELSE \'{}\' END || CASE WHEN OLD."template" IS DISTINCT FROM NEW."template" THEN jsonb_build_object(\'template\', OLD."template") ELSE \'{}\' END || CASE WHEN OLD."starts_on" IS DISTINCT FROM NEW."starts_on" THEN jsonb_build_object(\'starts_on\', OLD."starts_on") ELSE \'{}\' END || CASE WHEN OLD."ends_on" IS DISTINCT FROM NEW."ends_on" THEN jsonb_build_object(\'ends_on\', OLD."ends_on") ELSE \'{}\' END || CASE WHEN OLD."cadence_days" IS DISTINCT FROM NEW."cadence_days" THEN jsonb_build_object(\'cadence_days\', OLD."cadence_days") ELSE \'{}\' END || CASE WHEN OLD."juniors_per_mentor" IS DISTINCT FROM NEW."juniors_per_mentor" THEN jsonb_build_object(\'juniors_per_mentor\', OLD."juniors_per_mentor") ELSE \'{}\' END || CASE WHEN OLD."junior_hours" IS DISTINCT FROM NEW."junior_hours" THEN jsonb_build_object(\'junior_hours\', OLD."junior_hours") ELSE \'{}\' END || CASE WHEN OLD."mentor_hours" IS DISTINCT FROM NEW."mentor_hours" THEN jsonb_build_object(\'mentor_hours\', OLD."mentor_hours") ELSE \'{}\' END || CASE WHEN OLD."pass_timeout_days" IS DISTINCT FROM NEW."pass_timeout_days" THEN jsonb_build_object(\'pass_timeout_days\', OLD."pass_timeout_days") ELSE \'{}\' END || CASE WHEN OLD."min_tenure_months" IS DISTINCT FROM NEW."min_tenure_months" THEN jsonb_build_object(\'min_tenure_months\', OLD."min_tenure_months") ELSE \'{}\' END || CASE WHEN OLD."autonomy_weeks" IS DISTINCT FROM NEW."autonomy_weeks" THEN jsonb_build_object(\'autonomy_weeks\', OLD."autonomy_weeks") ELSE \'{}\' END || CASE WHEN OLD."approval" IS DISTINCT FROM NEW."approval" THEN jsonb_build_object(\'approval\', OLD."approval") ELSE \'{}\' END, CASE WHEN OLD."name" IS DISTINCT FROM NEW."name" THEN jsonb_build_object(\'name\', NEW."name") ELSE \'{}\' END || CASE WHEN OLD."state" IS DISTINCT FROM NEW."state" THEN jsonb_build_object(\'state\', NEW."state") ELSE \'{}\' END || CASE WHEN OLD."template" IS DISTINCT FROM NEW."template" THEN jsonb_build_object(\'template\', NEW."template") ELSE \'{}\' END || CASE WHEN OLD."starts_on" IS DISTINCT FROM NEW."starts_on" THEN jsonb_build_object(\'starts_on\', NEW."starts_on") ELSE \'{}\' END || CASE WHEN OLD."ends_on" IS DISTINCT FROM NEW."ends_on" THEN jsonb_build_object(\'ends_on\', NEW."ends_on") ELSE \'{}\' END || CASE WHEN OLD."cadence_days" IS DISTINCT FROM NEW."cadence_days" THEN jsonb_build_object(\'cadence_days\', NEW."cadence_days") ELSE \'{}\' END || CASE WHEN OLD."juniors_per_mentor" IS DISTINCT FROM NEW."juniors_per_mentor" THEN jsonb_build_object(\'juniors_per_mentor\', NEW."juniors_per_mentor") ELSE \'{}\' END || CASE WHEN OLD."junior_hours" IS DISTINCT FROM NEW."junior_hours" THEN jsonb_build_object(\'junior_hours\', NEW."junior_hours") ELSE \'{}\' END || CASE WHEN OLD."mentor_hours" IS DISTINCT FROM NEW."mentor_hours" THEN jsonb_build_object(\'mentor_hours\', NEW."mentor_hours") ELSE \'{}\' END || CASE WHEN OLD."pass_timeout_days" IS DISTINCT FROM NEW."pass_timeout_days" THEN jsonb_build_object(\'pass_timeout_days\', NEW."pass_timeout_days") ELSE \'{}\' END || CASE WHEN OLD."min_tenure_months" IS DISTINCT FROM NEW."min_tenure_months" THEN jsonb_build_object(\'min_tenure_months\', NEW."min_tenure_months") ELSE \'{}\' END || CASE WHEN OLD."autonomy_weeks" IS DISTINCT FROM NEW."autonomy_weeks" THEN jsonb_build_object(\'autonomy_weeks\', NEW."autonomy_weeks") ELSE \'{}\' END || CASE WHEN OLD."approval" IS DISTINCT FROM NEW."approval" THEN jsonb_build_object(\'approval\', NEW."approval") ELSE \'{}\' END FROM (SELECT NEW.*) r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r."organisation_id" AND actor.user_id = NULLIF(acting[1], \'\')::bigint ; RETURN NULL;',
                    hash="7e2d2261e7efa27d8e0be79db625d3b3be4a7dfc",
                    operation="UPDATE",
                    pgid="pgtrigger_history_update_a0d5f",
                    table="pairings_program",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="program",
            trigger=pgtrigger.compiler.Trigger(
                name="history_delete",
                sql=preceptor.history.TriggerSql(
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func="INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r.\"organisation_id\", 'programs', 'pairings.program', r.id, 'removed', r.\"id\", NULL::bigint, NULL::bigint, actor.id, COALESCE(acting[2], ''), COALESCE(acting[3], 'sql ' || session_user), jsonb_build_object('name', r.\"name\", 'state', r.\"state\", 'template', r.\"template\", 'starts_on', r.\"starts_on\", 'ends_on', r.\"ends_on\", 'cadence_days', r.\"cadence_days\", 'juniors_per_mentor', r.\"juniors_per_mentor\", 'junior_hours', r.\"junior_hours\", 'mentor_hours', r.\"mentor_hours\", 'pass_timeout_days', r.\"pass_timeout_days\", 'min_tenure_months', r.\"min_tenure_months\", 'autonomy_weeks', r.\"autonomy_weeks\", 'approval', r.\"approval\"), NULL FROM removed r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r.\"organisation_id\" AND actor.user_id = NULLIF(acting[1], '')::bigint ; RETURN NULL;",
                    hash="7e44aa7948102445c8da1e734d6b23ad67860589",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_history_delete_553eb",
                    referencing="REFERENCING OLD TABLE AS removed ",
                    table="pairings_program",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="programstaff",
            trigger=pgtrigger.compiler.Trigger(
                name="history_insert",
                sql=preceptor.history.TriggerSql(
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func="INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r.\"organisation_id\", 'programs', 'pairings.programstaff', r.id, 'added', r.\"program_id\", r.\"membership_id\", NULL::bigint, actor.id, COALESCE(acting[2], ''), COALESCE(acting[3], 'sql ' || session_user), NULL, jsonb_build_object('role', r.\"role\") FROM added r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r.\"organisation_id\" AND actor.user_id = NULLIF(acting[1], '')::bigint ; RETURN NULL;",
                    hash="739bde8235b6694e0bb71663dbb8f0ad2729e644",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_history_insert_d4c56",
                    referencing="REFERENCING NEW TABLE AS added ",
                    table="pairings_programstaff",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="programstaff",
            trigger=pgtrigger.compiler.Trigger(
                name="history_update",
                sql=preceptor.history.TriggerSql(
                    condition='WHEN (OLD."role" IS DISTINCT FROM NEW."role")',
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func="INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r.\"organisation_id\", 'programs', 'pairings.programstaff', r.id, 'changed', r.\"program_id\", r.\"membership_id\", NULL::bigint, actor.id, COALESCE(acting[2], ''), COALESCE(acting[3], 'sql ' || session_user), CASE WHEN OLD.\"role\" IS DISTINCT FROM NEW.\"role\" THEN jsonb_build_object('role', OLD.\"role\") ELSE '{}' END, CASE WHEN OLD.\"role\" IS DISTINCT FROM NEW.\"role\" THEN jsonb_build_object('role', NEW.\"role\") ELSE '{}' END FROM (SELECT NEW.*) r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r.\"organisation_id\" AND actor.user_id = NULLIF(acting[1], '')::bigint ; RETURN NULL;",
                    hash="4469710aee5f4aa7caef6523218100510ccbb9da",
                    operation="UPDATE",
                    pgid="pgtrigger_history_update_abec5",
                    table="pairings_programstaff",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="programstaff",
            trigger=pgtrigger.compiler.Trigger(
                name="history_delete",
                sql=preceptor.history.TriggerSql(
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func="INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r.\"organisation_id\", 'programs', 'pairings.programstaff', r.id, 'removed', r.\"program_id\", r.\"membership_id\", NULL::bigint, actor.id, COALESCE(acting[2], ''), COALESCE(acting[3], 'sql ' || session_user), jsonb_build_object('role', r.\"role\"), NULL FROM removed r  LEFT JOIN accounts_membership actor ON actor.organisation_id = r.\"organisation_id\" AND actor.user_id = NULLIF(acting[1], '')::bigint ; RETURN NULL;",
                    hash="7d8c8ea9e11d25e124765cdc682936cea2b45243",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_history_delete_9a0e3",
                    referencing="REFERENCING OLD TABLE AS removed ",
                    table="pairings_programstaff",
                    when="AFTER",
                ),
            ),
        ),
    ]
