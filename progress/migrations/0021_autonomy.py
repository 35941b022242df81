import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import preceptor.accounts.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_membership_called"),
        ("progress", "0020_evidence_stays"),
    ]

    operations = [
        migrations.CreateModel(
            name="AutonomyGrant",
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
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "observe"),
                            (2, "review together"),
                            (3, "junior leads"),
                            (4, "alone with spot checks"),
                        ],
                        verbose_name="step",
                    ),
                ),
                (
                    "proposed",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "observe"),
                            (2, "review together"),
                            (3, "junior leads"),
                            (4, "alone with spot checks"),
                        ],
                        null=True,
                    ),
                ),
                ("stood", models.JSONField(default=dict)),
                (
                    "reason",
                    models.CharField(blank=True, max_length=300, verbose_name="reason"),
                ),
                ("granted_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "competency",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="progress.competency",
                    ),
                ),
                (
                    "granted_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
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
                (
                    "plan",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="autonomy_grants",
                        to="progress.growthplan",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="autonomygrant_tenant"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level__gte", 1), ("level__lte", 4)),
                        name="autonomygrant_level",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="plan", name="autonomygrant_plan"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="competency",
                        name="autonomygrant_competency",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="granted_by",
                        name="autonomygrant_granted_by",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AutonomyRequest",
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
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "observe"),
                            (2, "review together"),
                            (3, "junior leads"),
                            (4, "alone with spot checks"),
                        ],
                        verbose_name="step",
                    ),
                ),
                ("word", models.CharField(max_length=300, verbose_name="why")),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "answer",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="progress.autonomygrant",
                    ),
                ),
                (
                    "competency",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="progress.competency",
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
                        related_name="autonomy_requests",
                        to="progress.growthplan",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="autonomyrequest_tenant"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level__gte", 1), ("level__lte", 4)),
                        name="autonomyrequest_level",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("answer", None)),
                        fields=("plan", "competency"),
                        name="autonomyrequest_one_open",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="plan",
                        name="autonomyrequest_plan",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="competency",
                        name="autonomyrequest_competency",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="answer",
                        name="autonomyrequest_answer",
                    ),
                ],
            },
        ),
    ]
