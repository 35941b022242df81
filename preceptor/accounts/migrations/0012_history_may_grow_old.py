"""Entries of the history that are older than a year may go, by one function alone.

It runs with the rights of the tables' owner, since the application's role may not
delete an entry at all, and takes nothing that is younger.
"""

import django.contrib.postgres.indexes
from django.db import migrations

PRUNE = """
CREATE FUNCTION accounts_prune_history(until timestamptz, most int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    gone int;
BEGIN
    IF until > now() - interval '365 days' THEN
        RAISE EXCEPTION 'history is added to, and kept for a year at least'
            USING ERRCODE = 'restrict_violation';
    END IF;
    -- For this statement: to name it in the head of a function takes a superuser.
    PERFORM set_config('preceptor.striking', 'yes', true);
    DELETE FROM accounts_historyentry WHERE id IN (
        SELECT id FROM accounts_historyentry WHERE at < until LIMIT most
    );
    GET DIAGNOSTICS gone = ROW_COUNT;
    PERFORM set_config('preceptor.striking', '', true);
    RETURN gone;
END $$;

REVOKE ALL ON FUNCTION accounts_prune_history(timestamptz, int) FROM PUBLIC;
"""
UNDO = "DROP FUNCTION accounts_prune_history(timestamptz, int);"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_who_left_before")]

    operations = [
        migrations.AddIndex(
            model_name="historyentry",
            index=django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True, fields=["at"], name="entry_by_age"
            ),
        ),
        migrations.RunSQL(PRUNE, UNDO),
    ]
