"""Milestones and their signatures are told of in the history."""

import pgtrigger.compiler
from django.db import migrations

import preceptor.history


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_history"),
        ("progress", "0030_found_by_reminders"),
    ]

    operations = [
        preceptor.history.AddTrigger(
            model_name="milestone",
            trigger=pgtrigger.compiler.Trigger(
                name="history_insert",
                sql=preceptor.history.TriggerSql(
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func='INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r."organisation_id", \'milestones\', \'progress.milestone\', min(r.id), \'added\', j1."program_id", j1."membership_id", NULL::bigint, actor.id, COALESCE(acting[2], \'\'), COALESCE(acting[3], \'sql \' || session_user), NULL, CASE WHEN count(*) = 1 THEN (array_agg(jsonb_build_object(\'kind\', r."kind", \'month\', r."month", \'due_on\', r."due_on", \'junior_signed_at\', r."junior_signed_at", \'mentor_signed_at\', r."mentor_signed_at", \'skipped_at\', r."skipped_at")))[1] ELSE jsonb_build_object(\'count\', count(*)) END FROM added r LEFT JOIN progress_growthplan j0 ON j0.id = r."plan_id" LEFT JOIN pairings_enrolment j1 ON j1.id = j0."junior_id" LEFT JOIN accounts_membership actor ON actor.organisation_id = r."organisation_id" AND actor.user_id = NULLIF(acting[1], \'\')::bigint GROUP BY r."plan_id", r."organisation_id", j1."program_id", j1."membership_id", NULL::bigint, actor.id; RETURN NULL;',
                    hash="56cb05c98b5acf5a19705ad7c607e0a487062211",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_history_insert_c59c2",
                    referencing="REFERENCING NEW TABLE AS added ",
                    table="progress_milestone",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="milestone",
            trigger=pgtrigger.compiler.Trigger(
                name="history_update",
                sql=preceptor.history.TriggerSql(
                    condition='WHEN (OLD."kind" IS DISTINCT FROM NEW."kind" OR OLD."month" IS DISTINCT FROM NEW."month" OR OLD."due_on" IS DISTINCT FROM NEW."due_on" OR OLD."junior_signed_at" IS DISTINCT FROM NEW."junior_signed_at" OR OLD."mentor_signed_at" IS DISTINCT FROM NEW."mentor_signed_at" OR OLD."skipped_at" IS DISTINCT FROM NEW."skipped_at")',
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func='INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r."organisation_id", \'milestones\', \'progress.milestone\', r.id, \'changed\', j1."program_id", j1."membership_id", NULL::bigint, actor.id, COALESCE(acting[2], \'\'), COALESCE(acting[3], \'sql \' || session_user), CASE WHEN OLD."kind" IS DISTINCT FROM NEW."kind" THEN jsonb_build_object(\'kind\', OLD."kind") ELSE \'{}\' END || CASE WHEN OLD."month" IS DISTINCT FROM NEW."month" THEN jsonb_build_object(\'month\', OLD."month") ELSE \'{}\' END || CASE WHEN OLD."due_on" IS DISTINCT FROM NEW."due_on" THEN jsonb_build_object(\'due_on\', OLD."due_on") ELSE \'{}\' END || CASE WHEN OLD."junior_signed_at" IS DISTINCT FROM NEW."junior_signed_at" THEN jsonb_build_object(\'junior_signed_at\', OLD."junior_signed_at") ELSE \'{}\' END || CASE WHEN OLD."mentor_signed_at" IS DISTINCT FROM NEW."mentor_signed_at" THEN jsonb_build_object(\'mentor_signed_at\', OLD."mentor_signed_at") ELSE \'{}\' END || CASE WHEN OLD."skipped_at" IS DISTINCT FROM NEW."skipped_at" THEN jsonb_build_object(\'skipped_at\', OLD."skipped_at") ELSE \'{}\' END, CASE WHEN OLD."kind" IS DISTINCT FROM NEW."kind" THEN jsonb_build_object(\'kind\', NEW."kind") ELSE \'{}\' END || CASE WHEN OLD."month" IS DISTINCT FROM NEW."month" THEN jsonb_build_object(\'month\', NEW."month") ELSE \'{}\' END || CASE WHEN OLD."due_on" IS DISTINCT FROM NEW."due_on" THEN jsonb_build_object(\'due_on\', NEW."due_on") ELSE \'{}\' END || CASE WHEN OLD."junior_signed_at" IS DISTINCT FROM NEW."junior_signed_at" THEN jsonb_build_object(\'junior_signed_at\', NEW."junior_signed_at") ELSE \'{}\' END || CASE WHEN OLD."mentor_signed_at" IS DISTINCT FROM NEW."mentor_signed_at" THEN jsonb_build_object(\'mentor_signed_at\', NEW."mentor_signed_at") ELSE \'{}\' END || CASE WHEN OLD."skipped_at" IS DISTINCT FROM NEW."skipped_at" THEN jsonb_build_object(\'skipped_at\', NEW."skipped_at") ELSE \'{}\' END FROM (SELECT NEW.*) r LEFT JOIN progress_growthplan j0 ON j0.id = r."plan_id" LEFT JOIN pairings_enrolment j1 ON j1.id = j0."junior_id" LEFT JOIN accounts_membership actor ON actor.organisation_id = r."organisation_id" AND actor.user_id = NULLIF(acting[1], \'\')::bigint ; RETURN NULL;',
                    hash="0b5e3521cc797f234afcbf6b6bf2c6833eaa5d41",
                    operation="UPDATE",
                    pgid="pgtrigger_history_update_a3b73",
                    table="progress_milestone",
                    when="AFTER",
                ),
            ),
        ),
        preceptor.history.AddTrigger(
            model_name="milestone",
            trigger=pgtrigger.compiler.Trigger(
                name="history_delete",
                sql=preceptor.history.TriggerSql(
                    declare="DECLARE acting TEXT[] := string_to_array(current_setting('preceptor.acting', true), '|');",
                    func='INSERT INTO accounts_historyentry (at, organisation_id, kind, what, row_id, verb, program_id, person_id, other_id, actor_id, request, through, before, after) SELECT now(), r."organisation_id", \'milestones\', \'progress.milestone\', min(r.id), \'removed\', j1."program_id", j1."membership_id", NULL::bigint, actor.id, COALESCE(acting[2], \'\'), COALESCE(acting[3], \'sql \' || session_user), CASE WHEN count(*) = 1 THEN (array_agg(jsonb_build_object(\'kind\', r."kind", \'month\', r."month", \'due_on\', r."due_on", \'junior_signed_at\', r."junior_signed_at", \'mentor_signed_at\', r."mentor_signed_at", \'skipped_at\', r."skipped_at")))[1] ELSE jsonb_build_object(\'count\', count(*)) END, NULL FROM removed r LEFT JOIN progress_growthplan j0 ON j0.id = r."plan_id" LEFT JOIN pairings_enrolment j1 ON j1.id = j0."junior_id" LEFT JOIN accounts_membership actor ON actor.organisation_id = r."organisation_id" AND actor.user_id = NULLIF(acting[1], \'\')::bigint GROUP BY r."plan_id", r."organisation_id", j1."program_id", j1."membership_id", NULL::bigint, actor.id; RETURN NULL;',
                    hash="922cb895163fb33b00250a84abbfd6dea7c31a18",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_history_delete_4bbe4",
                    referencing="REFERENCING OLD TABLE AS removed ",
                    table="progress_milestone",
                    when="AFTER",
                ),
            ),
        ),
    ]
