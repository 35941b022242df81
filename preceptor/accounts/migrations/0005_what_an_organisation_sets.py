from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_holidays"),
    ]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="cadence_days",
            field=models.PositiveSmallIntegerField(db_default=7, default=7),
        ),
        migrations.AddField(
            model_name="organisation",
            name="juniors_per_mentor",
            field=models.PositiveSmallIntegerField(db_default=3, default=3),
        ),
        migrations.AddField(
            model_name="organisation",
            name="own_categories",
            field=models.JSONField(blank=True, db_default=[], default=list),
        ),
        migrations.AddField(
            model_name="organisation",
            name="who_creates",
            field=models.CharField(
                choices=[
                    ("managers", "managers and owners"),
                    ("owners", "owners alone"),
                ],
                db_default="managers",
                default="managers",
                max_length=10,
                verbose_name="who sets up programs",
            ),
        ),
    ]
