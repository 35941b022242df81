import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import preceptor.accounts.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_membership_called"),
        ("pairings", "0016_runs_gathered_by_workers"),
        ("progress", "0008_published_figures"),
    ]

    operations = [
        migrations.CreateModel(
            name="Batch",
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
                ("closed_on", models.DateField(null=True)),
                (
                    "mentor",
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
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="batch_tenant"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("closed_on", None)),
                        fields=("mentor",),
                        name="batch_one_open",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="mentor", name="batch_mentor"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="JuniorEvaluation",
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
                    "occasion",
                    models.CharField(
                        choices=[
                            ("midpoint", "half-way"),
                            ("completion", "completion"),
                        ],
                        max_length=10,
                    ),
                ),
                ("answers", models.JSONField(default=dict)),
                (
                    "word",
                    models.TextField(
                        blank=True, max_length=2000, verbose_name="a word to them"
                    ),
                ),
                ("given_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                    "pairing",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="pairings.pairing",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="juniorevaluation_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("pairing", "occasion"), name="juniorevaluation_once"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="pairing",
                        name="juniorevaluation_pairing",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MentorEvaluation",
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
                    "occasion",
                    models.CharField(
                        choices=[
                            ("midpoint", "half-way"),
                            ("completion", "completion"),
                        ],
                        max_length=10,
                    ),
                ),
                ("answers", models.JSONField(default=dict)),
                (
                    "batch",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evaluations",
                        to="progress.batch",
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
                    "pairing",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="pairings.pairing",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="mentorevaluation_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("pairing", "occasion"), name="mentorevaluation_once"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="pairing",
                        name="mentorevaluation_pairing",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="batch",
                        name="mentorevaluation_batch",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Release",
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
                ("question", models.CharField(max_length=20)),
                ("n", models.PositiveSmallIntegerField()),
                ("mean", models.DecimalField(decimal_places=2, max_digits=3)),
                (
                    "batch",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="releases",
                        to="progress.batch",
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
                        fields=("organisation", "id"), name="release_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("batch", "question"), name="release_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("n__gte", 3)), name="release_of_three"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("mean__gte", 1), ("mean__lte", 5)),
                        name="release_mean",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="batch", name="release_batch"
                    ),
                ],
            },
        ),
    ]
