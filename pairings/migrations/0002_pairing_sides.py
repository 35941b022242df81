from django.db import migrations, models

import preceptor.accounts.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("pairings", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="pairing",
            name="pairing_mentor",
        ),
        migrations.RemoveConstraint(
            model_name="pairing",
            name="pairing_junior",
        ),
        migrations.RemoveConstraint(
            model_name="enrolment",
            name="enrolment_program_row",
        ),
        migrations.AddField(
            model_name="pairing",
            name="junior_side",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Value("junior"),
                output_field=models.CharField(max_length=10),
            ),
        ),
        migrations.AddField(
            model_name="pairing",
            name="mentor_side",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Value("mentor"),
                output_field=models.CharField(max_length=10),
            ),
        ),
        migrations.AddConstraint(
            model_name="enrolment",
            constraint=models.UniqueConstraint(
                fields=("id", "organisation", "program", "side"),
                name="enrolment_side_row",
            ),
        ),
        migrations.AddConstraint(
            model_name="pairing",
            constraint=preceptor.accounts.constraints.TenantKey(
                also=("organisation", "program", ("mentor_side", "side")),
                field="mentor",
                name="pairing_mentor_side",
            ),
        ),
        migrations.AddConstraint(
            model_name="pairing",
            constraint=preceptor.accounts.constraints.TenantKey(
                also=("organisation", "program", ("junior_side", "side")),
                field="junior",
                name="pairing_junior_side",
            ),
        ),
    ]
