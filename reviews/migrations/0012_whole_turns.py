from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_membership_called"),
        ("reviews", "0011_taken_apart"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="finding",
            name="finding_turn",
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("transcript", None), ("turn", None)),
                    models.Q(
                        ("line_from", None),
                        ("path", ""),
                        ("transcript__isnull", False),
                        ("turn__isnull", False),
                        ("turn__gte", 1),
                    ),
                    _connector="OR",
                ),
                name="finding_turn",
            ),
        ),
    ]
