from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("pairings", "0014_together"),
    ]

    operations = [
        migrations.AddField(
            model_name="matchrun",
            name="guide",
            field=models.BinaryField(null=True),
        ),
    ]
