"""Memberships of who led or observed a program before that was kept on them.

By itself, so that no lock on the staff of programs is held meanwhile.
"""

from django.db import migrations

FILL = """
UPDATE accounts_membership SET oversees = true
WHERE NOT oversees AND id IN (SELECT membership_id FROM pairings_programstaff);
"""


class Migration(migrations.Migration):
    dependencies = [("pairings", "0023_more_history")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
