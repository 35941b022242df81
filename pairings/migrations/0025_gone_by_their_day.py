"""What was told of a mentor who is gone stays told, now that its key has a day."""

from django.db import migrations

KINDS = "('mentor-gone', 'junior-without-mentor')"
DAYS = """
    SELECT pairing.id, timezone('UTC', member.left_at)::date AS left_on
    FROM pairings_pairing AS pairing
    JOIN pairings_enrolment AS mentor ON mentor.id = pairing.mentor_id
    JOIN accounts_membership AS member ON member.id = mentor.membership_id
    WHERE member.left_at IS NOT NULL
"""
DELIVERIES = f"""
UPDATE notifications_delivery AS delivery
SET matter = concat_ws(':', kind, subject, left_on),
    occurrence = concat_ws(':', kind, subject, left_on, split_part(occurrence, ':', 3))
FROM ({DAYS}) AS gone
WHERE gone.id = delivery.subject AND kind IN {KINDS}
    AND matter = concat_ws(':', kind, subject)
"""  # noqa: S608 # of constants
RESTS = f"""
UPDATE notifications_snooze AS rest
SET matter = concat_ws(':', matter, left_on)
FROM ({DAYS}) AS gone
WHERE split_part(matter, ':', 1) IN {KINDS} AND split_part(matter, ':', 3) = ''
    AND split_part(matter, ':', 2) = gone.id::text
"""  # noqa: S608 # of constants


class Migration(migrations.Migration):
    dependencies = [
        ("pairings", "0024_who_oversees_already"),
        ("notifications", "0008_history"),
        ("accounts", "0011_who_left_before"),
    ]

    operations = [
        # The way back leaves the day in the keys: at worst one is told once more.
        migrations.RunSQL(DELIVERIES, migrations.RunSQL.noop),
        migrations.RunSQL(RESTS, migrations.RunSQL.noop),
    ]
