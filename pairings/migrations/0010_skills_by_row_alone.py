from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("pairings", "0009_skills_to_rows"),
    ]

    operations = [
        migrations.RemoveField(model_name="enrolment", name="skills"),
    ]
