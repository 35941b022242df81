"""An erasure strikes a name out of a closed month, and nothing else changes one."""

from django.db import migrations

KEEP = """
CREATE OR REPLACE FUNCTION insights_keep_month() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    {unless}RAISE EXCEPTION 'month % is closed', OLD.id
        USING ERRCODE = 'restrict_violation';
END $$;
"""
UNLESS = (
    "IF current_setting('preceptor.erasing', true) = 'yes' THEN\n"
    "        RETURN NEW;\n    END IF;\n    "
)


class Migration(migrations.Migration):
    dependencies = [("insights", "0005_quarter_reports")]

    operations = [migrations.RunSQL(KEEP.format(unless=UNLESS), KEEP.format(unless=""))]
