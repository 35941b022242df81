import django.db.models.deletion
from django.db import migrations, models

import preceptor.accounts.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_holidays"),
        ("notifications", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarSubscription",
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
                (
                    "token_hash",
                    models.CharField(editable=False, max_length=64, unique=True),
                ),
                ("made_at", models.DateTimeField()),
                ("fetched_at", models.DateTimeField(null=True)),
                (
                    "member",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.membership",
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
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"),
                        name="calendarsubscription_tenant",
                    ),
                    models.UniqueConstraint(
                        fields=("member",), name="calendarsubscription_one"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="member",
                        name="calendarsubscription_member",
                    ),
                ],
            },
        ),
    ]
