from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reviews", "0022_occurrences_with_steps"),
    ]

    operations = [
        migrations.AlterField(
            model_name="finding",
            name="category",
            field=models.CharField(max_length=20, verbose_name="category"),
        ),
    ]
