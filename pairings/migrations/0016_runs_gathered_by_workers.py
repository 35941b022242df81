from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("pairings", "0015_guides_of_runs"),
    ]

    operations = [
        migrations.AddField(
            model_name="matchrun",
            name="pins",
            field=models.JSONField(
                db_default=models.Value([], models.JSONField()), default=list
            ),
        ),
        migrations.AddField(
            model_name="matchrun",
            name="failure",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=500
            ),
        ),
        migrations.AlterField(
            model_name="matchrun",
            name="inputs",
            field=models.BinaryField(default=b""),
        ),
    ]
