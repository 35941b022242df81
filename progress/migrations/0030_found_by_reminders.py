from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("progress", "0029_links_show_autonomy"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="checkin",
            index=models.Index(
                condition=models.Q(("answered_at", None), ("handed_at__isnull", False)),
                fields=["plan"],
                name="checkin_to_answer",
            ),
        ),
        migrations.AddIndex(
            model_name="protectedweek",
            index=models.Index(fields=["monday"], name="protectedweek_by_monday"),
        ),
    ]
