"""Since when a member has no access, kept by a trigger whoever ends it."""

from django.db import migrations, models

KEEP = """
CREATE FUNCTION accounts_keep_left() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.left_at := CASE WHEN NEW.is_active THEN NULL
        ELSE COALESCE(NEW.left_at, now()) END;
    RETURN NEW;
END $$;

CREATE TRIGGER accounts_membership_left BEFORE INSERT OR UPDATE OF is_active
    ON accounts_membership FOR EACH ROW EXECUTE FUNCTION accounts_keep_left();
"""
UNDO = """
DROP TRIGGER accounts_membership_left ON accounts_membership;
DROP FUNCTION accounts_keep_left();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_doors")]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="left_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.RunSQL(KEEP, UNDO),
    ]
