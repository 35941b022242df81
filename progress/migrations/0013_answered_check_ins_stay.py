"""A check-in that was answered is never changed; a correction is another one."""

from django.db import migrations

KEEP = """
CREATE FUNCTION progress_keep_answered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'check-in % is answered', OLD.id
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER progress_checkin_kept BEFORE UPDATE ON progress_checkin
    FOR EACH ROW WHEN (OLD.answered_at IS NOT NULL)
    EXECUTE FUNCTION progress_keep_answered();
"""
UNDO = """
DROP TRIGGER progress_checkin_kept ON progress_checkin;
DROP FUNCTION progress_keep_answered();
"""


class Migration(migrations.Migration):
    dependencies = [("progress", "0012_check_ins")]

    operations = [migrations.RunSQL(KEEP, UNDO)]
