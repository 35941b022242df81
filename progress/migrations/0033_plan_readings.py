"""Who opened a junior’s year on which day, for its junior to see."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import preceptor.accounts.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_history"),
        ("progress", "0032_categories_of_ones_own"),
    ]

    operations = [
        migrations.CreateModel(
            name="PlanReading",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("day", models.DateField(verbose_name="day")),
                (
                    "opened_at",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DateTimeField(), default=list, size=None
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="readings",
                        to="progress.growthplan",
                    ),
                ),
                (
                    "reader",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "ordering": ["-day", "-id"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="planreading_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("plan", "day", "reader"), name="planreading_once_a_day"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="plan", name="planreading_plan"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="reader",
                        name="planreading_reader",
                    ),
                ],
            },
        ),
    ]
