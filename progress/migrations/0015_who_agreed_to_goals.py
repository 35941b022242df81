from django.db import migrations

# Whoever wrote a goal down has agreed to it; nobody else was asked so far.
AGREED = """
UPDATE progress_goal AS goal SET
    junior_agreed_at = CASE WHEN is_own THEN goal.created_at END,
    mentor_agreed_at = CASE WHEN NOT is_own THEN goal.created_at END
FROM (
    SELECT one.id, one.proposed_by_id = junior.membership_id AS is_own
    FROM progress_goal AS one
    JOIN progress_growthplan AS plan ON plan.id = one.plan_id
    JOIN pairings_enrolment AS junior ON junior.id = plan.junior_id
) AS said
WHERE said.id = goal.id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("pairings", "0001_initial"),
        ("progress", "0014_goals_of_two"),
    ]

    operations = [migrations.RunSQL(AGREED, migrations.RunSQL.noop)]
