from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_holidays"),
        ("notifications", "0005_planned_anew"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "failed")),
                fields=["organisation", "-planned_at"],
                name="delivery_failed",
            ),
        ),
    ]
