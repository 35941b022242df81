"""A closed month is never counted anew; it goes with its program alone.

Whether its program goes as well is known once everything that goes with it has gone:
so deletions are looked at when the transaction ends.
"""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION insights_keep_month() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'month % is closed', OLD.id
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION insights_month_only_with_program() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM pairings_program WHERE id = OLD.program_id) THEN
        RAISE EXCEPTION 'month % is closed', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
"""
TRIGGERS = """
CREATE TRIGGER insights_month_kept BEFORE UPDATE ON insights_closedmonth
    FOR EACH ROW EXECUTE FUNCTION insights_keep_month();
CREATE CONSTRAINT TRIGGER insights_month_deleted AFTER DELETE ON insights_closedmonth
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION insights_month_only_with_program();
"""
UNDO = """
DROP TRIGGER insights_month_deleted ON insights_closedmonth;
DROP TRIGGER insights_month_kept ON insights_closedmonth;
DROP FUNCTION insights_month_only_with_program();
DROP FUNCTION insights_keep_month();
"""


class Migration(migrations.Migration):
    dependencies = [("insights", "0001_closed_months")]

    operations = [migrations.RunSQL(FUNCTIONS + TRIGGERS, UNDO)]
