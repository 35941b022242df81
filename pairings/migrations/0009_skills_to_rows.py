"""Skills that stood in each enrolment become the organisation's list and its rows.

In SQL, because `skills` is already the name of those rows on the model. The way back
keeps every skill; degrees and the spelling that was not the commonest are lost.
"""

from django.db import migrations

NAMES = """
    INSERT INTO pairings_skill (organisation_id, name)
    SELECT DISTINCT ON (organisation_id, lower(name)) organisation_id, name
    FROM (
        SELECT e.organisation_id, left(btrim(s), 60) AS name, count(*) AS times
        FROM pairings_enrolment e CROSS JOIN unnest(e.skills) s
        WHERE btrim(s) <> ''
        GROUP BY 1, 2
    ) said
    ORDER BY organisation_id, lower(name), times DESC, name
"""

ROWS = """
    INSERT INTO pairings_enrolmentskill
        (organisation_id, enrolment_id, skill_id, degree)
    SELECT DISTINCT e.organisation_id, e.id, k.id, 2
    FROM pairings_enrolment e
    CROSS JOIN unnest(e.skills) s
    JOIN pairings_skill k
        ON k.organisation_id = e.organisation_id
        AND lower(k.name) = lower(left(btrim(s), 60))
"""

BACK = """
    UPDATE pairings_enrolment e SET skills = said.names
    FROM (
        SELECT r.enrolment_id, array_agg(k.name ORDER BY r.degree DESC, k.name) AS names
        FROM pairings_enrolmentskill r JOIN pairings_skill k ON k.id = r.skill_id
        GROUP BY 1
    ) said
    WHERE said.enrolment_id = e.id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("pairings", "0008_profiles"),
    ]

    operations = [
        migrations.RunSQL(NAMES, "DELETE FROM pairings_skill"),
        migrations.RunSQL(ROWS, [BACK, "DELETE FROM pairings_enrolmentskill"]),
    ]
