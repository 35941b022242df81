"""Keeps on a junior's enrolment the days of the first primary pairing that stands.

Who is without a mentor is then found by an index among thousands who have one.
"""

from django.db import migrations, models

FUNCTION = """
CREATE FUNCTION pairings_keep_mentored() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    juniors bigint[];
BEGIN
    IF TG_OP = 'UPDATE' THEN
        juniors := ARRAY(
            SELECT written.junior_id FROM written JOIN was USING (id)
            WHERE (written.kind, written.state, written.starts_on, written.ends_on)
                IS DISTINCT FROM (was.kind, was.state, was.starts_on, was.ends_on)
        );
    ELSE
        juniors := ARRAY(SELECT written.junior_id FROM written);
    END IF;
    -- Who waits here reads what the other wrote: the next statement looks anew.
    PERFORM FROM pairings_enrolment WHERE id = ANY(juniors)
        ORDER BY id FOR NO KEY UPDATE;
    UPDATE pairings_enrolment AS enrolment SET (mentored_from, mentored_until) = (
        SELECT pairing.starts_on, pairing.ends_on FROM pairings_pairing AS pairing
        WHERE pairing.junior_id = enrolment.id AND pairing.kind = 'primary'
            AND pairing.state IN ('active', 'paused')
        ORDER BY pairing.starts_on LIMIT 1
    ) WHERE enrolment.id = ANY(juniors);
    RETURN NULL;
END $$;
"""
TRIGGERS = """
CREATE TRIGGER pairings_mentored_insert AFTER INSERT ON pairings_pairing
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION pairings_keep_mentored();
CREATE TRIGGER pairings_mentored_update AFTER UPDATE ON pairings_pairing
    REFERENCING OLD TABLE AS was NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION pairings_keep_mentored();
CREATE TRIGGER pairings_mentored_delete AFTER DELETE ON pairings_pairing
    REFERENCING OLD TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION pairings_keep_mentored();
"""
UNDO = """
DROP TRIGGER pairings_mentored_insert ON pairings_pairing;
DROP TRIGGER pairings_mentored_update ON pairings_pairing;
DROP TRIGGER pairings_mentored_delete ON pairings_pairing;
DROP FUNCTION pairings_keep_mentored();
"""
# Mentors have no such days either, and are many: the two columns say little apart.
STATISTICS = """
CREATE STATISTICS enrolment_mentored (mcv) ON side, mentored_from, mentored_until
    FROM pairings_enrolment;
"""
FILL = """
UPDATE pairings_enrolment AS enrolment
SET mentored_from = first.starts_on, mentored_until = first.ends_on
FROM (
    SELECT DISTINCT ON (junior_id) junior_id, starts_on, ends_on
    FROM pairings_pairing WHERE kind = 'primary' AND state IN ('active', 'paused')
    ORDER BY junior_id, starts_on
) AS first
WHERE enrolment.id = first.junior_id;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("pairings", "0016_runs_gathered_by_workers"),
    ]

    operations = [
        migrations.AddField(
            model_name="enrolment",
            name="mentored_from",
            field=models.DateField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="enrolment",
            name="mentored_until",
            field=models.DateField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="enrolment",
            index=models.Index(
                condition=models.Q(("side", "junior")),
                fields=["organisation", "mentored_until"],
                name="enrolment_by_mentored_until",
            ),
        ),
        migrations.AddIndex(
            model_name="enrolment",
            index=models.Index(
                condition=models.Q(("side", "junior")),
                fields=["organisation", "mentored_from"],
                name="enrolment_by_mentored_from",
            ),
        ),
        migrations.RunSQL(FUNCTION + TRIGGERS, UNDO),
        migrations.RunSQL(STATISTICS, "DROP STATISTICS enrolment_mentored"),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
