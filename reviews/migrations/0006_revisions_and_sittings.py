import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import preceptor.accounts.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_membership_called"),
        ("reviews", "0005_read_and_drafted"),
    ]

    operations = [
        migrations.CreateModel(
            name="Placement",
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
                ("path", models.CharField(blank=True, max_length=500)),
                (
                    "file_side",
                    models.CharField(
                        choices=[("old", "before"), ("new", "after")], max_length=3
                    ),
                ),
                ("line_from", models.PositiveIntegerField(null=True)),
                ("line_to", models.PositiveIntegerField(null=True)),
                ("is_outdated", models.BooleanField(default=False)),
                (
                    "finding",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="placements",
                        to="reviews.finding",
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
                    "revision",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="placements",
                        to="reviews.revision",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="placement_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("finding", "revision"), name="placement_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("line_from", None), ("line_to", None)),
                            models.Q(
                                ("line_from__gte", 1),
                                ("line_to__gte", models.F("line_from")),
                            ),
                            _connector="OR",
                        ),
                        name="placement_lines",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="finding",
                        name="placement_finding",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="revision",
                        name="placement_revision",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SittingFile",
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
                ("path", models.CharField(max_length=500)),
                (
                    "sitting",
                    models.PositiveSmallIntegerField(
                        validators=[django.core.validators.MinValueValidator(1)]
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
                    "session",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sitting_files",
                        to="reviews.reviewsession",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="sittingfile_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("session", "path"), name="sittingfile_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sitting__gte", 1)),
                        name="sittingfile_from_one",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="session",
                        name="sittingfile_session",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="blindpass",
            name="revision",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="reviews.revision",
            ),
        ),
        migrations.AddField(
            model_name="finding",
            name="revision",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="reviews.revision",
            ),
        ),
        migrations.AddField(
            model_name="revision",
            name="staged_as",
            field=models.BigIntegerField(editable=False, null=True, unique=True),
        ),
        migrations.AddConstraint(
            model_name="blindpass",
            constraint=preceptor.accounts.constraints.TenantKey(
                also=("organisation", "session"),
                field="revision",
                name="blindpass_revision",
            ),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=preceptor.accounts.constraints.TenantKey(
                also=("organisation", "session"),
                field="revision",
                name="finding_revision",
            ),
        ),
        migrations.AddConstraint(
            model_name="revision",
            constraint=models.UniqueConstraint(
                fields=("id", "organisation", "session"), name="revision_session_row"
            ),
        ),
    ]
