"""Who has no access already left, for all that is known, today.

By itself, so that no lock on the table is held meanwhile.
"""

from django.db import migrations

FILL = """
UPDATE accounts_membership SET left_at = now() WHERE NOT is_active AND left_at IS NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_members_of_an_organisation")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
