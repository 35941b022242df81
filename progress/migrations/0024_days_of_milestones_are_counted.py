"""How often a milestone's day moved, and when its row last changed.

Calendars ask for both; whoever writes to the row, by whatever query, is counted.
"""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION progress_count_days() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.sequence := OLD.sequence + (NEW.due_on <> OLD.due_on)::int;
    NEW.changed_at := now();
    RETURN NEW;
END $$;
"""
TRIGGER = """
CREATE TRIGGER progress_count_days BEFORE UPDATE ON progress_milestone
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)
    EXECUTE FUNCTION progress_count_days();
"""
UNDO = """
DROP TRIGGER progress_count_days ON progress_milestone;
DROP FUNCTION progress_count_days();
"""


class Migration(migrations.Migration):
    dependencies = [("progress", "0023_milestones_off_holidays")]

    operations = [migrations.RunSQL(FUNCTION + TRIGGER, UNDO)]
