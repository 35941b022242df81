from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("progress", "0031_history"),
    ]

    operations = [
        migrations.AlterField(
            model_name="evidence",
            name="category",
            field=models.CharField(blank=True, max_length=20),
        ),
    ]
