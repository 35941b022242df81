from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("progress", "0017_signed_assessments_stay"),
    ]

    operations = [
        migrations.AddField(
            model_name="milestonemove",
            name="reason",
            field=models.CharField(blank=True, db_default="", max_length=200),
        ),
    ]
