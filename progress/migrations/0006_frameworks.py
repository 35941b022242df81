import uuid

import django.contrib.postgres.fields
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.db import migrations, models

import preceptor.accounts.constraints
import progress.models.frameworks


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_membership_called"),
        ("pairings", "0014_together"),
        ("progress", "0005_milestone_moves"),
    ]

    operations = [
        migrations.CreateModel(
            name="Framework",
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
                    "about",
                    models.CharField(
                        blank=True, max_length=500, verbose_name="what it is for"
                    ),
                ),
                ("is_default", models.BooleanField(default=False)),
                ("archived_at", models.DateTimeField(null=True)),
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
                "ordering": ["-is_default", "name", "id"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="framework_tenant"
                    ),
                    models.UniqueConstraint(
                        models.F("organisation"),
                        django.db.models.functions.text.Lower("name"),
                        name="framework_name_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True)),
                        fields=("organisation",),
                        name="framework_one_default",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_default", False),
                            ("archived_at", None),
                            _connector="OR",
                        ),
                        name="framework_default_in_use",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FrameworkVersion",
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
                    "note",
                    models.CharField(
                        blank=True, max_length=1000, verbose_name="what changed"
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False
                    ),
                ),
                ("published_at", models.DateTimeField(null=True)),
                (
                    "framework",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="progress.framework",
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
                    "published_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "ordering": ["-number", "-id"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="frameworkversion_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("framework", "number"), name="frameworkversion_number"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("published_at", None)),
                        fields=("framework",),
                        name="frameworkversion_one_draft",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("published_by", None),
                            ("published_at__isnull", False),
                            _connector="OR",
                        ),
                        name="frameworkversion_published",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="framework",
                        name="frameworkversion_framework",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="published_by",
                        name="frameworkversion_published_by",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanVersionMove",
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
                ("moved_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "from_version",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="progress.frameworkversion",
                    ),
                ),
                (
                    "moved_by",
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
                        related_name="version_moves",
                        to="progress.growthplan",
                    ),
                ),
                (
                    "to_version",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="progress.frameworkversion",
                    ),
                ),
            ],
            options={
                "ordering": ["moved_at", "id"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="planversionmove_tenant"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="plan",
                        name="planversionmove_plan",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="from_version",
                        name="planversionmove_from",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="to_version",
                        name="planversionmove_to",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="moved_by",
                        name="planversionmove_moved_by",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProgramFramework",
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
                    "framework",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="programs",
                        to="progress.framework",
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
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="chosen_framework",
                        to="pairings.program",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="programframework_tenant"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="program",
                        name="programframework_program",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="framework",
                        name="programframework_framework",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Area",
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
                    "about",
                    models.CharField(
                        blank=True, max_length=500, verbose_name="what it is about"
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                ("edits", models.PositiveIntegerField(default=0)),
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="areas",
                        to="progress.frameworkversion",
                    ),
                ),
            ],
            options={
                "ordering": [models.OrderBy(models.F("position")), "id"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="area_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("id", "organisation", "version"), name="area_of_version"
                    ),
                    models.UniqueConstraint(
                        models.F("version"),
                        django.db.models.functions.text.Lower("name"),
                        name="area_name_once",
                    ),
                    models.UniqueConstraint(
                        deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                        fields=("version", "position"),
                        name="area_position",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="version", name="area_version"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Competency",
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
                ("key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "about",
                    models.CharField(
                        blank=True, max_length=500, verbose_name="what it is about"
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                (
                    "levels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(blank=True, max_length=600),
                        default=progress.models.frameworks.no_levels,
                        size=None,
                    ),
                ),
                (
                    "categories",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("edits", models.PositiveIntegerField(default=0)),
                (
                    "area",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="competencies",
                        to="progress.area",
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="competencies",
                        to="progress.frameworkversion",
                    ),
                ),
            ],
            options={
                "ordering": [models.OrderBy(models.F("position")), "id"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="competency_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("version", "key"), name="competency_key"
                    ),
                    models.UniqueConstraint(
                        models.F("version"),
                        django.db.models.functions.text.Lower("name"),
                        name="competency_name_once",
                    ),
                    models.UniqueConstraint(
                        deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                        fields=("version", "position"),
                        name="competency_position",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("levels__len", 5)),
                        name="competency_five_levels",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="version",
                        name="competency_version",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation", "version"),
                        field="area",
                        name="competency_area",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="growthplan",
            name="version",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="plans",
                to="progress.frameworkversion",
            ),
        ),
        migrations.AddConstraint(
            model_name="growthplan",
            constraint=preceptor.accounts.constraints.TenantKey(
                also=("organisation",), field="version", name="growthplan_version"
            ),
        ),
    ]
