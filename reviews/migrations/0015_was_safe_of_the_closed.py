from django.db import migrations

# What the close writes from now on, for sessions that were closed before.
SQL = """
UPDATE reviews_reviewsession AS session
SET was_safe = NOT EXISTS (
    SELECT FROM reviews_finding AS finding
    LEFT JOIN reviews_blindpass AS pass ON pass.id = finding.blind_pass_id
    WHERE finding.session_id = session.id
        AND finding.severity IN ('critical', 'major')
        AND finding.adjudication = 'real'
        AND (pass.id IS NULL OR pass.locked_at IS NOT NULL)
)
WHERE session.state = 'closed'
    AND session.is_blind
    AND session.revealed_at IS NOT NULL
    AND NOT EXISTS (
        SELECT FROM reviews_finding AS finding
        LEFT JOIN reviews_blindpass AS pass ON pass.id = finding.blind_pass_id
        WHERE finding.session_id = session.id
            AND finding.severity IN ('critical', 'major')
            AND finding.adjudication = 'undecided'
            AND (pass.id IS NULL OR pass.locked_at IS NOT NULL)
    )
"""


class Migration(migrations.Migration):
    dependencies = [("reviews", "0014_decided")]

    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
