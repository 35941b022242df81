import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.operations
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import pairings.models.pairings
import preceptor.accounts.constraints


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        django.contrib.postgres.operations.BtreeGistExtension(),
        migrations.CreateModel(
            name="Program",
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
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "template",
                    models.CharField(
                        choices=[("preceptorship-year", "Preceptorship year")],
                        default="preceptorship-year",
                        max_length=40,
                        verbose_name="template",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="first day")),
                ("ends_on", models.DateField(verbose_name="ends before")),
                (
                    "cadence_days",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (7, "every week"),
                            (14, "every two weeks"),
                            (28, "every four weeks"),
                        ],
                        default=7,
                        verbose_name="sessions",
                    ),
                ),
                (
                    "juniors_per_mentor",
                    models.PositiveSmallIntegerField(
                        default=3,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(20),
                        ],
                        verbose_name="juniors a mentor, at most",
                    ),
                ),
                (
                    "junior_hours",
                    models.DecimalField(
                        decimal_places=1,
                        default=4,
                        max_digits=4,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(40),
                        ],
                        verbose_name="protected hours a week, junior",
                    ),
                ),
                (
                    "mentor_hours",
                    models.DecimalField(
                        decimal_places=1,
                        default=2,
                        max_digits=4,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(40),
                        ],
                        verbose_name="protected hours a week, mentor, for each junior",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False
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
                "ordering": ["-starts_on", "name", "id"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="program_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "name"), name="program_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gt", models.F("starts_on"))),
                        name="program_has_days",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Enrolment",
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
                        choices=[("mentor", "Mentor"), ("junior", "Junior")],
                        max_length=10,
                        verbose_name="side",
                    ),
                ),
                (
                    "team",
                    models.CharField(blank=True, max_length=80, verbose_name="team"),
                ),
                (
                    "skills",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="skills",
                    ),
                ),
                (
                    "heads",
                    models.PositiveSmallIntegerField(
                        default=3,
                        validators=[django.core.validators.MaxValueValidator(20)],
                        verbose_name="juniors at most",
                    ),
                ),
                (
                    "hours",
                    models.DecimalField(
                        decimal_places=1,
                        default=6,
                        max_digits=4,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(40),
                        ],
                        verbose_name="hours a week",
                    ),
                ),
                ("ends_on", models.DateField(verbose_name="ends before")),
                (
                    "line_manager",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="reports",
                        to="accounts.membership",
                        verbose_name="line manager",
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enrolments",
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
                        related_name="enrolments",
                        to="pairings.program",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="enrolment_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("program", "membership"), name="enrolment_once"
                    ),
                    models.UniqueConstraint(
                        fields=("id", "organisation", "program"),
                        name="enrolment_program_row",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="program",
                        name="enrolment_program",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="membership",
                        name="enrolment_membership",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="line_manager",
                        name="enrolment_line_manager",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Pairing",
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
                    "kind",
                    models.CharField(
                        choices=[("primary", "primary"), ("secondary", "secondary")],
                        default="primary",
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "proposed"),
                            ("active", "active"),
                            ("paused", "paused"),
                            ("ended", "ended"),
                        ],
                        default="active",
                        max_length=10,
                    ),
                ),
                (
                    "phase",
                    models.CharField(
                        choices=[
                            ("mentor_leads", "mentor leads"),
                            ("junior_leads", "junior leads"),
                            ("independent", "independent"),
                        ],
                        default="mentor_leads",
                        max_length=15,
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="first day")),
                ("ends_on", models.DateField(verbose_name="ends before")),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "end_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="reason"),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False
                    ),
                ),
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
                    "junior",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pairings_as_junior",
                        to="pairings.enrolment",
                        verbose_name="junior",
                    ),
                ),
                (
                    "mentor",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pairings_as_mentor",
                        to="pairings.enrolment",
                        verbose_name="mentor",
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
                        related_name="pairings",
                        to="pairings.program",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="pairing_tenant"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                        name="pairing_has_days",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("mentor", models.F("junior")), _negated=True
                        ),
                        name="pairing_of_two",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("ended_at__isnull", False),
                                ("state", "ended"),
                                models.Q(("end_reason", ""), _negated=True),
                            ),
                            models.Q(("state", "ended"), _negated=True),
                            _connector="OR",
                        ),
                        name="pairing_end_has_reason",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(
                            ("kind", "primary"),
                            ("state__in", ["active", "paused", "ended"]),
                        ),
                        expressions=[
                            ("junior", "="),
                            (
                                pairings.models.pairings._Days(
                                    "starts_on", "ends_on", models.Value("[)")
                                ),
                                "&&",
                            ),
                        ],
                        name="pairing_one_primary_at_a_time",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="program", name="pairing_program"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation", "program"),
                        field="mentor",
                        name="pairing_mentor",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation", "program"),
                        field="junior",
                        name="pairing_junior",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="created_by",
                        name="pairing_created_by",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProgramStaff",
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
                    "role",
                    models.CharField(
                        choices=[("lead", "Lead"), ("observer", "Observer")],
                        max_length=10,
                        verbose_name="role",
                    ),
                ),
                (
                    "membership",
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
                (
                    "program",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="staff",
                        to="pairings.program",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="programstaff_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("program", "membership"), name="programstaff_once"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="program",
                        name="programstaff_program",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="membership",
                        name="programstaff_membership",
                    ),
                ],
            },
        ),
    ]
