from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("pairings", "0018_autonomy"),
    ]

    operations = [
        migrations.AlterField(
            model_name="matchrun",
            name="version",
            field=models.PositiveSmallIntegerField(default=2),
        ),
    ]
