import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import preceptor.accounts.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_membership_called"),
        ("reviews", "0004_last_met"),
    ]

    operations = [
        migrations.CreateModel(
            name="Draft",
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
                ("key", models.UUIDField()),
                ("words", models.JSONField(default=dict)),
                ("tab", models.UUIDField(null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "author",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "finding",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="drafts",
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
                    "session",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="drafts",
                        to="reviews.reviewsession",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="draft_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("session", "author", "key"), name="draft_once"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="session", name="draft_session"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="author", name="draft_author"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="finding", name="draft_finding"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ViewedFile",
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
                ("digest", models.CharField(max_length=32)),
                ("viewed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "member",
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
                    "session",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="viewed_files",
                        to="reviews.reviewsession",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="viewedfile_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("session", "member", "path"), name="viewedfile_once"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="session",
                        name="viewedfile_session",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="member", name="viewedfile_member"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="finding",
            name="cwe",
            field=models.PositiveIntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(9999),
                ],
                verbose_name="CWE id",
            ),
        ),
        migrations.AddField(
            model_name="finding",
            name="draft_key",
            field=models.UUIDField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="finding",
            name="suggestion",
            field=models.TextField(blank=True, verbose_name="suggested replacement"),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.UniqueConstraint(
                fields=("session", "author", "draft_key"), name="finding_draft_key"
            ),
        ),
    ]
