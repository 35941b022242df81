import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import preceptor.accounts.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_membership_called"),
        ("progress", "0015_who_agreed_to_goals"),
    ]

    operations = [
        migrations.CreateModel(
            name="Assessment",
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
                            ("needs", "needs assessment"),
                            ("midpoint", "midpoint"),
                            ("completion", "completion"),
                            ("own", "in between"),
                        ],
                        max_length=10,
                    ),
                ),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("self_in_at", models.DateTimeField(null=True)),
                ("mentor_in_at", models.DateTimeField(null=True)),
                ("self_edits", models.PositiveIntegerField(default=0)),
                ("mentor_edits", models.PositiveIntegerField(default=0)),
                ("outcome_edits", models.PositiveIntegerField(default=0)),
                ("junior_signed_at", models.DateTimeField(null=True)),
                ("mentor_signed_at", models.DateTimeField(null=True)),
                ("signed_at", models.DateTimeField(null=True)),
                (
                    "mentor",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "mentor_signed_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "opened_by",
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
                        related_name="assessments",
                        to="progress.growthplan",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="progress.frameworkversion",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="assessment_tenant"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("signed_at", None)),
                        fields=("plan",),
                        name="assessment_one_open",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("occasion", "own"), _negated=True),
                        fields=("plan", "occasion"),
                        name="assessment_occasion_once",
                    ),
                    models.UniqueConstraint(
                        fields=("id", "organisation", "version"),
                        name="assessment_of_version",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("junior_signed_at", None), ("mentor_signed_at", None)
                            ),
                            models.Q(
                                ("mentor_in_at__isnull", False),
                                ("self_in_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="assessment_signed_once_in",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("mentor_signed_at", None), ("mentor_signed_by", None)
                            ),
                            models.Q(
                                ("mentor_signed_at__isnull", False),
                                ("mentor_signed_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="assessment_signer_named",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("signed_at", None),
                            models.Q(
                                ("junior_signed_at__isnull", False),
                                ("mentor_signed_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="assessment_signed_by_both",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="plan", name="assessment_plan"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="version",
                        name="assessment_version",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="opened_by",
                        name="assessment_opened_by",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="mentor", name="assessment_mentor"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="mentor_signed_by",
                        name="assessment_mentor_signed_by",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Outcome",
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
                            (1, "novice"),
                            (2, "advanced beginner"),
                            (3, "competent"),
                            (4, "proficient"),
                            (5, "expert"),
                        ],
                        null=True,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("not_yet", "not yet assessed"),
                            ("needs", "needs development"),
                            ("improving", "improving"),
                            ("independent", "independent"),
                            ("none", "not applicable"),
                        ],
                        default="not_yet",
                        max_length=12,
                    ),
                ),
                ("note", models.TextField(blank=True, max_length=2000)),
                (
                    "assessment",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="outcomes",
                        to="progress.assessment",
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
                    "version",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="progress.frameworkversion",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="outcome_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("assessment", "competency"), name="outcome_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("level", None),
                            models.Q(("level__gte", 1), ("level__lte", 5)),
                            _connector="OR",
                        ),
                        name="outcome_level",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="version", name="outcome_version"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation", "version"),
                        field="assessment",
                        name="outcome_assessment",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation", "version"),
                        field="competency",
                        name="outcome_competency",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Rating",
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
                    "side",
                    models.CharField(
                        choices=[("self", "self"), ("mentor", "mentor")], max_length=6
                    ),
                ),
                ("is_said", models.BooleanField(default=False)),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "novice"),
                            (2, "advanced beginner"),
                            (3, "competent"),
                            (4, "proficient"),
                            (5, "expert"),
                        ],
                        null=True,
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("observed", "observed"),
                            ("demonstrated", "demonstrated"),
                            ("discussed", "discussed"),
                            ("reviews", "from review evidence"),
                        ],
                        max_length=12,
                    ),
                ),
                ("note", models.TextField(blank=True, max_length=2000)),
                (
                    "assessment",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ratings",
                        to="progress.assessment",
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
                    "version",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="progress.frameworkversion",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="rating_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("assessment", "side", "competency"), name="rating_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_said", True), ("level", None), _connector="OR"
                        ),
                        name="rating_level_said",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("level", None),
                            models.Q(("level__gte", 1), ("level__lte", 5)),
                            _connector="OR",
                        ),
                        name="rating_level",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="version", name="rating_version"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation", "version"),
                        field="assessment",
                        name="rating_assessment",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation", "version"),
                        field="competency",
                        name="rating_competency",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="competency",
            constraint=models.UniqueConstraint(
                fields=("id", "organisation", "version"), name="competency_of_version"
            ),
        ),
    ]
