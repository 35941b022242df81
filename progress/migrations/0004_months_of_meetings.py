from django.db import migrations

# Every meeting so far came with its plan, in order, two months after the one before.
NUMBERED = """
UPDATE progress_milestone AS meeting SET month = 2 * counted.place
FROM (
    SELECT id, row_number() OVER (PARTITION BY plan_id ORDER BY id) AS place
    FROM progress_milestone WHERE kind = 'check_in'
) AS counted
WHERE counted.id = meeting.id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("progress", "0003_milestone_month"),
    ]

    operations = [
        migrations.RunSQL(NUMBERED, migrations.RunSQL.noop),
    ]
