"""Keeps `pairings.Pairing.last_met_on`, the day of a pair's last session.

A session that took place is never taken back, so the day only grows.
"""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION reviews_keep_last_met() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE pairings_pairing AS pairing SET last_met_on = met.held_on
    FROM (
        SELECT pairing_id, max(held_on) AS held_on FROM written
        WHERE state = 'closed' GROUP BY pairing_id
    ) AS met
    WHERE pairing.id = met.pairing_id
        AND (pairing.last_met_on IS NULL OR pairing.last_met_on < met.held_on);
    RETURN NULL;
END $$;
"""
TRIGGERS = """
CREATE TRIGGER reviews_last_met_insert AFTER INSERT ON reviews_reviewsession
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION reviews_keep_last_met();
CREATE TRIGGER reviews_last_met_update AFTER UPDATE ON reviews_reviewsession
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION reviews_keep_last_met();
"""
UNDO = """
DROP TRIGGER reviews_last_met_insert ON reviews_reviewsession;
DROP TRIGGER reviews_last_met_update ON reviews_reviewsession;
DROP FUNCTION reviews_keep_last_met();
"""
FILL = """
UPDATE pairings_pairing AS pairing SET last_met_on = met.held_on
FROM (
    SELECT pairing_id, max(held_on) AS held_on FROM reviews_reviewsession
    WHERE state = 'closed' GROUP BY pairing_id
) AS met
WHERE pairing.id = met.pairing_id;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("pairings", "0003_last_met"),
        ("reviews", "0003_being_read"),
    ]

    operations = [
        migrations.RunSQL(FUNCTION + TRIGGERS, UNDO),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
