from django.db import migrations

# Closed before a session had to say where its change comes from: nobody can tell now,
# and a change of such a row would be refused as long as it says nothing.
SQL = """
UPDATE reviews_reviewsession
SET tool = CASE tool WHEN '' THEN 'not written down' ELSE tool END,
    driver = CASE driver WHEN '' THEN 'somebody' ELSE driver END
WHERE state = 'closed' AND NOT is_logged AND (tool = '' OR driver = '')
"""


class Migration(migrations.Migration):
    dependencies = [("reviews", "0016_closed_with_provenance")]

    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
