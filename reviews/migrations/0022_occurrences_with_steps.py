from django.db import migrations

# The last part of an occurrence is its step. What went out before that is not to go out
# again under another name.
SQL = """
UPDATE notifications_delivery
SET matter = occurrence, occurrence = occurrence || ':' || CASE kind
    WHEN 'session-invitation' THEN 'arranged'
    WHEN 'session-without-change' THEN 'day-before'
    ELSE 'released'
END
WHERE kind IN ('session-invitation', 'session-without-change', 'handover-released')
    AND occurrence ~ ':[0-9-]+$'
"""
BACK = """
UPDATE notifications_delivery
SET occurrence = regexp_replace(occurrence, ':[^:]*$', '')
WHERE kind IN ('session-invitation', 'session-without-change', 'handover-released')
    AND occurrence ~ ':(arranged|day-before|released)$'
"""


class Migration(migrations.Migration):
    dependencies = [
        ("reviews", "0021_session_by_next_day"),
        ("notifications", "0004_reachable"),
    ]

    operations = [migrations.RunSQL(SQL, BACK)]
