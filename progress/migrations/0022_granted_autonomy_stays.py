"""What a mentor granted is never changed or taken away; the next grant says otherwise."""

from django.db import migrations

KEEP = """
CREATE FUNCTION progress_keep_granted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'autonomy % was granted', OLD.id
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER progress_autonomygrant_kept BEFORE UPDATE OR DELETE
    ON progress_autonomygrant FOR EACH ROW
    EXECUTE FUNCTION progress_keep_granted();
"""
UNDO = """
DROP TRIGGER progress_autonomygrant_kept ON progress_autonomygrant;
DROP FUNCTION progress_keep_granted();
"""


class Migration(migrations.Migration):
    dependencies = [("progress", "0021_autonomy")]

    operations = [migrations.RunSQL(KEEP, UNDO)]
