import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_holidays"),
        ("progress", "0022_granted_autonomy_stays"),
    ]

    operations = [
        migrations.AddField(
            model_name="milestone",
            name="changed_at",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(),
                default=django.utils.timezone.now,
            ),
        ),
        migrations.AddField(
            model_name="milestone",
            name="nominal_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="milestone",
            name="sequence",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddIndex(
            model_name="milestone",
            index=models.Index(
                condition=models.Q(("nominal_on__isnull", False)),
                fields=["organisation", "nominal_on"],
                name="milestone_off_holiday",
            ),
        ),
    ]
