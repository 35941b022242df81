"""Keeps on a membership whether it leads or observes a program.

Whoever becomes one is then asked for a second step by the row that every request brings
anyway, however they became one.
"""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION pairings_keep_overseers() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        touched := ARRAY[NEW.membership_id];
    ELSIF TG_OP = 'DELETE' THEN
        touched := ARRAY[OLD.membership_id];
    ELSE
        touched := ARRAY[OLD.membership_id, NEW.membership_id];
    END IF;
    -- Who waits here reads what the other wrote: the next statement looks anew.
    PERFORM FROM accounts_membership WHERE id = ANY(touched)
        ORDER BY id FOR NO KEY UPDATE;
    UPDATE accounts_membership AS member SET oversees = NOT oversees
    WHERE member.id = ANY(touched) AND oversees <> EXISTS (
        SELECT FROM pairings_programstaff AS staff WHERE staff.membership_id = member.id
    );
    RETURN NULL;
END $$;
"""
TRIGGER = """
CREATE TRIGGER pairings_overseers AFTER INSERT OR DELETE OR UPDATE OF membership_id
    ON pairings_programstaff
    FOR EACH ROW EXECUTE FUNCTION pairings_keep_overseers();
"""
UNDO = """
DROP TRIGGER pairings_overseers ON pairings_programstaff;
DROP FUNCTION pairings_keep_overseers();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("pairings", "0021_history"),
        ("accounts", "0007_doors"),
    ]

    operations = [migrations.RunSQL(FUNCTION + TRIGGER, UNDO)]
