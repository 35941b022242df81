"""Whoever writes a row of a version holds the version first, then looks.

In one statement the look would come first: the planner takes the condition on what is
held into it.
"""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION progress_only_in_drafts() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    published bigint;
BEGIN
    PERFORM 1 FROM progress_frameworkversion
        WHERE id IN (SELECT version_id FROM touched) FOR SHARE;
    SELECT min(id) INTO published FROM progress_frameworkversion
        WHERE id IN (SELECT version_id FROM touched) AND published_at IS NOT NULL;
    IF published IS NOT NULL THEN
        RAISE EXCEPTION 'version % of a framework is published', published
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("progress", "0010_released_evaluations_stay")]

    operations = [migrations.RunSQL(FUNCTION, migrations.RunSQL.noop)]
