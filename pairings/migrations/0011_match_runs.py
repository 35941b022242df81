import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import preceptor.accounts.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_membership_called"),
        ("pairings", "0010_skills_by_row_alone"),
    ]

    operations = [
        migrations.CreateModel(
            name="MatchRun",
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
                ("number", models.PositiveIntegerField()),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "waiting"),
                            ("running", "running"),
                            ("done", "done"),
                            ("cancelled", "cancelled"),
                            ("failed", "failed"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("done_steps", models.PositiveIntegerField(default=0)),
                ("all_steps", models.PositiveIntegerField(default=0)),
                ("failure", models.CharField(blank=True, max_length=300)),
                (
                    "aim",
                    models.CharField(
                        choices=[
                            ("total", "the highest total"),
                            ("fair", "fair: as few low scores as can be"),
                        ],
                        default="total",
                        max_length=10,
                        verbose_name="aim",
                    ),
                ),
                ("rules", models.JSONField(default=dict)),
                ("weights", models.JSONField(default=dict)),
                ("version", models.PositiveSmallIntegerField(default=1)),
                ("juniors", models.PositiveIntegerField(default=0)),
                ("mentors", models.PositiveIntegerField(default=0)),
                ("placed", models.PositiveIntegerField(null=True)),
                ("total", models.PositiveIntegerField(null=True)),
                ("inputs", models.BinaryField()),
                ("result", models.BinaryField(null=True)),
                ("published_at", models.DateTimeField(null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
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
                    "program",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="runs",
                        to="pairings.program",
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="matchrun_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("program", "number"), name="matchrun_number"
                    ),
                    models.UniqueConstraint(
                        fields=("id", "organisation", "program"),
                        name="matchrun_program_row",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "done"), _negated=True),
                            models.Q(
                                ("placed__isnull", False),
                                ("result__isnull", False),
                                ("total__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="matchrun_done_has_result",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="program", name="matchrun_program"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="created_by",
                        name="matchrun_created_by",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Proposal",
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
                ("score", models.PositiveSmallIntegerField()),
                ("is_fixed", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "not chosen"),
                            ("approved", "chosen"),
                            ("dropped", "dropped"),
                            ("published", "published"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                (
                    "junior_side",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Value("junior"),
                        output_field=models.CharField(max_length=10),
                    ),
                ),
                (
                    "mentor_side",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Value("mentor"),
                        output_field=models.CharField(max_length=10),
                    ),
                ),
                (
                    "junior",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="pairings.enrolment",
                    ),
                ),
                (
                    "mentor",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="pairings.enrolment",
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
                    "program",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="pairings.program",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="proposals",
                        to="pairings.matchrun",
                    ),
                ),
            ],
            options={
                "ordering": ["run", "-score", "id"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="proposal_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("run", "junior"), name="proposal_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("score__lte", 100)),
                        name="proposal_score_of_100",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="program", name="proposal_program"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation", "program"),
                        field="run",
                        name="proposal_run",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation", "program", ("junior_side", "side")),
                        field="junior",
                        name="proposal_junior_side",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation", "program", ("mentor_side", "side")),
                        field="mentor",
                        name="proposal_mentor_side",
                    ),
                ],
            },
        ),
    ]
